#include "calib/extrinsics.h"

#include "calib/adjustment.h"
#include "calib/covariance.h"
#include "calib/lens_sigma.h"
#include "calib/quality.h"

#include <string.h>

static const double APART = 2;            // times each board's own fit
static const double LEFT_OUT_SHARE = 0.2; // of a camera's boards: no longer chance
static const double PLACED = 0.01;        // of the way between the cameras farthest apart

static rig_view_camera *camera_named(const rig_calibration *rig, const char *view) {
    for (int c = 0; c < rig->n; c++)
        if (strcmp(rig->cameras[c].view, view) == 0)
            return &rig->cameras[c];
    return NULL;
}

static rig_status adjustment_init(rig_adjustment *adjustment, const rig_view_corners *intrinsics, int n_intrinsics,
                                  const rig_calibration *rig, rig_arena *scratch, rig_err *err) {
    adjustment->cameras = RIG_NEW(scratch, const rig_camera *, adjustment->n_views);
    adjustment->lens_seen = RIG_NEW(scratch, const rig_view_corners *, adjustment->n_views);
    const rig_pose **surveyed = RIG_NEW(scratch, const rig_pose *, adjustment->n_views);
    if (!adjustment->cameras || !adjustment->lens_seen || !surveyed)
        return rig_fail_memory(err, "the rig's cameras");
    for (int v = 0; v < adjustment->n_views; v++) {
        const rig_view_camera *camera = camera_named(rig, adjustment->seen[v].view);
        if (!camera)
            return rig_fail(err, RIG_ERR_DATA, "camera '%s': no calibrated lens", adjustment->seen[v].view);
        adjustment->cameras[v] = &camera->camera;
        surveyed[v] = camera->surveyed ? &camera->Rt_cam_world : NULL;
        adjustment->surveyed = camera->surveyed ? surveyed : adjustment->surveyed;
        for (int i = 0; i < n_intrinsics; i++)
            if (strcmp(intrinsics[i].view, adjustment->seen[v].view) == 0)
                adjustment->lens_seen[v] = &intrinsics[i];
    }
    return RIG_OK;
}

static rig_status report_fits(const rig_adjustment *adjustment, const rig_view_corners *seen, rig_view_camera *camera,
                              int v, rig_arena *out, rig_err *err) {
    double sum = 0;
    camera->n_frames = camera->n_turned = camera->n_corners = camera->n_rejected = 0;
    camera->n_fits = seen->n;
    camera->fits = RIG_NEW(out, rig_frame_fit, seen->n);
    if (!camera->fits)
        return rig_fail_memory(err, "the boards' fits");
    for (int i = 0; i < adjustment->observations.n; i++) {
        const rig_bundle_view *view = &adjustment->bundle.views[i];
        const rig_board_observation *observation = &adjustment->observations.list[i];
        if (observation->view != v)
            continue;
        rig_frame_fit *fit = &camera->fits[observation->at];
        *fit = (rig_frame_fit){.frame = seen->boards[observation->at].frame, .rms_px = view->rms_px};
        if (view->left_out)
            fit->left_out = view->why ? view->why : "no pose puts the board in front of the camera";
        sum += view->n_used * view->rms_px * view->rms_px;
        camera->n_corners += view->n_used;
        camera->n_rejected += rig_bundle_view_n_seen(view, adjustment->bundle.n_points) - view->n_used;
        camera->n_frames += !view->left_out;
        camera->n_turned += observation->reading != 0 && !view->left_out;
    }
    camera->rms_px = camera->n_corners ? sqrt(sum / camera->n_corners) : 0;
    if (camera->n_fits - camera->n_frames > LEFT_OUT_SHARE * camera->n_fits)
        camera->warnings[camera->n_warnings++] = "left_out";
    return RIG_OK;
}

static double rms_of_shared(const rig_adjustment *adjustment) {
    double sum = 0;
    int n = 0;
    for (int i = 0; i < adjustment->observations.n; i++) {
        const rig_bundle_view *view = &adjustment->bundle.views[i];
        sum += view->n_used * view->rms_px * view->rms_px;
        n += view->n_used;
    }
    return n ? sqrt(sum / n) : 0;
}

