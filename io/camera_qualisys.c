// Qualisys's .qca.txt, XML: pixels in 64ths, millimetres, the camera's axes in the world as rows r11 r12 r13, ...; its
// camera looks along -z with y up, half a turn about x from ours. Coefficients are those of OpenCV as they stand:
// Pose2Sim divides them by 64, but QTM's own values are as large as OpenCV's (a focal length of 107872 beside a k1 of
// -0.045).
#include "io/camera_parts.h"
#include "io/camera_readers.h"

#include <string.h>

static const double SUBPIXELS = 64;

// --- writing -------------------------------------------------------------------------------------

// Names stand in attributes.
static void attribute_put(FILE *f, const char *text) {
    for (; *text; text++)
        if (strchr("<>&\"", *text))
            fprintf(f, "&#%d;", *text);
        else
            fputc(*text, f);
}

static void number_put(FILE *f, const char *key, double value) {
    fprintf(f, " %s=\"", key);
    rig_camera_put_number(f, value);
    fputc('"', f);
}

static void camera_put(FILE *f, const rig_view_camera *camera) {
    static const char *const coefficients[] = {"radialDistortion1", "radialDistortion2", "tangentalDistortion1",
                                               "tangentalDistortion2", "radialDistortion3"};
    const rig_camera *c = &camera->camera;
    double centre[3];
    fputs("    <camera active=\"1\" calibrated=\"true\" point-count=\"0\"", f);
    number_put(f, "avg-residual", 0);
    fputs(" serial=\"", f);
    attribute_put(f, camera->view);
    fprintf(
        f,
        "\" model=\"none\" viewrotation=\"0\">\n      <fov_video left=\"0\" top=\"0\" right=\"%d\" bottom=\"%d\"/>\n",
        c->width - 1, c->height - 1);
    rig_pose_centre(&camera->Rt_cam_world, centre);
    fputs("      <transform", f);
    for (int k = 0; k < 3; k++)
        number_put(f, (const char *const[]){"x", "y", "z"}[k], 1000 * centre[k]);
    for (int k = 0; k < 9; k++) {
        const char key[] = {'r', (char)('1' + k / 3), (char)('1' + k % 3), 0};
        number_put(f, key, k < 3 ? camera->Rt_cam_world.R[k] : -camera->Rt_cam_world.R[k]);
    }
    fputs("/>\n      <intrinsic", f);
    number_put(f, "focallength", 0);
    number_put(f, "sensorMinU", 0);
    number_put(f, "sensorMaxU", SUBPIXELS * c->width - 1);
    number_put(f, "sensorMinV", 0);
    number_put(f, "sensorMaxV", SUBPIXELS * c->height - 1);
    for (int k = 0; k < 4; k++)
        number_put(f, (const char *const[]){"focalLengthU", "focalLengthV", "centerPointU", "centerPointV"}[k],
                   SUBPIXELS * c->K[k]);
    number_put(f, "skew", 0);
    for (int k = 0; k < 5; k++)
        number_put(f, coefficients[k], c->dist[k]);
    fputs("/>\n    </camera>\n", f);
}

rig_status rig_camera_qualisys_write(const char *folder, const rig_calibration *rig, const rig_stereo *stereo,
                                     rig_err *err) {
    rig_file_writer file;
    (void)stereo;
    RIG_TRY(rig_camera_file_open(&file, folder, "calibration", ".qca.txt", err));
    fputs(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<calibration type=\"regular\" source=\"rigpose\">\n  <cameras>\n",
        file.stream);
    for (int i = 0; i < rig->n; i++)
        camera_put(file.stream, &rig->cameras[i]);
    fputs("  </cameras>\n</calibration>\n", file.stream);
    return rig_file_writer_commit(&file, err);
}

// --- reading -------------------------------------------------------------------------------------

// The cameras of <calibration>, at the top or in what QTM's real-time protocol sends around it.
static const rig_yaml *cameras_of(const rig_foreign *file) {
    const rig_yaml *root = file->root, *calibration = root ? rig_yaml_find(root, "calibration") : NULL;
    if (root && !calibration && root->kind == RIG_YAML_MAP && root->n > 0)
        calibration = rig_yaml_find(&root->items[0], "calibration");
    return calibration ? rig_yaml_find(calibration, "cameras") : NULL;
}

static bool is_camera(const rig_yaml *item) {
    return strcmp(item->key, "camera") == 0 && item->kind == RIG_YAML_MAP;
}

bool rig_camera_qualisys_is(const rig_foreign *file) {
    const rig_yaml *cameras = cameras_of(file);
    for (int i = 0; cameras && i < cameras->n; i++)
        if (is_camera(&cameras->items[i]) && rig_yaml_find(&cameras->items[i], "intrinsic"))
            return true;
    return false;
}

