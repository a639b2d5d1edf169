// JSON calibrations. CMU Panoptic's calibration_SEQ.json (its PanopticStudio toolbox): world to camera, centimetres,
// the world's y axis down. VoxelPose's (lib/dataset/shelf.py, lib/utils/cameras.py), which mvpose and its kin share:
// {"0": {R, T, fx, fy, cx, cy, k, p}}, x_cam = R (x_world - T): T is the CENTRE, millimetres.
#include "io/camera_parts.h"
#include "io/camera_readers.h"

#include <string.h>

static const double PANOPTIC_OURS[9] = {1, 0, 0, 0, 0, -1, 0, 1, 0}; // p_panoptic = R p_ours: y down is z up
static const double OURS_PANOPTIC[9] = {1, 0, 0, 0, 0, 1, 0, -1, 0};

// --- writing -------------------------------------------------------------------------------------

static void rows_put(FILE *f, const char *key, const double *values, int rows, int cols) {
    fprintf(f, "\"%s\": [", key);
    for (int i = 0; i < rows; i++) {
        fputs(i ? ", [" : "[", f);
        rig_camera_put_numbers(f, values + i * cols, cols);
        fputc(']', f);
    }
    fputs("]", f);
}

rig_status rig_camera_panoptic_write(const char *folder, const rig_calibration *rig, const rig_stereo *stereo,
                                     rig_err *err) {
    rig_file_writer file;
    (void)stereo;
    RIG_TRY(rig_camera_file_open(&file, folder, "calibration", ".json", err));
    FILE *f = file.stream;
    fputs("{\"calibDataSource\": \"rigpose\",\n\"cameras\": [\n", f);
    for (int i = 0; i < rig->n; i++) {
        rig_view_camera camera = rig->cameras[i];
        double K[9], t[3];
        rig_camera_turn_world(&camera, OURS_PANOPTIC);
        rig_camera_matrix(&camera.camera, K);
        for (int k = 0; k < 3; k++)
            t[k] = 100 * camera.Rt_cam_world.t[k];
        fputs("{\"name\": ", f);
        rig_camera_put_quoted(f, camera.view);
        fprintf(f, ", \"type\": \"hd\", \"panel\": 0, \"node\": %d, \"resolution\": [%d, %d],\n", i,
                camera.camera.width, camera.camera.height);
        rows_put(f, "K", K, 3, 3);
        fputs(",\n\"distCoef\": [", f);
        rig_camera_put_numbers(f, camera.camera.dist, 5);
        fputs("],\n", f);
        rows_put(f, "R", camera.Rt_cam_world.R, 3, 3);
        fputs(",\n", f);
        rows_put(f, "t", t, 3, 1);
        fputs(i + 1 < rig->n ? "},\n" : "}\n", f);
    }
    fputs("]}\n", f);
    return rig_file_writer_commit(&file, err);
}

rig_status rig_camera_voxelpose_write(const char *folder, const rig_calibration *rig, const rig_stereo *stereo,
                                      rig_err *err) {
    rig_file_writer file;
    (void)stereo;
    RIG_TRY(rig_camera_file_open(&file, folder, "calibration", ".json", err));
    FILE *f = file.stream;
    for (int i = 0; i < rig->n; i++) {
        static const char *const names[] = {"fx", "fy", "cx", "cy"};
        const rig_camera *c = &rig->cameras[i].camera;
        const double k[3] = {c->dist[0], c->dist[1], c->dist[4]};
        double T[3];
        rig_pose_centre(&rig->cameras[i].Rt_cam_world, T);
        for (int j = 0; j < 3; j++)
            T[j] *= 1000;
        fprintf(f, "%s\"%d\": {", i ? ",\n" : "{", i);
        rows_put(f, "R", rig->cameras[i].Rt_cam_world.R, 3, 3);
        fputs(",\n", f);
        rows_put(f, "T", T, 3, 1);
        for (int j = 0; j < 4; j++) {
            fprintf(f, "%s\"%s\": ", j ? ", " : ",\n", names[j]);
            rig_camera_put_number(f, c->K[j]);
        }
        fputs(",\n", f);
        rows_put(f, "k", k, 3, 1);
        fputs(", ", f);
        rows_put(f, "p", c->dist + 2, 2, 1);
        fputc('}', f);
    }
    fputs("}\n", f);
    return rig_file_writer_commit(&file, err);
}