static void warn_of_places(rig_calibration *rig, const int *places, int n) {
    double span = 0;
    for (int a = 0; a < n; a++)
        for (int b = 0; b < a; b++) {
            double ca[3], cb[3];
            rig_pose_centre(&rig->cameras[places[a]].Rt_cam_world, ca);
            rig_pose_centre(&rig->cameras[places[b]].Rt_cam_world, cb);
            span = fmax(span, hypot(hypot(ca[0] - cb[0], ca[1] - cb[1]), ca[2] - cb[2]));
        }
    for (int v = 0; v < n; v++) {
        rig_view_camera *camera = &rig->cameras[places[v]];
        if (camera->has_sigma && rig_norm3(camera->sigma.t) > PLACED * span && span > 0)
            camera->warnings[camera->n_warnings++] = "pose";
    }
}

static rig_status report_rig(const rig_adjustment *adjustment, rig_calibration *rig, rig_arena *out, rig_arena *scratch,
                             rig_err *err) {
    int *places = RIG_NEW(scratch, int, adjustment->n_views);
    if (!places)
        return rig_fail_memory(err, "the rig's cameras");
    for (int v = 0; v < adjustment->n_views; v++) {
        rig_view_camera *camera = camera_named(rig, adjustment->seen[v].view);
        places[v] = (int)(camera - rig->cameras);
        camera->camera = adjustment->bundle.cameras[v].camera;
        camera->Rt_cam_world = adjustment->bundle.cameras[v].Rt_cam_world;
        camera->has_pose = true;
        rig_variety_report(&adjustment->bundle, v, camera);
        RIG_TRY(rig_lens_sigma_report(&adjustment->report, v, adjustment->bundle.cameras[v].held_lens, camera, NULL,
                                      out, err));
        camera->held_out_rms_px = adjustment->holdout.squares ? rig_holdout_rms(&adjustment->holdout, v, v + 1) : 0;
        RIG_TRY(report_fits(adjustment, &adjustment->seen[v], camera, v, out, err));
        const rig_consistency agreement = rig_consistency_measure(&adjustment->bundle, v);
        if (rig_consistency_lacks(&agreement, APART))
            camera->warnings[camera->n_warnings++] = "agreement";
    }
    rig->shape = adjustment->shape;
    rig->rms_px = rms_of_shared(adjustment);
    rig->held_out_rms_px =
        adjustment->holdout.squares ? rig_holdout_rms(&adjustment->holdout, 0, adjustment->n_views) : 0;
    if (adjustment->report.covariance)
        RIG_TRY(rig_covariance_set(&adjustment->bundle, &adjustment->report, places, rig, out, err));
    warn_of_places(rig, places, adjustment->n_views);
    return RIG_OK;
}

rig_status rig_extrinsics_solve(const rig_board *board, const rig_view_corners *seen, int n_views,
                                const rig_view_corners *intrinsics, int n_intrinsics, bool fixed_lenses,
                                rig_calibration *rig, rig_arena *out, rig_arena *scratch, rig_err *err) {
    if (n_views < 1)
        return rig_fail(err, RIG_ERR_DATA, "no camera saw the board");
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_adjustment adjustment = {
        .board = board, .n_views = n_views, .seen = seen, .fixed_lenses = fixed_lenses, .measure_errors = true};
    adjustment.warp = rig->shape.has_warp;
    adjustment.square = rig->shape.has_square;
    rig_status status = adjustment_init(&adjustment, intrinsics, intrinsics ? n_intrinsics : 0, rig, scratch, err);
    if (status == RIG_OK)
        status = rig_adjustment_solve(&adjustment, out, scratch, err);
    if (status == RIG_OK)
        status = report_rig(&adjustment, rig, out, scratch, err);
    rig_arena_rewind(scratch, mark);
    return status;
}
