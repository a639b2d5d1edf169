// uncertainty: how well the rig knows points between its cameras, and why.
#include "app/commands.h"
#include "app/diagnosis.h"
#include "app/inputs.h"
#include "app/session.h"
#include "app/stages.h"
#include "app/talk.h"
#include "app/uncertainty_maps.h"
#include "calib/uncertainty.h"
#include "io/file.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS = 14 }; // along the volume's longest side
static const double KEYPOINT_PX = 1;

static rig_status calibration_read(rig_session *session, rig_calibration *rig, rig_inputs *inputs, rig_err *err) {
    const char *path_rig, *path_covariance;
    rig_inputs made_from = {0};
    bool has;
    RIG_TRY(rig_session_path(session, "40_extrinsics.yaml", &path_rig, err));
    RIG_TRY(rig_session_path(session, "40_covariance.yaml", &path_covariance, err));
    if (!rig_file_exists(path_covariance))
        return rig_fail(err, RIG_ERR_DATA,
                        "uncertainty needs 40_covariance.yaml, which is not in '%s': run `rigpose extrinsics %s` first "
                        "(none is made where cameras or lenses come from another program)",
                        session->config.out, session->config.path);
    RIG_TRY(rig_calibration_read(path_rig, rig, &session->arena, err));
    RIG_TRY(rig_covariance_read(path_covariance, rig, &session->arena, err));
    RIG_TRY(rig_inputs_add_file(session, inputs, "40_extrinsics.yaml", path_rig, err));
    RIG_TRY(rig_result_inputs(path_covariance, "rigpose/covariance/1", &made_from, &has, err));
    if (has && (made_from.n != 1 || strcmp(made_from.items[0].hash, inputs->items[0].hash) != 0))
        return rig_fail(
            err, RIG_ERR_DATA,
            "40_covariance.yaml does not belong to this 40_extrinsics.yaml: run `rigpose extrinsics %s` again",
            session->config.path);
    return rig_inputs_add_file(session, inputs, "40_covariance.yaml", path_covariance, err);
}

static void grid_fill(const rig_calibration *rig, rig_uncertainty *u, const int size[3]) {
    for (int i = 0; i < size[0] * size[1] * size[2]; i++) {
        const int at[3] = {i % size[0], i / size[0] % size[1], i / size[0] / size[1]};
        rig_grid_point *point = &u->points[u->n];
        int cameras[RIG_UNCERTAINTY_CAMERAS_MAX];
        double keypoints[9], calibration[9];
        for (int k = 0; k < 3; k++)
            point->p[k] = u->low[k] + at[k] * u->step_m;
        int n = rig_cameras_that_see(rig, point->p, &point->views, cameras);
        if (n < 2 || !rig_uncertainty_point(rig, cameras, n, point->p, u->sigma_px, keypoints, calibration))
            continue;
        point->keypoints_m = rig_uncertainty_sigma(keypoints);
        point->calibration_m = rig_uncertainty_sigma(calibration);
        u->n++;
    }
}

// Pixels at the distance of the volume's middle.
static void map_fill(const rig_calibration *rig, int c, const double middle[3], rig_pixel_map *map) {
    const rig_view_camera *camera = &rig->cameras[c];
    rig_pose Rt_world_cam = rig_pose_invert(&camera->Rt_cam_world);
    double at[3], n[2], p[3], C[4];
    rig_pose_apply(&camera->Rt_cam_world, middle, at);
    map->distance_m = rig_norm3(at);
    for (int i = 0; i < RIG_UNCERTAIN_ROWS * RIG_UNCERTAIN_COLS; i++) {
        const int x = i % RIG_UNCERTAIN_COLS, y = i / RIG_UNCERTAIN_COLS;
        const double q[2] = {(x + 0.5) / RIG_UNCERTAIN_COLS * camera->camera.width - 0.5,
                             (y + 0.5) / RIG_UNCERTAIN_ROWS * camera->camera.height - 0.5};
        if (!rig_camera_unproject(&camera->camera, q, n))
            continue;
        const double v[3] = {n[0], n[1], 1}, scale = map->distance_m / rig_norm3(v);
        const double p_cam[3] = {scale * v[0], scale * v[1], scale};
        rig_pose_apply(&Rt_world_cam, p_cam, p);
        if (rig_uncertainty_pixel(rig, c, p, C))
            map->sigma_px[y][x] = sqrt((C[0] + C[3]) / 2);
    }
}

