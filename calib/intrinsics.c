#include "calib/intrinsics.h"

#include "calib/bundle.h"
#include "calib/homography.h"
#include "calib/intrinsics_start.h"
#include "calib/median.h"
#include "calib/plane_pose.h"

#include <assert.h>
#include <string.h>

enum { BOARDS_MIN = 3, SCAN_BOARDS = 12, SCAN_STEPS = 14, STAGED_LENS = 4 + 5 };
static const rig_bundle_options OPTIONS = {.corner_sigmas = 5, .view_ratio = 3};
static const double TILT_MIN = 3.0 / 180 * 3.14159265358979; // between some two boards
static const double FOCAL_SIGMA_MAX = 0.05;                  // of the focal length
static const double CORNER_SIGMA_PX = 0.05;                  // no corner is known better than this
static const double SECOND_LOOK = 2;                         // times the median rms: worth trying the other pose
static const double SCAN_FIRST = 0.2, SCAN_RATIO = 1.25;     // focal lengths tried, of the longer side

// One camera's boards as a bundle, and the workspace of its starts.
typedef struct workshop {
    rig_bundle bundle;
    double (*H)[9];
    rig_plane_work plane;
    double *rms;
    double centre[3];
} workshop;

static rig_status workshop_init(workshop *w, const rig_board *board, const rig_view_corners *seen, rig_arena *scratch,
                                rig_err *err) {
    size_t n = (size_t)seen->n, n_points = (size_t)rig_board_n(board);
    *w = (workshop){.bundle = {.n_points = (int)n_points, .n_cameras = 1, .n_boards = seen->n, .n_views = seen->n}};
    double(*p)[3] = rig_arena_alloc(scratch, n_points, sizeof *p);
    w->bundle.cameras = RIG_NEW(scratch, rig_bundle_camera, 1);
    w->bundle.boards = RIG_NEW(scratch, rig_bundle_board, n);
    w->bundle.views = RIG_NEW(scratch, rig_bundle_view, n);
    w->H = rig_arena_alloc(scratch, n, sizeof *w->H);
    w->rms = RIG_NEW(scratch, double, n);
    w->plane.a = rig_arena_alloc(scratch, n_points, sizeof *w->plane.a);
    w->plane.b = rig_arena_alloc(scratch, n_points, sizeof *w->plane.b);
    w->plane.w = RIG_NEW(scratch, double, n_points);
    if (!p || !w->bundle.cameras || !w->bundle.boards || !w->bundle.views || !w->H || !w->rms || !w->plane.a ||
        !w->plane.b || !w->plane.w)
        return rig_fail_memory(err, "a camera's boards");
    for (int i = 0; i < (int)n_points; i++)
        rig_board_point(board, i, p[i]);
    w->bundle.p = (const double(*)[3])p;
    rig_points_centre(w->bundle.p, w->bundle.n_points, w->centre);
    for (int i = 0; i < seen->n; i++) {
        w->bundle.views[i] = (rig_bundle_view){.board = i, .q = (const double(*)[2])seen->boards[i].q};
        w->bundle.boards[i] = (rig_bundle_board){.Rt_world_board = rig_pose_identity(), .own = true};
    }
    return RIG_OK;
}

// The board's pose by its homography under K alone; false where that puts it nowhere.
static bool pose_from(const double H[9], const rig_camera *camera, const double centre[3], rig_pose *pose) {
    double n[9], shift[3];
    for (int j = 0; j < 3; j++) {
        n[j] = (H[j] - camera->K[2] * H[6 + j]) / camera->K[0];
        n[3 + j] = (H[3 + j] - camera->K[3] * H[6 + j]) / camera->K[1];
        n[6 + j] = H[6 + j];
    }
    if (!rig_homography_pose(n, pose))
        return false;
    rig_mat3_mul_vec(pose->R, centre, shift);
    for (int k = 0; k < 3; k++)
        pose->t[k] -= shift[k];
    return true;
}

