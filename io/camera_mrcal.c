// mrcal's .cameramodel, a file a camera (mrcal's manual, "Camera model representation in memory and on disk"): a
// dictionary of Python, which is YAML too. `extrinsics` is rt_cam_ref, as ours: from the world to the camera, metres.
#include "io/camera_parts.h"
#include "io/camera_readers.h"

#include <string.h>

static const char *const MODELS[] = {"LENSMODEL_PINHOLE", "LENSMODEL_OPENCV4",  "LENSMODEL_OPENCV5",
                                     "LENSMODEL_OPENCV8", "LENSMODEL_OPENCV12", NULL};
static const int N_DIST[] = {0, 4, 5, 8, 12};

// --- writing -------------------------------------------------------------------------------------

rig_status rig_camera_mrcal_write(const char *folder, const rig_calibration *rig, const rig_stereo *stereo,
                                  rig_err *err) {
    (void)stereo;
    for (int i = 0; i < rig->n; i++) {
        const rig_view_camera *camera = &rig->cameras[i];
        const rig_camera *c = &camera->camera;
        rig_file_writer file;
        double rvec[3];
        int model = 0;
        while (N_DIST[model] < rig_lens_n_dist(c->lens))
            model++;
        RIG_TRY(rig_camera_file_open(&file, folder, camera->view, ".cameramodel", err));
        fprintf(file.stream, "{\n    'lensmodel':  '%s',\n    'intrinsics': [ ", MODELS[model]);
        rig_camera_put_numbers(file.stream, c->K, 4);
        fputs(N_DIST[model] ? ", " : "", file.stream);
        rig_camera_put_numbers(file.stream, c->dist, N_DIST[model]);
        rig_rotation_to_rvec(camera->Rt_cam_world.R, rvec);
        fputs(",],\n    'extrinsics': [ ", file.stream);
        rig_camera_put_numbers(file.stream, rvec, 3);
        fputs(", ", file.stream);
        rig_camera_put_numbers(file.stream, camera->Rt_cam_world.t, 3);
        fprintf(file.stream, ",],\n    'imagersize': [ %d, %d,],\n}\n", c->width, c->height);
        RIG_TRY(rig_file_writer_commit(&file, err));
    }
    return RIG_OK;
}

// --- reading -------------------------------------------------------------------------------------

bool rig_camera_mrcal_is(const rig_foreign *file) {
    return file->root && rig_yaml_find(file->root, "lensmodel") && rig_yaml_find(file->root, "intrinsics");
}

rig_status rig_camera_mrcal_read(const rig_foreign *file, rig_calibration *rig, rig_arena *out, rig_err *err) {
    const rig_yaml *root = file->root, *node, *pose;
    double b[RIG_INTRINSICS_MAX], rt[6], R[9], size[2];
    int model;
    RIG_TRY(rig_cameras_new(rig, 1, out, err));
    rig_view_camera *camera = rig->cameras;
    RIG_TRY(rig_camera_name_stem(camera, file, err));
    RIG_TRY(rig_yaml_choice(rig_yaml_find(root, "lensmodel"), MODELS, &model, err));
    node = rig_yaml_find(root, "intrinsics");
    RIG_TRY(rig_camera_numbers(node, 4 + N_DIST[model], 4 + N_DIST[model], b, NULL, err));
    RIG_TRY(rig_camera_set_K(&camera->camera, b, node, err));
    RIG_TRY(rig_camera_set_dist(&camera->camera, false, b + 4, N_DIST[model], node, err));
    RIG_TRY(rig_camera_need_numbers(root, "imagersize", 2, size, err));
    RIG_TRY(rig_camera_set_size(&camera->camera, size, rig_yaml_find(root, "imagersize"), err));
    pose = rig_yaml_find(root, "extrinsics");
    pose = pose ? pose : rig_yaml_find(root, "rt_cam_ref");
    if (!pose)
        return RIG_OK;
    RIG_TRY(rig_camera_numbers(pose, 6, 6, rt, NULL, err));
    rig_rotation_from_rvec(rt, R, NULL);
    return rig_camera_set_pose(camera, R, rt + 3, pose, err);
}
