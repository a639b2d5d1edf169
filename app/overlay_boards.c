// The board through the calibrated cameras, beside the corners found.
#include "app/overlay.h"

#include "app/corners_for.h"
#include "app/overlay_film.h"
#include "app/overlay_floor.h"
#include "app/overlay_marks.h"
#include "calib/observations.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double RESIDUAL_SHOWN = 25; // pixels of a picture of 1280 x 720: what the rms of a camera is magnified to
static const double FLOOR_M = 1e-9;      // of a depth: a corner in front

// A board that a view saw at a moment of the rig's clock.
typedef struct placed {
    int moment;
    bool known;
    rig_pose Rt_cam_board;
    const rig_board_view *seen; // its corners as they were used, which may be read between the view's frames
    int reading;                // quarter turns of the board after which their labels are right
} placed;

typedef struct board_view {
    const rig_view_camera *camera; // NULL: the calibration lacks it
    const rig_view_corners *found; // by the view's own frames; NULL: none
    int n;
    placed *boards; // moments rising
    double magnified;
} board_view;

typedef struct wall {
    rig_calibration rig;
    rig_corners_file file;
    double (*p)[3]; // of the board's corners, in its frame, as its refined shape has them
    bool together;  // one pose of the board for all cameras of a moment
    double fps;     // of the rig's clock; together
    rig_overlay_floor floor;
    board_view *views; // of the config
} wall;

// --- places ----------------------------------------------------------------------------------------------------------

// z = w0 (1 - u^2) + w1 (1 - v^2), and the edge of a square: docs/formats.md, `board` of 40.
static void shape_apply(const rig_board *board, const rig_board_shape *shape, double (*p)[3]) {
    const int n = rig_board_n(board);
    double far[3];
    rig_board_point(board, n - 1, far);
    const double grown = shape->has_square ? shape->square_m / board->square_m : 1;
    for (int i = 0; i < n; i++) {
        rig_board_point(board, i, p[i]);
        const double u = 2 * p[i][0] / far[0] - 1, v = 2 * p[i][1] / far[1] - 1;
        if (shape->has_warp)
            p[i][2] = shape->warp_m[0] * (1 - u * u) + shape->warp_m[1] * (1 - v * v);
        p[i][0] *= grown, p[i][1] *= grown;
    }
}

// Each view's board by its lens alone.
static rig_status places_alone(rig_session *session, wall *w, const rig_recording_corners *seen, rig_err *err) {
    for (int i = 0; i < seen->n_views; i++) {
        const int v = rig_config_find_view(&session->config, seen->views[i].view);
        board_view *view = v >= 0 ? &w->views[v] : NULL;
        rig_board_observations found;
        if (!view || !view->camera)
            continue;
        const rig_camera *camera = &view->camera->camera;
        RIG_TRY(
            rig_board_observations_gather(&w->file.board, &seen->views[i], 1, &camera, &found, &session->arena, err));
        for (int k = 0; k < found.n; k++) {
            const rig_board_observation *one = &found.list[k];
            view->boards[view->n++] = (placed){seen->views[i].boards[one->at].frame, one->poses.n > 0,
                                               one->poses.Rt_cam_board[0], &seen->views[i].boards[one->at], 0};
        }
    }
    return RIG_OK;
}

// The bundle of all boards with all cameras held.
static rig_status bundle_fill(wall *w, rig_board_observations *found, const rig_pose *poses, rig_bundle *b,
                              rig_arena *arena, rig_err *err) {
    *b = (rig_bundle){.n_points = found->n_points, .p = (const double(*)[3])w->p, .n_cameras = found->n_views};
    b->n_boards = found->n_moments, b->n_views = found->n;
    b->cameras = RIG_NEW(arena, rig_bundle_camera, b->n_cameras);
    b->boards = RIG_NEW(arena, rig_bundle_board, b->n_boards);
    b->views = RIG_NEW(arena, rig_bundle_view, b->n_views);
    if (!b->cameras || !b->boards || !b->views)
        return rig_fail_memory(err, "boards");
    for (int c = 0; c < b->n_cameras; c++)
        b->cameras[c] = (rig_bundle_camera){*found->cameras[c], poses[c], RIG_BUNDLE_HOLD_LENS, true};
    for (int m = 0; m < found->n_moments; m++) {
        b->boards[m].Rt_world_board = rig_pose_identity();
        const bool settled = rig_board_observations_pose(found, m, poses, &b->boards[m].Rt_world_board);
        for (int i = found->first[m]; i < found->first[m + 1]; i++) {
            b->views[i] = (rig_bundle_view){.camera = found->list[i].view, .board = m, .left_out = !settled};
            b->views[i].doubtful = found->list[i].doubtful;
            RIG_TRY(rig_board_observation_read(found, &found->list[i], &b->views[i], arena, err));
        }
    }
    return RIG_OK;
}

