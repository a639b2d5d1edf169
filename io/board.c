#include "io/board.h"

#include "core/markers.h"
#include "io/config_parts.h"
#include "io/result.h"

#include <string.h>

enum { CORNERS_MIN = 2, INNER_MIN = 4, TAGS_MIN = 1, FIRST_ID_MAX = 999 };
static const double SQUARE_MAX_M = 100;
// Of a square: corners are found by the white stripe between marker and edge. Of a tag: by the small black squares.
static const double MARKER_MAX = 0.9, GAP_MIN = 0.1, GAP_MAX = 1;
static const double LIKE = 1 + 1e-9; // numbers as people write them

static const char *const KINDS[] = {"chessboard", "charuco", "aprilgrid", NULL};
static const char *const FIRST_SQUARES[] = {"black", "white", NULL}, *const FIRST_ROWS[] = {"top", "bottom", NULL};
enum { DEFAULT_TAGS = 3 }; // 36h11

static rig_status need_length(const rig_yaml *map, const char *key, double *value, rig_err *err) {
    const rig_yaml *node;
    RIG_TRY(rig_yaml_need(map, key, &node, err));
    return rig_config_positive(node, SQUARE_MAX_M, value, err);
}

static rig_status maybe_choice(const rig_yaml *map, const char *key, const char *const *words, int *index,
                               rig_err *err) {
    const rig_yaml *node = rig_yaml_find(map, key);
    return node ? rig_yaml_choice(node, words, index, err) : RIG_OK;
}

static rig_status maybe_first_id(const rig_yaml *map, rig_board *board, rig_err *err) {
    const rig_yaml *node = rig_yaml_find(map, "first_id");
    return node ? rig_yaml_int(node, 0, FIRST_ID_MAX, &board->first_id, err) : RIG_OK;
}

static rig_status corners_parse(const rig_yaml *map, int most, rig_board *board, rig_err *err) {
    const rig_yaml *node;
    int size[2];
    RIG_TRY(rig_yaml_need(map, "corners", &node, err));
    RIG_TRY(rig_config_ints(node, 2, CORNERS_MIN, most, size, err));
    board->cols = size[0], board->rows = size[1];
    return need_length(map, "square_m", &board->square_m, err);
}

static rig_status charuco_parse(const rig_yaml *map, int most, rig_board *board, rig_err *err) {
    const rig_yaml *node;
    int white = 0;
    RIG_TRY(corners_parse(map, most, board, err));
    if ((board->cols - 1) * (board->rows - 1) < INNER_MIN)
        return rig_yaml_fail(rig_yaml_find(map, "corners"), err,
                             "%d squares between them, expected %d or more: two markers must agree",
                             (board->cols - 1) * (board->rows - 1), INNER_MIN);
    RIG_TRY(need_length(map, "marker_m", &board->marker_m, err));
    if (board->marker_m > MARKER_MAX * LIKE * board->square_m)
        return rig_yaml_fail(rig_yaml_find(map, "marker_m"), err,
                             "%g, expected at most %g of square_m (%g): corners are found by the white about markers",
                             board->marker_m, MARKER_MAX, board->square_m);
    RIG_TRY(rig_yaml_need(map, "dictionary", &node, err));
    RIG_TRY(rig_yaml_choice(node, rig_markers_names(board->kind), &board->dictionary, err));
    RIG_TRY(maybe_choice(map, "first_square", FIRST_SQUARES, &white, err));
    board->other_way = white;
    return maybe_first_id(map, board, err);
}

static rig_status aprilgrid_parse(const rig_yaml *map, int most, rig_board *board, rig_err *err) {
    const rig_yaml *node;
    int size[2], bottom = 1;
    RIG_TRY(rig_yaml_need(map, "tags", &node, err));
    RIG_TRY(rig_config_ints(node, 2, TAGS_MIN, most / 2, size, err));
    board->cols = 2 * size[0], board->rows = 2 * size[1];
    if (size[0] * size[1] < 2)
        return rig_yaml_fail(node, err, "one tag, expected two or more: they must agree");
    RIG_TRY(need_length(map, "tag_m", &board->square_m, err));
    RIG_TRY(need_length(map, "gap_m", &board->gap_m, err));
    if (board->gap_m * LIKE < GAP_MIN * board->square_m || board->gap_m > GAP_MAX * LIKE * board->square_m)
        return rig_yaml_fail(rig_yaml_find(map, "gap_m"), err, "%g, expected %g to %g of tag_m (%g)", board->gap_m,
                             GAP_MIN, GAP_MAX, board->square_m);
    board->dictionary = DEFAULT_TAGS;
    RIG_TRY(maybe_choice(map, "dictionary", rig_markers_names(board->kind), &board->dictionary, err));
    RIG_TRY(maybe_choice(map, "first_row", FIRST_ROWS, &bottom, err));
    board->other_way = bottom;
    return maybe_first_id(map, board, err);
}

rig_status rig_board_parse(const rig_yaml *map, int most, bool whole, rig_board *board, rig_err *err) {
    static const char *const chess[] = {"kind", "corners", "square_m", NULL};
    static const char *const charuco[] = {"kind",       "corners",  "square_m",     "marker_m",
                                          "dictionary", "first_id", "first_square", NULL};
    static const char *const aprilgrid[] = {"kind",       "tags",     "tag_m",     "gap_m",
                                            "dictionary", "first_id", "first_row", NULL};
    static const char *const *const keys[] = {chess, charuco, aprilgrid};
    int kind = 0;
    *board = (rig_board){.kind = RIG_BOARD_CHESSBOARD};
    RIG_TRY(rig_yaml_need_kind(map, RIG_YAML_MAP, err));
    RIG_TRY(maybe_choice(map, "kind", KINDS, &kind, err));
    board->kind = (rig_board_kind)kind;
    if (whole)
        RIG_TRY(rig_yaml_only_keys(map, keys[kind], err));
    return kind == RIG_BOARD_CHARUCO     ? charuco_parse(map, most, board, err)
           : kind == RIG_BOARD_APRILGRID ? aprilgrid_parse(map, most, board, err)
                                         : corners_parse(map, most, board, err);
}

void rig_board_put(rig_yaml_writer *w, const rig_board *board) {
    const bool tags = board->kind == RIG_BOARD_APRILGRID;
    rig_yaml_key(w, "board");
    rig_yaml_begin_map(w, true);
    rig_result_put_string(w, "kind", KINDS[board->kind]);
    if (tags)
        rig_result_put_ints(w, "tags", (const int[]){board->cols / 2, board->rows / 2}, 2);
    else
        rig_result_put_ints(w, "corners", (const int[]){board->cols, board->rows}, 2);
    rig_result_put_double(w, tags ? "tag_m" : "square_m", board->square_m);
    if (rig_board_has_markers(board)) {
        rig_result_put_double(w, tags ? "gap_m" : "marker_m", tags ? board->gap_m : board->marker_m);
        rig_result_put_string(w, "dictionary", rig_markers_names(board->kind)[board->dictionary]);
        rig_result_put_int(w, "first_id", board->first_id);
        rig_result_put_string(w, tags ? "first_row" : "first_square",
                              (tags ? FIRST_ROWS : FIRST_SQUARES)[board->other_way]);
    }
    rig_yaml_end(w);
}
