#include "calib/world.h"

#include "calib/bundle.h"
#include "calib/covariance.h"
#include "calib/homography.h"
#include "calib/observations.h"

#include <string.h>

static const double MIRROR_TELLS = 1.5, SAME_ANGLE = 0.02; // times the better rms; rad
static const double MIRROR_POSSIBLE = 3, MIRROR_PX = 0.5;  // as calib/pnp keeps two poses
static const rig_bundle_options OPTIONS = {.corner_sigmas = 5, .view_ratio = 3};

// A camera's own errors, turned round, are the new frame's.
static void follow_camera(const rig_calibration *rig, int c, double *G) {
    rig_pose Rt_world_cam = rig_pose_invert(&rig->cameras[c].Rt_cam_world);
    double Ad[36];
    rig_pose_adjoint(&Rt_world_cam, Ad);
    for (int i = 0; i < 36; i++)
        G[(ptrdiff_t)(i / 6) * rig->n_covariance + rig_calibration_at(rig, c + 1) - 6 + i % 6] = -Ad[i];
}

rig_status rig_world_from_camera(const char *view, rig_calibration *rig, rig_err *err) {
    const rig_view_camera *camera = rig_calibration_find(rig, view);
    if (!camera || !camera->has_pose)
        return rig_fail(err, RIG_ERR_DATA, "world frame: no camera '%s' with a pose", view);
    rig_pose Rt_old_new = rig_pose_invert(&camera->Rt_cam_world);
    rig_arena scratch = {0};
    double *G = RIG_NEW(&scratch, double, 6 * rig->n_covariance);
    rig_status status = G ? RIG_OK : rig_fail_memory(err, "the covariance in another frame");
    if (status == RIG_OK && rig->covariance)
        follow_camera(rig, (int)(camera - rig->cameras), G);
    if (status == RIG_OK)
        status = rig_covariance_move(rig, &Rt_old_new, G, NULL, err);
    rig_arena_release(&scratch);
    return status;
}

// The board on the floor: what the posed cameras saw of it, all frames as one moment, since it lay still.
typedef struct floor_board {
    rig_board_observations observations;
    rig_pose *Rt_cam_world; // a view
    int *camera_of;         // a view: its place in the rig
    rig_bundle bundle;      // one board, all cameras held
} floor_board;

static rig_status floor_init(floor_board *f, const rig_board *board, const rig_view_corners *floor, int n_views,
                             const rig_calibration *rig, rig_arena *scratch, rig_err *err) {
    rig_view_corners *still = RIG_NEW(scratch, rig_view_corners, n_views);
    const rig_camera **cameras = RIG_NEW(scratch, const rig_camera *, n_views);
    f->Rt_cam_world = RIG_NEW(scratch, rig_pose, n_views);
    f->camera_of = RIG_NEW(scratch, int, n_views);
    if (!still || !cameras || !f->Rt_cam_world || !f->camera_of)
        return rig_fail_memory(err, "the floor board's views");
    int n = 0, total = 0;
    for (int v = 0; v < n_views; v++) {
        const rig_view_camera *camera = rig_calibration_find(rig, floor[v].view);
        if (!camera || !camera->has_pose || floor[v].n == 0)
            continue;
        still[n] = floor[v];
        cameras[n] = &camera->camera;
        f->camera_of[n] = (int)(camera - rig->cameras);
        f->Rt_cam_world[n] = camera->Rt_cam_world;
        still[n].boards = RIG_NEW(scratch, rig_board_view, floor[v].n);
        if (!still[n].boards)
            return rig_fail_memory(err, "the floor board's corners");
        for (int i = 0; i < floor[v].n; i++)
            still[n].boards[i] = (rig_board_view){.q = floor[v].boards[i].q, .seen = floor[v].boards[i].seen};
        total += floor[v].n;
        n++;
    }
    if (total == 0)
        return rig_fail(err, RIG_ERR_DATA, "world frame: no camera with a pose saw the board on the floor");
    return rig_board_observations_gather(board, still, n, cameras, &f->observations, scratch, err);
}

