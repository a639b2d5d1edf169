#include "io/result.h"

#include <string.h>

static const char *const SCHEMAS[] = {"rigpose/intrinsics/1", "rigpose/extrinsics/1", NULL};
enum { RMS_DECIMALS = 4 }; // of a frame's fit, which people read; cameras are written in full

// --- writing -------------------------------------------------------------------------------------

static void fits_put(rig_yaml_writer *w, const rig_view_camera *camera) {
    rig_yaml_key(w, "fits");
    rig_yaml_begin_list(w, false);
    for (int i = 0; i < camera->n_fits; i++) {
        const rig_frame_fit *fit = &camera->fits[i];
        rig_yaml_begin_map(w, true);
        rig_result_put_int(w, "frame", fit->frame);
        if (!fit->left_out || fit->rms_px > 0)
            rig_result_put_rounded(w, "rms_px", fit->rms_px, RMS_DECIMALS);
        if (fit->left_out)
            rig_result_put_string(w, "left_out", fit->left_out);
        rig_yaml_end(w);
    }
    rig_yaml_end(w);
}

static void sigma_put(rig_yaml_writer *w, const rig_view_camera *camera, bool pose) {
    rig_yaml_key(w, "sigma");
    rig_yaml_begin_map(w, false);
    rig_result_put_doubles(w, "K", camera->sigma.K, 4);
    rig_result_put_doubles(w, "dist", camera->sigma.dist, rig_lens_n_dist(camera->camera.lens));
    if (pose) {
        rig_result_put_doubles(w, "rvec", camera->sigma.rvec, 3);
        rig_result_put_doubles(w, "t_m", camera->sigma.t, 3);
    }
    rig_yaml_end(w);
}

// What there is to say of how the camera was calibrated, beside the error.
static void judgement_put(rig_yaml_writer *w, const rig_view_camera *camera, bool pose) {
    if (camera->held_out_rms_px > 0)
        rig_result_put_double(w, "held_out_rms_px", camera->held_out_rms_px);
    if (camera->n_turned > 0)
        rig_result_put_int(w, "n_turned", camera->n_turned);
    if (camera->has_sigma)
        sigma_put(w, camera, pose);
    if (camera->edge_sigma_px > 0 && camera->edge_sigma_px < RIG_RESULT_NUMBER_MAX) // else it is as good as unknown
        rig_result_put_rounded(w, "edge_sigma_px", camera->edge_sigma_px, RMS_DECIMALS);
    if (camera->undetermined)
        rig_result_put_string(w, "undetermined", camera->undetermined);
    if (camera->variety.depth > 0) {
        rig_yaml_key(w, "variety");
        rig_yaml_begin_map(w, true);
        rig_result_put_rounded(w, "coverage", camera->variety.coverage, RMS_DECIMALS);
        rig_result_put_rounded(w, "tilt", camera->variety.tilt, RMS_DECIMALS);
        rig_result_put_rounded(w, "depth", camera->variety.depth, RMS_DECIMALS);
        rig_yaml_end(w);
    }
    if (camera->n_warnings > 0) {
        rig_yaml_key(w, "warnings");
        rig_yaml_begin_list(w, true);
        for (int i = 0; i < camera->n_warnings; i++)
            rig_yaml_put_string(w, camera->warnings[i]);
        rig_yaml_end(w);
    }
}

static void lenses_put(rig_yaml_writer *w, const rig_view_camera *camera) {
    rig_yaml_key(w, "lens_rms_px");
    rig_yaml_begin_map(w, true);
    for (int lens = 0; lens < RIG_LENS_COUNT; lens++)
        if (camera->lens_rms_px[lens] > 0)
            rig_result_put_double(w, rig_lens_name((rig_lens)lens), camera->lens_rms_px[lens]);
    rig_yaml_end(w);
}

static void crop_put(rig_yaml_writer *w, const rig_crop *crop) {
    rig_yaml_key(w, "crop");
    rig_yaml_begin_map(w, true);
    rig_result_put_string(w, "feed", crop->feed);
    rig_result_put_ints(w, "picture", crop->picture, 2);
    rig_result_put_ints(w, "rect", (const int[]){crop->rect.x, crop->rect.y, crop->rect.w, crop->rect.h}, 4);
    rig_result_put_int(w, "rotate", 90 * crop->turns);
    rig_yaml_end(w);
}