// The picture: what the video shows of the sensor, else the sensor.
static rig_status window_read(const rig_yaml *item, const rig_yaml *intrinsic, double at[2], double size[2],
                              rig_err *err) {
    const rig_yaml *fov = rig_yaml_find(item, "fov_video");
    double right, bottom;
    at[0] = at[1] = 0;
    if (fov) {
        RIG_TRY(rig_camera_need_number(fov, "left", &at[0], err));
        RIG_TRY(rig_camera_need_number(fov, "top", &at[1], err));
        RIG_TRY(rig_camera_need_number(fov, "right", &right, err));
        RIG_TRY(rig_camera_need_number(fov, "bottom", &bottom, err));
    } else {
        RIG_TRY(rig_camera_need_number(intrinsic, "sensorMaxU", &right, err));
        RIG_TRY(rig_camera_need_number(intrinsic, "sensorMaxV", &bottom, err));
        right = (right + 1) / SUBPIXELS - 1, bottom = (bottom + 1) / SUBPIXELS - 1;
    }
    size[0] = right - at[0] + 1, size[1] = bottom - at[1] + 1;
    return RIG_OK;
}

static rig_status lens_read(const rig_yaml *item, const rig_yaml *intrinsic, rig_camera *camera, rig_err *err) {
    static const char *const keys[] = {"focalLengthU", "focalLengthV", "centerPointU", "centerPointV"};
    double at[2], size[2], K[4], d[5] = {0}, skew = 0;
    RIG_TRY(window_read(item, intrinsic, at, size, err));
    RIG_TRY(rig_camera_set_size(camera, size, item, err));
    for (int k = 0; k < 4; k++) {
        RIG_TRY(rig_camera_need_number(intrinsic, keys[k], &K[k], err));
        K[k] = K[k] / SUBPIXELS - (k < 2 ? 0 : at[k - 2]);
    }
    if (rig_yaml_find(intrinsic, "skew"))
        RIG_TRY(rig_camera_need_number(intrinsic, "skew", &skew, err));
    if (skew != 0)
        return rig_yaml_fail(intrinsic, err, "skew %g, expected 0: no lens of rigpose has skew", skew);
    RIG_TRY(rig_camera_set_K(camera, K, intrinsic, err));
    RIG_TRY(rig_camera_need_number(intrinsic, "radialDistortion1", &d[0], err));
    RIG_TRY(rig_camera_need_number(intrinsic, "radialDistortion2", &d[1], err));
    RIG_TRY(rig_camera_need_number(intrinsic, "tangentalDistortion1", &d[2], err));
    RIG_TRY(rig_camera_need_number(intrinsic, "tangentalDistortion2", &d[3], err));
    if (rig_yaml_find(intrinsic, "radialDistortion3"))
        RIG_TRY(rig_camera_need_number(intrinsic, "radialDistortion3", &d[4], err));
    return rig_camera_set_dist(camera, false, d, 5, intrinsic, err);
}

static rig_status camera_read(const rig_yaml *item, rig_view_camera *camera, rig_err *err) {
    static const char *const axes[] = {"x", "y", "z"};
    const rig_yaml *serial, *intrinsic, *transform;
    double centre[3], R[9];
    RIG_TRY(rig_yaml_need(item, "serial", &serial, err));
    RIG_TRY(rig_camera_name(camera, serial->kind == RIG_YAML_SCALAR ? serial->text : "", serial, err));
    RIG_TRY(rig_yaml_need(item, "intrinsic", &intrinsic, err));
    RIG_TRY(lens_read(item, intrinsic, &camera->camera, err));
    RIG_TRY(rig_yaml_need(item, "transform", &transform, err));
    for (int k = 0; k < 3; k++)
        RIG_TRY(rig_camera_need_number(transform, axes[k], &centre[k], err));
    for (int k = 0; k < 9; k++) {
        const char key[] = {'r', (char)('1' + k / 3), (char)('1' + k % 3), 0};
        RIG_TRY(rig_camera_need_number(transform, key, &R[k], err));
        R[k] = k < 3 ? R[k] : -R[k];
    }
    return rig_camera_set_centre(camera, R, centre, transform, err);
}

rig_status rig_camera_qualisys_read(const rig_foreign *file, rig_calibration *rig, rig_arena *out, rig_err *err) {
    const rig_yaml *cameras = cameras_of(file);
    RIG_TRY(rig_cameras_new(rig, cameras->n, out, err));
    rig->n = 0;
    for (int i = 0; i < cameras->n; i++) // those that were not calibrated have no `intrinsic`
        if (is_camera(&cameras->items[i]) && rig_yaml_find(&cameras->items[i], "intrinsic"))
            RIG_TRY(camera_read(&cameras->items[i], &rig->cameras[rig->n++], err));
    return RIG_OK;
}
