// OpenCV's FileStorage YAML with a file a camera, and of a stereo pair. Its keys are those of OpenCV's own samples
// (calibration.cpp, stereo_calib.cpp); numbers keep all their digits.
#include "io/camera_parts.h"
#include "io/camera_readers.h"

#include <string.h>

// --- writing -------------------------------------------------------------------------------------

static rig_status camera_write(const char *folder, const rig_view_camera *camera, rig_err *err) {
    const rig_camera *c = &camera->camera;
    rig_file_writer file;
    double K[9], rvec[3];
    RIG_TRY(rig_camera_file_open(&file, folder, camera->view, ".yml", err));
    rig_camera_put_storage(file.stream);
    fprintf(file.stream, "image_width: %d\nimage_height: %d\n", c->width, c->height);
    fprintf(file.stream, "fisheye_model: %d\n", c->lens == RIG_LENS_FISHEYE4); // what the coefficients are of
    rig_camera_matrix(c, K);
    rig_camera_put_matrix(file.stream, "", "camera_matrix", 3, 3, K);
    rig_camera_put_matrix(file.stream, "", "distortion_coefficients", 1, rig_camera_n_dist_padded(c), c->dist);
    if (camera->has_pose) {
        rig_rotation_to_rvec(camera->Rt_cam_world.R, rvec);
        rig_camera_put_matrix(file.stream, "", "rvec", 3, 1, rvec);
        rig_camera_put_matrix(file.stream, "", "tvec", 3, 1, camera->Rt_cam_world.t);
        rig_camera_put_matrix(file.stream, "", "R", 3, 3, camera->Rt_cam_world.R);
    }
    return rig_file_writer_commit(&file, err);
}

static rig_status pair_find(const rig_calibration *rig, const rig_stereo *stereo, const rig_camera *pair[2],
                            rig_err *err) {
    const char *const names[2] = {stereo->left, stereo->right};
    for (int i = 0; i < 2; i++) {
        const rig_view_camera *camera = rig_calibration_find(rig, names[i]);
        if (!camera)
            return rig_fail(err, RIG_ERR_DATA, "camera '%s' of the stereo pair is not in the calibration", names[i]);
        if (camera->camera.lens == RIG_LENS_FISHEYE4)
            return rig_fail(err, RIG_ERR_DATA, "camera '%s': OpenCV's stereo files cannot hold a fisheye lens",
                            names[i]);
        pair[i] = &camera->camera;
    }
    return RIG_OK;
}

static rig_status pair_write(const char *folder, const rig_camera *const pair[2], const rig_stereo *stereo,
                             rig_err *err) {
    static const char *const numbers[] = {"1", "2"};
    rig_file_writer file;
    double K[9];
    RIG_TRY(rig_camera_file_open(&file, folder, "intrinsics", ".yml", err));
    rig_camera_put_storage(file.stream);
    for (int i = 0; i < 2; i++) {
        rig_camera_matrix(pair[i], K);
        rig_camera_put_matrix(file.stream, "M", numbers[i], 3, 3, K);
        rig_camera_put_matrix(file.stream, "D", numbers[i], 1, rig_camera_n_dist_padded(pair[i]), pair[i]->dist);
    }
    RIG_TRY(rig_file_writer_commit(&file, err));
    RIG_TRY(rig_camera_file_open(&file, folder, "extrinsics", ".yml", err));
    rig_camera_put_storage(file.stream);
    rig_camera_put_matrix(file.stream, "", "R", 3, 3, stereo->Rt_right_left.R);
    rig_camera_put_matrix(file.stream, "", "T", 3, 1, stereo->Rt_right_left.t);
    rig_camera_put_matrix(file.stream, "R", "1", 3, 3, stereo->R1);
    rig_camera_put_matrix(file.stream, "R", "2", 3, 3, stereo->R2);
    rig_camera_put_matrix(file.stream, "P", "1", 3, 4, stereo->P1);
    rig_camera_put_matrix(file.stream, "P", "2", 3, 4, stereo->P2);
    rig_camera_put_matrix(file.stream, "", "Q", 4, 4, stereo->Q);
    return rig_file_writer_commit(&file, err);
}

rig_status rig_camera_opencv_write(const char *folder, const rig_calibration *rig, const rig_stereo *stereo,
                                   rig_err *err) {
    const rig_camera *pair[2] = {NULL, NULL};
    for (int i = 0; i < rig->n && stereo; i++) {
        const char *view = rig->cameras[i].view;
        if (strcmp(view, "intrinsics") == 0 || strcmp(view, "extrinsics") == 0)
            return rig_fail(err, RIG_ERR_DATA, "camera '%s': its file would overwrite that of the stereo pair", view);
    }
    if (stereo)
        RIG_TRY(pair_find(rig, stereo, pair, err));
    for (int i = 0; i < rig->n; i++)
        RIG_TRY(camera_write(folder, &rig->cameras[i], err));
    return stereo ? pair_write(folder, pair, stereo, err) : RIG_OK;
}

// --- reading -------------------------------------------------------------------------------------

bool rig_camera_opencv_is(const rig_foreign *file) {
    return file->root && rig_yaml_find(file->root, "camera_matrix") && rig_yaml_find(file->root, "image_width") &&
           rig_yaml_find(file->root, "distortion_coefficients") && !rig_yaml_find(file->root, "distortion_model");
}

// tvec with rvec, or with R where there is no rvec.
static rig_status pose_read(const rig_yaml *root, rig_view_camera *camera, rig_err *err) {
    const rig_yaml *rvec = rig_yaml_find(root, "rvec"), *tvec = rig_yaml_find(root, "tvec");
    double r[3], R[9], t[3];
    if (!tvec)
        return RIG_OK;
    RIG_TRY(rig_camera_numbers(tvec, 3, 3, t, NULL, err));
    if (!rvec) {
        RIG_TRY(rig_camera_need_numbers(root, "R", 9, R, err));
        return rig_camera_set_pose(camera, R, t, tvec, err);
    }
    RIG_TRY(rig_camera_numbers(rvec, 3, 3, r, NULL, err));
    rig_rotation_from_rvec(r, R, NULL);
    return rig_camera_set_pose(camera, R, t, rvec, err);
}

rig_status rig_camera_opencv_read(const rig_foreign *file, rig_calibration *rig, rig_arena *out, rig_err *err) {
    const rig_yaml *root = file->root, *dist = rig_yaml_find(root, "distortion_coefficients");
    double d[14], fisheye = 0;
    int n;
    RIG_TRY(rig_cameras_new(rig, 1, out, err));
    rig_view_camera *camera = rig->cameras;
    RIG_TRY(rig_camera_name_stem(camera, file, err));
    RIG_TRY(rig_camera_set_image(&camera->camera, root, err));
    if (rig_yaml_find(root, "fisheye_model"))
        RIG_TRY(rig_camera_need_number(root, "fisheye_model", &fisheye, err));
    RIG_TRY(rig_camera_numbers(dist, 0, 14, d, &n, err));
    RIG_TRY(rig_camera_set_dist(&camera->camera, fisheye != 0, d, n, dist, err));
    return pose_read(root, camera, err);
}
