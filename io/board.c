#include "io/board.h"

#include "core/markers.h"
#include "io/config_keys.h"
#include "io/result.h"

enum { INNER_MIN = 4 };
// Of a square: corners are found by the white stripe between marker and edge. Of a tag: by the small black squares.
static const double MARKER_MAX = 0.9, GAP_MIN = 0.1, GAP_MAX = 1;
static const double LIKE = 1 + 1e-9; // numbers as people write them

static rig_status charuco_parse(const rig_yaml *map, rig_board *board, rig_err *err) {
    if ((board->cols - 1) * (board->rows - 1) < INNER_MIN)
        return rig_yaml_fail(rig_yaml_find(map, "corners"), err,
                             "%d squares between them, expected %d or more: two markers must agree",
                             (board->cols - 1) * (board->rows - 1), INNER_MIN);
    RIG_TRY(rig_key_number(map, "board.marker_m", &board->marker_m, err));
    if (board->marker_m > MARKER_MAX * LIKE * board->square_m)
        return rig_yaml_fail(rig_yaml_find(map, "marker_m"), err,
                             "%g, expected at most %g of square_m (%g): corners are found by the white about markers",
                             board->marker_m, MARKER_MAX, board->square_m);
    return RIG_OK;
}

static rig_status aprilgrid_parse(const rig_yaml *map, rig_board *board, rig_err *err) {
    int tags[2] = {0, 0};
    RIG_TRY(rig_key_int(map, "board.tags", tags, err));
    board->cols = 2 * tags[0], board->rows = 2 * tags[1];
    if (tags[0] * tags[1] < 2)
        return rig_yaml_fail(rig_yaml_find(map, "tags"), err, "one tag, expected two or more: they must agree");
    RIG_TRY(rig_key_number(map, "board.tag_m", &board->square_m, err));
    RIG_TRY(rig_key_number(map, "board.gap_m", &board->gap_m, err));
    if (board->gap_m * LIKE < GAP_MIN * board->square_m || board->gap_m > GAP_MAX * LIKE * board->square_m)
        return rig_yaml_fail(rig_yaml_find(map, "gap_m"), err, "%g, expected %g to %g of tag_m (%g)", board->gap_m,
                             GAP_MIN, GAP_MAX, board->square_m);
    return RIG_OK;
}

rig_status rig_board_parse(const rig_yaml *map, rig_board *board, rig_err *err) {
    int kind = 0, size[2] = {0, 0}, other_way = 0;
    RIG_TRY(rig_yaml_need_kind(map, RIG_YAML_MAP, err));
    RIG_TRY(rig_key_word(map, "board.kind", &kind, err));
    *board = (rig_board){.kind = (rig_board_kind)kind};
    if (kind == RIG_BOARD_APRILGRID) {
        RIG_TRY(aprilgrid_parse(map, board, err));
    } else {
        RIG_TRY(rig_key_int(map, "board.corners", size, err));
        board->cols = size[0], board->rows = size[1];
        RIG_TRY(rig_key_number(map, "board.square_m", &board->square_m, err));
    }
    if (kind == RIG_BOARD_CHARUCO)
        RIG_TRY(charuco_parse(map, board, err));
    RIG_TRY(rig_key_word(map, "board.dictionary", &board->dictionary, err));
    RIG_TRY(rig_key_word(map, "board.first_square", &other_way, err));
    RIG_TRY(rig_key_word(map, "board.first_row", &other_way, err));
    board->other_way = other_way;
    return rig_key_int(map, "board.first_id", &board->first_id, err);
}

rig_status rig_board_read(const char *path, rig_board *board, rig_arena *scratch, rig_err *err) {
    rig_yaml *root = NULL;
    const rig_yaml *map;
    const rig_key *key;
    const rig_status status = rig_yaml_read_as(path, RIG_ERR_CONFIG, &root, scratch, err);
    if (status != RIG_OK)
        return status == RIG_ERR_IO ? RIG_ERR_CONFIG : status; // as io/config.c
    RIG_TRY(rig_yaml_need_schema(root, rig_key_word_at(rig_key_find("schema"), 0), err));
    RIG_TRY(rig_yaml_need(root, "board", &map, err));
    RIG_TRY(rig_yaml_need_kind(map, RIG_YAML_MAP, err));
    for (int i = 0; i < map->n; i++)
        RIG_TRY(rig_key_of_item(map, &map->items[i], "board", &key, err));
    return rig_board_parse(map, board, err);
}

void rig_board_put(rig_yaml_writer *w, const rig_board *board) {
    const bool tags = board->kind == RIG_BOARD_APRILGRID;
    rig_yaml_key(w, "board");
    rig_yaml_begin_map(w, true);
    rig_result_put_string(w, "kind", rig_key_word_at(rig_key_find("board.kind"), (int)board->kind));
    if (tags)
        rig_result_put_ints(w, "tags", (const int[]){board->cols / 2, board->rows / 2}, 2);
    else
        rig_result_put_ints(w, "corners", (const int[]){board->cols, board->rows}, 2);
    rig_result_put_double(w, tags ? "tag_m" : "square_m", board->square_m);
    if (rig_board_has_markers(board)) {
        rig_result_put_double(w, tags ? "gap_m" : "marker_m", tags ? board->gap_m : board->marker_m);
        rig_result_put_string(w, "dictionary", rig_markers_names(board->kind)[board->dictionary]);
        rig_result_put_int(w, "first_id", board->first_id);
        const rig_key *first = rig_key_find(tags ? "board.first_row" : "board.first_square");
        rig_result_put_string(w, rig_key_name(first), rig_key_word_at(first, board->other_way));
    }
    rig_yaml_end(w);
}
