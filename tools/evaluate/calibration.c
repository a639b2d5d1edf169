#include "tools/evaluate/calibration.h"

#include <string.h>

// A camera as four points of the world: its centre, and 1 m along each of its axes.
enum { POINTS = 4 };

static void frame_points(const rig_pose *Rt_cam_world, double p[POINTS][3]) {
    rig_pose_centre(Rt_cam_world, p[0]);
    for (int axis = 0; axis < 3; axis++)
        for (int i = 0; i < 3; i++)
            p[1 + axis][i] = p[0][i] + Rt_cam_world->R[3 * axis + i];
}

static rig_status check_pair(const rig_view_camera *a, const rig_view_camera *b, rig_err *err) {
    if (a->camera.width != b->camera.width || a->camera.height != b->camera.height)
        return rig_fail(err, RIG_ERR_DATA, "camera '%s': truth is of %dx%d pixels, expected the result's %dx%d",
                        a->view, b->camera.width, b->camera.height, a->camera.width, a->camera.height);
    return RIG_OK;
}

static void compare_lens(const rig_camera *a, const rig_camera *b, rig_camera_error *error) {
    double fx = fabs(a->K[0] / b->K[0] - 1), fy = fabs(a->K[1] / b->K[1] - 1);
    double dx = a->K[2] - b->K[2], dy = a->K[3] - b->K[3];
    error->focal_pct = 100 * (fx > fy ? fx : fy);
    error->centre_px = sqrt(dx * dx + dy * dy);
}

static void compare_pose(const rig_view_camera *a, const rig_view_camera *b, const rig_pose *Rt_truth_result,
                         rig_camera_error *error) {
    error->position_mm = error->rotation_mrad = NAN;
    if (!a->has_pose || !b->has_pose)
        return;
    rig_pose Rt_result_truth = rig_pose_invert(Rt_truth_result);
    rig_pose Rt_cam_truth = rig_pose_mul(&a->Rt_cam_world, &Rt_result_truth);
    double found[3], real[3];
    rig_pose_centre(&Rt_cam_truth, found);
    rig_pose_centre(&b->Rt_cam_world, real);
    for (int i = 0; i < 3; i++)
        found[i] -= real[i];
    error->position_mm = 1000 * rig_norm3(found);
    error->rotation_mrad = 1000 * rig_rotation_angle_between(Rt_cam_truth.R, b->Rt_cam_world.R);
}

rig_status rig_eval_calibration(const rig_calibration *result, const rig_calibration *truth, rig_camera_error *errors,
                                int *n, rig_pose *Rt_truth_result, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    double(*a)[3] = rig_arena_alloc(scratch, (size_t)result->n * POINTS, sizeof *a);
    double(*b)[3] = rig_arena_alloc(scratch, (size_t)result->n * POINTS, sizeof *b);
    if (!a || !b)
        return rig_fail_memory(err, "camera positions");
    int n_points = 0;
    rig_status status = RIG_OK;
    *n = 0;
    *Rt_truth_result = rig_pose_identity();
    for (int i = 0; i < result->n && status == RIG_OK; i++) {
        const rig_view_camera *found = &result->cameras[i], *real = rig_calibration_find(truth, found->view);
        if (!real)
            continue;
        status = check_pair(found, real, err);
        errors[(*n)++].view = found->view;
        if (found->has_pose && real->has_pose) {
            frame_points(&found->Rt_cam_world, a + n_points);
            frame_points(&real->Rt_cam_world, b + n_points);
            n_points += POINTS;
        }
    }
    if (status == RIG_OK && *n == 0)
        status = rig_fail(err, RIG_ERR_DATA, "no camera in common with the truth");
    if (status == RIG_OK && n_points > 0 &&
        !rig_pose_align((const double(*)[3])a, (const double(*)[3])b, n_points, Rt_truth_result, NULL))
        status = rig_fail(err, RIG_ERR_NUMERIC, "cannot align %d cameras with the truth", n_points / POINTS);
    for (int i = 0; i < *n && status == RIG_OK; i++) {
        const rig_view_camera *found = rig_calibration_find(result, errors[i].view);
        const rig_view_camera *real = rig_calibration_find(truth, errors[i].view);
        compare_lens(&found->camera, &real->camera, &errors[i]);
        compare_pose(found, real, Rt_truth_result, &errors[i]);
    }
    rig_arena_rewind(scratch, mark);
    return status;
}