static void start_pinhole(workshop *w) {
    rig_bundle *b = &w->bundle;
    int n = 0;
    for (int i = 0; i < b->n_points; i++)
        for (int k = 0; k < 2; k++)
            w->plane.a[i][k] = b->p[i][k] - w->centre[k];
    for (int v = 0; v < b->n_views; v++) {
        b->views[v].left_out =
            !rig_homography_fit((const double(*)[2])w->plane.a, b->views[v].q, b->n_points, w->plane.w, w->H[n]);
        n += !b->views[v].left_out;
    }
    rig_intrinsics_start((const double(*)[9])w->H, n, &b->cameras[0].camera);
    for (int v = 0, i = 0; v < b->n_views; v++)
        if (!b->views[v].left_out)
            b->views[v].left_out =
                !pose_from(w->H[i++], &b->cameras[0].camera, w->centre, &b->boards[v].Rt_world_board);
}

static void poses_under(workshop *w, int v, rig_plane_poses *poses) {
    rig_bundle *b = &w->bundle;
    rig_view_points points = {.n = b->n_points, .p = b->p, .q = b->views[v].q};
    memcpy(points.centre, w->centre, sizeof points.centre);
    rig_plane_poses_find(&b->cameras[0].camera, &points, &w->plane, poses);
}

// A wide lens bends too much for homographies of pixels: the focal length is the one, of several, under which a few
// boards fit best.
static void start_fisheye(workshop *w) {
    rig_bundle *b = &w->bundle;
    rig_camera *camera = &b->cameras[0].camera;
    double side = camera->width > camera->height ? camera->width : camera->height, best = INFINITY, best_focal = 0;
    rig_plane_poses poses;
    camera->K[2] = (camera->width - 1) / 2.0;
    camera->K[3] = (camera->height - 1) / 2.0;
    double focal = SCAN_FIRST * side;
    for (int step = 0; step < SCAN_STEPS; step++, focal *= SCAN_RATIO) {
        double sum = 0;
        camera->K[0] = camera->K[1] = focal;
        for (int i = 0; i < SCAN_BOARDS && i < b->n_views; i++) {
            poses_under(w, (int)((ptrdiff_t)i * b->n_views / SCAN_BOARDS), &poses);
            sum += poses.n ? fmin(poses.rms_px[0], side) : side;
        }
        if (sum < best)
            best = sum, best_focal = focal;
    }
    camera->K[0] = camera->K[1] = best_focal;
    for (int v = 0; v < b->n_views; v++) {
        poses_under(w, v, &poses);
        b->views[v].left_out = poses.n == 0;
        b->boards[v].Rt_world_board = poses.Rt_cam_board[0];
    }
}

// Boards that fit badly may stand in the mirrored pose (or never had a start): look again under the camera now known.
// Returns whether any was changed.
static bool look_again(workshop *w) {
    rig_bundle *b = &w->bundle;
    bool changed = false;
    int n = 0;
    for (int v = 0; v < b->n_views; v++)
        if (!b->views[v].left_out)
            w->rms[n++] = b->views[v].rms_px;
    double limit = n ? SECOND_LOOK * rig_median(w->rms, n) : 0;
    for (int v = 0; v < b->n_views; v++) {
        rig_plane_poses poses;
        if (b->views[v].rms_px <= limit && !b->views[v].left_out)
            continue;
        poses_under(w, v, &poses);
        if (poses.n == 0 || (!b->views[v].left_out && poses.rms_px[0] > 0.9 * b->views[v].rms_px))
            continue;
        b->boards[v].Rt_world_board = poses.Rt_cam_board[0];
        b->views[v].left_out = false;
        changed = true;
    }
    return changed;
}

