#include "app/corners_for.h"
#include "calib/trajectory.h"

#include <string.h>

static rig_status recording_find(const rig_corners_file *file, const char *path, const char *name,
                                 const rig_recording_corners **seen, rig_err *err) {
    for (int r = 0; r < file->n; r++)
        if (strcmp(file->recordings[r].recording, name) == 0) {
            *seen = &file->recordings[r];
            return RIG_OK;
        }
    return rig_fail(err, RIG_ERR_DATA, "%s: no recording '%s'", path, name);
}

rig_status rig_corners_of_board(rig_session *session, const char *path, rig_corners_file *file, rig_err *err) {
    const rig_board *board = &session->config.board;
    RIG_TRY(rig_corners_read(path, file, &session->arena, err));
    if (file->board.kind != board->kind)
        return rig_fail(err, RIG_ERR_DATA, "%s: its corners are of a different kind of board than the rig's", path);
    if (file->board.cols != board->cols || file->board.rows != board->rows)
        return rig_fail(err, RIG_ERR_DATA, "%s: its corners are of a %dx%d board, the rig's board is %dx%d", path,
                        file->board.cols, file->board.rows, board->cols, board->rows);
    file->board = *board; // lengths: the rig YAML is where people mend them
    return RIG_OK;
}

rig_status rig_corners_for(rig_session *session, int recording, rig_corners_file *file,
                           const rig_recording_corners **seen, rig_err *err) {
    const char *path;
    RIG_TRY(rig_session_path(session, "20_corners.yaml", &path, err));
    RIG_TRY(rig_corners_of_board(session, path, file, err));
    return recording_find(file, path, session->config.recordings[recording].name, seen, err);
}

// Where in its own frames a view had the moment of the rig's clock nearest to a frame.
static double frame_of_moment(const rig_view_source *source, double fps_ref, int frame) {
    const double moment = rig_source_moment(source, fps_ref, frame);
    const double next = rig_source_moment(source, fps_ref, frame + 1);
    return frame + (next > moment ? (rig_source_clock(source, fps_ref, frame) - moment) / (next - moment) : 0);
}

static rig_status view_on_clock(rig_session *session, const rig_view_source *source, double fps_ref,
                                const rig_view_corners *view, rig_view_corners *out, double *late, rig_err *err) {
    double *x = RIG_NEW(&session->arena, double, view->n), sum = 0;
    rig_view_corners made;
    bool smooth;
    *out = *view;
    out->boards = RIG_NEW(&session->arena, rig_board_view, view->n + 1);
    if (!x || !out->boards)
        return rig_fail_memory(err, "boards");
    for (int i = 0; i < view->n; i++)
        x[i] = source ? frame_of_moment(source, fps_ref, view->boards[i].frame) : view->boards[i].frame;
    RIG_TRY(rig_boards_at(&session->config.board, view, x, &made, &smooth, &session->arena, &session->scratch, err));
    out->n = 0;
    for (int i = 0; i < made.n; i++) {
        rig_board_view board = made.boards[i];
        const double moment = source ? rig_source_moment(source, fps_ref, board.frame) : board.frame;
        board.frame = source ? rig_source_clock(source, fps_ref, board.frame) : board.frame;
        if (out->n == 0 || out->boards[out->n - 1].frame < board.frame) { // a faster view: its first frame at a moment
            out->boards[out->n++] = board;
            sum += smooth ? 0 : moment - board.frame;
        }
    }
    *late = out->n ? sum / out->n : 0;
    return RIG_OK;
}

rig_status rig_corners_on_clock(rig_session *session, int recording, const rig_recording_corners *seen,
                                rig_view_corners **views, double **late, rig_err *err) {
    const rig_config *config = &session->config;
    rig_view_source *sources;
    double fps_ref;
    RIG_TRY(rig_session_feeds(session, recording, &sources, err));
    RIG_TRY(rig_sources_rate(config, recording, sources, &fps_ref, err));
    *views = RIG_NEW(&session->arena, rig_view_corners, seen->n_views + 1);
    double *lates = RIG_NEW(&session->arena, double, seen->n_views + 1);
    if (!*views || !lates)
        return rig_fail_memory(err, "views");
    if (late)
        *late = lates;
    for (int i = 0; i < seen->n_views; i++) {
        int v = rig_config_find_view(config, seen->views[i].view);
        const rig_view_source *source = v >= 0 && sources[v].view >= 0 ? &sources[v] : NULL;
        RIG_TRY(view_on_clock(session, source, fps_ref, &seen->views[i], &(*views)[i], &lates[i], err));
    }
    return RIG_OK;
}
