// TOML calibrations: aniposelib's (aniposelib/cameras.py, CameraGroup.dump), which FreeMoCap and DLC users have;
// Pose2Sim's Calib.toml (Pose2Sim/calibration.py, toml_write), the same keys in metres; caliscope's camera_array.toml.
#include "io/camera_parts.h"
#include "io/camera_readers.h"

#include <string.h>

enum { DIST = 5 };

// --- writing -------------------------------------------------------------------------------------

typedef struct dialect {
    const char *file, *section; // sections are the word and a number, zero-padded: aniposelib sorts them as strings
    double per_m;
    bool caliscope;
} dialect;

static void matrix_put(FILE *f, const char *key, const double M[9]) {
    fprintf(f, "%s = [ ", key);
    for (int i = 0; i < 3; i++) {
        fputs(i ? ", [ " : "[ ", f);
        rig_camera_put_numbers(f, M + 3 * i, 3);
        fputs(" ]", f);
    }
    fputs(" ]\n", f);
}

static void list_put(FILE *f, const char *key, const double *values, int n) {
    fprintf(f, "%s = [ ", key);
    rig_camera_put_numbers(f, values, n);
    fputs(" ]\n", f);
}

static void camera_put(FILE *f, const dialect *d, const rig_view_camera *camera, int i, int digits) {
    const rig_camera *c = &camera->camera;
    const bool fisheye = c->lens == RIG_LENS_FISHEYE4;
    double K[9], rvec[3], t[3];
    rig_camera_matrix(c, K);
    rig_rotation_to_rvec(camera->Rt_cam_world.R, rvec);
    for (int k = 0; k < 3; k++)
        t[k] = camera->Rt_cam_world.t[k] * d->per_m;
    fprintf(f, "%s[%s%0*d]\n", i ? "\n" : "", d->section, digits, i);
    if (d->caliscope)
        fprintf(f, "cam_id = %d\nrotation_count = 0\nerror = 0.0\nexposure = 0\ngrid_count = %d\nignore = false\n", i,
                camera->n_frames);
    else {
        fputs("name = ", f);
        rig_camera_put_quoted(f, camera->view);
        fputc('\n', f);
    }
    fprintf(f, "size = [ %d, %d ]\n", c->width, c->height);
    matrix_put(f, "matrix", K);
    list_put(f, "distortions", c->dist, fisheye ? 4 : DIST);
    list_put(f, "rotation", rvec, 3);
    list_put(f, "translation", t, 3);
    fprintf(f, "fisheye = %s\n", fisheye ? "true" : "false");
}

static rig_status file_write(const char *folder, const dialect *d, const rig_calibration *rig, rig_err *err) {
    rig_file_writer file;
    int digits = 1;
    for (int n = rig->n - 1; n >= 10 && !d->caliscope; n /= 10)
        digits++;
    RIG_TRY(rig_camera_file_open(&file, folder, d->file, ".toml", err));
    for (int i = 0; i < rig->n; i++)
        camera_put(file.stream, d, &rig->cameras[i], i, digits);
    if (!d->caliscope)
        fputs("\n[metadata]\nadjusted = false\nerror = 0.0\n", file.stream);
    return rig_file_writer_commit(&file, err);
}

rig_status rig_camera_anipose_write(const char *folder, const rig_calibration *rig, const rig_stereo *stereo,
                                    rig_err *err) {
    (void)stereo;
    return file_write(folder, &(const dialect){"calibration", "cam_", 1000, false}, rig, err);
}

rig_status rig_camera_pose2sim_write(const char *folder, const rig_calibration *rig, const rig_stereo *stereo,
                                     rig_err *err) {
    (void)stereo;
    return file_write(folder, &(const dialect){"Calib", "cam_", 1, false}, rig, err);
}

rig_status rig_camera_caliscope_write(const char *folder, const rig_calibration *rig, const rig_stereo *stereo,
                                      rig_err *err) {
    (void)stereo;
    return file_write(folder, &(const dialect){"camera_array", "cameras.", 1, true}, rig, err);
}

// --- reading -------------------------------------------------------------------------------------

static bool is_camera(const rig_yaml *item) {
    return item->kind == RIG_YAML_MAP && rig_yaml_find(item, "matrix") && rig_yaml_find(item, "distortions");
}

// The tables of cameras stand at the top, or in caliscope's `cameras`.
static const rig_yaml *tables_of(const rig_foreign *file) {
    const rig_yaml *cameras = file->root ? rig_yaml_find(file->root, "cameras") : NULL;
    return cameras ? cameras : file->root;
}

bool rig_camera_anipose_is(const rig_foreign *file) {
    const rig_yaml *tables = tables_of(file);
    for (int i = 0; tables && tables->kind == RIG_YAML_MAP && i < tables->n; i++)
        if (is_camera(&tables->items[i]))
            return true;
    return false;
}

static rig_status pose_read(const rig_yaml *table, rig_view_camera *camera, rig_err *err) {
    const rig_yaml *rotation = rig_yaml_find(table, "rotation");
    double r[9], R[9], t[3];
    int n;
    if (!rotation)
        return RIG_OK;
    RIG_TRY(rig_camera_numbers(rotation, 3, 9, r, &n, err));
    if (n != 3 && n != 9)
        return rig_yaml_fail(rotation, err, "%d numbers, expected a Rodrigues vector of 3 or a matrix of 9", n);
    RIG_TRY(rig_camera_need_numbers(table, "translation", 3, t, err));
    rig_rotation_from_rvec(r, R, NULL);
    return rig_camera_set_pose(camera, n == 3 ? R : r, t, rotation, err);
}

static rig_status camera_read(const rig_yaml *table, rig_view_camera *camera, rig_err *err) {
    const rig_yaml *name = rig_yaml_find(table, "name"), *size = rig_yaml_find(table, "size");
    const rig_yaml *dist = rig_yaml_find(table, "distortions"), *node = rig_yaml_find(table, "fisheye");
    double K[9], d[14], wh[2];
    bool fisheye = false;
    int n;
    if (name)
        RIG_TRY(rig_yaml_need_kind(name, RIG_YAML_SCALAR, err));
    RIG_TRY(rig_camera_name(camera, name ? name->text : table->key, name ? name : table, err));
    if (size) {
        RIG_TRY(rig_camera_numbers(size, 2, 2, wh, NULL, err));
        RIG_TRY(rig_camera_set_size(&camera->camera, wh, size, err));
    }
    RIG_TRY(rig_camera_need_numbers(table, "matrix", 9, K, err));
    RIG_TRY(rig_camera_set_matrix(&camera->camera, K, rig_yaml_find(table, "matrix"), err));
    if (node)
        RIG_TRY(rig_yaml_bool(node, &fisheye, err));
    RIG_TRY(rig_camera_numbers(dist, 0, 14, d, &n, err));
    RIG_TRY(rig_camera_set_dist(&camera->camera, fisheye, d, n, dist, err));
    return pose_read(table, camera, err);
}

rig_status rig_camera_anipose_read(const rig_foreign *file, rig_calibration *rig, rig_arena *out, rig_err *err) {
    const rig_yaml *tables = tables_of(file);
    RIG_TRY(rig_cameras_new(rig, tables->n, out, err));
    rig->n = 0;
    for (int i = 0; i < tables->n; i++)
        if (is_camera(&tables->items[i])) // `metadata` and the like are none
            RIG_TRY(camera_read(&tables->items[i], &rig->cameras[rig->n++], err));
    return RIG_OK;
}
