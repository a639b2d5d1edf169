// corners: the board in every frame of every recording that shows it.
#include "app/corners_search.h"
#include "app/stages.h"
#include "app/talk.h"
#include "calib/tag_gap.h"
#include "checks/plausible.h"
#include "cv/cv.h"

static void corners_say(const rig_corners_file *corners) {
    for (int r = 0; r < corners->n; r++)
        for (int v = 0; v < corners->recordings[r].n_views; v++) {
            const rig_view_corners *view = &corners->recordings[r].views[v];
            if (view->n == 0 && rig_board_has_markers(&corners->board))
                rig_warn("recording '%s', view '%s': no board of %dx%d corners in %d frames (do dictionary, first_id "
                         "and %s match the print? is the picture mirrored? `rigpose doctor` tries alternatives)",
                         corners->recordings[r].recording, view->view, corners->board.cols, corners->board.rows,
                         view->n_searched, corners->board.kind == RIG_BOARD_APRILGRID ? "first_row" : "first_square");
            else if (view->n == 0)
                rig_warn("recording '%s', view '%s': no board of %dx%d inner corners in %d frames (were squares "
                         "counted instead of inner corners?)",
                         corners->recordings[r].recording, view->view, corners->board.cols, corners->board.rows,
                         view->n_searched);
            else
                rig_say("corners: %s, %s: %d of %d frames", corners->recordings[r].recording, view->view, view->n,
                        view->n_searched);
        }
}

// What the corners, or the numbers alone, say against the board as it is described.
static rig_status board_doubt(rig_session *session, const rig_corners_file *corners, rig_err *err) {
    const rig_board *board = &corners->board;
    const char *says = rig_implausible_square(board, &session->scratch);
    if (says)
        rig_warn("%s", says);
    if (board->kind != RIG_BOARD_APRILGRID)
        return RIG_OK;
    for (int r = 0; r < corners->n; r++) {
        double share;
        RIG_TRY(rig_tag_gap_measure(board, corners->recordings[r].views, corners->recordings[r].n_views, &share,
                                    &session->scratch, err));
        says = rig_tag_gap_says(board, share, &session->scratch);
        if (!says)
            return rig_fail_memory(err, "gaps between tags");
        if (rig_tag_gap_differs(board, share))
            rig_warn("recording '%s': %s: gap_m: %.4g", corners->recordings[r].recording, says,
                     share * board->square_m);
    }
    return RIG_OK;
}

static rig_status recordings_search(rig_session *session, const char *path, const rig_inputs *inputs,
                                    const rig_markers *markers, rig_corner_slices *slices, rig_corners_kept *kept,
                                    rig_corners_file *corners, rig_err *err) {
    const rig_config *config = &session->config;
    corners->recordings = RIG_NEW(&session->arena, rig_recording_corners, config->n_recordings);
    if (!corners->recordings)
        return rig_fail_memory(err, "corners");
    if (rig_corners_kept_n(kept) > 0)
        rig_say("corners: resuming an interrupted run: %ld pictures already searched", rig_corners_kept_n(kept));
    for (int r = 0; r < config->n_recordings; r++)
        if (rig_recording_has_boards(config, r))
            RIG_TRY(rig_corners_search(session, r, markers, slices, kept, &corners->recordings[corners->n++], err));
    return rig_corners_write(path, corners, inputs, err);
}

rig_status rig_stage_corners(rig_session *session, const rig_inputs *inputs, const rig_stage_options *options,
                             rig_err *err) {
    const rig_slice slice = options->slice;
    rig_corners_file corners = {.board = session->config.board};
    const bool has_markers = rig_board_has_markers(&session->config.board);
    rig_markers markers = {0};
    rig_corners_kept *kept = NULL;
    rig_corner_slices slices;
    const char *path;
    RIG_TRY(rig_corner_slices_path(session, slice, &path, err));
    if (slice.n > 0 && rig_result_is_made(path, "rigpose/corners/1", inputs)) {
        rig_say("corners: slice %d of %d is up to date", slice.k, slice.n);
        return RIG_OK;
    }
    if (has_markers)
        RIG_TRY(rig_cv_markers_load(&session->config.board, &markers, &session->arena, err));
    RIG_TRY(rig_corner_slices_read(session, inputs, slice, &slices, err));
    rig_status status = rig_corners_kept_open(session, path, inputs, &kept, err);
    if (status == RIG_OK)
        status = recordings_search(session, path, inputs, has_markers ? &markers : NULL, &slices, kept, &corners, err);
    rig_corners_kept_close(kept, status == RIG_OK);
    RIG_TRY(status);
    if (slice.n > 0) {
        rig_say("corners: slice %d of %d is done", slice.k, slice.n);
        return RIG_OK;
    }
    rig_slices_remove(session, "corners");
    corners_say(&corners);
    return board_doubt(session, &corners, err);
}
