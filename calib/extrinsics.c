#include "calib/extrinsics.h"

#include "calib/agreement.h"
#include "calib/joint.h"
#include "calib/sigma.h"
#include "calib/variety.h"

#include <string.h>

static const double APART = 2;            // times each board's own fit
static const double LEFT_OUT_SHARE = 0.2; // of a camera's boards: no longer chance

static rig_view_camera *camera_named(const rig_calibration *rig, const char *view) {
    for (int c = 0; c < rig->n; c++)
        if (strcmp(rig->cameras[c].view, view) == 0)
            return &rig->cameras[c];
    return NULL;
}

static rig_status joint_init(rig_joint *joint, const rig_view_corners *intrinsics, int n_intrinsics,
                             const rig_calibration *rig, rig_arena *scratch, rig_err *err) {
    joint->cameras = RIG_NEW(scratch, const rig_camera *, joint->n_views);
    joint->lens_seen = RIG_NEW(scratch, const rig_view_corners *, joint->n_views);
    const rig_pose **surveyed = RIG_NEW(scratch, const rig_pose *, joint->n_views);
    if (!joint->cameras || !joint->lens_seen || !surveyed)
        return rig_fail_memory(err, "the rig's cameras");
    for (int v = 0; v < joint->n_views; v++) {
        const rig_view_camera *camera = camera_named(rig, joint->seen[v].view);
        if (!camera)
            return rig_fail(err, RIG_ERR_DATA, "camera '%s': it has no calibrated lens", joint->seen[v].view);
        joint->cameras[v] = &camera->camera;
        surveyed[v] = camera->surveyed ? &camera->Rt_cam_world : NULL;
        joint->surveyed = camera->surveyed ? surveyed : joint->surveyed;
        for (int i = 0; i < n_intrinsics; i++)
            if (strcmp(intrinsics[i].view, joint->seen[v].view) == 0)
                joint->lens_seen[v] = &intrinsics[i];
    }
    return RIG_OK;
}

static rig_status report_fits(const rig_joint *joint, const rig_view_corners *seen, rig_view_camera *camera, int v,
                              rig_arena *out, rig_err *err) {
    double sum = 0;
    int n_corners = 0;
    camera->n_frames = camera->n_turned = 0;
    camera->n_fits = seen->n;
    camera->fits = RIG_NEW(out, rig_frame_fit, seen->n);
    if (!camera->fits)
        return rig_fail_memory(err, "the boards' fits");
    for (int i = 0; i < joint->sightings.n; i++) {
        const rig_bundle_view *view = &joint->bundle.views[i];
        const rig_sighting *sighting = &joint->sightings.list[i];
        if (sighting->view != v)
            continue;
        rig_frame_fit *fit = &camera->fits[sighting->at];
        *fit = (rig_frame_fit){.frame = seen->boards[sighting->at].frame, .rms_px = view->rms_px};
        if (view->left_out)
            fit->left_out = view->why ? view->why : "no pose puts the board in front of the camera";
        sum += view->n_used * view->rms_px * view->rms_px;
        n_corners += view->n_used;
        camera->n_frames += !view->left_out;
        camera->n_turned += sighting->reading != 0 && !view->left_out;
    }
    camera->rms_px = n_corners ? sqrt(sum / n_corners) : 0;
    if (camera->n_fits - camera->n_frames > LEFT_OUT_SHARE * camera->n_fits)
        camera->warnings[camera->n_warnings++] = "left_out";
    return RIG_OK;
}

static double rms_of_shared(const rig_joint *joint) {
    double sum = 0;
    int n = 0;
    for (int i = 0; i < joint->sightings.n; i++) {
        const rig_bundle_view *view = &joint->bundle.views[i];
        sum += view->n_used * view->rms_px * view->rms_px;
        n += view->n_used;
    }
    return n ? sqrt(sum / n) : 0;
}

static rig_status solve(rig_joint *joint, rig_calibration *rig, rig_arena *out, rig_arena *scratch, rig_err *err) {
    RIG_TRY(rig_joint_solve(joint, out, scratch, err));
    int *places = RIG_NEW(scratch, int, joint->n_views);
    if (!places)
        return rig_fail_memory(err, "the rig's cameras");
    for (int v = 0; v < joint->n_views; v++) {
        rig_view_camera *camera = camera_named(rig, joint->seen[v].view);
        places[v] = (int)(camera - rig->cameras);
        camera->camera = joint->bundle.cameras[v].camera;
        camera->Rt_cam_world = joint->bundle.cameras[v].Rt_cam_world;
        camera->has_pose = true;
        rig_variety_report(&joint->bundle, v, camera);
        camera->held_out_rms_px = joint->holdout.squares ? rig_holdout_rms(&joint->holdout, v, v + 1) : 0;
        RIG_TRY(report_fits(joint, &joint->seen[v], camera, v, out, err));
        const rig_agreement agreement = rig_agreement_measure(&joint->bundle, v);
        if (rig_agreement_lacks(&agreement, APART))
            camera->warnings[camera->n_warnings++] = "agreement";
    }
    rig->shape = joint->shape;
    rig->rms_px = rms_of_shared(joint);
    rig->held_out_rms_px = joint->holdout.squares ? rig_holdout_rms(&joint->holdout, 0, joint->n_views) : 0;
    return rig_sigma_set(&joint->bundle, &joint->report, places, rig, out, err);
}

rig_status rig_extrinsics_solve(const rig_board *board, const rig_view_corners *seen, int n_views,
                                const rig_view_corners *intrinsics, int n_intrinsics, bool fixed_lenses,
                                rig_calibration *rig, rig_arena *out, rig_arena *scratch, rig_err *err) {
    if (n_views < 1)
        return rig_fail(err, RIG_ERR_DATA, "no camera saw the board");
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_joint joint = {.board = board, .n_views = n_views, .seen = seen, .fixed_lenses = fixed_lenses, .judged = true};
    joint.warp = rig->shape.has_warp;
    joint.square = rig->shape.has_square;
    rig_status status = joint_init(&joint, intrinsics, intrinsics ? n_intrinsics : 0, rig, scratch, err);
    if (status == RIG_OK)
        status = solve(&joint, rig, out, scratch, err);
    rig_arena_rewind(scratch, mark);
    return status;
}
