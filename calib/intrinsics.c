#include "calib/intrinsics.h"

#include "calib/covariance.h"
#include "calib/intrinsics_start.h"
#include "calib/intrinsics_try.h"
#include "calib/lens_sigma.h"
#include "calib/quality.h"
#include "calib/threads.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

enum { STAGED_LENS = 4 + 5 };
static const rig_bundle_options OPTIONS = {.corner_sigmas = 5, .view_ratio = 3};
static const rig_bundle_options ON_THE_WAY = {.corner_sigmas = 5, .view_ratio = 3, .rough = true};
static const double TILT_MIN = 3.0 / 180 * 3.14159265358979; // between some two boards
static const double FOCAL_SIGMA_MAX = 0.05;                  // of the focal length
static const double MISFIT_PX = 1, MISFIT = 0.0005;          // px; of the picture's diagonal
static const double MISFIT_MOST_PX = 10;                     // beyond, no lens was found

// What the refinement takes, in the order in which it comes to know the lens.
typedef enum part { PART_KEPT_IN, PART_ALL } part;

static void use_part(rig_lens_boards *w, part which) {
    for (int v = 0; v < w->bundle.n_views; v++) {
        w->bundle.views[v].left_out = !w->posed[v] || (which == PART_KEPT_IN && rig_holdout_keeps(w->group[v]));
        w->bundle.views[v].why = NULL;
    }
}

static rig_status refine_lens(rig_lens_boards *w, bool covariance, rig_bundle_report *report, rig_arena *out,
                              rig_arena *scratch, rig_err *err) {
    rig_bundle *b = &w->bundle;
    b->cameras[0].held_pose = true;
    return rig_bundle_solve(b, covariance ? &OPTIONS : &ON_THE_WAY, covariance, report, out, scratch, err);
}

// The long models start where the short ones end.
static rig_status refine_short(rig_lens_boards *w, rig_arena *scratch, rig_err *err) {
    rig_bundle *b = &w->bundle;
    rig_bundle_report report;
    if (4 + rig_lens_n_dist(b->cameras[0].camera.lens) <= STAGED_LENS)
        return RIG_OK;
    b->cameras[0].held_lens = RIG_BUNDLE_HOLD_LENS << STAGED_LENS;
    RIG_TRY(refine_lens(w, false, &report, scratch, scratch, err));
    b->cameras[0].held_lens = 0;
    return RIG_OK;
}

// A fit to four fifths of the groups of boards, held against the last. It is also most of the way to the fit of all.
// Where it does not come about, there is no figure.
static rig_status check_kept_out(rig_lens_boards *w, double *d_px, rig_arena *scratch, rig_err *err) {
    rig_bundle *b = &w->bundle;
    rig_bundle_camera start = b->cameras[0];
    rig_bundle_report report;
    rig_holdout holdout = {.d_px = d_px};
    w->held_out_rms_px = 0;
    if (w->n_groups < RIG_HOLDOUT_FRAMES_MIN)
        return RIG_OK;
    use_part(w, PART_KEPT_IN);
    bool *wanted = RIG_NEW(scratch, bool, b->n_views);
    if (!wanted)
        return rig_fail_memory(err, "the frames kept out");
    for (int v = 0; v < b->n_views; v++)
        wanted[v] = w->posed[v] && rig_holdout_keeps(w->group[v]);
    rig_status status = refine_short(w, scratch, err);
    if (status == RIG_OK)
        status = refine_lens(w, false, &report, scratch, scratch, err);
    if (status == RIG_OK)
        status = rig_holdout_measure(b, &ON_THE_WAY, wanted, &holdout, scratch, scratch, err);
    if (status == RIG_OK)
        w->held_out_rms_px = rig_holdout_rms(&holdout, 0, 1), w->kept_in = b->cameras[0].camera;
    else if (status != RIG_ERR_MEMORY)
        b->cameras[0] = start;
    return status == RIG_ERR_MEMORY ? status : RIG_OK;
}

static rig_status boards_fit(rig_lens_boards *w, rig_bundle_report *report, rig_arena *out, rig_arena *scratch,
                             rig_err *err) {
    use_part(w, PART_ALL);
    if (w->held_out_rms_px == 0) // from cold
        RIG_TRY(refine_short(w, scratch, err));
    use_part(w, PART_ALL);
    RIG_TRY(refine_lens(w, true, report, out, scratch, err));
    return rig_lens_boards_look_again(w) ? refine_lens(w, true, report, out, scratch, err) : RIG_OK;
}

static rig_status too_parallel(double tilt, int n, rig_err *err) {
    return rig_fail(err, RIG_ERR_DATA,
                    "the focal length cannot be estimated: all %d boards lie within %.1f degrees of parallel, tilt "
                    "them by at least 20 degrees, in different directions",
                    n, tilt * 180 / 3.14159265358979);
}

