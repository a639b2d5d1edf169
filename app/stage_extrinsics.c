// extrinsics: every camera in one world frame.
#include "app/corners_for.h"
#include "app/extrinsics_people.h"
#include "app/inputs.h"
#include "app/lengths.h"
#include "app/stages.h"
#include "app/talk.h"
#include "calib/extrinsics.h"
#include "calib/selection.h"
#include "calib/world.h"
#include "checks/plausible.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double LENGTH_OFF = 0.02; // of a known length

// A file that was cut off at the end of a line is good YAML that lacks cameras.
static rig_status lenses_check(const char *path, const rig_recording_corners *seen, const rig_calibration *rig,
                               rig_err *err) {
    for (int v = 0; v < seen->n_views; v++)
        if (!rig_calibration_find(rig, seen->views[v].view))
            return rig_fail(err, RIG_ERR_DATA, "%s: no camera '%s', which saw the board in recording '%s'", path,
                            seen->views[v].view, seen->recording);
    return RIG_OK;
}

static rig_status moments_select(rig_session *session, int n_views, rig_view_corners **views, rig_err *err) {
    rig_view_corners *kept = RIG_NEW(&session->arena, rig_view_corners, n_views);
    if (!kept)
        return rig_fail_memory(err, "views");
    RIG_TRY(rig_boards_select(&session->config.board, *views, n_views, session->config.extrinsics_boards, kept,
                              &session->arena, &session->scratch, err));
    *views = kept;
    return RIG_OK;
}

// Poses from the boards that cameras saw together, lenses refined with all that the intrinsics recording knew.
static rig_status poses_from_boards(rig_session *session, const char *path, rig_calibration *rig, rig_err *err) {
    const rig_config *config = &session->config;
    rig_corners_file file;
    const rig_recording_corners *seen, *lenses = NULL;
    rig_view_corners *views;
    RIG_TRY(rig_corners_for(session, config->extrinsics_from, &file, &seen, err));
    RIG_TRY(lenses_check(path, seen, rig, err));
    RIG_TRY(rig_corners_on_clock(session, config->extrinsics_from, seen, &views, NULL, err));
    if (config->extrinsics_boards > 0)
        RIG_TRY(moments_select(session, seen->n_views, &views, err));
    if (config->intrinsics_from >= 0 && config->intrinsics_from != config->extrinsics_from)
        RIG_TRY(rig_corners_for(session, config->intrinsics_from, &file, &lenses, err));
    return rig_extrinsics_solve(&file.board, views, seen->n_views, lenses ? lenses->views : NULL,
                                lenses ? lenses->n_views : 0, config->lenses_held, rig, &session->arena,
                                &session->scratch, err);
}

// Poses that were measured by other means: of these cameras they are taken as they are.
static rig_status surveyed_take(rig_session *session, rig_calibration *rig, rig_err *err) {
    const char *path = session->config.surveyed;
    rig_calibration known;
    int n = 0;
    RIG_TRY(rig_calibration_read(path, &known, &session->arena, err));
    for (int c = 0; c < rig->n; c++) {
        const rig_view_camera *camera = rig_calibration_find(&known, rig->cameras[c].view);
        if (!camera || !camera->has_pose)
            continue;
        rig->cameras[c].Rt_cam_world = camera->Rt_cam_world;
        rig->cameras[c].has_pose = rig->cameras[c].surveyed = true;
        n++;
    }
    return n ? RIG_OK : rig_fail(err, RIG_ERR_DATA, "%s: it has no pose for any camera of the rig", path);
}

static rig_status world_from_points(rig_session *session, rig_calibration *rig, double *rms_px, rig_err *err) {
    rig_points_file file;
    RIG_TRY(rig_points_read(session->config.world_points, &file, &session->arena, err));
    rig_scene_points points = {file.n,
                               file.names,
                               (const double(*)[3])file.p,
                               file.n_views,
                               file.views,
                               (const double(*const *)[2])file.q,
                               (const bool *const *)file.seen};
    rig_status status = rig_world_from_points(&points, rig, rms_px, &session->arena, &session->scratch, err);
    return status == RIG_OK ? status : rig_fail_in(err, status, "%s: ", session->config.world_points);
}

static rig_status world_from_board(rig_session *session, rig_calibration *rig, double *rms_px, rig_err *err) {
    rig_corners_file file;
    const rig_recording_corners *seen;
    RIG_TRY(rig_corners_for(session, session->config.world_recording, &file, &seen, err));
    return rig_world_from_board(&file.board, seen->views, seen->n_views, rig, rms_px, &session->scratch, err);
}

enum { SAMPLE_MOST = 8192 };

