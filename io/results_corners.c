#include "io/board.h"
#include "io/result.h"

static const char SCHEMA[] = "rigpose/corners/1";
// 1e-4 px is far below what any corner finder can tell. Four corners are the least that tell a board's pose. Pixels: a
// finder may put a corner a little outside the picture.
enum { CORNER_DECIMALS = 4, SIGMA_DECIMALS = 3, SEEN_MIN = 4, OUTSIDE_MOST = 2 };

// --- writing -------------------------------------------------------------------------------------

static void board_view_put(rig_yaml_writer *w, const rig_board_view *view, int n_corners) {
    rig_yaml_begin_map(w, true);
    rig_result_put_int(w, "frame", view->frame);
    rig_yaml_key(w, "corners");
    rig_yaml_begin_list(w, true);
    for (int i = 0; i < n_corners; i++) {
        if (view->seen && !view->seen[i]) {
            rig_yaml_put_null(w);
            continue;
        }
        rig_yaml_begin_list(w, true);
        rig_yaml_put_rounded(w, view->q[i][0], CORNER_DECIMALS);
        rig_yaml_put_rounded(w, view->q[i][1], CORNER_DECIMALS);
        rig_yaml_end(w);
    }
    rig_yaml_end(w);
    if (view->sigma_px) {
        rig_yaml_key(w, "sigma_px");
        rig_yaml_begin_list(w, true);
        for (int i = 0; i < n_corners; i++)
            if (view->seen && !view->seen[i])
                rig_yaml_put_null(w);
            else
                rig_yaml_put_rounded(w, (double)view->sigma_px[i], SIGMA_DECIMALS);
        rig_yaml_end(w);
    }
    rig_yaml_end(w);
}

static void view_put(rig_yaml_writer *w, const rig_view_corners *view, int n_corners) {
    rig_yaml_key(w, view->view);
    rig_yaml_begin_map(w, false);
    rig_result_put_ints(w, "size", (const int[]){view->width, view->height}, 2);
    rig_result_put_int(w, "searched", view->n_searched);
    rig_result_put_int(w, "followed", view->n_followed);
    rig_result_put_int(w, "in_part", view->n_part);
    rig_result_put_int(w, "still", view->n_still);
    rig_result_put_int(w, "rested", view->n_rested);
    rig_yaml_key(w, "frames");
    rig_yaml_begin_list(w, false);
    for (int i = 0; i < view->n; i++)
        board_view_put(w, &view->boards[i], n_corners);
    rig_yaml_end(w);
    rig_yaml_end(w);
}

rig_status rig_corners_write(const char *path, const rig_corners_file *corners, const rig_inputs *inputs,
                             rig_err *err) {
    rig_result_writer result;
    RIG_TRY(rig_result_open(&result, path, SCHEMA, inputs, err));
    rig_yaml_writer *w = result.yaml;
    rig_board_put(w, &corners->board);
    rig_yaml_key(w, "recordings");
    rig_yaml_begin_map(w, false);
    for (int r = 0; r < corners->n; r++) {
        const rig_recording_corners *recording = &corners->recordings[r];
        rig_yaml_key(w, recording->recording);
        rig_yaml_begin_map(w, false);
        for (int v = 0; v < recording->n_views; v++)
            view_put(w, &recording->views[v], rig_board_n(&corners->board));
        rig_yaml_end(w);
    }
    rig_yaml_end(w);
    return rig_result_commit(&result, err);
}

// --- reading -------------------------------------------------------------------------------------

static rig_status sigmas_parse(const rig_yaml *list, int n, rig_board_view *view, rig_arena *out, rig_err *err) {
    if (list->n != n)
        return rig_yaml_fail(list, err, "%d numbers, expected %d, one a corner", list->n, n);
    view->sigma_px = RIG_NEW(out, float, n);
    if (!view->sigma_px)
        return rig_fail_memory(err, "corners");
    for (int i = 0; i < n; i++) {
        double sigma = 0;
        if (!view->seen || view->seen[i])
            RIG_TRY(rig_yaml_double(&list->items[i], 0, RIG_RESULT_NUMBER_MAX, &sigma, err));
        view->sigma_px[i] = (float)sigma;
    }
    return RIG_OK;
}

// Another picture's corners would give another lens without a word.
static rig_status corner_parse(const rig_yaml *node, const rig_view_corners *of, double q[2], rig_err *err) {
    RIG_TRY(rig_result_numbers(node, 2, q, err));
    if (q[0] < -0.5 - OUTSIDE_MOST || q[0] > of->width - 0.5 + OUTSIDE_MOST || q[1] < -0.5 - OUTSIDE_MOST ||
        q[1] > of->height - 0.5 + OUTSIDE_MOST)
        return rig_yaml_fail(node, err,
                             "the corner (%g, %g) lies outside the picture of %dx%d: is `size` that of the pictures?",
                             q[0], q[1], of->width, of->height);
    return RIG_OK;
}

