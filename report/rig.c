#include "report/rig.h"

#include <string.h>

static json_t *sigma_json(const rig_view_camera *c) {
    if (!c->has_sigma)
        return json_null();
    return json_pack("{s:o, s:o, s:o, s:o}", "K", rig_json_numbers(c->sigma.K, 4), "dist",
                     rig_json_numbers(c->sigma.dist, rig_lens_n_dist(c->camera.lens)), "rvec",
                     rig_json_numbers(c->sigma.rvec, 3), "t_m", rig_json_numbers(c->sigma.t, 3));
}

static json_t *camera_json(const rig_view_camera *c) {
    json_t *R = c->has_pose ? rig_json_numbers(c->Rt_cam_world.R, 9) : json_null();
    json_t *t = c->has_pose ? rig_json_numbers(c->Rt_cam_world.t, 3) : json_null();
    return json_pack("{s:o, s:[i,i], s:s, s:o, s:o, s:o, s:o, s:o, s:b}", "view", rig_json_text(c->view), "size",
                     c->camera.width, c->camera.height, "lens", rig_lens_name(c->camera.lens), "K",
                     rig_json_numbers(c->camera.K, 4), "dist",
                     rig_json_numbers(c->camera.dist, rig_lens_n_dist(c->camera.lens)), "R", R, "t", t, "sigma",
                     sigma_json(c), "surveyed", c->surveyed);
}

rig_status rig_report_cameras(const rig_calibration *rig, json_t *page, rig_err *err) {
    json_t *cameras = json_array();
    RIG_TRY(rig_json_set(page, "cameras", cameras, err));
    for (int c = 0; c < rig->n; c++)
        RIG_TRY(rig_json_add(cameras, camera_json(&rig->cameras[c]), err));
    return RIG_OK;
}

static rig_status fits_put(const rig_view_camera *c, json_t *camera, rig_err *err) {
    json_t *fits = json_array();
    RIG_TRY(rig_json_set(camera, "fits", fits, err));
    for (int i = 0; i < c->n_fits; i++) {
        const rig_frame_fit *fit = &c->fits[i];
        json_t *how = fit->left_out ? rig_json_text(fit->left_out) : rig_json_number(fit->rms_px);
        RIG_TRY(rig_json_add(fits, json_pack("[i, o]", fit->frame, how), err));
    }
    return RIG_OK;
}

static rig_status figures_put(const rig_view_camera *c, json_t *list, rig_err *err) {
    json_t *warnings = json_array();
    for (int i = 0; i < c->n_warnings && warnings; i++)
        RIG_TRY(rig_json_add(warnings, rig_json_text(c->warnings[i]), err));
    json_t *camera = json_pack(
        "{s:o, s:o, s:o, s:i, s:i, s:i, s:o, s:o, s:o, s:o, s:o, s:o}", "view", rig_json_text(c->view), "rms_px",
        rig_json_number(c->rms_px), "held_out_rms_px", rig_json_number(c->held_out_rms_px), "n_frames", c->n_frames,
        "n_corners", c->n_corners, "n_rejected", c->n_rejected, "edge_sigma_px", rig_json_number(c->edge_sigma_px),
        "coverage", rig_json_number(c->variety.coverage), "tilt", rig_json_number(c->variety.tilt), "depth",
        rig_json_number(c->variety.depth), "undetermined", rig_json_text(c->undetermined), "warnings", warnings);
    RIG_TRY(rig_json_add(list, camera, err));
    return fits_put(c, camera, err);
}

rig_status rig_report_figures(const rig_calibration *rig, const char *key, json_t *page, rig_err *err) {
    json_t *cameras = json_array();
    json_t *figures = json_pack("{s:o, s:o, s:o}", "rms_px", rig_json_number(rig->rms_px), "held_out_rms_px",
                                rig_json_number(rig->held_out_rms_px), "cameras", cameras);
    RIG_TRY(rig_json_set(page, key, figures, err));
    for (int c = 0; c < rig->n; c++)
        RIG_TRY(figures_put(&rig->cameras[c], cameras, err));
    return RIG_OK;
}

static rig_status pixels_put(const rig_points_file *points, int view, json_t *pixels, rig_err *err) {
    json_t *of = json_object();
    RIG_TRY(rig_json_set(pixels, points->views[view], of, err));
    for (int i = 0; i < points->n; i++)
        if (points->seen[view][i])
            RIG_TRY(rig_json_set(of, points->names[i], rig_json_numbers(points->q[view][i], 2), err));
    return RIG_OK;
}

rig_status rig_report_scene(const rig_points_file *points, json_t *page, rig_err *err) {
    json_t *list = json_array(), *pixels = json_object();
    RIG_TRY(rig_json_set(page, "scene", json_pack("{s:o, s:o}", "points", list, "pixels", pixels), err));
    for (int i = 0; i < points->n; i++)
        RIG_TRY(rig_json_add(
            list,
            json_pack("{s:o, s:o}", "name", rig_json_text(points->names[i]), "p", rig_json_numbers(points->p[i], 3)),
            err));
    for (int v = 0; v < points->n_views; v++)
        RIG_TRY(pixels_put(points, v, pixels, err));
    return RIG_OK;
}

static json_t *grid_json(const rig_uncertainty *u, const rig_bytes *bytes) {
    return json_pack("{s:f, s:o, s:o, s:f, s:i, s:o}", "sigma_px", u->sigma_px, "low", rig_json_numbers(u->low, 3),
                     "high", rig_json_numbers(u->high, 3), "step_m", u->step_m, "n", u->n, "points",
                     rig_json_blob(bytes->data, bytes->n));
}

// A point: u8 steps along x, y, z, u8 views, u8 of the sigmas by keypoints and by the calibration, mm (rig_byte_of).
static rig_status grid_add(const rig_uncertainty *u, rig_bytes *bytes, rig_err *err) {
    for (int i = 0; i < u->n; i++) {
        const rig_grid_point *point = &u->points[i];
        unsigned views = 0;
        for (uint64_t bits = point->views; bits; bits &= bits - 1)
            views++;
        for (int k = 0; k < 3; k++)
            RIG_TRY(rig_bytes_u8(bytes, (unsigned)((point->p[k] - u->low[k]) / u->step_m + 0.5), err));
        RIG_TRY(rig_bytes_u8(bytes, views, err));
        RIG_TRY(rig_bytes_u8(bytes, rig_byte_of(1000 * point->keypoints_m), err));
        RIG_TRY(rig_bytes_u8(bytes, rig_byte_of(1000 * point->calibration_m), err));
    }
    return RIG_OK;
}

rig_status rig_report_uncertainty(const rig_uncertainty *uncertainty, json_t *page, rig_err *err) {
    rig_bytes bytes = {0};
    rig_status status = grid_add(uncertainty, &bytes, err);
    if (status == RIG_OK)
        status = rig_json_set(page, "uncertainty", grid_json(uncertainty, &bytes), err);
    rig_bytes_free(&bytes);
    return status;
}
