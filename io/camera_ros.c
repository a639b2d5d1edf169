// ROS's camera_info YAML (camera_calibration_parsers; sensor_msgs/CameraInfo), a file a camera. It has no poses, which
// ROS keeps in its tf tree.
#include "io/camera_parts.h"
#include "io/camera_readers.h"

#include <string.h>

// --- writing -------------------------------------------------------------------------------------

static void matrix_put(FILE *f, const char *key, int rows, int cols, const double *values) {
    fprintf(f, "%s:\n  rows: %d\n  cols: %d\n  data: [", key, rows, cols);
    rig_camera_put_numbers(f, values, rows * cols);
    fputs("]\n", f);
}

// Of a camera that is no side of the pair the picture is rectified by nothing.
static void rectification_put(FILE *f, const rig_view_camera *camera, const double K[9], const rig_stereo *stereo) {
    const int side = !stereo                                    ? 0
                     : strcmp(stereo->left, camera->view) == 0  ? 1
                     : strcmp(stereo->right, camera->view) == 0 ? 2
                                                                : 0;
    const double eye[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    const double P[12] = {K[0], K[1], K[2], 0, K[3], K[4], K[5], 0, K[6], K[7], K[8], 0};
    matrix_put(f, "rectification_matrix", 3, 3, side == 0 ? eye : side == 1 ? stereo->R1 : stereo->R2);
    matrix_put(f, "projection_matrix", 3, 4, side == 0 ? P : side == 1 ? stereo->P1 : stereo->P2);
}

rig_status rig_camera_ros_write(const char *folder, const rig_calibration *rig, const rig_stereo *stereo,
                                rig_err *err) {
    for (int i = 0; i < rig->n; i++) {
        const rig_view_camera *camera = &rig->cameras[i];
        const rig_camera *c = &camera->camera;
        const bool fisheye = c->lens == RIG_LENS_FISHEYE4, rational = c->lens == RIG_LENS_PINHOLE8;
        rig_file_writer file;
        double K[9];
        RIG_TRY(rig_camera_file_open(&file, folder, camera->view, ".yaml", err));
        fprintf(file.stream, "image_width: %d\nimage_height: %d\ncamera_name: ", c->width, c->height);
        rig_camera_put_quoted(file.stream, camera->view);
        fputc('\n', file.stream);
        rig_camera_matrix(c, K);
        matrix_put(file.stream, "camera_matrix", 3, 3, K);
        fprintf(file.stream, "distortion_model: %s\n",
                fisheye    ? "equidistant"
                : rational ? "rational_polynomial"
                           : "plumb_bob");
        matrix_put(file.stream, "distortion_coefficients", 1, fisheye ? 4 : rational ? 8 : 5, c->dist);
        rectification_put(file.stream, camera, K, stereo);
        RIG_TRY(rig_file_writer_commit(&file, err));
    }
    return RIG_OK;
}

// --- reading -------------------------------------------------------------------------------------

bool rig_camera_ros_is(const rig_foreign *file) {
    return file->root && rig_yaml_find(file->root, "camera_matrix") && rig_yaml_find(file->root, "distortion_model");
}

rig_status rig_camera_ros_read(const rig_foreign *file, rig_calibration *rig, rig_arena *out, rig_err *err) {
    static const char *const models[] = {"plumb_bob", "rational_polynomial", "equidistant", NULL};
    const rig_yaml *root = file->root, *name = rig_yaml_find(root, "camera_name"), *node;
    double d[14];
    int model, n;
    RIG_TRY(rig_cameras_new(rig, 1, out, err));
    rig_view_camera *camera = rig->cameras;
    if (name && name->kind == RIG_YAML_SCALAR)
        RIG_TRY(rig_camera_name(camera, name->text, name, err));
    else
        RIG_TRY(rig_camera_name_stem(camera, file, err));
    RIG_TRY(rig_camera_set_image(&camera->camera, root, err));
    RIG_TRY(rig_yaml_choice(rig_yaml_find(root, "distortion_model"), models, &model, err));
    RIG_TRY(rig_yaml_need(root, "distortion_coefficients", &node, err));
    RIG_TRY(rig_camera_numbers(node, 0, 14, d, &n, err));
    return rig_camera_set_dist(&camera->camera, model == 2, d, n, node, err);
}