static rig_status floor_bundle(floor_board *f, rig_arena *scratch, rig_err *err) {
    const rig_board_observations *s = &f->observations;
    rig_bundle *b = &f->bundle;
    *b = (rig_bundle){.n_points = s->n_points, .p = s->p, .n_cameras = s->n_views, .n_boards = 1, .n_views = s->n};
    b->cameras = RIG_NEW(scratch, rig_bundle_camera, s->n_views);
    b->boards = RIG_NEW(scratch, rig_bundle_board, 1);
    b->views = RIG_NEW(scratch, rig_bundle_view, s->n);
    if (!b->cameras || !b->boards || !b->views)
        return rig_fail_memory(err, "the floor board");
    for (int v = 0; v < s->n_views; v++)
        b->cameras[v] = (rig_bundle_camera){*s->cameras[v], f->Rt_cam_world[v], RIG_BUNDLE_HOLD_LENS, true};
    return RIG_OK;
}

// Refine the board from a start, all its observations read as they were settled.
static rig_status floor_refine(floor_board *f, const rig_pose *start, rig_bundle_report *report, rig_arena *scratch,
                               rig_err *err) {
    rig_bundle *b = &f->bundle;
    b->boards[0] = (rig_bundle_board){.Rt_world_board = *start};
    for (int i = 0; i < b->n_views; i++) {
        const rig_board_observation *observation = &f->observations.list[i];
        b->views[i] = (rig_bundle_view){.camera = observation->view, .doubtful = observation->doubtful};
        RIG_TRY(rig_board_observation_read(&f->observations, observation, &b->views[i], scratch, err));
    }
    RIG_TRY(rig_bundle_solve(b, &OPTIONS, false, report, scratch, scratch, err));
    if (2 * report->n_views_left_out > b->n_views)
        return rig_fail(
            err, RIG_ERR_DATA,
            "world frame: only %d of %d detections of the board on the floor agree: it moved, or cameras did",
            b->n_views - report->n_views_left_out, b->n_views);
    return RIG_OK;
}

// The cameras' heights over the board, z of its printed side up; lowest and highest and whose they are.
typedef struct heights {
    const char *low_view, *high_view;
    double low, high;
} heights;

static heights heights_over(const rig_calibration *rig, const rig_pose *Rt_world_board) {
    heights h = {"", "", INFINITY, -INFINITY};
    rig_pose Rt_board_world = rig_pose_invert(Rt_world_board);
    for (int c = 0; c < rig->n; c++) {
        double centre[3], at[3];
        if (!rig->cameras[c].has_pose)
            continue;
        rig_pose_centre(&rig->cameras[c].Rt_cam_world, centre);
        rig_pose_apply(&Rt_board_world, centre, at);
        if (-at[2] < h.low)
            h.low = -at[2], h.low_view = rig->cameras[c].view;
        if (-at[2] > h.high)
            h.high = -at[2], h.high_view = rig->cameras[c].view;
    }
    return h;
}

// From the board's frame to a world whose z is up. The board's own z points away from who sees it as printed: down; up
// only where its corners were read mirrored, and all cameras then lie on that side.
static bool rise(const heights *h, const rig_pose *Rt_world_board, rig_pose *Rt_old_new) {
    if (h->low <= 0 && h->high >= 0)
        return false;
    rig_pose Rt_board_new = rig_pose_identity();
    if (h->low > 0)
        Rt_board_new.R[4] = Rt_board_new.R[8] = -1;
    *Rt_old_new = rig_pose_mul(Rt_world_board, &Rt_board_new);
    return true;
}

// The floor as one refinement has it.
typedef struct floor_fit {
    rig_pose Rt_world_board, Rt_old_new;
    rig_bundle_report report;
    heights h;
    bool up;
} floor_fit;

