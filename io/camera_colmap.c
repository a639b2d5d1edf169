// COLMAP's text model, cameras.txt and images.txt (its doc/format.rst; src/colmap/sensor/models.h has the parameters).
// Pixel (0, 0) there is the CORNER of the first pixel, so its principal point lies half a pixel further.
#include "core/text.h"
#include "io/camera_parts.h"
#include "io/camera_readers.h"

#include <stdlib.h>
#include <string.h>

enum { PARAMS_MAX = 12 };

// Its parameters are ours: fx fy cx cy, then the coefficients in our order.
typedef struct model {
    const char *name;
    rig_lens lens;
    int n;
    bool one_focal; // f cx cy instead of fx fy cx cy
} model;

static const model MODELS[] = {
    {"PINHOLE", RIG_LENS_PINHOLE0, 4, false},       {"OPENCV", RIG_LENS_PINHOLE4, 8, false},
    {"FULL_OPENCV", RIG_LENS_PINHOLE8, 12, false},  {"OPENCV_FISHEYE", RIG_LENS_FISHEYE4, 8, false},
    {"SIMPLE_PINHOLE", RIG_LENS_PINHOLE0, 3, true}, {"SIMPLE_RADIAL", RIG_LENS_PINHOLE2, 4, true},
    {"RADIAL", RIG_LENS_PINHOLE2, 5, true},         {"SIMPLE_RADIAL_FISHEYE", RIG_LENS_FISHEYE4, 4, true},
    {"RADIAL_FISHEYE", RIG_LENS_FISHEYE4, 5, true},
};
enum { MODELS_N = sizeof MODELS / sizeof *MODELS };

// --- writing -------------------------------------------------------------------------------------

// The first model that holds the lens, which is one of those of the table.
static const model *model_of(rig_lens lens) {
    const bool fisheye = lens == RIG_LENS_FISHEYE4;
    int i = 0;
    while ((MODELS[i].lens == RIG_LENS_FISHEYE4) != fisheye || MODELS[i].n - 4 < rig_lens_n_dist(lens))
        i++;
    return &MODELS[i];
}

static void params_put(FILE *f, const double *values, int n) {
    for (int i = 0; i < n; i++) {
        fputc(' ', f);
        rig_camera_put_number(f, values[i]);
    }
}

static rig_status cameras_write(const char *folder, const rig_calibration *rig, rig_err *err) {
    rig_file_writer file;
    RIG_TRY(rig_camera_file_open(&file, folder, "cameras", ".txt", err));
    fprintf(file.stream,
            "# Camera list with one line of data per camera:\n"
            "#   CAMERA_ID, MODEL, WIDTH, HEIGHT, PARAMS[]\n# Number of cameras: %d\n",
            rig->n);
    for (int i = 0; i < rig->n; i++) {
        const rig_camera *c = &rig->cameras[i].camera;
        const model *m = model_of(c->lens);
        fprintf(file.stream, "%d %s %d %d", i + 1, m->name, c->width, c->height);
        params_put(file.stream, (const double[]){c->K[0], c->K[1], c->K[2] + 0.5, c->K[3] + 0.5}, 4);
        params_put(file.stream, c->dist, m->n - 4);
        fputc('\n', file.stream);
    }
    return rig_file_writer_commit(&file, err);
}

// Hamilton's quaternion w x y z of a rotation, w >= 0; through the Rodrigues vector, which is stable near pi.
static void quaternion_of(const double R[9], double q[4]) {
    double r[3];
    rig_rotation_to_rvec(R, r);
    const double angle = rig_norm3(r), s = angle > 1e-12 ? sin(angle / 2) / angle : 0.5;
    q[0] = cos(angle / 2);
    for (int k = 0; k < 3; k++)
        q[k + 1] = s * r[k];
}

