// The board's corners, numbered, as they were found.
#include "app/overlay.h"

#include "app/corners_for.h"
#include "app/overlay_film.h"
#include "app/overlay_marks.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct sheet {
    const rig_board *board;
    const rig_view_corners **views; // of the config; NULL: none in the file
} sheet;

// Beside a corner, on the side that is away from another one.
static void number_draw(rig_image *image, int number, const double q[2], const double other[2]) {
    const double scale = rig_mark_scale(image), far = fmax(hypot(q[0] - other[0], q[1] - other[1]), 1);
    double size[2];
    char text[16];
    snprintf(text, sizeof text, "%d", number);
    rig_label_extent(text, 0.8 * scale, size);
    const double away = 8 * scale + hypot(size[0], size[1]) / 2;
    const double middle[2] = {q[0] + away * (q[0] - other[0]) / far, q[1] + away * (q[1] - other[1]) / far};
    rig_label_draw(image, (const double[]){middle[0] - size[0] / 2, middle[1] + size[1] / 2}, text, 0.8 * scale,
                   rig_white);
}

// Lines from corner to corner in their order, by a colour a row; the first is named.
static void board_draw(const rig_board *board, const rig_board_view *seen, rig_image *image) {
    const double scale = rig_mark_scale(image);
    const int n = rig_board_n(board), line = rig_mark_pixels(1.5, scale), radius = rig_mark_pixels(6, scale);
    int last = -1, first = -1;
    for (int i = 0; i < n; i++) {
        if (seen->seen && !seen->seen[i])
            continue;
        const rig_colour colour = rig_ramp_colour((double)(i / board->cols) / (board->rows - 1));
        if (last >= 0)
            rig_draw_line(image, seen->q[last], seen->q[i], colour.bgr, line);
        first = first < 0 ? i : first;
        last = i;
    }
    for (int i = 0; i < n; i++) {
        if (seen->seen && !seen->seen[i])
            continue;
        const rig_colour colour = rig_ramp_colour((double)(i / board->cols) / (board->rows - 1));
        rig_draw_ring(image, seen->q[i], radius, line, colour.bgr);
    }
    if (first >= 0 && last > first)
        number_draw(image, first, seen->q[first], seen->q[last]);
}

static rig_status corners_draw(void *self, const rig_view_source *source, int frame, rig_image *image,
                               rig_overlay_notes *notes, rig_err *err) {
    (void)err;
    const sheet *s = self;
    const rig_view_corners *view = s->views[source->view];
    const rig_board_view *seen = view ? rig_overlay_board_find(view, frame) : NULL;
    int n = 0;
    for (int i = 0; seen && i < rig_board_n(s->board); i++)
        n += !seen->seen || seen->seen[i];
    if (seen)
        board_draw(s->board, seen, image);
    snprintf(notes->line[0], RIG_OVERLAY_NOTE, seen ? "%d of %d corners" : "no board", n, rig_board_n(s->board));
    return RIG_OK;
}

const rig_board_view *rig_overlay_board_find(const rig_view_corners *view, int frame) {
    int low = 0, high = view->n;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (view->boards[middle].frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low < view->n && view->boards[low].frame == frame ? &view->boards[low] : NULL;
}

static rig_status recording_draw(rig_session *session, const rig_corners_file *file, const rig_recording_corners *seen,
                                 int recording, const char *folder, rig_err *err) {
    const rig_config *config = &session->config;
    sheet s = {&file->board, RIG_NEW(&session->arena, const rig_view_corners *, config->n_views)};
    const char *inside = rig_arena_printf(&session->arena, "%s/%s", folder, seen->recording);
    if (!s.views || !inside)
        return rig_fail_memory(err, "views");
    for (int i = 0; i < seen->n_views; i++) {
        const int v = rig_config_find_view(config, seen->views[i].view);
        if (v >= 0)
            s.views[v] = &seen->views[i];
    }
    const rig_overlay_painter painter = {&s, corners_draw};
    return rig_overlay_film(session, recording, inside, &painter, err);
}

rig_status rig_overlay_corners(rig_session *session, const char *folder, rig_err *err) {
    const rig_config *config = &session->config;
    rig_corners_file file;
    const char *path;
    int n = 0;
    RIG_TRY(rig_session_path(session, "20_corners.yaml", &path, err));
    RIG_TRY(rig_corners_of_board(session, path, &file, err));
    for (int c = 0; c < file.n; c++)
        for (int r = 0; r < config->n_recordings; r++)
            if (strcmp(config->recordings[r].name, file.recordings[c].recording) == 0) {
                RIG_TRY(recording_draw(session, &file, &file.recordings[c], r, folder, err));
                n++;
            }
    return n ? RIG_OK : rig_fail(err, RIG_ERR_DATA, "%s: contains none of the rig's recordings", path);
}
