#include "io/camera_parts.h"

#include "io/result.h"

#include <stdlib.h>
#include <string.h>

static const double ROTATION_OFF = 0.01;   // of an entry of R^T R: two decimals and more are a rotation
static const double ROTATION_FINE = 1e-12; // so near, it is left as it is
static const double SKEW_NONE = 1e-9;      // of the focal length

// --- reading -------------------------------------------------------------------------------------

rig_status rig_cameras_new(rig_calibration *rig, int n, rig_arena *out, rig_err *err) {
    *rig = (rig_calibration){.n = n, .cameras = RIG_NEW(out, rig_view_camera, n)};
    return rig->cameras ? RIG_OK : rig_fail_memory(err, "cameras");
}

rig_status rig_camera_name(rig_view_camera *camera, const char *name, const rig_yaml *where, rig_err *err) {
    const size_t n = strlen(name);
    if (n == 0 || n >= sizeof camera->view || strchr(name, '/'))
        return rig_yaml_fail(where, err, "camera '%s': expected a name of 1 to %zu bytes without '/'", name,
                             sizeof camera->view - 1);
    memcpy(camera->view, name, n + 1);
    return RIG_OK;
}

rig_status rig_camera_name_stem(rig_view_camera *camera, const rig_foreign *file, rig_err *err) {
    const char *slash = strrchr(file->path, '/'), *name = slash ? slash + 1 : file->path, *dot = strrchr(name, '.');
    char stem[RIG_NAME_MAX] = "";
    const size_t n = dot && dot > name ? (size_t)(dot - name) : strlen(name);
    if (n >= sizeof stem)
        return rig_fail(err, RIG_ERR_FORMAT, "%s: its name is that of its camera, expected at most %zu bytes",
                        file->path, sizeof stem - 1);
    memcpy(stem, name, n);
    return rig_camera_name(camera, stem, file->root, err);
}

static rig_status number_add(const rig_yaml *node, double value, int most, double *values, int *n, rig_err *err) {
    if (*n == most)
        return rig_yaml_fail(node, err, "more than %d numbers", most);
    if (!(fabs(value) <= RIG_RESULT_NUMBER_MAX))
        return rig_yaml_fail(node, err, "%g, expected a number within 1e12", value);
    values[(*n)++] = value;
    return RIG_OK;
}

static rig_status text_numbers(const rig_yaml *node, int most, double *values, int *n, rig_err *err) {
    const char *text = node->text;
    while (*(text += strspn(text, " \t\r\n"))) {
        char *end;
        const double value = strtod(text, &end);
        if (end == text)
            return rig_yaml_fail(node, err, "'%.40s' is not a number", text);
        RIG_TRY(number_add(node, value, most, values, n, err));
        text = end;
    }
    return RIG_OK;
}

// Depth is bounded by the trees' own.
static rig_status numbers_of(const rig_yaml *node, int most, double *values, int *n, rig_err *err) {
    if (node->kind == RIG_YAML_MAP) {
        const rig_yaml *data;
        RIG_TRY(rig_yaml_need(node, "data", &data, err));
        RIG_TRY(rig_yaml_need_kind(data, RIG_YAML_LIST, err));
        return numbers_of(data, most, values, n, err);
    }
    if (node->kind == RIG_YAML_SCALAR)
        return text_numbers(node, most, values, n, err);
    for (int i = 0; i < node->n; i++)
        RIG_TRY(numbers_of(&node->items[i], most, values, n, err));
    return RIG_OK;
}

rig_status rig_camera_numbers(const rig_yaml *node, int least, int most, double *values, int *n, rig_err *err) {
    int got = 0;
    RIG_TRY(numbers_of(node, most, values, &got, err));
    if (got < least)
        return rig_yaml_fail(node, err, "%d numbers, expected %d", got, least);
    if (n)
        *n = got;
    return RIG_OK;
}

rig_status rig_camera_need_numbers(const rig_yaml *map, const char *key, int n, double *values, rig_err *err) {
    const rig_yaml *node;
    RIG_TRY(rig_yaml_need(map, key, &node, err));
    return rig_camera_numbers(node, n, n, values, NULL, err);
}

rig_status rig_camera_need_number(const rig_yaml *map, const char *key, double *value, rig_err *err) {
    return rig_camera_need_numbers(map, key, 1, value, err);
}

rig_status rig_camera_set_size(rig_camera *camera, const double size[2], const rig_yaml *where, rig_err *err) {
    for (int i = 0; i < 2; i++)
        if (!(size[i] >= 1 && size[i] <= RIG_RESULT_SIDE_MAX && size[i] == floor(size[i])))
            return rig_yaml_fail(where, err, "a picture of %g x %g, expected whole pixels from 1 to %d", size[0],
                                 size[1], RIG_RESULT_SIDE_MAX);
    camera->width = (int)size[0], camera->height = (int)size[1];
    return RIG_OK;
}

