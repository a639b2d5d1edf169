// Kalibr's camchain.yaml (its wiki, "YAML formats"). T_cn_cnm1 takes a point from the camera before to this one; that
// of cam0, which Kalibr does not read, is the world's, as mrcal takes it.
#include "io/camera_parts.h"
#include "io/camera_readers.h"

#include <string.h>

enum { DIST = 4 };

// --- writing -------------------------------------------------------------------------------------

static void transform_put(FILE *f, const rig_pose *pose) {
    double T[16];
    rig_camera_pose_matrix(pose, T);
    fputs("  T_cn_cnm1:\n", f);
    for (int i = 0; i < 4; i++) {
        fputs("  - [", f);
        rig_camera_put_numbers(f, T + 4 * i, 4);
        fputs("]\n", f);
    }
}

rig_status rig_camera_kalibr_write(const char *folder, const rig_calibration *rig, const rig_stereo *stereo,
                                   rig_err *err) {
    rig_pose Rt_world_before = rig_pose_identity();
    rig_file_writer file;
    (void)stereo;
    RIG_TRY(rig_camera_file_open(&file, folder, "camchain", ".yaml", err));
    for (int i = 0; i < rig->n; i++) {
        const rig_view_camera *camera = &rig->cameras[i];
        const rig_camera *c = &camera->camera;
        const rig_pose Rt_cam_before = rig_pose_mul(&camera->Rt_cam_world, &Rt_world_before);
        Rt_world_before = rig_pose_invert(&camera->Rt_cam_world);
        fprintf(file.stream, "cam%d:\n", i);
        transform_put(file.stream, &Rt_cam_before);
        fprintf(file.stream, "  cam_overlaps: []\n  camera_model: pinhole\n  intrinsics: [");
        rig_camera_put_numbers(file.stream, c->K, 4);
        fprintf(file.stream, "]\n  distortion_model: %s\n  distortion_coeffs: [",
                c->lens == RIG_LENS_FISHEYE4 ? "equidistant" : "radtan");
        rig_camera_put_numbers(file.stream, c->dist, DIST);
        fprintf(file.stream, "]\n  resolution: [%d, %d]\n  rostopic: ", c->width, c->height);
        char topic[RIG_NAME_MAX + 16];
        snprintf(topic, sizeof topic, "/%s/image_raw", camera->view);
        rig_camera_put_quoted(file.stream, topic);
        fputc('\n', file.stream);
    }
    return rig_file_writer_commit(&file, err);
}

// --- reading -------------------------------------------------------------------------------------

bool rig_camera_kalibr_is(const rig_foreign *file) {
    const rig_yaml *cam = file->root ? rig_yaml_find(file->root, "cam0") : NULL;
    return cam && rig_yaml_find(cam, "camera_model") && rig_yaml_find(cam, "intrinsics");
}

// NAME of a topic /NAME/image_raw, else the key: cam0.
static rig_status name_read(const rig_yaml *cam, rig_view_camera *camera, rig_err *err) {
    const rig_yaml *topic = rig_yaml_find(cam, "rostopic");
    const char *text = topic && topic->kind == RIG_YAML_SCALAR ? topic->text : "";
    const char *slash = *text == '/' ? strchr(text + 1, '/') : NULL;
    char name[RIG_NAME_MAX] = "";
    if (slash && strcmp(slash, "/image_raw") == 0 && (size_t)(slash - text) <= sizeof name)
        memcpy(name, text + 1, (size_t)(slash - text - 1));
    return rig_camera_name(camera, *name ? name : cam->key, cam, err);
}

static rig_status lens_read(const rig_yaml *cam, rig_camera *camera, rig_err *err) {
    static const char *const cameras[] = {"pinhole", NULL}, *const models[] = {"none", "radtan", "equidistant", NULL};
    const rig_yaml *node, *coeffs = rig_yaml_find(cam, "distortion_coeffs");
    double K[4], d[DIST], size[2];
    int model, n = 0;
    RIG_TRY(rig_yaml_need(cam, "camera_model", &node, err));
    RIG_TRY(rig_yaml_choice(node, cameras, &model, err)); // omni, ds and eucm are lenses that we do not have
    RIG_TRY(rig_camera_need_numbers(cam, "intrinsics", 4, K, err));
    RIG_TRY(rig_camera_set_K(camera, K, rig_yaml_find(cam, "intrinsics"), err));
    RIG_TRY(rig_yaml_need(cam, "distortion_model", &node, err));
    RIG_TRY(rig_yaml_choice(node, models, &model, err));
    if (model > 0) {
        RIG_TRY(rig_yaml_need(cam, "distortion_coeffs", &coeffs, err));
        RIG_TRY(rig_camera_numbers(coeffs, DIST, DIST, d, &n, err));
    }
    RIG_TRY(rig_camera_set_dist(camera, model == 2, d, n, coeffs, err));
    RIG_TRY(rig_camera_need_numbers(cam, "resolution", 2, size, err));
    return rig_camera_set_size(camera, size, rig_yaml_find(cam, "resolution"), err);
}

// The chain from the world, which is cam0 where that has no transform.
static rig_status pose_read(const rig_yaml *cam, const rig_view_camera *before, rig_view_camera *camera, rig_err *err) {
    const rig_yaml *node = rig_yaml_find(cam, "T_cn_cnm1");
    double T[16], R[9], t[3];
    if (!node && before)
        return rig_yaml_fail(cam, err, "key 'T_cn_cnm1' is missing, expected one for every camera but the first");
    camera->has_pose = true;
    camera->Rt_cam_world = rig_pose_identity();
    if (!node)
        return RIG_OK;
    RIG_TRY(rig_camera_numbers(node, 16, 16, T, NULL, err));
    for (int i = 0; i < 3; i++) {
        memcpy(R + 3 * i, T + 4 * i, 3 * sizeof *R);
        t[i] = T[4 * i + 3];
    }
    RIG_TRY(rig_camera_set_pose(camera, R, t, node, err));
    if (before)
        camera->Rt_cam_world = rig_pose_mul(&camera->Rt_cam_world, &before->Rt_cam_world);
    return RIG_OK;
}

rig_status rig_camera_kalibr_read(const rig_foreign *file, rig_calibration *rig, rig_arena *out, rig_err *err) {
    char key[16] = "cam0";
    int n = 0;
    while (rig_yaml_find(file->root, key))
        snprintf(key, sizeof key, "cam%d", ++n);
    RIG_TRY(rig_cameras_new(rig, n, out, err));
    for (int i = 0; i < n; i++) {
        rig_view_camera *camera = &rig->cameras[i];
        snprintf(key, sizeof key, "cam%d", i);
        const rig_yaml *cam = rig_yaml_find(file->root, key);
        RIG_TRY(rig_yaml_need_kind(cam, RIG_YAML_MAP, err));
        RIG_TRY(name_read(cam, camera, err));
        RIG_TRY(lens_read(cam, &camera->camera, err));
        RIG_TRY(pose_read(cam, i ? camera - 1 : NULL, camera, err));
    }
    return RIG_OK;
}