static rig_status refine(workshop *w, rig_bundle_report *report, rig_arena *out, rig_arena *scratch, rig_err *err) {
    rig_bundle *b = &w->bundle;
    b->cameras[0].held_pose = true;
    if (4 + rig_lens_n_dist(b->cameras[0].camera.lens) >
        STAGED_LENS) { // the long models start where the short ones end
        b->cameras[0].held_lens = RIG_BUNDLE_HOLD_LENS << STAGED_LENS;
        RIG_TRY(rig_bundle_solve(b, &OPTIONS, false, report, out, scratch, err));
        b->cameras[0].held_lens = 0;
    }
    RIG_TRY(rig_bundle_solve(b, &OPTIONS, true, report, out, scratch, err));
    return look_again(w) ? rig_bundle_solve(b, &OPTIONS, true, report, out, scratch, err) : RIG_OK;
}

static double widest_tilt(const rig_bundle *b) {
    double least = 1;
    for (int i = 0; i < b->n_views; i++)
        for (int j = 0; j < i && !b->views[i].left_out; j++) {
            const double *R = b->boards[i].Rt_world_board.R, *S = b->boards[j].Rt_world_board.R;
            double cosine = R[2] * S[2] + R[5] * S[5] + R[8] * S[8];
            if (!b->views[j].left_out)
                least = fmin(least, cosine);
        }
    return acos(fmax(least, -1));
}

static rig_status too_parallel(double tilt, int n, rig_err *err) {
    return rig_fail(
        err, RIG_ERR_DATA,
        "the focal length cannot be seen: all %d boards lie within %.1f degrees of parallel, tilt them by 20 "
        "degrees and more, each in another direction",
        n, tilt * 180 / 3.14159265358979);
}

// Whether what was seen determines the lens: enough boards, not all parallel, a focal length known to a few per cent.
static rig_status check(const workshop *w, const rig_bundle_report *report, rig_err *err) {
    const rig_bundle *b = &w->bundle;
    int n = b->n_views - report->n_views_left_out;
    if (n < BOARDS_MIN)
        return rig_fail(err, RIG_ERR_DATA, "need >= %d boards that fit one lens, got %d of %d", BOARDS_MIN, n,
                        b->n_views);
    double tilt = widest_tilt(b);
    if (tilt < TILT_MIN)
        return too_parallel(tilt, n, err);
    double sigma = fmax(report->sigma_px, CORNER_SIGMA_PX) * sqrt(report->covariance[0]) / b->cameras[0].camera.K[0];
    if (!(sigma < FOCAL_SIGMA_MAX))
        return rig_fail(err, RIG_ERR_DATA,
                        "the focal length is known to %.0f %% only: %d boards, tilted by up to %.0f degrees; need more "
                        "boards with more tilt",
                        100 * sigma, n, tilt * 180 / 3.14159265358979);
    return RIG_OK;
}

static rig_status report_fits(const workshop *w, const rig_view_corners *seen, rig_view_camera *camera, rig_arena *out,
                              rig_err *err) {
    camera->n_fits = seen->n;
    camera->fits = RIG_NEW(out, rig_frame_fit, seen->n);
    if (!camera->fits)
        return rig_fail_memory(err, "the boards' fits");
    for (int i = 0; i < seen->n; i++) {
        const rig_bundle_view *view = &w->bundle.views[i];
        camera->fits[i] = (rig_frame_fit){.frame = seen->boards[i].frame, .rms_px = view->rms_px};
        if (view->left_out)
            camera->fits[i].left_out = view->why ? view->why : "no pose puts the board in front of the camera";
        camera->n_frames += !view->left_out;
    }
    return RIG_OK;
}