// The board of a moment where all cameras together have it.
static rig_status places_together(rig_session *session, wall *w, const rig_view_corners *seen, int n_seen,
                                  rig_err *err) {
    static const rig_bundle_options OPTIONS = {.corner_sigmas = 5, .view_ratio = 3};
    rig_arena *arena = &session->arena;
    const rig_camera **cameras = RIG_NEW(arena, const rig_camera *, n_seen);
    rig_pose *poses = RIG_NEW(arena, rig_pose, n_seen);
    rig_view_corners *used = RIG_NEW(arena, rig_view_corners, n_seen);
    rig_board_observations found;
    rig_bundle b;
    rig_bundle_report report;
    int n = 0;
    if (!cameras || !poses || !used)
        return rig_fail_memory(err, "boards");
    for (int i = 0; i < n_seen; i++) {
        const rig_view_camera *camera = rig_calibration_find(&w->rig, seen[i].view);
        if (!camera || !camera->has_pose || rig_config_find_view(&session->config, seen[i].view) < 0)
            continue;
        cameras[n] = &camera->camera, poses[n] = camera->Rt_cam_world, used[n++] = seen[i];
    }
    RIG_TRY(rig_board_observations_gather(&w->file.board, used, n, cameras, &found, arena, err));
    RIG_TRY(bundle_fill(w, &found, poses, &b, arena, err));
    if (found.n > 0)
        RIG_TRY(rig_bundle_solve(&b, &OPTIONS, false, &report, arena, &session->scratch, err));
    for (int i = 0; i < found.n; i++) {
        const rig_board_observation *one = &found.list[i];
        board_view *view = &w->views[rig_config_find_view(&session->config, used[one->view].view)];
        const rig_board_view *corners = &used[one->view].boards[one->at];
        view->boards[view->n++] =
            (placed){corners->frame, one->poses.n > 0, rig_bundle_view_pose(&b.views[i], b.cameras, b.boards), corners,
                     one->reading};
    }
    return RIG_OK;
}

// --- drawing ---------------------------------------------------------------------------------------------------------

// The board as the camera should see it: rows and columns. false: it is not in front of the camera.
static bool model_draw(const wall *w, const board_view *view, const placed *board, rig_image *image, double (*q)[2]) {
    const int cols = w->file.board.cols, n = rig_board_n(&w->file.board);
    const int line = rig_mark_pixels(1.5, rig_mark_scale(image));
    for (int i = 0; i < n; i++) {
        double p[3];
        rig_pose_apply(&board->Rt_cam_board, w->p[i], p);
        if (p[2] <= FLOOR_M || !rig_camera_project(&view->camera->camera, p, q[i], NULL, NULL))
            return false;
    }
    for (int i = 0; i < n; i++) {
        if (i % cols + 1 < cols)
            rig_draw_line(image, q[i], q[i + 1], rig_orange.bgr, line);
        if (i + cols < n)
            rig_draw_line(image, q[i], q[i + cols], rig_orange.bgr, line);
    }
    return true;
}

