// OpenCV's FileStorage YAML, which is no YAML of libyaml's, written by hand. Numbers keep all their digits: EasyMocap's
// own six decimals would move pixels of strong lenses by more than a thousandth.
#include "io/exports.h"

#include "io/file.h"

#include <stdlib.h>
#include <string.h>

enum { CV_DIST_MIN = 4, EASYMOCAP_DIST = 5 }; // the fewest coefficients OpenCV takes; as many as EasyMocap takes

// --- FileStorage ---------------------------------------------------------------------------------

// The shortest text of a number that reads back the same; never that of an integer, which OpenCV keeps apart.
static void number_put(FILE *f, double value) {
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    fprintf(f, "%s%s", text, strpbrk(text, ".e") ? "" : ".0");
}

static void matrix_put(FILE *f, const char *prefix, const char *name, int rows, int cols, const double *values) {
    fprintf(f, "%s%s: !!opencv-matrix\n  rows: %d\n  cols: %d\n  dt: d\n  data: [", prefix, name, rows, cols);
    for (int i = 0; i < rows * cols; i++) {
        fputs(i == 0 ? "" : i % 4 == 0 ? ",\n    " : ", ", f);
        number_put(f, values[i]);
    }
    fputs("]\n", f);
}

// Open <folder>/<name>.yml with FileStorage's first lines; commit closes it.
// committed.
static rig_status file_open(rig_file_writer *file, const char *folder, const char *name, rig_err *err) {
    char path[sizeof file->path];
    int n = snprintf(path, sizeof path, "%s/%s.yml", folder, name);
    if (n < 0 || (size_t)n >= sizeof path)
        return rig_fail(err, RIG_ERR_IO, "path '%s/%s.yml' is too long, expected at most %zu bytes", folder, name,
                        sizeof path - 1);
    RIG_TRY(rig_file_writer_open(file, path, err));
    fputs("%YAML:1.0\n---\n", file->stream);
    return RIG_OK;
}

// K as OpenCV has it, 3x3.
static void camera_matrix(const rig_camera *camera, double K[9]) {
    const double *k = camera->K;
    memcpy(K, (const double[]){k[0], 0, k[2], 0, k[1], k[3], 0, 0, 1}, 9 * sizeof *K);
}

// Coefficients, with zeros after them where OpenCV wants more than the lens has.
static int n_dist_padded(const rig_camera *camera) {
    int n = rig_lens_n_dist(camera->lens);
    return n < CV_DIST_MIN ? CV_DIST_MIN : n;
}

// --- OpenCV --------------------------------------------------------------------------------------