// Corners found in a picture come to a fraction of a pixel under the lens that took it.
static bool misfits(const rig_bundle_report *report, const rig_camera *camera) {
    return report->rms_px > fmax(MISFIT_PX, MISFIT * hypot(camera->width, camera->height));
}

static rig_status too_few(int n, int n_views, rig_err *err) {
    return rig_fail(err, RIG_ERR_DATA, "need >= %d boards that fit one lens, got %d of %d", RIG_LENS_BOARDS_MIN, n,
                    n_views);
}

static rig_status check_open(const rig_lens_boards *w, const rig_bundle_report *report, rig_arena *scratch,
                             rig_err *err) {
    rig_view_camera lens = {.camera = w->bundle.cameras[0].camera};
    RIG_TRY(rig_lens_sigma_report(report, 0, 0, &lens, NULL, scratch, err));
    if (!lens.undetermined)
        return RIG_OK;
    return rig_fail(err, RIG_ERR_DATA,
                    "%d boards do not determine %s of lens %s: need more boards out to the picture's corners, or a "
                    "lens with fewer coefficients",
                    w->bundle.n_views, lens.undetermined, rig_lens_name(lens.camera.lens));
}

// Whether what was seen determines the lens: enough boards, not all parallel, a focal length known to a few per cent.
static rig_status check_determined(const rig_lens_boards *w, const rig_bundle_report *report, rig_err *err) {
    const rig_bundle *b = &w->bundle;
    int n = b->n_views - report->n_views_left_out;
    if (n < RIG_LENS_BOARDS_MIN)
        return too_few(n, b->n_views, err);
    double tilt = rig_variety_measure(b, 0).tilt;
    if (tilt < TILT_MIN)
        return too_parallel(tilt, n, err);
    if (misfits(report, &b->cameras[0].camera) && report->rms_px > MISFIT_MOST_PX)
        return rig_fail(err, RIG_ERR_DATA,
                        "lens %s does not fit its boards: rms %.2f px over %d boards, expected below 1: do the board's "
                        "corners and kind match the print, is it a fisheye, is the picture size right?",
                        rig_lens_name(b->cameras[0].camera.lens), report->rms_px, n);
    double sigma =
        fmax(report->sigma_px, rig_corner_sigma_least_px) * sqrt(report->covariance[0]) / b->cameras[0].camera.K[0];
    if (!(sigma < FOCAL_SIGMA_MAX))
        return rig_fail(err, RIG_ERR_DATA,
                        "the focal length is known only to %.0f %%: %d boards, tilted by up to %.0f degrees; need more "
                        "boards with more tilt",
                        100 * sigma, n, tilt * 180 / 3.14159265358979);
    return RIG_OK;
}

static rig_status report_fits(const rig_lens_boards *w, const rig_view_corners *seen, rig_view_camera *camera,
                              rig_arena *out, rig_err *err) {
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
        camera->n_corners += view->n_used;
        camera->n_rejected += rig_bundle_view_n_seen(view, w->bundle.n_points) - view->n_used;
    }
    return RIG_OK;
}

static rig_status fit_and_check(rig_lens_boards *w, double *d_px, rig_bundle_report *report, rig_arena *out,
                                rig_arena *scratch, rig_err *err) {
    RIG_TRY(rig_lens_boards_start(w, scratch, err));
    RIG_TRY(check_kept_out(w, d_px, scratch, err));
    rig_status status = boards_fit(w, report, out, scratch, err);
    int n = 0;
    for (int v = 0; v < w->bundle.n_views; v++)
        n += !w->bundle.views[v].left_out;
    if (status == RIG_ERR_NUMERIC && n < RIG_LENS_BOARDS_MIN)
        return too_few(n, w->bundle.n_views, err);
    double tilt = status == RIG_ERR_NUMERIC ? rig_variety_measure(&w->bundle, 0).tilt : TILT_MIN;
    if (tilt < TILT_MIN)
        return too_parallel(tilt, n, err);
    if (status == RIG_ERR_NUMERIC && report->covariance)
        RIG_TRY(check_open(w, report, scratch, err));
    RIG_TRY(status);
    return check_determined(w, report, err);
}

static rig_status report_camera(const rig_lens_boards *w, const rig_bundle_report *report, const rig_view_corners *seen,
                                rig_view_camera *camera, rig_arena *out, rig_arena *scratch, rig_err *err) {
    rig_calibration alone = {.n = 1, .cameras = camera};
    const int first = 0;
    rig_variety_report(&w->bundle, 0, camera);
    if (misfits(report, &camera->camera))
        camera->warnings[camera->n_warnings++] = "misfit";
    RIG_TRY(rig_lens_sigma_report(report, 0, 0, camera, w->held_out_rms_px > 0 ? &w->kept_in : NULL, out, err));
    RIG_TRY(report_fits(w, seen, camera, out, err));
    return rig_covariance_set(&w->bundle, report, &first, &alone, scratch, err);
}