static rig_status board_view_parse(const rig_yaml *item, const rig_board *board, const rig_view_corners *of, int *last,
                                   rig_board_view *view, rig_arena *out, rig_err *err) {
    const rig_yaml *list, *sigmas;
    int n = rig_board_n(board), n_seen = 0;
    RIG_TRY(rig_result_frame(item, last, err));
    view->frame = *last;
    RIG_TRY(rig_result_need(item, "corners", RIG_YAML_LIST, &list, err));
    RIG_TRY(rig_result_maybe(item, "sigma_px", RIG_YAML_LIST, &sigmas, err));
    if (list->n != n)
        return rig_yaml_fail(list, err, "%d corners, expected %d (%d in a row, %d rows)", list->n, n, board->cols,
                             board->rows);
    for (int i = 0; i < n; i++)
        n_seen += !rig_yaml_is_null(&list->items[i]);
    view->q = rig_arena_alloc(out, (size_t)n, sizeof *view->q);
    view->seen = n_seen < n ? RIG_NEW(out, bool, n) : NULL;
    if (!view->q || (n_seen < n && !view->seen))
        return rig_fail_memory(err, "corners");
    if (n_seen < SEEN_MIN)
        return rig_yaml_fail(list, err, "%d corners are not null, expected %d or more", n_seen, SEEN_MIN);
    for (int i = 0; i < n; i++) {
        if (rig_yaml_is_null(&list->items[i]))
            continue;
        RIG_TRY(corner_parse(&list->items[i], of, view->q[i], err));
        if (view->seen)
            view->seen[i] = true;
    }
    return sigmas ? sigmas_parse(sigmas, n, view, out, err) : RIG_OK;
}

static rig_status view_parse(const rig_yaml *map, const rig_board *board, rig_view_corners *view, rig_arena *out,
                             rig_err *err) {
    const rig_yaml *frames;
    RIG_TRY(rig_yaml_key_name(map, view->view, err));
    RIG_TRY(rig_yaml_need_kind(map, RIG_YAML_MAP, err));
    RIG_TRY(rig_result_size(map, "size", &view->width, &view->height, err));
    RIG_TRY(rig_result_maybe(map, "frames", RIG_YAML_LIST, &frames, err));
    view->n = frames ? frames->n : 0;
    view->n_searched = view->n;
    RIG_TRY(rig_result_maybe_int(map, "searched", view->n, RIG_RESULT_COUNT_MAX, &view->n_searched, err));
    RIG_TRY(rig_result_maybe_int(map, "followed", 0, view->n_searched, &view->n_followed, err));
    RIG_TRY(rig_result_maybe_int(map, "in_part", 0, view->n_searched, &view->n_part, err));
    RIG_TRY(rig_result_maybe_int(map, "still", 0, view->n_searched, &view->n_still, err));
    RIG_TRY(rig_result_maybe_int(map, "rested", 0, view->n_searched, &view->n_rested, err));
    view->boards = RIG_NEW(out, rig_board_view, view->n);
    if (!view->boards)
        return rig_fail_memory(err, "a view's boards");
    for (int i = 0, last = -1; i < view->n; i++)
        RIG_TRY(board_view_parse(&frames->items[i], board, view, &last, &view->boards[i], out, err));
    return RIG_OK;
}

static rig_status recording_parse(const rig_yaml *map, const rig_board *board, rig_recording_corners *recording,
                                  rig_arena *out, rig_err *err) {
    RIG_TRY(rig_yaml_key_name(map, recording->recording, err));
    RIG_TRY(rig_yaml_need_kind(map, RIG_YAML_MAP, err));
    recording->views = RIG_NEW(out, rig_view_corners, map->n);
    if (!recording->views)
        return rig_fail_memory(err, "a recording's corners");
    recording->n_views = map->n;
    for (int v = 0; v < map->n; v++)
        RIG_TRY(view_parse(&map->items[v], board, &recording->views[v], out, err));
    return RIG_OK;
}

static rig_status corners_parse(const rig_yaml *root, rig_corners_file *corners, rig_arena *out, rig_err *err) {
    const rig_yaml *map;
    RIG_TRY(rig_result_need(root, "board", RIG_YAML_MAP, &map, err));
    RIG_TRY(rig_board_parse(map, &corners->board, err));
    RIG_TRY(rig_result_need(root, "recordings", RIG_YAML_MAP, &map, err));
    corners->recordings = RIG_NEW(out, rig_recording_corners, map->n);
    if (!corners->recordings)
        return rig_fail_memory(err, "recordings");
    corners->n = map->n;
    for (int r = 0; r < map->n; r++)
        RIG_TRY(recording_parse(&map->items[r], &corners->board, &corners->recordings[r], out, err));
    return RIG_OK;
}

rig_status rig_corners_read(const char *path, rig_corners_file *corners, rig_arena *out, rig_err *err) {
    rig_arena tree = {NULL};
    const rig_yaml *root;
    *corners = (rig_corners_file){0};
    rig_status status = rig_result_read(path, SCHEMA, &tree, &root, err);
    if (status == RIG_OK)
        status = corners_parse(root, corners, out, err);
    rig_arena_release(&tree);
    return status;
}