static rig_status opencv_camera(const char *folder, const rig_view_camera *camera, rig_err *err) {
    const rig_camera *c = &camera->camera;
    rig_file_writer file;
    double K[9], rvec[3];
    RIG_TRY(file_open(&file, folder, camera->view, err));
    fprintf(file.stream, "image_width: %d\nimage_height: %d\n", c->width, c->height);
    fprintf(file.stream, "fisheye_model: %d\n", c->lens == RIG_LENS_FISHEYE4); // what the coefficients are of
    camera_matrix(c, K);
    matrix_put(file.stream, "", "camera_matrix", 3, 3, K);
    matrix_put(file.stream, "", "distortion_coefficients", 1, n_dist_padded(c), c->dist);
    if (camera->has_pose) {
        rig_rotation_to_rvec(camera->Rt_cam_world.R, rvec);
        matrix_put(file.stream, "", "rvec", 3, 1, rvec);
        matrix_put(file.stream, "", "tvec", 3, 1, camera->Rt_cam_world.t);
        matrix_put(file.stream, "", "R", 3, 3, camera->Rt_cam_world.R);
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

static rig_status opencv_stereo(const char *folder, const rig_camera *const pair[2], const rig_stereo *stereo,
                                rig_err *err) {
    static const char *const numbers[] = {"1", "2"};
    rig_file_writer file;
    double K[9];
    RIG_TRY(file_open(&file, folder, "intrinsics", err));
    for (int i = 0; i < 2; i++) {
        camera_matrix(pair[i], K);
        matrix_put(file.stream, "M", numbers[i], 3, 3, K);
        matrix_put(file.stream, "D", numbers[i], 1, n_dist_padded(pair[i]), pair[i]->dist);
    }
    RIG_TRY(rig_file_writer_commit(&file, err));
    RIG_TRY(file_open(&file, folder, "extrinsics", err));
    matrix_put(file.stream, "", "R", 3, 3, stereo->Rt_right_left.R);
    matrix_put(file.stream, "", "T", 3, 1, stereo->Rt_right_left.t);
    matrix_put(file.stream, "R", "1", 3, 3, stereo->R1);
    matrix_put(file.stream, "R", "2", 3, 3, stereo->R2);
    matrix_put(file.stream, "P", "1", 3, 4, stereo->P1);
    matrix_put(file.stream, "P", "2", 3, 4, stereo->P2);
    matrix_put(file.stream, "", "Q", 4, 4, stereo->Q);
    return rig_file_writer_commit(&file, err);
}

rig_status rig_export_opencv(const char *folder, const rig_calibration *rig, const rig_stereo *stereo, rig_err *err) {
    const rig_camera *pair[2] = {NULL, NULL};
    for (int i = 0; i < rig->n && stereo; i++) {
        const char *view = rig->cameras[i].view;
        if (strcmp(view, "intrinsics") == 0 || strcmp(view, "extrinsics") == 0)
            return rig_fail(err, RIG_ERR_DATA, "camera '%s': its file would be that of the stereo pair", view);
    }
    if (stereo)
        RIG_TRY(pair_find(rig, stereo, pair, err));
    RIG_TRY(rig_folder_make(folder, err));
    for (int i = 0; i < rig->n; i++)
        RIG_TRY(opencv_camera(folder, &rig->cameras[i], err));
    return stereo ? opencv_stereo(folder, pair, stereo, err) : RIG_OK;
}

// --- EasyMocap -----------------------------------------------------------------------------------

// Names become keys after K_, dist_ and the like: FileStorage's reader takes these characters, and drops a space at the
// end.
static bool makes_key(const char *name) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-. ";
    size_t n = strlen(name);
    return n > 0 && strspn(name, letters) == n && name[n - 1] != ' ';
}

static rig_status easymocap_check(const rig_view_camera *camera, rig_err *err) {
    rig_lens lens = camera->camera.lens;
    if (lens == RIG_LENS_FISHEYE4 || rig_lens_n_dist(lens) > EASYMOCAP_DIST)
        return rig_fail(err, RIG_ERR_DATA, "camera '%s': EasyMocap cannot hold lens %s, expected at most pinhole5",
                        camera->view, rig_lens_name(lens));
    if (!camera->has_pose)
        return rig_fail(err, RIG_ERR_DATA, "camera '%s': has no pose, which EasyMocap needs", camera->view);
    if (!makes_key(camera->view))
        return rig_fail(err, RIG_ERR_DATA,
                        "camera '%s': its name makes no key, expected letters, digits, '_', '-' and '.'", camera->view);
    return RIG_OK;
}

static void names_put(FILE *f, const rig_calibration *rig) {
    fputs("names:\n", f);
    for (int i = 0; i < rig->n; i++)
        fprintf(f, "  - \"%s\"\n", rig->cameras[i].view);
}

static rig_status easymocap_intri(const char *folder, const rig_calibration *rig, rig_err *err) {
    rig_file_writer file;
    RIG_TRY(file_open(&file, folder, "intri", err));
    names_put(file.stream, rig);
    for (int i = 0; i < rig->n; i++) {
        const rig_camera *c = &rig->cameras[i].camera;
        const char *view = rig->cameras[i].view;
        double K[9];
        camera_matrix(c, K);
        matrix_put(file.stream, "K_", view, 3, 3, K);
        matrix_put(file.stream, "dist_", view, 1, EASYMOCAP_DIST, c->dist);
        fprintf(file.stream, "H_%s: %d\nW_%s: %d\n", view, c->height, view, c->width);
    }
    return rig_file_writer_commit(&file, err);
}

static rig_status easymocap_extri(const char *folder, const rig_calibration *rig, rig_err *err) {
    rig_file_writer file;
    RIG_TRY(file_open(&file, folder, "extri", err));
    names_put(file.stream, rig);
    for (int i = 0; i < rig->n; i++) {
        const rig_pose *pose = &rig->cameras[i].Rt_cam_world;
        const char *view = rig->cameras[i].view;
        double rvec[3];
        rig_rotation_to_rvec(pose->R, rvec);
        matrix_put(file.stream, "R_", view, 3, 1, rvec);
        matrix_put(file.stream, "Rot_", view, 3, 3, pose->R);
        matrix_put(file.stream, "T_", view, 3, 1, pose->t);
    }
    return rig_file_writer_commit(&file, err);
}

rig_status rig_export_easymocap(const char *folder, const rig_calibration *rig, rig_err *err) {
    for (int i = 0; i < rig->n; i++)
        RIG_TRY(easymocap_check(&rig->cameras[i], err));
    RIG_TRY(rig_folder_make(folder, err));
    RIG_TRY(easymocap_intri(folder, rig, err));
    return easymocap_extri(folder, rig, err);
}