static rig_status reckon(const rig_calibration *rig, rig_uncertainty *u, rig_arena *arena, rig_err *err) {
    double longest = 0, middle[3];
    int size[3];
    *u = (rig_uncertainty){.sigma_px = KEYPOINT_PX};
    if (!rig_uncertainty_volume(rig, u->low, u->high))
        return rig_fail(err, RIG_ERR_DATA, "no common volume: need >= 2 cameras with poses that see the same place");
    for (int k = 0; k < 3; k++) {
        longest = fmax(longest, u->high[k] - u->low[k]);
        middle[k] = (u->low[k] + u->high[k]) / 2;
    }
    u->step_m = longest / STEPS;
    for (int k = 0; k < 3; k++)
        size[k] = (int)floor((u->high[k] - u->low[k]) / u->step_m + 1e-9) + 1;
    u->points = RIG_NEW(arena, rig_grid_point, size[0] * size[1] * size[2]);
    u->maps = RIG_NEW(arena, rig_pixel_map, rig->n);
    if (!u->points || !u->maps)
        return rig_fail_memory(err, "the volume's grid");
    grid_fill(rig, u, size);
    for (int c = 0; c < rig->n; c++)
        if (rig->cameras[c].has_pose)
            map_fill(rig, c, middle, &u->maps[c]);
    return RIG_OK;
}

static int by_size(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

rig_status rig_uncertainty_medians(const rig_uncertainty *u, double *keypoints_m, double *calibration_m,
                                   rig_arena *scratch, rig_err *err) {
    double *sorted = RIG_NEW(scratch, double, u->n);
    if (!sorted)
        return rig_fail_memory(err, "the volume's grid");
    *keypoints_m = *calibration_m = 0;
    for (int which = 0; which < 2 && u->n > 0; which++) {
        for (int i = 0; i < u->n; i++)
            sorted[i] = which ? u->points[i].calibration_m : u->points[i].keypoints_m;
        qsort(sorted, (size_t)u->n, sizeof *sorted, by_size);
        *(which ? calibration_m : keypoints_m) = sorted[u->n / 2];
    }
    return RIG_OK;
}

static rig_status medians_say(rig_session *session, const rig_uncertainty *u, rig_err *err) {
    double keypoints_m, calibration_m;
    if (u->n == 0) {
        rig_warn("no point of the volume is seen by two cameras");
        return RIG_OK;
    }
    RIG_TRY(rig_uncertainty_medians(u, &keypoints_m, &calibration_m, &session->scratch, err));
    rig_say("uncertainty: %d points seen by at least two cameras: median %.2f mm from keypoints with an error of %g "
            "px, %.2f mm from the calibration",
            u->n, 1000 * keypoints_m, u->sigma_px, 1000 * calibration_m);
    return RIG_OK;
}

rig_status rig_session_uncertainty(rig_session *session, rig_uncertainty *u, rig_calibration *rig, rig_inputs *inputs,
                                   rig_err *err) {
    if (session->config.has_extrinsics)
        RIG_TRY(rig_stage_need(session, "uncertainty", rig_stage_find("extrinsics"), err));
    RIG_TRY(calibration_read(session, rig, inputs, err));
    return reckon(rig, u, &session->arena, err);
}

static rig_status uncertainty_of(rig_session *session, rig_err *err) {
    rig_calibration rig;
    rig_uncertainty u;
    rig_inputs inputs = {0};
    const char *path, *folder;
    RIG_TRY(rig_session_uncertainty(session, &u, &rig, &inputs, err));
    RIG_TRY(rig_session_begin(session, err));
    RIG_TRY(rig_session_path(session, "45_uncertainty.yaml", &path, err));
    RIG_TRY(rig_uncertainty_write(path, &u, &rig, &inputs, err));
    RIG_TRY(rig_session_path(session, "uncertainty", &folder, err));
    RIG_TRY(rig_folder_make(folder, err));
    RIG_TRY(rig_uncertainty_draw(&rig, &u, folder, &session->scratch, err));
    return medians_say(session, &u, err);
}

rig_status rig_command_uncertainty(const rig_arguments *arguments, rig_err *err) {
    rig_session session = {0};
    rig_status status = rig_session_open(arguments->operands[0], &session, err);
    if (status == RIG_OK)
        status = uncertainty_of(&session, err);
    rig_session_release(&session);
    return status;
}