static void camera_put(rig_yaml_writer *w, const rig_view_camera *camera, bool pose) {
    const rig_camera *c = &camera->camera;
    rig_yaml_key(w, camera->view);
    rig_yaml_begin_map(w, false);
    rig_result_put_ints(w, "size", (const int[]){c->width, c->height}, 2);
    if (camera->crop.rect.w > 0)
        crop_put(w, &camera->crop);
    rig_result_put_string(w, "lens", rig_lens_name(c->lens));
    rig_result_put_doubles(w, "K", c->K, 4);
    rig_result_put_doubles(w, "dist", c->dist, rig_lens_n_dist(c->lens));
    if (pose)
        rig_result_put_pose(w, "Rt_cam_world", &camera->Rt_cam_world);
    if (camera->n_frames > 0 || camera->rms_px > 0) { // a camera that nobody fitted has no error, rather than none
        rig_result_put_double(w, "rms_px", camera->rms_px);
        rig_result_put_int(w, "n_frames", camera->n_frames);
    }
    if (camera->n_corners > 0) {
        rig_result_put_int(w, "n_corners", camera->n_corners);
        rig_result_put_int(w, "n_rejected", camera->n_rejected);
    }
    judgement_put(w, camera, pose);
    if (camera->lens_rms_px[c->lens] > 0)
        lenses_put(w, camera);
    if (camera->n_fits > 0)
        fits_put(w, camera);
    rig_yaml_end(w);
}

static void shape_put(rig_yaml_writer *w, const rig_board_shape *shape) {
    rig_yaml_key(w, "board");
    rig_yaml_begin_map(w, false);
    if (shape->has_warp) {
        rig_result_put_doubles(w, "warp_m", shape->warp_m, 2);
        rig_result_put_doubles(w, "sigma_warp_m", shape->sigma_warp_m, 2);
    }
    if (shape->has_square) {
        rig_result_put_double(w, "square_m", shape->square_m);
        rig_result_put_double(w, "sigma_square_m", shape->sigma_square_m);
    }
    rig_yaml_end(w);
}

static void lengths_put(rig_yaml_writer *w, const rig_calibration *calibration) {
    rig_yaml_key(w, "lengths");
    rig_yaml_begin_list(w, false);
    for (int i = 0; i < calibration->n_lengths; i++) {
        const rig_known_length *length = &calibration->lengths[i];
        rig_yaml_begin_map(w, true);
        rig_yaml_key(w, "views");
        rig_yaml_begin_list(w, true);
        rig_yaml_put_string(w, length->views[0]);
        rig_yaml_put_string(w, length->views[1]);
        rig_yaml_end(w);
        rig_result_put_double(w, "known_m", length->known_m);
        rig_result_put_double(w, "measured_m", length->measured_m);
        rig_yaml_end(w);
    }
    rig_yaml_end(w);
}

rig_status rig_calibration_write(const char *path, rig_calibration_schema schema, const rig_calibration *calibration,
                                 const rig_inputs *inputs, rig_err *err) {
    rig_result_writer result;
    RIG_TRY(rig_result_open(&result, path, SCHEMAS[schema], inputs, err));
    rig_yaml_writer *w = result.yaml;
    rig_yaml_key(w, "cameras");
    rig_yaml_begin_map(w, false);
    for (int i = 0; i < calibration->n; i++) {
        const rig_view_camera *camera = &calibration->cameras[i];
        camera_put(w, camera, schema == RIG_SCHEMA_EXTRINSICS && camera->has_pose);
    }
    rig_yaml_end(w);
    if (calibration->rms_px > 0)
        rig_result_put_double(w, "rms_px", calibration->rms_px);
    if (calibration->held_out_rms_px > 0)
        rig_result_put_double(w, "held_out_rms_px", calibration->held_out_rms_px);
    if (calibration->n_lengths > 0)
        lengths_put(w, calibration);
    if (calibration->shape.has_warp || calibration->shape.has_square)
        shape_put(w, &calibration->shape);
    return rig_result_commit(&result, err);
}

// --- reading -------------------------------------------------------------------------------------

static rig_status fit_parse(const rig_yaml *item, int *last, rig_frame_fit *fit, rig_arena *out, rig_err *err) {
    const rig_yaml *reason;
    const char *text;
    RIG_TRY(rig_result_frame(item, last, err));
    fit->frame = *last;
    RIG_TRY(rig_result_maybe_double(item, "rms_px", 0, RIG_RESULT_NUMBER_MAX, &fit->rms_px, err));
    RIG_TRY(rig_result_maybe(item, "left_out", RIG_YAML_SCALAR, &reason, err));
    if (!reason)
        return RIG_OK;
    RIG_TRY(rig_yaml_string(reason, &text, err));
    fit->left_out = rig_arena_strdup(out, text);
    return fit->left_out ? RIG_OK : rig_fail_memory(err, "a reason");
}