// Each corner found, and from it, magnified, to where the board has it.
static void residuals_draw(const wall *w, const board_view *view, const placed *board, const rig_board_view *found,
                           const double (*q)[2], rig_image *image) {
    const double scale = rig_mark_scale(image), times = view->magnified;
    const rig_board *of = &w->file.board;
    for (int i = 0; i < rig_board_n(of); i++) {
        const int k = rig_board_turn_corner(of, i, board ? board->reading : 0); // its label in what was found
        const double *from = found->q[k];
        if (found->seen && !found->seen[k])
            continue;
        if (board && (!board->seen->seen || board->seen->seen[k])) {
            const double *used = board->seen->q[k];
            const double to[2] = {from[0] + times * (q[i][0] - used[0]), from[1] + times * (q[i][1] - used[1])};
            rig_draw_line(image, from, to, rig_vermillion.bgr, rig_mark_pixels(3, scale));
        }
        rig_draw_disc(image, from, rig_mark_pixels(3, scale), rig_blue.bgr);
    }
}

static const placed *placed_find(const board_view *view, int moment) {
    for (int low = 0, high = view->n; low < high;) {
        const int middle = (low + high) / 2;
        if (view->boards[middle].moment == moment)
            return &view->boards[middle];
        if (view->boards[middle].moment < moment)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void fit_note(const board_view *view, int moment, rig_overlay_notes *notes) {
    const rig_view_camera *camera = view->camera;
    const rig_frame_fit *fit = NULL;
    for (int i = 0; i < camera->n_fits && !fit; i++)
        if (camera->fits[i].frame == moment)
            fit = &camera->fits[i];
    if (!fit)
        snprintf(notes->line[0], RIG_OVERLAY_NOTE, "not used");
    else if (fit->left_out)
        snprintf(notes->line[0], RIG_OVERLAY_NOTE, "left out: %s", fit->left_out);
    else
        snprintf(notes->line[0], RIG_OVERLAY_NOTE, "rms %.3f px", fit->rms_px);
    snprintf(notes->line[1], RIG_OVERLAY_NOTE, "residuals x %g", view->magnified);
}

static rig_status boards_draw(void *self, const rig_view_source *source, int frame, rig_image *image,
                              rig_overlay_notes *notes, rig_err *err) {
    const wall *w = self;
    const board_view *view = &w->views[source->view];
    const int moment = w->together ? rig_source_clock(source, w->fps, frame) : frame;
    if (view->camera && view->camera->has_pose && w->together)
        rig_overlay_floor_draw(image, &w->floor, view->camera);
    const rig_board_view *found = view->found ? rig_overlay_board_find(view->found, frame) : NULL;
    snprintf(notes->line[0], RIG_OVERLAY_NOTE, !view->camera ? "not calibrated" : !found ? "no board" : "");
    if (!view->camera || !found)
        return RIG_OK;
    const placed *board = placed_find(view, moment);
    double(*q)[2] = rig_heap_resize(NULL, (size_t)rig_board_n(&w->file.board), sizeof *q);
    if (!q)
        return rig_fail_memory(err, "corners");
    if (board && (!board->known || !model_draw(w, view, board, image, q)))
        board = NULL;
    residuals_draw(w, view, board, found, (const double(*)[2])q, image);
    fit_note(view, moment, notes);
    rig_heap_free(q);
    return RIG_OK;
}

// --- reading ---------------------------------------------------------------------------------------------------------

// 1, 2 or 5 times a power of ten.
static double magnification(const rig_view_camera *camera) {
    const double scale = sqrt((double)camera->camera.width * camera->camera.height / (1280.0 * 720.0));
    const double times = fmax(RESIDUAL_SHOWN * scale / fmax(camera->rms_px, 1e-3), 1),
                 decade = pow(10, floor(log10(times)));
    return times < 2 * decade ? decade : times < 5 * decade ? 2 * decade : 5 * decade;
}

static rig_status views_begin(rig_session *session, wall *w, const rig_recording_corners *seen, rig_err *err) {
    w->views = RIG_NEW(&session->arena, board_view, session->config.n_views);
    w->p = rig_arena_alloc(&session->arena, (size_t)rig_board_n(&w->file.board), sizeof *w->p);
    if (!w->views || !w->p)
        return rig_fail_memory(err, "views");
    shape_apply(&w->file.board, &w->rig.shape, w->p);
    for (int v = 0; v < session->config.n_views; v++) {
        w->views[v].camera = rig_calibration_find(&w->rig, session->config.views[v].name);
        w->views[v].magnified = w->views[v].camera ? magnification(w->views[v].camera) : 1;
    }
    for (int i = 0; i < seen->n_views; i++) {
        const int v = rig_config_find_view(&session->config, seen->views[i].view);
        if (v < 0)
            continue;
        w->views[v].found = &seen->views[i];
        w->views[v].boards = RIG_NEW(&session->arena, placed, seen->views[i].n);
        if (!w->views[v].boards)
            return rig_fail_memory(err, "boards");
    }
    return RIG_OK;
}

static rig_status wall_open(rig_session *session, const char *calibration, int recording, wall *w, rig_err *err) {
    const rig_recording_corners *seen;
    const char *path;
    RIG_TRY(rig_session_path(session, calibration, &path, err));
    RIG_TRY(rig_calibration_read(path, &w->rig, &session->arena, err));
    RIG_TRY(rig_corners_for(session, recording, &w->file, &seen, err));
    RIG_TRY(views_begin(session, w, seen, err));
    if (!w->together)
        return places_alone(session, w, seen, err);
    rig_view_corners *on_clock;
    rig_view_source *sources;
    w->floor = rig_overlay_floor_of(&w->rig);
    RIG_TRY(rig_session_feeds(session, recording, &sources, err));
    RIG_TRY(rig_sources_rate(&session->config, recording, sources, &w->fps, err));
    RIG_TRY(rig_corners_on_clock(session, recording, seen, &on_clock, NULL, err));
    return places_together(session, w, on_clock, seen->n_views, err);
}

rig_status rig_overlay_intrinsics(rig_session *session, const char *folder, rig_err *err) {
    wall w = {.together = false};
    const rig_overlay_painter painter = {&w, boards_draw};
    const int recording = session->config.intrinsics_from;
    RIG_TRY(wall_open(session, "30_intrinsics.yaml", recording, &w, err));
    return rig_overlay_film(session, recording, folder, &painter, err);
}

// --- the world without a board ---------------------------------------------------------------------------------------

static rig_status world_draw(void *self, const rig_view_source *source, int frame, rig_image *image,
                             rig_overlay_notes *notes, rig_err *err) {
    (void)frame, (void)err;
    const wall *w = self;
    const rig_view_camera *camera = w->views[source->view].camera;
    if (camera && camera->has_pose)
        rig_overlay_floor_draw(image, &w->floor, camera);
    else
        snprintf(notes->line[0], RIG_OVERLAY_NOTE, "no camera pose");
    return RIG_OK;
}

// Cameras that were placed otherwise, or known before: what is of them in the take.
static rig_status world_film(rig_session *session, const char *folder, rig_err *err) {
    wall w = {.together = true};
    const rig_overlay_painter painter = {&w, world_draw};
    const rig_config *config = &session->config;
    RIG_TRY(rig_session_take_calibration(session, &w.rig, err));
    w.views = RIG_NEW(&session->arena, board_view, config->n_views);
    if (!w.views)
        return rig_fail_memory(err, "views");
    for (int v = 0; v < config->n_views; v++)
        w.views[v].camera = rig_calibration_find(&w.rig, config->views[v].name);
    w.floor = rig_overlay_floor_of(&w.rig);
    return rig_overlay_film(session, config->take, folder, &painter, err);
}

rig_status rig_overlay_extrinsics(rig_session *session, const char *folder, rig_err *err) {
    wall w = {.together = true};
    const rig_overlay_painter painter = {&w, boards_draw};
    const rig_config *config = &session->config;
    if (config->extrinsics_from < 0 && config->take < 0)
        return rig_fail(err, RIG_ERR_CONFIG, "%s: no footage to draw the world on: needs extrinsics.from or a take",
                        config->path);
    if (config->extrinsics_from < 0)
        return world_film(session, folder, err);
    RIG_TRY(wall_open(session, "40_extrinsics.yaml", config->extrinsics_from, &w, err));
    return rig_overlay_film(session, config->extrinsics_from, folder, &painter, err);
}
