#include "io/result.h"

enum { POINT_DECIMALS = 4, SIGMA_DECIMALS = 4 }; // m; mm and pixels

static void views_put(rig_yaml_writer *w, const rig_calibration *rig, uint64_t views) {
    rig_yaml_key(w, "views");
    rig_yaml_begin_list(w, true);
    for (int c = 0; c < rig->n; c++)
        if (views >> c & 1)
            rig_yaml_put_string(w, rig->cameras[c].view);
    rig_yaml_end(w);
}

static void points_put(rig_yaml_writer *w, const rig_uncertainty *u, const rig_calibration *rig) {
    rig_yaml_key(w, "points");
    rig_yaml_begin_list(w, false);
    for (int i = 0; i < u->n; i++) {
        const rig_grid_point *point = &u->points[i];
        rig_yaml_begin_map(w, true);
        rig_yaml_key(w, "p_m");
        rig_yaml_begin_list(w, true);
        for (int k = 0; k < 3; k++)
            rig_yaml_put_rounded(w, point->p[k], POINT_DECIMALS);
        rig_yaml_end(w);
        views_put(w, rig, point->views);
        rig_result_put_rounded(w, "keypoints_mm", 1000 * point->keypoints_m, SIGMA_DECIMALS);
        rig_result_put_rounded(w, "calibration_mm", 1000 * point->calibration_m, SIGMA_DECIMALS);
        rig_yaml_end(w);
    }
    rig_yaml_end(w);
}

static void map_put(rig_yaml_writer *w, const char *view, const rig_pixel_map *map) {
    rig_yaml_key(w, view);
    rig_yaml_begin_map(w, false);
    rig_result_put_rounded(w, "distance_m", map->distance_m, POINT_DECIMALS);
    rig_yaml_key(w, "projection_px");
    rig_yaml_begin_list(w, false);
    for (int y = 0; y < RIG_UNCERTAIN_ROWS; y++) {
        rig_yaml_begin_list(w, true);
        for (int x = 0; x < RIG_UNCERTAIN_COLS; x++)
            if (map->sigma_px[y][x] > 0)
                rig_yaml_put_rounded(w, map->sigma_px[y][x], SIGMA_DECIMALS);
            else
                rig_yaml_put_null(w);
        rig_yaml_end(w);
    }
    rig_yaml_end(w);
    rig_yaml_end(w);
}

rig_status rig_uncertainty_write(const char *path, const rig_uncertainty *uncertainty, const rig_calibration *rig,
                                 const rig_inputs *inputs, rig_err *err) {
    rig_result_writer result;
    RIG_TRY(rig_result_open(&result, path, "rigpose/uncertainty/1", inputs, err));
    rig_yaml_writer *w = result.yaml;
    rig_result_put_double(w, "sigma_px", uncertainty->sigma_px);
    rig_yaml_key(w, "volume");
    rig_yaml_begin_map(w, false);
    rig_result_put_doubles(w, "low_m", uncertainty->low, 3);
    rig_result_put_doubles(w, "high_m", uncertainty->high, 3);
    rig_result_put_double(w, "step_m", uncertainty->step_m);
    rig_yaml_end(w);
    rig_yaml_key(w, "cameras");
    rig_yaml_begin_map(w, false);
    for (int c = 0; c < rig->n; c++)
        if (rig->cameras[c].has_pose)
            map_put(w, rig->cameras[c].view, &uncertainty->maps[c]);
    rig_yaml_end(w);
    points_put(w, uncertainty, rig);
    return rig_result_commit(&result, err);
}