static rig_status images_write(const char *folder, const rig_calibration *rig, rig_err *err) {
    rig_file_writer file;
    RIG_TRY(rig_camera_file_open(&file, folder, "images", ".txt", err));
    fprintf(file.stream,
            "# Image list with two lines of data per image:\n"
            "#   IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME\n"
            "#   POINTS2D[] as (X, Y, POINT3D_ID)\n# Number of images: %d\n",
            rig->n);
    for (int i = 0; i < rig->n; i++) {
        double q[4];
        quaternion_of(rig->cameras[i].Rt_cam_world.R, q);
        fprintf(file.stream, "%d", i + 1);
        params_put(file.stream, q, 4);
        params_put(file.stream, rig->cameras[i].Rt_cam_world.t, 3);
        fprintf(file.stream, " %d %s.png\n\n", i + 1, rig->cameras[i].view);
    }
    return rig_file_writer_commit(&file, err);
}

rig_status rig_camera_colmap_write(const char *folder, const rig_calibration *rig, const rig_stereo *stereo,
                                   rig_err *err) {
    rig_file_writer file;
    (void)stereo;
    RIG_TRY(cameras_write(folder, rig, err));
    RIG_TRY(images_write(folder, rig, err));
    RIG_TRY(rig_camera_file_open(&file, folder, "points3D", ".txt", err));
    fputs("# 3D point list with one line of data per point:\n"
          "#   POINT3D_ID, X, Y, Z, R, G, B, ERROR, TRACK[] as (IMAGE_ID, POINT2D_IDX)\n# Number of points: 0\n",
          file.stream);
    return rig_file_writer_commit(&file, err);
}

// --- reading -------------------------------------------------------------------------------------

typedef struct lines {
    const char *path, *text;
    int line; // of the one that was read last
} lines;

// Copy the next line, without its end; false: there is none. What does not fit is left out: names end it.
static bool line_next(lines *l, char line[512]) {
    const size_t n = strcspn(l->text, "\n"), kept = n < 511 ? n : 511;
    if (!*l->text)
        return false;
    memcpy(line, l->text, kept);
    line[kept] = 0;
    line[strcspn(line, "\r")] = 0;
    l->text += n + (l->text[n] == '\n');
    l->line++;
    return true;
}

static bool line_next_data(lines *l, char line[512]) {
    while (line_next(l, line))
        if (line[strspn(line, " \t")] && line[strspn(line, " \t")] != '#')
            return true;
    return false;
}

// The next number of a line, within reason; false: there is none.
static bool number_next(char **at, double *value) {
    char *end;
    *value = strtod(*at, &end);
    const bool has = end != *at && fabs(*value) <= 1e12;
    *at = end;
    return has;
}

typedef struct colmap_camera {
    long id;
    rig_camera camera;
    bool placed;
} colmap_camera;

static rig_status params_take(const model *m, const double *p, rig_camera *camera, const rig_yaml *where,
                              rig_err *err) {
    const int first = m->one_focal ? 3 : 4;
    const double *centre = p + first - 2;
    const double K[4] = {p[0], m->one_focal ? p[0] : p[1], centre[0] - 0.5, centre[1] - 0.5};
    RIG_TRY(rig_camera_set_K(camera, K, where, err));
    camera->lens = m->lens;
    memcpy(camera->dist, p + first, (size_t)(m->n - first) * sizeof *p);
    return RIG_OK;
}

static rig_status camera_line(const lines *l, char *line, colmap_camera *camera, rig_err *err) {
    const rig_yaml where = {.file = l->path, .line = l->line, .status = RIG_ERR_FORMAT, .key = "", .text = ""};
    double size[2], p[PARAMS_MAX], beyond;
    char name[32];
    int read = 0, m = 0;
    if (sscanf(line, "%ld %31s%n", &camera->id, name, &read) != 2)
        return rig_yaml_fail(&where, err, "expected `CAMERA_ID MODEL WIDTH HEIGHT PARAMS`");
    while (m < MODELS_N && strcmp(MODELS[m].name, name) != 0)
        m++;
    if (m == MODELS_N)
        return rig_yaml_fail(&where, err,
                             "camera model '%s', expected PINHOLE, RADIAL, OPENCV, FULL_OPENCV, OPENCV_FISHEYE or a "
                             "simpler one of them",
                             name);
    line += read;
    if (!number_next(&line, &size[0]) || !number_next(&line, &size[1]))
        return rig_yaml_fail(&where, err, "expected a width and a height");
    RIG_TRY(rig_camera_set_size(&camera->camera, size, &where, err));
    for (int i = 0; i < MODELS[m].n; i++)
        if (!number_next(&line, &p[i]))
            return rig_yaml_fail(&where, err, "%d parameters, expected the %d of %s", i, MODELS[m].n, name);
    if (number_next(&line, &beyond))
        return rig_yaml_fail(&where, err, "more parameters than the %d of %s", MODELS[m].n, name);
    return params_take(&MODELS[m], p, &camera->camera, &where, err);
}

