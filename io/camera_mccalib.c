// MC-Calib's calibrated_cameras_data.yml (its src/McCalib.cpp, saveCamerasParams): FileStorage. camera_pose_matrix
// takes a point of the camera to the world, which there is the first camera of its group: the inverse of extrinsics.
#include "io/camera_parts.h"
#include "io/camera_readers.h"

#include <string.h>

// --- writing -------------------------------------------------------------------------------------

rig_status rig_camera_mccalib_write(const char *folder, const rig_calibration *rig, const rig_stereo *stereo,
                                    rig_err *err) {
    rig_file_writer file;
    (void)stereo;
    RIG_TRY(rig_camera_file_open(&file, folder, "calibrated_cameras_data", ".yml", err));
    rig_camera_put_storage(file.stream);
    fprintf(file.stream, "nb_camera: %d\n", rig->n);
    for (int i = 0; i < rig->n; i++) {
        const rig_view_camera *camera = &rig->cameras[i];
        const rig_camera *c = &camera->camera;
        const bool fisheye = c->lens == RIG_LENS_FISHEYE4;
        const rig_pose Rt_world_cam = rig_pose_invert(&camera->Rt_cam_world);
        double K[9], T[16];
        rig_camera_matrix(c, K);
        rig_camera_pose_matrix(&Rt_world_cam, T);
        fprintf(file.stream, "camera_%d:\n", i);
        rig_camera_put_matrix(file.stream, "  ", "camera_matrix", 3, 3, K);
        rig_camera_put_matrix(file.stream, "  ", "distortion_vector", 1, fisheye ? 4 : 5, c->dist);
        fprintf(file.stream, "  distortion_type: %d\n  camera_group: 0\n  img_width: %d\n  img_height: %d\n", fisheye,
                c->width, c->height);
        rig_camera_put_matrix(file.stream, "  ", "camera_pose_matrix", 4, 4, T);
    }
    return rig_file_writer_commit(&file, err);
}

// --- reading -------------------------------------------------------------------------------------

bool rig_camera_mccalib_is(const rig_foreign *file) {
    return file->root && rig_yaml_find(file->root, "nb_camera") && rig_yaml_find(file->root, "camera_0");
}

// Cameras of other groups than the first share no frame with it.
static rig_status camera_read(const rig_yaml *node, double group_first, rig_view_camera *camera, rig_err *err) {
    double K[9], d[14], type, group, size[2], T[16], R[9], t[3];
    const rig_yaml *dist;
    int n;
    RIG_TRY(rig_camera_name(camera, node->key, node, err));
    RIG_TRY(rig_camera_need_numbers(node, "camera_matrix", 9, K, err));
    RIG_TRY(rig_camera_set_matrix(&camera->camera, K, rig_yaml_find(node, "camera_matrix"), err));
    RIG_TRY(rig_camera_need_number(node, "distortion_type", &type, err));
    RIG_TRY(rig_yaml_need(node, "distortion_vector", &dist, err));
    RIG_TRY(rig_camera_numbers(dist, 0, 14, d, &n, err));
    RIG_TRY(rig_camera_set_dist(&camera->camera, type == 1, d, n, dist, err));
    RIG_TRY(rig_camera_need_number(node, "img_width", &size[0], err));
    RIG_TRY(rig_camera_need_number(node, "img_height", &size[1], err));
    RIG_TRY(rig_camera_set_size(&camera->camera, size, rig_yaml_find(node, "img_width"), err));
    RIG_TRY(rig_camera_need_number(node, "camera_group", &group, err));
    RIG_TRY(rig_camera_need_numbers(node, "camera_pose_matrix", 16, T, err));
    for (int i = 0; i < 3; i++) {
        memcpy(R + 3 * i, T + 4 * i, 3 * sizeof *R);
        t[i] = T[4 * i + 3];
    }
    return group == group_first ? rig_camera_set_place(camera, R, t, rig_yaml_find(node, "camera_pose_matrix"), err)
                                : RIG_OK;
}

rig_status rig_camera_mccalib_read(const rig_foreign *file, rig_calibration *rig, rig_arena *out, rig_err *err) {
    char key[24] = "camera_0";
    double group;
    int n = 0;
    while (rig_yaml_find(file->root, key))
        snprintf(key, sizeof key, "camera_%d", ++n);
    RIG_TRY(rig_cameras_new(rig, n, out, err));
    RIG_TRY(rig_camera_need_number(rig_yaml_find(file->root, "camera_0"), "camera_group", &group, err));
    for (int i = 0; i < n; i++) {
        snprintf(key, sizeof key, "camera_%d", i);
        RIG_TRY(camera_read(rig_yaml_find(file->root, key), group, &rig->cameras[i], err));
    }
    return RIG_OK;
}