rig_status rig_camera_set_K(rig_camera *camera, const double K[4], const rig_yaml *where, rig_err *err) {
    if (!(K[0] > 0 && K[1] > 0))
        return rig_yaml_fail(where, err, "focal lengths %g and %g, expected both above 0 px", K[0], K[1]);
    memcpy(camera->K, K, 4 * sizeof *K);
    return RIG_OK;
}

rig_status rig_camera_set_matrix(rig_camera *camera, const double K[9], const rig_yaml *where, rig_err *err) {
    if (fabs(K[1]) > SKEW_NONE * fabs(K[0]))
        return rig_yaml_fail(where, err, "skew %g, expected 0: no lens of rigpose has skew", K[1]);
    if (K[3] != 0 || K[6] != 0 || K[7] != 0 || K[8] != 1)
        return rig_yaml_fail(where, err, "expected a camera matrix [fx 0 cx, 0 fy cy, 0 0 1]");
    return rig_camera_set_K(camera, (const double[]){K[0], K[4], K[2], K[5]}, where, err);
}

rig_status rig_camera_set_dist(rig_camera *camera, bool fisheye, const double *dist, int n, const rig_yaml *where,
                               rig_err *err) {
    static const rig_lens lenses[] = {RIG_LENS_PINHOLE0, RIG_LENS_PINHOLE2, RIG_LENS_PINHOLE4,
                                      RIG_LENS_PINHOLE5, RIG_LENS_PINHOLE8, RIG_LENS_PINHOLE12};
    for (int i = RIG_DIST_MAX; i < n; i++)
        if (dist[i] != 0)
            return rig_yaml_fail(where, err,
                                 "coefficients of a tilted sensor, expected none: no lens of rigpose has them");
    n = n < RIG_DIST_MAX ? n : RIG_DIST_MAX;
    int at = 0;
    while (rig_lens_n_dist(lenses[at]) < n)
        at++;
    camera->lens = fisheye ? RIG_LENS_FISHEYE4 : lenses[at];
    for (int i = rig_lens_n_dist(camera->lens); i < n; i++)
        if (dist[i] != 0)
            return rig_yaml_fail(where, err, "%d coefficients, expected 4 for a fisheye", n);
    for (int i = 0; i < n && i < rig_lens_n_dist(camera->lens); i++)
        camera->dist[i] = dist[i];
    return RIG_OK;
}

rig_status rig_camera_set_pose(rig_view_camera *camera, const double R[9], const double t[3], const rig_yaml *where,
                               rig_err *err) {
    double Rt[9], RtR[9], off = 0;
    rig_mat3_transpose(R, Rt);
    rig_mat3_mul(Rt, R, RtR);
    for (int i = 0; i < 9; i++)
        off = fmax(off, fabs(RtR[i] - (i % 4 == 0)));
    if (!(off <= ROTATION_OFF) || rig_mat3_det(R) < 0)
        return rig_yaml_fail(where, err, "%s, expected a rotation",
                             off <= ROTATION_OFF ? "a mirrored frame" : "a matrix whose rows are not orthogonal");
    camera->has_pose = true;
    if (off > ROTATION_FINE)
        rig_rotation_nearest(R, camera->Rt_cam_world.R);
    else
        memcpy(camera->Rt_cam_world.R, R, 9 * sizeof *R);
    memcpy(camera->Rt_cam_world.t, t, 3 * sizeof *t);
    return RIG_OK;
}

rig_status rig_camera_set_place(rig_view_camera *camera, const double R_world_cam[9], const double centre[3],
                                const rig_yaml *where, rig_err *err) {
    RIG_TRY(rig_camera_set_pose(camera, R_world_cam, centre, where, err));
    camera->Rt_cam_world = rig_pose_invert(&camera->Rt_cam_world);
    return RIG_OK;
}

rig_status rig_camera_set_centre(rig_view_camera *camera, const double R[9], const double centre[3],
                                 const rig_yaml *where, rig_err *err) {
    double Rc[3];
    RIG_TRY(rig_camera_set_pose(camera, R, centre, where, err));
    rig_mat3_mul_vec(camera->Rt_cam_world.R, centre, Rc);
    for (int k = 0; k < 3; k++)
        camera->Rt_cam_world.t[k] = -Rc[k];
    return RIG_OK;
}