static rig_status fits_parse(const rig_yaml *map, rig_view_camera *camera, rig_arena *out, rig_err *err) {
    const rig_yaml *list;
    RIG_TRY(rig_result_maybe(map, "fits", RIG_YAML_LIST, &list, err));
    if (!list)
        return RIG_OK;
    camera->fits = RIG_NEW(out, rig_frame_fit, list->n);
    if (!camera->fits)
        return rig_fail_memory(err, "a camera's fits");
    camera->n_fits = list->n;
    for (int i = 0, last = RIG_RESULT_CLOCK_BEFORE; i < list->n; i++)
        RIG_TRY(fit_parse(&list->items[i], &last, &camera->fits[i], out, err));
    return RIG_OK;
}

static rig_status lens_parse(const rig_yaml *map, rig_camera *camera, rig_err *err) {
    const char *words[RIG_LENS_COUNT + 1] = {NULL};
    const rig_yaml *node;
    int lens;
    for (int i = 0; i < RIG_LENS_COUNT; i++)
        words[i] = rig_lens_name((rig_lens)i);
    RIG_TRY(rig_yaml_need(map, "lens", &node, err));
    RIG_TRY(rig_yaml_choice(node, words, &lens, err));
    camera->lens = (rig_lens)lens;
    int n = rig_lens_n_dist(camera->lens);
    RIG_TRY(rig_result_maybe(map, "dist", RIG_YAML_LIST, &node, err));
    if (node && node->n > n)
        return rig_yaml_fail(node, err, "%d coefficients, expected at most the %d of %s", node->n, n, words[lens]);
    return node ? rig_result_numbers(node, node->n, camera->dist, err) : RIG_OK;
}

static rig_status sigmas(const rig_yaml *map, const char *key, int n, double *values, rig_err *err) {
    RIG_TRY(rig_result_doubles(map, key, n, values, err));
    for (int i = 0; i < n; i++)
        if (values[i] < 0)
            return rig_yaml_fail(&rig_yaml_find(map, key)->items[i], err, "a sigma of %g, expected 0 or more",
                                 values[i]);
    return RIG_OK;
}

static rig_status sigma_parse(const rig_yaml *map, rig_view_camera *camera, rig_err *err) {
    const rig_yaml *sigma, *pose;
    RIG_TRY(rig_result_maybe(map, "sigma", RIG_YAML_MAP, &sigma, err));
    if (!sigma)
        return RIG_OK;
    camera->has_sigma = true;
    RIG_TRY(sigmas(sigma, "K", 4, camera->sigma.K, err));
    RIG_TRY(sigmas(sigma, "dist", rig_lens_n_dist(camera->camera.lens), camera->sigma.dist, err));
    RIG_TRY(rig_result_maybe(sigma, "rvec", RIG_YAML_LIST, &pose, err));
    if (!pose)
        return RIG_OK;
    RIG_TRY(sigmas(sigma, "rvec", 3, camera->sigma.rvec, err));
    return sigmas(sigma, "t_m", 3, camera->sigma.t, err);
}

static rig_status crop_parse(const rig_yaml *map, rig_crop *crop, rig_err *err) {
    const rig_yaml *node, *rect, *feed;
    RIG_TRY(rig_result_maybe(map, "crop", RIG_YAML_MAP, &node, err));
    if (!node)
        return RIG_OK;
    RIG_TRY(rig_yaml_need(node, "feed", &feed, err));
    RIG_TRY(rig_yaml_name(feed, crop->feed, err));
    RIG_TRY(rig_yaml_need(node, "rect", &rect, err));
    RIG_TRY(rig_result_size(node, "picture", &crop->picture[0], &crop->picture[1], err));
    RIG_TRY(rig_result_turns(node, "rotate", &crop->turns, err));
    RIG_TRY(rig_result_rect(node, "rect", &crop->rect, err));
    if (!rig_rect_inside(crop->rect, crop->picture[0], crop->picture[1]))
        return rig_yaml_fail(rect, err, "outside the picture of %dx%d", crop->picture[0], crop->picture[1]);
    return RIG_OK;
}

static rig_status camera_parse(const rig_yaml *map, rig_view_camera *camera, rig_arena *out, rig_err *err) {
    rig_camera *c = &camera->camera;
    const rig_yaml *K;
    RIG_TRY(rig_yaml_key_name(map, camera->view, err));
    RIG_TRY(rig_yaml_need_kind(map, RIG_YAML_MAP, err));
    RIG_TRY(rig_result_size(map, "size", &c->width, &c->height, err));
    RIG_TRY(crop_parse(map, &camera->crop, err));
    RIG_TRY(lens_parse(map, c, err));
    RIG_TRY(rig_yaml_need(map, "K", &K, err));
    RIG_TRY(rig_result_numbers(K, 4, c->K, err));
    if (c->K[0] <= 0 || c->K[1] <= 0)
        return rig_yaml_fail(K, err, "focal lengths %g and %g, expected both above 0 px", c->K[0], c->K[1]);
    RIG_TRY(rig_result_pose(map, "Rt_cam_world", &camera->Rt_cam_world, &camera->has_pose, err));
    RIG_TRY(rig_result_maybe_double(map, "rms_px", 0, RIG_RESULT_NUMBER_MAX, &camera->rms_px, err));
    RIG_TRY(rig_result_maybe_int(map, "n_frames", 0, RIG_RESULT_COUNT_MAX, &camera->n_frames, err));
    RIG_TRY(sigma_parse(map, camera, err));
    return fits_parse(map, camera, out, err);
}

