// EasyMocap's intri.yml and extri.yml, as its easymocap/mytools/camera_utils.py reads and writes them.
#include "io/camera_parts.h"
#include "io/camera_readers.h"

#include <string.h>

enum { DIST = 5 }; // k1 k2 p1 p2 k3

// --- writing -------------------------------------------------------------------------------------

// Names become keys after K_, dist_ and the like: FileStorage's reader takes these characters, and drops a space at the
// end.
static bool makes_key(const char *name) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-. ";
    size_t n = strlen(name);
    return n > 0 && strspn(name, letters) == n && name[n - 1] != ' ';
}

static rig_status file_begin(rig_file_writer *file, const char *folder, const char *name, const rig_calibration *rig,
                             rig_err *err) {
    RIG_TRY(rig_camera_file_open(file, folder, name, ".yml", err));
    rig_camera_put_storage(file->stream);
    fputs("names:\n", file->stream);
    for (int i = 0; i < rig->n; i++)
        fprintf(file->stream, "  - \"%s\"\n", rig->cameras[i].view);
    return RIG_OK;
}

static rig_status intri_write(const char *folder, const rig_calibration *rig, rig_err *err) {
    rig_file_writer file;
    RIG_TRY(file_begin(&file, folder, "intri", rig, err));
    for (int i = 0; i < rig->n; i++) {
        const rig_camera *c = &rig->cameras[i].camera;
        const char *view = rig->cameras[i].view;
        double K[9];
        rig_camera_matrix(c, K);
        rig_camera_put_matrix(file.stream, "K_", view, 3, 3, K);
        rig_camera_put_matrix(file.stream, "dist_", view, 1, DIST, c->dist);
        fprintf(file.stream, "H_%s: %d\nW_%s: %d\n", view, c->height, view, c->width);
    }
    return rig_file_writer_commit(&file, err);
}

static rig_status extri_write(const char *folder, const rig_calibration *rig, rig_err *err) {
    rig_file_writer file;
    RIG_TRY(file_begin(&file, folder, "extri", rig, err));
    for (int i = 0; i < rig->n; i++) {
        const rig_pose *pose = &rig->cameras[i].Rt_cam_world;
        const char *view = rig->cameras[i].view;
        double rvec[3];
        rig_rotation_to_rvec(pose->R, rvec);
        rig_camera_put_matrix(file.stream, "R_", view, 3, 1, rvec);
        rig_camera_put_matrix(file.stream, "Rot_", view, 3, 3, pose->R);
        rig_camera_put_matrix(file.stream, "T_", view, 3, 1, pose->t);
    }
    return rig_file_writer_commit(&file, err);
}

rig_status rig_camera_easymocap_write(const char *folder, const rig_calibration *rig, const rig_stereo *stereo,
                                      rig_err *err) {
    (void)stereo;
    for (int i = 0; i < rig->n; i++)
        if (!makes_key(rig->cameras[i].view))
            return rig_fail(err, RIG_ERR_DATA,
                            "camera '%s': its name cannot be a key, expected letters, digits, '_', '-' and '.'",
                            rig->cameras[i].view);
    RIG_TRY(intri_write(folder, rig, err));
    return extri_write(folder, rig, err);
}

// --- reading -------------------------------------------------------------------------------------

static bool has_key_from(const rig_yaml *root, const char *prefix) {
    for (int i = 0; i < root->n; i++)
        if (strncmp(root->items[i].key, prefix, strlen(prefix)) == 0)
            return true;
    return false;
}

bool rig_camera_easymocap_is(const rig_foreign *file) {
    return file->root && rig_yaml_find(file->root, "names") && has_key_from(file->root, "K_");
}

// The item <prefix><camera>; NULL: there is none.
static const rig_yaml *of_camera(const rig_yaml *root, const char *prefix, const char *view) {
    char key[RIG_NAME_MAX + 16];
    snprintf(key, sizeof key, "%s%s", prefix, view);
    return rig_yaml_find(root, key);
}

static rig_status need_of_camera(const rig_yaml *root, const char *prefix, const char *view, int n, double *values,
                                 rig_err *err) {
    const rig_yaml *node = of_camera(root, prefix, view);
    if (!node)
        return rig_yaml_fail(root, err, "camera '%s': key '%s%s' is missing", view, prefix, view);
    return rig_camera_numbers(node, n, n, values, NULL, err);
}

static rig_status camera_read(const rig_yaml *intri, const rig_yaml *extri, rig_view_camera *camera, rig_err *err) {
    const rig_yaml *dist = of_camera(intri, "dist_", camera->view), *W = of_camera(intri, "W_", camera->view);
    double K[9], d[DIST] = {0}, r[3], R[9], t[3], size[2];
    int n = 0;
    RIG_TRY(need_of_camera(intri, "K_", camera->view, 9, K, err));
    RIG_TRY(rig_camera_set_matrix(&camera->camera, K, of_camera(intri, "K_", camera->view), err));
    dist = dist ? dist : of_camera(intri, "D_", camera->view);
    if (dist)
        RIG_TRY(rig_camera_numbers(dist, 4, DIST, d, &n, err));
    RIG_TRY(rig_camera_set_dist(&camera->camera, false, d, n, dist, err));
    if (W) {
        RIG_TRY(need_of_camera(intri, "W_", camera->view, 1, &size[0], err));
        RIG_TRY(need_of_camera(intri, "H_", camera->view, 1, &size[1], err));
        if (size[0] > 0) // 0 and -1: not known
            RIG_TRY(rig_camera_set_size(&camera->camera, size, W, err));
    }
    RIG_TRY(need_of_camera(extri, "R_", camera->view, 3, r, err));
    RIG_TRY(need_of_camera(extri, "T_", camera->view, 3, t, err));
    rig_rotation_from_rvec(r, R, NULL);
    return rig_camera_set_pose(camera, R, t, of_camera(extri, "R_", camera->view), err);
}

rig_status rig_camera_easymocap_read(const rig_foreign *file, rig_calibration *rig, rig_arena *out, rig_err *err) {
    const rig_yaml *names;
    rig_yaml *extri;
    const char *path = rig_path_beside(out, file->path, "extri.yml");
    if (!path)
        return rig_fail_memory(err, file->path);
    RIG_TRY(rig_yaml_need(file->root, "names", &names, err));
    RIG_TRY(rig_yaml_need_kind(names, RIG_YAML_LIST, err));
    RIG_TRY(rig_yaml_read(path, &extri, out, err));
    RIG_TRY(rig_cameras_new(rig, names->n, out, err));
    for (int i = 0; i < names->n; i++) {
        RIG_TRY(rig_yaml_need_kind(&names->items[i], RIG_YAML_SCALAR, err));
        RIG_TRY(rig_camera_name(&rig->cameras[i], names->items[i].text, &names->items[i], err));
        RIG_TRY(camera_read(file->root, extri, &rig->cameras[i], err));
    }
    return RIG_OK;
}