static rig_status floor_try(floor_board *f, const rig_calibration *rig, const rig_pose *start, floor_fit *fit,
                            rig_arena *scratch, rig_err *err) {
    RIG_TRY(floor_refine(f, start, &fit->report, scratch, err));
    fit->Rt_world_board = f->bundle.boards[0].Rt_world_board;
    fit->h = heights_over(rig, &fit->Rt_world_board);
    fit->up = rise(&fit->h, &fit->Rt_world_board, &fit->Rt_old_new);
    return RIG_OK;
}

// A board that one camera alone saw has another pose, mirrored about its line of sight. Where the better one buries a
// camera, the other is taken; where both would do and fit alike, nobody knows where up is.
static rig_status floor_try_mirrored(floor_board *f, const rig_calibration *rig, floor_fit *best, rig_arena *scratch,
                                     rig_err *err) {
    floor_fit other;
    rig_err ignored;
    rig_pose Rt_cam_board = rig_pose_mul(&f->Rt_cam_world[0], &best->Rt_world_board);
    rig_pose mirrored = rig_plane_pose_mirrored(&Rt_cam_board, f->observations.centre);
    rig_pose Rt_world_cam = rig_pose_invert(&f->Rt_cam_world[0]), start = rig_pose_mul(&Rt_world_cam, &mirrored);
    rig_status status = floor_try(f, rig, &start, &other, scratch, &ignored);
    if (status == RIG_ERR_MEMORY)
        return rig_fail_memory(err, "the floor board");
    const bool same =
        status != RIG_OK || rig_rotation_angle_between(other.Rt_world_board.R, best->Rt_world_board.R) < SAME_ANGLE;
    if (!same && best->up && other.up && other.report.rms_px < MIRROR_TELLS * best->report.rms_px)
        return rig_fail(err, RIG_ERR_DATA,
                        "world frame: only camera '%s' saw the board on the floor, and two orientations fit equally "
                        "well (%.2f and %.2f px): let another camera see it, or put it nearer",
                        rig->cameras[f->camera_of[0]].view, best->report.rms_px, other.report.rms_px);
    if (!same && !best->up && other.up && other.report.rms_px < MIRROR_POSSIBLE * best->report.rms_px + MIRROR_PX)
        *best = other;
    start = best->Rt_world_board; // the bundle as that one left it
    return floor_try(f, rig, &start, best, scratch, err);
}

static rig_status floor_solve(floor_board *f, rig_calibration *rig, double *rms_px, rig_arena *scratch, rig_err *err) {
    floor_fit fit;
    rig_pose Rt_world_board;
    RIG_TRY(floor_bundle(f, scratch, err));
    if (!rig_board_observations_pose(&f->observations, 0, f->Rt_cam_world, &Rt_world_board))
        return rig_fail(err, RIG_ERR_NUMERIC, "world frame: the board on the floor has no pose in any view");
    RIG_TRY(floor_try(f, rig, &Rt_world_board, &fit, scratch, err));
    if (f->observations.n_views == 1)
        RIG_TRY(floor_try_mirrored(f, rig, &fit, scratch, err));
    if (!fit.up)
        return rig_fail(err, RIG_ERR_DATA,
                        "world frame: with the board on the floor, camera '%s' would be %.2f m above it and camera "
                        "'%s' %.2f m below it",
                        fit.h.high_view, fit.h.high, fit.h.low_view, -fit.h.low);
    *rms_px = fit.report.rms_px;
    return rig_covariance_move_to_board(&f->bundle, f->camera_of, fit.report.variance_px2, rig, &fit.Rt_old_new,
                                        scratch, err);
}

rig_status rig_world_from_board(const rig_board *board, const rig_view_corners *floor, int n_views,
                                rig_calibration *rig, double *rms_px, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    floor_board f;
    rig_status status = floor_init(&f, board, floor, n_views, rig, scratch, err);
    if (status == RIG_OK)
        status = floor_solve(&f, rig, rms_px, scratch, err);
    rig_arena_rewind(scratch, mark);
    return status;
}