// What a calibration says of how well each camera fitted.
static rig_status figures_parse(const rig_yaml *map, rig_view_camera *camera, rig_arena *out, rig_err *err) {
    const double max = RIG_RESULT_NUMBER_MAX;
    const rig_yaml *variety, *warnings, *open = rig_yaml_find(map, "undetermined");
    RIG_TRY(rig_result_maybe_int(map, "n_corners", 0, RIG_RESULT_COUNT_MAX, &camera->n_corners, err));
    RIG_TRY(rig_result_maybe_int(map, "n_rejected", 0, RIG_RESULT_COUNT_MAX, &camera->n_rejected, err));
    RIG_TRY(rig_result_maybe_double(map, "held_out_rms_px", 0, max, &camera->held_out_rms_px, err));
    RIG_TRY(rig_result_maybe_double(map, "edge_sigma_px", 0, max, &camera->edge_sigma_px, err));
    if (open && open->kind == RIG_YAML_SCALAR && !(camera->undetermined = rig_arena_strdup(out, open->text)))
        return rig_fail_memory(err, "figures");
    RIG_TRY(rig_result_maybe(map, "variety", RIG_YAML_MAP, &variety, err));
    if (variety) {
        RIG_TRY(rig_result_maybe_double(variety, "coverage", 0, max, &camera->variety.coverage, err));
        RIG_TRY(rig_result_maybe_double(variety, "tilt", 0, max, &camera->variety.tilt, err));
        RIG_TRY(rig_result_maybe_double(variety, "depth", 0, max, &camera->variety.depth, err));
    }
    RIG_TRY(rig_result_maybe(map, "warnings", RIG_YAML_LIST, &warnings, err));
    for (int i = 0; warnings && i < warnings->n && camera->n_warnings < RIG_WARNINGS_MAX; i++) {
        const char *text;
        RIG_TRY(rig_yaml_string(&warnings->items[i], &text, err));
        if (!(camera->warnings[camera->n_warnings++] = rig_arena_strdup(out, text)))
            return rig_fail_memory(err, "figures");
    }
    return RIG_OK;
}

static rig_status calibration_parse(const rig_yaml *root, bool figures, rig_calibration *calibration, rig_arena *out,
                                    rig_err *err) {
    const rig_yaml *node;
    int schema;
    RIG_TRY(rig_yaml_need(root, "schema", &node, err));
    RIG_TRY(rig_yaml_choice(node, SCHEMAS, &schema, err));
    RIG_TRY(rig_result_need(root, "cameras", RIG_YAML_MAP, &node, err));
    calibration->cameras = RIG_NEW(out, rig_view_camera, node->n);
    if (!calibration->cameras)
        return rig_fail_memory(err, "cameras");
    calibration->n = node->n;
    for (int i = 0; i < node->n; i++) {
        RIG_TRY(camera_parse(&node->items[i], &calibration->cameras[i], out, err));
        if (figures)
            RIG_TRY(figures_parse(&node->items[i], &calibration->cameras[i], out, err));
    }
    if (figures)
        RIG_TRY(rig_result_maybe_double(root, "held_out_rms_px", 0, RIG_RESULT_NUMBER_MAX,
                                        &calibration->held_out_rms_px, err));
    return rig_result_maybe_double(root, "rms_px", 0, RIG_RESULT_NUMBER_MAX, &calibration->rms_px, err);
}

static rig_status calibration_read(const char *path, bool figures, rig_calibration *calibration, rig_arena *out,
                                   rig_err *err) {
    rig_arena tree = {NULL};
    const rig_yaml *root;
    *calibration = (rig_calibration){0};
    rig_status status = rig_result_read(path, NULL, &tree, &root, err);
    if (status == RIG_OK)
        status = calibration_parse(root, figures, calibration, out, err);
    rig_arena_release(&tree);
    return status;
}

rig_status rig_calibration_read(const char *path, rig_calibration *calibration, rig_arena *out, rig_err *err) {
    return calibration_read(path, false, calibration, out, err);
}

rig_status rig_calibration_read_figures(const char *path, rig_calibration *calibration, rig_arena *out, rig_err *err) {
    return calibration_read(path, true, calibration, out, err);
}
