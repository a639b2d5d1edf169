// intrinsics: each camera's lens from the boards it saw, or as it is known.
#include "app/corners_for.h"
#include "app/lenses.h"
#include "app/stages.h"
#include "app/talk.h"
#include "calib/intrinsics.h"
#include "calib/selection.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void say_edge(const rig_view_camera *camera) {
    if (isfinite(camera->edge_sigma_px))
        rig_warn("camera '%s': its lens is known only to %.0f px where no board was seen (the picture's diagonal is "
                 "%.0f px): film the board out to the picture's corners, or use a lens with fewer coefficients",
                 camera->view, camera->edge_sigma_px, hypot(camera->camera.width, camera->camera.height));
    else
        rig_warn("camera '%s': its lens model folds back before the picture's corners, where no board was seen: film "
                 "the board there, or use a lens with fewer coefficients",
                 camera->view);
}

static void say_camera(const rig_view_camera *camera) {
    char held_out[32] = "too few for a held-out rms";
    if (camera->held_out_rms_px > 0)
        snprintf(held_out, sizeof held_out, "held-out rms %.3f px", camera->held_out_rms_px);
    rig_say("intrinsics: %s: rms %.3f px over %d corners of %d frames (rejected: %d corners, %d whole frames), %s",
            camera->view, camera->rms_px, camera->n_corners, camera->n_frames, camera->n_rejected,
            camera->n_fits - camera->n_frames, held_out);
    if (camera->lens_rms_px[camera->camera.lens] > 0)
        rig_say("intrinsics: %s: lens %s chosen on held-out frames", camera->view, rig_lens_name(camera->camera.lens));
    for (int i = 0; i < camera->n_warnings; i++)
        if (strcmp(camera->warnings[i], "edge") == 0)
            say_edge(camera);
        else if (strcmp(camera->warnings[i], "misfit") == 0)
            rig_warn("camera '%s': lens %s fits its boards poorly: rms %.2f px, expected below 1: is it another kind "
                     "of lens, is the board flat and as the rig YAML describes it, are the pictures sharp?",
                     camera->view, rig_lens_name(camera->camera.lens), camera->rms_px);
        else if (strcmp(camera->warnings[i], "centre") == 0)
            rig_warn("camera '%s': its principal point (%.0f, %.0f) is far from the centre of the picture of %dx%d: "
                     "plausible only if pictures were cropped from larger ones; otherwise its pictures and corners "
                     "differ in size",
                     camera->view, camera->camera.K[2], camera->camera.K[3], camera->camera.width,
                     camera->camera.height);
        else
            rig_warn("camera '%s': too little variety: %s (boards cover %.0f %% of the picture, tilt by %.0f degrees, "
                     "distances 1 : %.2f)",
                     camera->view, camera->warnings[i], 100 * camera->variety.coverage,
                     camera->variety.tilt * 180 / 3.14159265358979, camera->variety.depth);
}

// The root mean square over all cameras' used frames, whatever part of the board each shows.
static double frames_rms(const rig_calibration *rig) {
    double sum = 0;
    long n = 0;
    for (int c = 0; c < rig->n; c++) {
        sum += rig->cameras[c].rms_px * rig->cameras[c].rms_px * rig->cameras[c].n_frames;
        n += rig->cameras[c].n_frames;
    }
    return n ? sqrt(sum / (double)n) : 0;
}

// Each view's own, since its lens is.
static rig_status boards_select(rig_session *session, const rig_recording_corners *seen, rig_view_corners **views,
                                rig_err *err) {
    const int most = session->config.intrinsics_boards;
    *views = RIG_NEW(&session->arena, rig_view_corners, seen->n_views);
    if (!*views)
        return rig_fail_memory(err, "views");
    for (int v = 0; v < seen->n_views; v++)
        RIG_TRY(rig_boards_select(&session->config.board, &seen->views[v], 1, most, &(*views)[v], &session->arena,
                                  &session->scratch, err));
    return RIG_OK;
}

static rig_status lenses_by_boards(rig_session *session, const rig_inputs *inputs, rig_err *err) {
    const rig_config *config = &session->config;
    rig_corners_file file;
    const rig_recording_corners *seen;
    const char *path;
    RIG_TRY(rig_corners_for(session, config->intrinsics_from, &file, &seen, err));
    rig_calibration rig = {.n = seen->n_views};
    rig.cameras = RIG_NEW(&session->arena, rig_view_camera, rig.n + 1);
    if (!rig.cameras)
        return rig_fail_memory(err, "cameras");

    rig_view_corners *views = seen->views;
    if (config->intrinsics_boards > 0)
        RIG_TRY(boards_select(session, seen, &views, err));
    if (config->lens_auto)
        RIG_TRY(rig_intrinsics_choose_all(&file.board, views, seen->n_views, rig.cameras, &session->arena,
                                          &session->scratch, err));
    else
        RIG_TRY(rig_intrinsics_solve_all(&file.board, views, seen->n_views, config->lens, rig.cameras, &session->arena,
                                         &session->scratch, err));
    rig.rms_px = frames_rms(&rig);
    RIG_TRY(rig_session_crops(session, config->intrinsics_from, &rig, err));
    for (int v = 0; v < rig.n; v++)
        if (rig_view_camera_is_off_centre(&rig.cameras[v]))
            rig.cameras[v].warnings[rig.cameras[v].n_warnings++] = "centre";

    RIG_TRY(rig_session_path(session, "30_intrinsics.yaml", &path, err));
    RIG_TRY(rig_calibration_write(path, RIG_SCHEMA_INTRINSICS, &rig, inputs, err));
    for (int v = 0; v < rig.n; v++)
        say_camera(&rig.cameras[v]);
    return RIG_OK;
}

static rig_status lenses_known(rig_session *session, const rig_inputs *inputs, rig_err *err) {
    rig_calibration rig;
    const char *path;
    RIG_TRY(rig_session_lenses(session, &rig, err));
    RIG_TRY(rig_session_path(session, "30_intrinsics.yaml", &path, err));
    return rig_calibration_write(path, RIG_SCHEMA_INTRINSICS, &rig, inputs, err);
}

rig_status rig_stage_intrinsics(rig_session *session, const rig_inputs *inputs, const rig_stage_options *options,
                                rig_err *err) {
    (void)options;
    return session->config.intrinsics_from >= 0 ? lenses_by_boards(session, inputs, err)
                                                : lenses_known(session, inputs, err);
}