// Of a long take every second, fourth, eighth frame: enough to tell where people stand.
static rig_status people_sample(rig_session *session, rig_people3d_reader *reader, rig_people3d *people, rig_err *err) {
    rig_frame3d *kept = RIG_NEW(&session->arena, rig_frame3d, SAMPLE_MOST);
    int n = 0;
    if (!kept)
        return rig_fail_memory(err, "frames");
    for (long f = 0, every = 1;; f++) {
        rig_arena_clear(&session->scratch);
        RIG_TRY(rig_people3d_next(reader, 1, people, f % every == 0 ? &session->arena : &session->scratch, err));
        if (people->n_frames == 0)
            break;
        if (f % every != 0)
            continue;
        if (n == SAMPLE_MOST) {
            for (n = 0; n < SAMPLE_MOST / 2; n++)
                kept[n] = kept[2 * n];
            every *= 2;
        }
        if (f % every == 0)
            kept[n++] = people->frames[0];
    }
    people->frames = kept, people->n_frames = n;
    return RIG_OK;
}

// Of an earlier run, whose world was a camera's frame.
static rig_status world_from_people(rig_session *session, rig_calibration *rig, rig_err *err) {
    const char *path = session->config.world_people;
    rig_people3d_reader *reader;
    rig_people3d people;
    rig_skeleton skeleton;
    rig_gravity gravity;
    RIG_TRY(rig_session_skeleton(session, &skeleton, err));
    RIG_TRY(rig_people3d_open(path, &reader, &people, err));
    rig_status status = people_sample(session, reader, &people, err);
    rig_people3d_close(reader);
    RIG_TRY(status);
    if (strcmp(people.skeleton, skeleton.name) != 0)
        return rig_fail(err, RIG_ERR_DATA, "%s: people of skeleton '%s', the rig's is '%s'", path, people.skeleton,
                        skeleton.name);
    RIG_TRY(rig_world_from_camera(session->config.world_camera, rig, err));
    status = rig_world_from_people(&people, &skeleton, rig, &gravity, &session->scratch, err);
    if (status != RIG_OK)
        return rig_fail_in(err, status, "%s: ", path);
    rig_say("extrinsics: up is the direction in which people stand: %d instants, spread %.1f degrees", gravity.n,
            gravity.spread_rad * 180 / 3.14159265358979);
    return RIG_OK;
}

static rig_status world_set(rig_session *session, rig_calibration *rig, rig_err *err) {
    double rms_px = 0;
    switch (session->config.world) {
    case RIG_WORLD_BOARD:
        RIG_TRY(world_from_board(session, rig, &rms_px, err));
        break;
    case RIG_WORLD_POINTS:
        RIG_TRY(world_from_points(session, rig, &rms_px, err));
        break;
    case RIG_WORLD_CAMERA:
        return rig_world_from_camera(session->config.world_camera, rig, err);
    case RIG_WORLD_PEOPLE:
        return world_from_people(session, rig, err);
    case RIG_WORLD_STANDING: // which rig_poses_from_people has set
    case RIG_WORLD_NONE:
        return RIG_OK; // the first camera's, or that of surveyed poses
    }
    rig_say("extrinsics: world frame fits its %s with rms %.3f px",
            session->config.world == RIG_WORLD_BOARD ? "board" : "points", rms_px);
    return RIG_OK;
}

static rig_status lengths_measure(rig_session *session, rig_calibration *rig, rig_err *err) {
    RIG_TRY(rig_session_lengths(session, rig, err));
    for (int i = 0; i < rig->n_lengths; i++) {
        const rig_known_length *length = &rig->lengths[i];
        const double off = length->measured_m / length->known_m - 1;
        rig_say("extrinsics: '%s' to '%s': %.4f m, measured as %.4f m (%+.2f %%)", length->views[0], length->views[1],
                length->measured_m, length->known_m, 100 * off);
        if (fabs(off) > LENGTH_OFF)
            rig_warn("the calibration is not to scale: is %s",
                     session->config.extrinsics_people ? "extrinsics.scale.height_m right?"
                                                       : "board.square_m right? `rigpose doctor` estimates it");
    }
    return RIG_OK;
}

// Beside the calibration, and tied to it by its hash; where there is none, none of an earlier calibration either.
static rig_status covariance_write(rig_session *session, const char *path_rig, const rig_calibration *rig,
                                   rig_err *err) {
    rig_inputs inputs = {0};
    const char *path;
    RIG_TRY(rig_session_path(session, "40_covariance.yaml", &path, err));
    if (!rig->covariance) {
        remove(path);
        return RIG_OK;
    }
    RIG_TRY(rig_inputs_add_file(session, &inputs, "40_extrinsics.yaml", path_rig, err));
    return rig_covariance_write(path, rig, &inputs, err);
}