static rig_status solve(workshop *w, rig_bundle_report *report, rig_arena *out, rig_arena *scratch, rig_err *err) {
    if (w->bundle.cameras[0].camera.lens == RIG_LENS_FISHEYE4)
        start_fisheye(w);
    else
        start_pinhole(w);
    rig_status status = refine(w, report, out, scratch, err);
    if (status == RIG_ERR_NUMERIC && widest_tilt(&w->bundle) < TILT_MIN)
        return too_parallel(widest_tilt(&w->bundle), w->bundle.n_views, err);
    if (status == RIG_ERR_NUMERIC && report->covariance)
        return rig_fail(
            err, RIG_ERR_DATA,
            "%d boards do not determine a lens of kind %s: need more boards out to the picture's corners, or a "
            "lens with fewer coefficients",
            w->bundle.n_views, rig_lens_name(w->bundle.cameras[0].camera.lens));
    RIG_TRY(status);
    return check(w, report, err);
}

rig_status rig_intrinsics_solve(const rig_board *board, const rig_view_corners *seen, rig_lens lens,
                                rig_view_camera *camera, rig_arena *out, rig_arena *scratch, rig_err *err) {
    assert(seen->width > 0 && seen->height > 0);
    if (seen->n < BOARDS_MIN)
        return rig_fail(err, RIG_ERR_DATA, "camera '%s': need >= %d boards, got %d", seen->view, BOARDS_MIN, seen->n);
    rig_arena_mark mark = rig_arena_tell(scratch);
    workshop w;
    rig_bundle_report report;
    rig_status status = workshop_init(&w, board, seen, scratch, err);
    if (status != RIG_OK)
        goto done;
    w.bundle.cameras[0].camera = (rig_camera){.width = seen->width, .height = seen->height, .lens = lens};
    status = solve(&w, &report, out, scratch, err);
    if (status != RIG_OK) {
        status = rig_fail_in(err, status, "camera '%s': ", seen->view);
        goto done;
    }
    *camera = (rig_view_camera){.camera = w.bundle.cameras[0].camera, .rms_px = report.rms_px};
    memcpy(camera->view, seen->view, sizeof camera->view);
    status = report_fits(&w, seen, camera, out, err);
done:
    rig_arena_rewind(scratch, mark);
    return status;
}

// Its own memory, so that cameras can be solved side by side; what is to stay is copied at the end.
typedef struct camera_job {
    rig_arena out, scratch;
    rig_status status;
    rig_err err;
} camera_job;

static rig_status keep_fits(rig_view_camera *camera, rig_arena *out, rig_err *err) {
    rig_frame_fit *fits = RIG_NEW(out, rig_frame_fit, camera->n_fits);
    for (int i = 0; fits && i < camera->n_fits; i++) {
        fits[i] = camera->fits[i];
        if (fits[i].left_out && !(fits[i].left_out = rig_arena_strdup(out, fits[i].left_out)))
            fits = NULL;
    }
    camera->fits = fits;
    return fits ? RIG_OK : rig_fail_memory(err, "the boards' fits");
}

rig_status rig_intrinsics_solve_all(const rig_board *board, const rig_view_corners *seen, int n, rig_lens lens,
                                    rig_view_camera *cameras, rig_arena *out, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    camera_job *jobs = RIG_NEW(scratch, camera_job, n);
    rig_status status = jobs ? RIG_OK : rig_fail_memory(err, "cameras");
#pragma omp parallel for schedule(dynamic) if (n > 1 && jobs)
    for (int v = 0; v < (jobs ? n : 0); v++)
        jobs[v].status =
            rig_intrinsics_solve(board, &seen[v], lens, &cameras[v], &jobs[v].out, &jobs[v].scratch, &jobs[v].err);
    for (int v = 0; jobs && v < n; v++) {
        if (status == RIG_OK && jobs[v].status != RIG_OK)
            status = rig_fail(err, jobs[v].status, "%s", jobs[v].err.text);
        else if (status == RIG_OK)
            status = keep_fits(&cameras[v], out, err);
        rig_arena_release(&jobs[v].out);
        rig_arena_release(&jobs[v].scratch);
    }
    rig_arena_rewind(scratch, mark);
    return status;
}