// A camera is called as its image's folder, or its image where that is in none.
static rig_status name_take(const char *image, rig_view_camera *camera, const rig_yaml *where, rig_err *err) {
    char name[512];
    snprintf(name, sizeof name, "%s", image);
    char *slash = strchr(name, '/'), *dot = strrchr(name, '.');
    if (slash)
        *slash = 0;
    else if (dot && dot > name)
        *dot = 0;
    return rig_camera_name(camera, name, where, err);
}

static rig_status image_line(const lines *l, char *line, colmap_camera *cameras, int n, rig_view_camera *view,
                             rig_err *err) {
    const rig_yaml where = {.file = l->path, .line = l->line, .status = RIG_ERR_FORMAT, .key = "", .text = ""};
    double v[9], R[9];
    for (int i = 0; i < 9; i++)
        if (!number_next(&line, &v[i]))
            return rig_yaml_fail(&where, err, "expected `IMAGE_ID QW QX QY QZ TX TY TZ CAMERA_ID NAME`");
    RIG_TRY(rig_camera_rotation(v + 1, R, &where, err));
    int c = 0;
    while (c < n && (double)cameras[c].id != v[8])
        c++;
    if (c == n)
        return rig_yaml_fail(&where, err, "camera %g is not in cameras.txt", v[8]);
    if (cameras[c].placed)
        return rig_yaml_fail(&where, err, "a second image of camera %g, expected static cameras", v[8]);
    cameras[c].placed = true;
    view->camera = cameras[c].camera;
    RIG_TRY(name_take(line + strspn(line, " \t"), view, &where, err));
    return rig_camera_set_pose(view, R, v + 5, &where, err);
}

static rig_status images_read(const rig_foreign *file, colmap_camera *cameras, rig_calibration *rig, rig_arena *out,
                              rig_err *err) {
    char line[512], *text;
    size_t length;
    const char *path = rig_path_beside(out, file->path, "images.txt");
    if (!path)
        return rig_fail_memory(err, file->path);
    RIG_TRY(rig_file_read(path, &text, &length, out, err));
    lines l = {path, text + rig_text_mark(text, length), 0};
    const int n = rig->n;
    rig->n = 0;
    while (line_next_data(&l, line)) {
        if (rig->n == n)
            return rig_fail(err, RIG_ERR_FORMAT, "%s:%d: more images than the %d cameras, expected static cameras",
                            path, l.line, n);
        RIG_TRY(image_line(&l, line, cameras, n, &rig->cameras[rig->n], err));
        rig->n++;
        (void)line_next(&l, line); // of points, which may be empty
    }
    return RIG_OK;
}

bool rig_camera_colmap_is(const rig_foreign *file) {
    const char *slash = strrchr(file->path, '/');
    return !file->root && strcmp(slash ? slash + 1 : file->path, "cameras.txt") == 0;
}

rig_status rig_camera_colmap_read(const rig_foreign *file, rig_calibration *rig, rig_arena *out, rig_err *err) {
    char line[512];
    int n = 0;
    for (lines l = {file->path, file->text, 0}; line_next_data(&l, line);)
        n++;
    RIG_TRY(rig_cameras_new(rig, n, out, err));
    colmap_camera *cameras = RIG_NEW(out, colmap_camera, n);
    if (!cameras)
        return rig_fail_memory(err, file->path);
    lines l = {file->path, file->text, 0};
    for (int i = 0; line_next_data(&l, line); i++)
        RIG_TRY(camera_line(&l, line, &cameras[i], err));
    return images_read(file, cameras, rig, out, err);
}