rig_status rig_camera_rotation(const double q[4], double R[9], const rig_yaml *where, rig_err *err) {
    const double s = q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3];
    if (!(fabs(s - 1) < ROTATION_OFF))
        return rig_yaml_fail(where, err, "a quaternion of length %g, expected 1", sqrt(s));
    const double a = 2 / s, w = q[0], x = q[1], y = q[2], z = q[3];
    memcpy(R,
           (const double[]){1 - a * (y * y + z * z), a * (x * y - z * w), a * (x * z + y * w), a * (x * y + z * w),
                            1 - a * (x * x + z * z), a * (y * z - x * w), a * (x * z - y * w), a * (y * z + x * w),
                            1 - a * (x * x + y * y)},
           9 * sizeof *R);
    return RIG_OK;
}

void rig_camera_turn_world(rig_view_camera *camera, const double R_old_new[9]) {
    double R[9];
    rig_mat3_mul(camera->Rt_cam_world.R, R_old_new, R);
    memcpy(camera->Rt_cam_world.R, R, sizeof R);
}

// --- writing -------------------------------------------------------------------------------------

rig_status rig_camera_file_open(rig_file_writer *file, const char *folder, const char *name, const char *ending,
                                rig_err *err) {
    char path[sizeof file->path];
    int n = snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
    if (n < 0 || (size_t)n >= sizeof path)
        return rig_fail(err, RIG_ERR_IO, "path '%s/%s%s' is too long, expected at most %zu bytes", folder, name, ending,
                        sizeof path - 1);
    return rig_file_writer_open(file, path, err);
}

void rig_camera_put_number(FILE *f, double value) {
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    const char *e = strchr(text, 'e');
    if (e && !strchr(text, '.')) // YAML 1.1 knows no number 1e-05
        fprintf(f, "%.*s.0%s", (int)(e - text), text, e);
    else
        fprintf(f, "%s%s", text, strpbrk(text, ".e") ? "" : ".0");
}

void rig_camera_put_numbers(FILE *f, const double *values, int n) {
    for (int i = 0; i < n; i++) {
        fputs(i ? ", " : "", f);
        rig_camera_put_number(f, values[i]);
    }
}

void rig_camera_put_quoted(FILE *f, const char *text) {
    fputc('"', f);
    for (; *text; text++)
        if (*text == '"' || *text == '\\')
            fprintf(f, "\\%c", *text);
        else if ((unsigned char)*text < 32 || *text == 127)
            fprintf(f, "\\u%04x", (unsigned)*text);
        else
            fputc(*text, f);
    fputc('"', f);
}

void rig_camera_put_storage(FILE *f) {
    fputs("%YAML:1.0\n---\n", f);
}

void rig_camera_put_matrix(FILE *f, const char *prefix, const char *name, int rows, int cols, const double *values) {
    const int in = 2 + (int)strspn(prefix, " ");
    fprintf(f, "%s%s: !!opencv-matrix\n%*srows: %d\n%*scols: %d\n%*sdt: d\n%*sdata: [", prefix, name, in, "", rows, in,
            "", cols, in, "", in, "");
    for (int i = 0; i < rows * cols; i++) {
        if (i > 0)
            fprintf(f, i % 4 ? ", " : ",\n%*s", i % 4 ? 0 : in + 2, "");
        rig_camera_put_number(f, values[i]);
    }
    fputs("]\n", f);
}

void rig_camera_matrix(const rig_camera *camera, double K[9]) {
    const double *k = camera->K;
    memcpy(K, (const double[]){k[0], 0, k[2], 0, k[1], k[3], 0, 0, 1}, 9 * sizeof *K);
}

void rig_camera_pose_matrix(const rig_pose *pose, double T[16]) {
    for (int i = 0; i < 16; i++)
        T[i] = i / 4 == 3 ? i == 15 : i % 4 == 3 ? pose->t[i / 4] : pose->R[i / 4 * 3 + i % 4];
}

int rig_camera_n_dist_padded(const rig_camera *camera) {
    const int n = rig_lens_n_dist(camera->lens);
    return n < 4 ? 4 : n;
}

rig_status rig_camera_set_image(rig_camera *camera, const rig_yaml *map, rig_err *err) {
    double size[2], K[9];
    RIG_TRY(rig_camera_need_number(map, "image_width", &size[0], err));
    RIG_TRY(rig_camera_need_number(map, "image_height", &size[1], err));
    RIG_TRY(rig_camera_set_size(camera, size, rig_yaml_find(map, "image_width"), err));
    RIG_TRY(rig_camera_need_numbers(map, "camera_matrix", 9, K, err));
    return rig_camera_set_matrix(camera, K, rig_yaml_find(map, "camera_matrix"), err);
}