// --- reading -------------------------------------------------------------------------------------

static const rig_yaml *cameras_list(const rig_foreign *file) {
    const rig_yaml *list = file->root ? rig_yaml_find(file->root, "cameras") : NULL;
    return list && list->kind == RIG_YAML_LIST ? list : NULL;
}

bool rig_camera_panoptic_is(const rig_foreign *file) {
    const rig_yaml *list = cameras_list(file);
    return list && list->n > 0 && rig_yaml_find(&list->items[0], "distCoef");
}

static rig_status panoptic_camera(const rig_yaml *item, rig_view_camera *camera, rig_err *err) {
    const rig_yaml *name, *dist;
    double size[2], K[9], d[14], R[9], t[3];
    int n;
    RIG_TRY(rig_yaml_need(item, "name", &name, err));
    RIG_TRY(rig_yaml_need_kind(name, RIG_YAML_SCALAR, err));
    RIG_TRY(rig_camera_name(camera, name->text, name, err));
    RIG_TRY(rig_camera_need_numbers(item, "resolution", 2, size, err));
    RIG_TRY(rig_camera_set_size(&camera->camera, size, rig_yaml_find(item, "resolution"), err));
    RIG_TRY(rig_camera_need_numbers(item, "K", 9, K, err));
    RIG_TRY(rig_camera_set_matrix(&camera->camera, K, rig_yaml_find(item, "K"), err));
    RIG_TRY(rig_yaml_need(item, "distCoef", &dist, err));
    RIG_TRY(rig_camera_numbers(dist, 0, 14, d, &n, err));
    RIG_TRY(rig_camera_set_dist(&camera->camera, false, d, n, dist, err));
    RIG_TRY(rig_camera_need_numbers(item, "R", 9, R, err));
    RIG_TRY(rig_camera_need_numbers(item, "t", 3, t, err));
    RIG_TRY(rig_camera_set_pose(camera, R, t, rig_yaml_find(item, "R"), err));
    rig_camera_turn_world(camera, PANOPTIC_OURS);
    return RIG_OK;
}

rig_status rig_camera_panoptic_read(const rig_foreign *file, rig_calibration *rig, rig_arena *out, rig_err *err) {
    const rig_yaml *list = cameras_list(file);
    RIG_TRY(rig_cameras_new(rig, list->n, out, err));
    for (int i = 0; i < list->n; i++)
        RIG_TRY(panoptic_camera(&list->items[i], &rig->cameras[i], err));
    return RIG_OK;
}

bool rig_camera_voxelpose_is(const rig_foreign *file) {
    const rig_yaml *first =
        file->root && file->root->kind == RIG_YAML_MAP && file->root->n > 0 ? &file->root->items[0] : NULL;
    return first && rig_yaml_find(first, "R") && rig_yaml_find(first, "T") && rig_yaml_find(first, "fx");
}

static rig_status voxelpose_camera(const rig_yaml *item, rig_view_camera *camera, rig_err *err) {
    double K[4], k[3], p[2], R[9], T[3];
    static const char *const names[] = {"fx", "fy", "cx", "cy"};
    RIG_TRY(rig_camera_name(camera, item->key, item, err));
    for (int j = 0; j < 4; j++)
        RIG_TRY(rig_camera_need_number(item, names[j], &K[j], err));
    RIG_TRY(rig_camera_set_K(&camera->camera, K, item, err));
    RIG_TRY(rig_camera_need_numbers(item, "k", 3, k, err));
    RIG_TRY(rig_camera_need_numbers(item, "p", 2, p, err));
    RIG_TRY(rig_camera_set_dist(&camera->camera, false, (const double[]){k[0], k[1], p[0], p[1], k[2]}, 5, item, err));
    RIG_TRY(rig_camera_need_numbers(item, "R", 9, R, err));
    RIG_TRY(rig_camera_need_numbers(item, "T", 3, T, err));
    return rig_camera_set_centre(camera, R, T, rig_yaml_find(item, "R"), err);
}

rig_status rig_camera_voxelpose_read(const rig_foreign *file, rig_calibration *rig, rig_arena *out, rig_err *err) {
    RIG_TRY(rig_cameras_new(rig, file->root->n, out, err));
    for (int i = 0; i < file->root->n; i++)
        RIG_TRY(voxelpose_camera(&file->root->items[i], &rig->cameras[i], err));
    return RIG_OK;
}