// The distances of the boards that were not held out: by the fit to all, each board where it fits best.
static void report_distances(rig_lens_boards *w, double *d_px) {
    const rig_bundle *b = &w->bundle;
    for (int v = 0; v < b->n_views; v++) {
        double *d = d_px + (ptrdiff_t)v * b->n_points;
        rig_plane_poses poses = {.n = 1, .Rt_cam_board = {b->boards[v].Rt_world_board}};
        if (w->held_out_rms_px > 0 && w->posed[v] && rig_holdout_keeps(w->group[v]))
            continue;
        if (b->views[v].left_out)
            rig_lens_boards_poses(w, v, &poses);
        for (int i = 0; i < b->n_points; i++)
            d[i] = INFINITY;
        if (poses.n > 0)
            rig_view_distances(&b->cameras[0].camera, &poses.Rt_cam_board[0], b->p, b->views[v].q, b->n_points, d);
        for (int i = 0; i < b->n_points; i++)
            d[i] /= rig_corner_sigma(b->views[v].sigma_px, i);
    }
}

rig_status rig_intrinsics_try(const rig_board *board, const rig_view_corners *seen, rig_lens lens,
                              rig_view_camera *camera, double *d_px, rig_arena *out, rig_arena *scratch, rig_err *err) {
    assert(seen->width > 0 && seen->height > 0);
    if (seen->n < RIG_LENS_BOARDS_MIN)
        return rig_fail(err, RIG_ERR_DATA, "camera '%s': need >= %d boards, got %d", seen->view, RIG_LENS_BOARDS_MIN,
                        seen->n);
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_lens_boards w;
    rig_bundle_report report = {0};
    rig_status status = rig_lens_boards_init(&w, board, seen, scratch, err);
    if (status != RIG_OK)
        goto done;
    w.bundle.cameras[0].camera = (rig_camera){.width = seen->width, .height = seen->height, .lens = lens};
    status = fit_and_check(&w, d_px, &report, out, scratch, err);
    if (status != RIG_OK) {
        status = rig_fail_in(err, status, "camera '%s': ", seen->view);
        goto done;
    }
    *camera = (rig_view_camera){
        .camera = w.bundle.cameras[0].camera, .rms_px = report.rms_px, .held_out_rms_px = w.held_out_rms_px};
    memcpy(camera->view, seen->view, sizeof camera->view);
    if (d_px)
        report_distances(&w, d_px);
    status = report_camera(&w, &report, seen, camera, out, scratch, err);
done:
    rig_arena_rewind(scratch, mark);
    return status;
}

rig_status rig_intrinsics_solve(const rig_board *board, const rig_view_corners *seen, rig_lens lens,
                                rig_view_camera *camera, rig_arena *out, rig_arena *scratch, rig_err *err) {
    return rig_intrinsics_try(board, seen, lens, camera, NULL, out, scratch, err);
}

// Its own memory, so that cameras can be solved side by side; what is to stay is copied at the end.
typedef struct camera_job {
    rig_arena out, scratch;
    rig_status status;
    rig_err err;
} camera_job;

typedef struct jobs {
    const rig_board *board;
    const rig_view_corners *seen;
    rig_lens lens;
    rig_view_camera *cameras;
    camera_job *list;
} jobs;

static void solve_job(void *self, int v) {
    jobs *j = self;
    camera_job *job = &j->list[v];
    job->status =
        rig_intrinsics_solve(j->board, &j->seen[v], j->lens, &j->cameras[v], &job->out, &job->scratch, &job->err);
}

rig_status rig_intrinsics_keep(rig_view_camera *camera, rig_arena *out, rig_err *err) {
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
    jobs j = {board, seen, lens, cameras, RIG_NEW(scratch, camera_job, n)};
    if (!j.list)
        return rig_fail_memory(err, "cameras");
    rig_threads_run(solve_job, &j, n);
    rig_status status = RIG_OK;
    for (int v = 0; v < n; v++) {
        camera_job *job = &j.list[v];
        if (status == RIG_OK && job->status != RIG_OK)
            status = rig_fail(err, job->status, "%s", job->err.text);
        else if (status == RIG_OK)
            status = rig_intrinsics_keep(&cameras[v], out, err);
        rig_arena_release(&job->out);
        rig_arena_release(&job->scratch);
    }
    rig_arena_rewind(scratch, mark);
    return status;
}