static void say_camera(const rig_view_camera *camera, bool by_people) {
    if (!camera->has_pose)
        rig_warn("camera '%s' has no pose: it is not in the recording that extrinsics come from", camera->view);
    if (camera->n_turned > 0)
        rig_say("extrinsics: %s: %d of %d boards were detected rotated by half a turn", camera->view, camera->n_turned,
                camera->n_fits);
    if (camera->undetermined && by_people)
        rig_warn("camera '%s': people hardly tell its focal length, which may be off by %.1f %% (one standard "
                 "deviation): record people who walk near to it and far from it, or its lens from a board",
                 camera->view, 100 * camera->sigma.K[0] / camera->camera.K[0]);
    else if (camera->undetermined)
        rig_warn("camera '%s': the observations do not determine %s: film the board tilted, nearer and farther, out to "
                 "the picture's corners, or use a lens with fewer coefficients",
                 camera->view, camera->undetermined);
    for (int i = 0; i < camera->n_warnings; i++) {
        if (strcmp(camera->warnings[i], "agreement") == 0)
            rig_warn("camera '%s': its boards fit well individually but poorly together: is it synchronised to a "
                     "fraction of a frame, did a camera move? `rigpose doctor` looks for the cause",
                     camera->view);
        if (strcmp(camera->warnings[i], "pose") == 0)
            rig_warn("camera '%s': its position is known only to %.3f m (one standard deviation): %s", camera->view,
                     rig_norm3(camera->sigma.t),
                     by_people ? "record people who walk all over the room for longer, and measure a length or the "
                                 "distance of two cameras where the scale is by a height (`extrinsics.scale`)"
                               : "film the board where it and other cameras see it together, tilted, near and far");
        if (strcmp(camera->warnings[i], "left_out") == 0)
            rig_warn("camera '%s': %d of %d boards disagree with what the other cameras saw at the same moment: is it "
                     "synchronised, did it move? `rigpose doctor` looks for the cause",
                     camera->view, camera->n_fits - camera->n_frames, camera->n_fits);
    }
}

static void say_shape(const rig_board_shape *shape) {
    if (shape->has_warp)
        rig_say(
            "extrinsics: the board is warped by %.2f mm along its rows and %.2f mm along its columns (+- %.2f, %.2f)",
            1000 * shape->warp_m[0], 1000 * shape->warp_m[1], 1000 * shape->sigma_warp_m[0],
            1000 * shape->sigma_warp_m[1]);
    if (shape->has_square)
        rig_say("extrinsics: the board's squares are %.4f mm (+- %.4f)", 1000 * shape->square_m,
                1000 * shape->sigma_square_m);
}

static void say_rms(const rig_calibration *rig) {
    int n_corners = 0, n_rejected = 0;
    for (int c = 0; c < rig->n; c++)
        n_corners += rig->cameras[c].n_corners, n_rejected += rig->cameras[c].n_rejected;
    if (n_corners > 0)
        rig_say("extrinsics: %d cameras, rms %.3f px over %d corners (%d rejected)", rig->n, rig->rms_px, n_corners,
                n_rejected);
    else
        rig_say("extrinsics: %d cameras, rms %.3f px", rig->n, rig->rms_px);
}

rig_status rig_stage_extrinsics(rig_session *session, const rig_inputs *inputs, const rig_stage_options *options,
                                rig_err *err) {
    (void)options;
    const rig_config *config = &session->config;
    rig_calibration rig;
    const char *path;
    RIG_TRY(rig_session_path(session, "30_intrinsics.yaml", &path, err));
    RIG_TRY(rig_calibration_read(path, &rig, &session->arena, err));

    rig.shape = (rig_board_shape){.has_warp = config->refine_warp, .has_square = config->refine_square};
    if (config->surveyed)
        RIG_TRY(surveyed_take(session, &rig, err));
    if (config->extrinsics_from >= 0)
        RIG_TRY(poses_from_boards(session, path, &rig, err));
    if (config->extrinsics_people)
        RIG_TRY(rig_poses_from_people(session, &rig, err));
    if (config->extrinsics_from >= 0)
        RIG_TRY(rig_session_crops(session, config->extrinsics_from, &rig, err));
    RIG_TRY(world_set(session, &rig, err));
    RIG_TRY(lengths_measure(session, &rig, err));

    RIG_TRY(rig_session_path(session, "40_extrinsics.yaml", &path, err));
    RIG_TRY(rig_calibration_write(path, RIG_SCHEMA_EXTRINSICS, &rig, inputs, err));
    RIG_TRY(covariance_write(session, path, &rig, err));
    for (int c = 0; c < rig.n; c++)
        say_camera(&rig.cameras[c], config->extrinsics_people);
    say_shape(&rig.shape);
    say_rms(&rig);
    const char *wrong = rig_implausible_span(rig_cameras_span(&rig), "the cameras", &session->scratch);
    if (wrong)
        rig_warn("extrinsics: %s", wrong);
    if (rig.held_out_rms_px > 0)
        rig_say("extrinsics: rms %.3f px on held-out frames", rig.held_out_rms_px);
    return RIG_OK;
}
