// check: the rig YAML and every file that it names, without running anything.
#include "app/commands.h"
#include "app/inputs.h"
#include "app/network.h"
#include "app/session.h"
#include "app/talk.h"
#include "io/file.h"
#include "io/people_cursor.h"

#include <stdio.h>
#include <string.h>

// Say a problem and count it; go on to the next.
static int problem(rig_status status, const rig_err *err) {
    if (status == RIG_OK)
        return 0;
    rig_say("error: %s", err->text);
    return 1;
}

static rig_status check_feed(rig_session *session, int r, int f, rig_view_source *s, rig_err *err) {
    const rig_config *config = &session->config;
    rig_footage footage;
    RIG_TRY(rig_footage_read(config, r, f, &footage, &session->arena, err));
    rig_status status = rig_view_sources_make(config, f, &footage, s, err);
    if (status != RIG_OK)
        return rig_fail_in(err, status, "recording '%s', feed '%s': ", config->recordings[r].name,
                           config->feeds[f].name);
    const rig_feed_file *file = &config->recordings[r].files[f];
    printf("recording %s, feed %s: %d frames", config->recordings[r].name, config->feeds[f].name, s->n_frames);
    if (file->frames)
        printf(", numbered %d to %d", rig_feed_file_frame(file, 0), rig_feed_file_frame(file, file->n - 1));
    if (s->fps > 0)
        printf(" at %g frames/s%s", s->fps, s->n_times > 0 ? ", not evenly" : "");
    for (int v = 0; v < config->feeds[f].n_views; v++)
        printf("%s%s %dx%d", v ? ", " : "; views ", config->views[s[v].view].name, s[v].width, s[v].height);
    if (footage.asks.turns != 0 || footage.asks.mirrored)
        printf("; its file asks players to turn it by %d degrees%s%s", 90 * footage.asks.turns,
               footage.asks.mirrored ? " and mirror it" : "",
               s->as_stored ? ", taken as stored" : ", and so it is taken");
    if (footage.n_streams > 1)
        printf("; the first of %d streams of pictures", footage.n_streams);
    printf("\n");
    return rig_footage_range_check(config, r, f, &footage, err);
}

// Each recording has sources of all views in a row.
static int check_recordings(rig_session *session, rig_view_source *sources) {
    const rig_config *config = &session->config;
    int problems = 0;
    for (int r = 0; r < config->n_recordings; r++)
        for (int f = 0; f < config->n_feeds; f++) {
            rig_view_source *s = sources + r * config->n_views + config->feeds[f].first_view;
            rig_err err = {""};
            if (config->recordings[r].files[f].kind != RIG_FILE_NONE)
                problems += problem(check_feed(session, r, f, s, &err), &err);
        }
    return problems;
}

// What triangulation will make of a calibration whose pictures are of other sizes than the take's.
static int check_sizes(rig_session *session, const rig_view_source *sources) {
    const rig_config *config = &session->config;
    const int boards = config->extrinsics_from >= 0 ? config->extrinsics_from : config->intrinsics_from;
    rig_calibration cameras = {0};
    rig_err err = {""};
    int problems = 0;
    if (config->take < 0 ||
        (config->cameras && rig_calibration_read(config->cameras, &cameras, &session->arena, &err) != RIG_OK))
        return 0; // what cannot be read is told elsewhere
    for (int v = 0; v < config->n_views; v++) {
        const rig_view_source *take = &sources[config->take * config->n_views + v];
        const rig_view_source *board = boards >= 0 ? &sources[boards * config->n_views + v] : NULL;
        const rig_view_camera *known = rig_calibration_find(&cameras, config->views[v].name);
        rig_view_camera camera = known ? *known : (rig_view_camera){.has_pose = false};
        if (!config->cameras && board) {
            memcpy(camera.view, config->views[v].name, sizeof camera.view);
            camera.camera.width = board->width, camera.camera.height = board->height;
            camera.crop = rig_crop_of(config, board);
        }
        if (camera.camera.width > 0 && take->width > 0)
            problems += problem(rig_camera_fit(config, &camera, take, &err), &err);
    }
    return problems;
}

static rig_status check_network(rig_session *session, rig_err *err) {
    rig_model model;
    const char *path;
    RIG_TRY(rig_session_model(session, &model, &path, err));
    return rig_network_check(&model, err);
}

static int check_keypoints(rig_session *session) {
    const rig_config *config = &session->config;
    rig_err err = {""};
    int problems = 0;
    for (int v = 0; v < config->n_views && config->people; v++) {
        const char *path;
        rig_status status = rig_session_import_path(session, v, &path, &err);
        if (rig_view_in_take(config, v) && status == RIG_OK && !rig_file_exists(path) && !rig_folder_exists(path))
            status = rig_fail(&err, RIG_ERR_CONFIG, "%s: keypoints.people: cannot find '%s'", config->path, path);
        problems += problem(status, &err);
    }
    if (config->source == RIG_SOURCE_ONNX)
        problems += problem(check_network(session, &err), &err);
    return problems;
}

// Every frame of a result.
static rig_status people_check(const char *path, rig_err *err) {
    rig_people3d_cursor cursor;
    const rig_frame3d *frame = NULL;
    rig_status status = rig_people3d_cursor_open(&cursor, path, err);
    do {
        rig_people3d_cursor_pass(&cursor);
        if (status == RIG_OK)
            status = rig_people3d_cursor_at(&cursor, &frame, err);
    } while (status == RIG_OK && frame);
    rig_people3d_cursor_close(&cursor);
    return status;
}

static int check_named_files(rig_session *session) {
    const rig_config *config = &session->config;
    rig_err err = {""};
    int problems = 0;
    rig_skeleton skeleton;
    rig_calibration cameras;
    rig_points_file points;
    problems += problem(rig_session_skeleton(session, &skeleton, &err), &err);
    if (config->cameras)
        problems += problem(rig_calibration_read(config->cameras, &cameras, &session->arena, &err), &err);
    if (config->surveyed)
        problems += problem(rig_calibration_read(config->surveyed, &cameras, &session->arena, &err), &err);
    if (config->world == RIG_WORLD_POINTS)
        problems += problem(rig_points_read(config->world_points, &points, &session->arena, &err), &err);
    if (config->world == RIG_WORLD_PEOPLE)
        problems += problem(people_check(config->world_people, &err), &err);
    return problems;
}

rig_status rig_command_check(const rig_arguments *arguments, rig_err *err) {
    rig_session session = {0};
    rig_status status = rig_session_open(arguments->operands[0], &session, err);
    int problems = 0;
    const int n = session.config.n_recordings * session.config.n_views;
    rig_view_source *sources = status == RIG_OK ? RIG_NEW(&session.arena, rig_view_source, n + 1) : NULL;
    if (status == RIG_OK && !sources)
        status = rig_fail_memory(err, "the views of all recordings");
    if (status == RIG_OK) {
        problems = check_recordings(&session, sources) + check_sizes(&session, sources);
        problems += check_named_files(&session) + check_keypoints(&session);
        if (problems)
            status = rig_fail(err, RIG_ERR_CONFIG, "%s: %d problem%s", arguments->operands[0], problems,
                              problems > 1 ? "s" : "");
        else
            printf("%s: no problem found\n", arguments->operands[0]);
    }
    rig_session_release(&session);
    return status;
}
