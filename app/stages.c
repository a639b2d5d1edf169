#include "app/stages.h"

#include "app/inputs.h"
#include "app/network.h"
#include "app/seconds.h"
#include "app/talk.h"
#include "checks/watch.h"
#include "io/file.h"

#include <string.h>

static bool applies_crop(const rig_config *config) {
    return config->n_recordings > 0;
}
static bool applies_corners(const rig_config *config) {
    return config->intrinsics_from >= 0 || config->extrinsics_from >= 0 || config->stereo_from >= 0 ||
           config->world == RIG_WORLD_BOARD;
}
static bool applies_intrinsics(const rig_config *config) {
    return config->intrinsics_from >= 0;
}
static bool applies_extrinsics(const rig_config *config) {
    return config->has_extrinsics;
}
static bool applies_stereo(const rig_config *config) {
    return config->stereo_from >= 0;
}
static bool applies_keypoints(const rig_config *config) {
    return config->take >= 0 && config->source != RIG_SOURCE_NONE && config->source != RIG_SOURCE_YAML;
}
static bool applies_triangulate(const rig_config *config) {
    return config->take >= 0 && config->source != RIG_SOURCE_NONE && (config->has_extrinsics || config->cameras);
}
static bool applies_watch(const rig_config *config) {
    return config->n_views >= RIG_WATCH_VIEWS_LEAST && applies_triangulate(config);
}
static bool applies_refine(const rig_config *config) {
    return config->has_motion && applies_triangulate(config);
}

static rig_status inputs_crop(rig_session *session, rig_inputs *inputs, rig_err *err) {
    RIG_TRY(rig_inputs_add_key(session, inputs, "recordings", err));
    RIG_TRY(rig_inputs_add_key(session, inputs, "feeds", err));
    RIG_TRY(rig_inputs_add_key(session, inputs, "views", err));
    return rig_inputs_add_all_footage(session, inputs, err);
}

static rig_status inputs_corners(rig_session *session, rig_inputs *inputs, rig_err *err) {
    RIG_TRY(rig_inputs_add_key(session, inputs, "board", err));
    for (int r = 0; r < session->config.n_recordings; r++)
        if (rig_recording_has_boards(&session->config, r))
            RIG_TRY(rig_inputs_add_footage(session, inputs, r, err));
    return RIG_OK;
}

static rig_status add_result(rig_session *session, rig_inputs *inputs, const char *name, rig_err *err) {
    const char *path;
    RIG_TRY(rig_session_path(session, name, &path, err));
    return rig_inputs_add_file(session, inputs, name, path, err);
}

// Corners say nothing of the board's lengths, nor of the clocks and windows of the views of the recording they are used
// of (-1: of none).
static rig_status add_corners(rig_session *session, rig_inputs *inputs, int recording, rig_err *err) {
    RIG_TRY(add_result(session, inputs, "20_corners.yaml", err));
    RIG_TRY(rig_inputs_add_key(session, inputs, "board", err));
    return recording >= 0 ? rig_inputs_add_feeds(session, inputs, recording, err) : RIG_OK;
}

static rig_status inputs_intrinsics(rig_session *session, rig_inputs *inputs, rig_err *err) {
    RIG_TRY(add_corners(session, inputs, session->config.intrinsics_from, err));
    return rig_inputs_add_key(session, inputs, "intrinsics", err);
}

static rig_status inputs_extrinsics(rig_session *session, rig_inputs *inputs, rig_err *err) {
    const rig_config *config = &session->config;
    if (applies_corners(config))
        RIG_TRY(add_corners(session, inputs, config->extrinsics_from, err));
    RIG_TRY(add_result(session, inputs, "30_intrinsics.yaml", err));
    if (config->world == RIG_WORLD_POINTS)
        RIG_TRY(rig_inputs_add_file(session, inputs, "points", config->world_points, err));
    if (config->world == RIG_WORLD_PEOPLE)
        RIG_TRY(rig_inputs_add_file(session, inputs, "people", config->world_people, err));
    if (config->surveyed)
        RIG_TRY(rig_inputs_add_file(session, inputs, "surveyed", config->surveyed, err));
    return rig_inputs_add_key(session, inputs, "extrinsics", err);
}

// The rig's cameras: a known calibration, or the last file made of them.
static rig_status add_cameras(rig_session *session, rig_inputs *inputs, rig_err *err) {
    const rig_config *config = &session->config;
    if (config->cameras)
        return rig_inputs_add_file(session, inputs, "cameras", config->cameras, err);
    return add_result(session, inputs, config->has_extrinsics ? "40_extrinsics.yaml" : "30_intrinsics.yaml", err);
}

static rig_status inputs_stereo(rig_session *session, rig_inputs *inputs, rig_err *err) {
    RIG_TRY(add_corners(session, inputs, session->config.stereo_from, err));
    RIG_TRY(add_cameras(session, inputs, err));
    return rig_inputs_add_key(session, inputs, "stereo", err);
}

static rig_status inputs_keypoints(rig_session *session, rig_inputs *inputs, rig_err *err) {
    const rig_config *config = &session->config;
    RIG_TRY(rig_inputs_add_key(session, inputs, "keypoints", err));
    RIG_TRY(rig_inputs_add_skeleton(session, inputs, err));
    if (config->source != RIG_SOURCE_ONNX) {
        RIG_TRY(rig_inputs_add_feeds(session, inputs, config->take, err));
        return rig_inputs_add_imports(session, inputs, err);
    }
    RIG_TRY(rig_inputs_add_footage(session, inputs, config->take, err));
    rig_model model;
    const char *path;
    RIG_TRY(rig_session_model(session, &model, &path, err));
    RIG_TRY(rig_network_check(&model, err)); // says more of a file that is not there than its digest could
    RIG_TRY(rig_inputs_add_file(session, inputs, "model", path, err));
    RIG_TRY(rig_inputs_add_file(session, inputs, "network", model.file, err));
    if (model.zoom.when == RIG_ZOOM_OFF)
        return RIG_OK;
    RIG_TRY(rig_inputs_add_file(session, inputs, "zoom_model", model.zoom.file, err));
    return rig_inputs_add_file(session, inputs, "zoom_network", model.zoom.model->file, err);
}

static rig_status inputs_triangulate(rig_session *session, rig_inputs *inputs, rig_err *err) {
    RIG_TRY(add_cameras(session, inputs, err));
    RIG_TRY(rig_inputs_add_people2d(session, inputs, err));
    RIG_TRY(rig_inputs_add_skeleton(session, inputs, err));
    RIG_TRY(rig_inputs_add_feeds(session, inputs, session->config.take, err));
    if (rig_yaml_find(session->config.root, "triangulate"))
        RIG_TRY(rig_inputs_add_key(session, inputs, "triangulate", err));
    const char *repair;
    RIG_TRY(rig_session_path(session, "75_repair.yaml", &repair, err));
    return rig_file_exists(repair) ? rig_inputs_add_file(session, inputs, "75_repair.yaml", repair, err) : RIG_OK;
}

static rig_status inputs_watch(rig_session *session, rig_inputs *inputs, rig_err *err) {
    RIG_TRY(inputs_triangulate(session, inputs, err));
    return add_result(session, inputs, "70_people3d.yaml", err);
}

static rig_status inputs_refine(rig_session *session, rig_inputs *inputs, rig_err *err) {
    RIG_TRY(add_result(session, inputs, "70_people3d.yaml", err));
    RIG_TRY(rig_inputs_add_skeleton(session, inputs, err));
    return rig_inputs_add_key(session, inputs, "motion", err);
}

static const rig_option options_crop[] = {
    {"--write", NULL, "also write each view as a video, out/views/<recording>/<view>.mp4", false},
    {NULL, NULL, NULL, false},
};
static const rig_option options_keypoints[] = {
    {"--overlay", NULL, "also draw the people into the views, out/overlay/<view>.mp4: a colour a person, joints by tag",
     false},
    {"--maps", NULL, "also draw the network's maps, out/maps/<view>/<frame>.png: heat and tags of the first 20 frames",
     false},
    {NULL, NULL, NULL, false},
};
static const rig_option options_watch[] = {
    {"--repair", NULL, "also write what would set it right, 75_repair.yaml, which triangulate reads", false},
    {NULL, NULL, NULL, false},
};

// clang-format off
#define STAGE_WITH(options, name, summary, makes, schema, asked_by, ...) \
    {#name, summary, makes, "rigpose/" schema "/1", asked_by, {__VA_ARGS__}, applies_##name, inputs_##name, rig_stage_##name, options}
#define STAGE(...) STAGE_WITH(NULL, __VA_ARGS__)

const rig_stage rig_stages[] = {
    STAGE_WITH(options_crop, crop, "what each view of each recording is: source, window, turn, size, rate", "10_feeds.yaml", "feeds",
          "recordings", NULL),
    STAGE(corners, "chessboard corners, to sub-pixel", "20_corners.yaml", "corners",
          "intrinsics, extrinsics or stereo with `from`", "crop", NULL),
    STAGE(intrinsics, "each camera's lens", "30_intrinsics.yaml", "intrinsics",
          "intrinsics", "crop", "corners", NULL),
    STAGE(extrinsics, "every camera in one world frame, refined jointly", "40_extrinsics.yaml", "extrinsics",
          "extrinsics", "crop", "corners", "intrinsics", NULL),
    STAGE(stereo, "the stereo pair: pose, epipolar geometry, rectification", "50_stereo.yaml", "stereo",
          "stereo", "crop", "corners", "intrinsics", "extrinsics", NULL),
    STAGE_WITH(options_keypoints, keypoints, "people in each view: by a network, or from another tool", "60_people2d/", "people2d",
          "take, and keypoints of a source other than yaml", "crop", NULL),
    STAGE(triangulate, "people in space, matched across views and through time", "70_people3d.yaml", "people3d",
          "take, keypoints, and extrinsics or cameras", "crop", "extrinsics", "keypoints", NULL),
    STAGE_WITH(options_watch, watch, "does the rig stand as it was calibrated, and in step", "75_watch.yaml", "watch",
          "three views or more, and what triangulate asks for", "crop", "triangulate", NULL),
    STAGE(refine, "people's movement: gaps filled, bones of one length, filtered", "80_motion.yaml", "people3d",
          "motion, and what triangulate asks for", "crop", "triangulate", NULL),
};
// clang-format on
const int rig_stages_n = sizeof rig_stages / sizeof *rig_stages;

const rig_stage *rig_stage_find(const char *name) {
    for (int i = 0; i < rig_stages_n; i++)
        if (strcmp(rig_stages[i].name, name) == 0)
            return &rig_stages[i];
    return NULL;
}

// --- current or not -------------------------------------------------------------------------------------------------

// The files a stage makes: one, or one a view of the take.
static rig_status result_path(rig_session *session, const rig_stage *stage, int view, const char **path, rig_err *err) {
    if (stage->makes[strlen(stage->makes) - 1] == '/')
        return rig_session_people2d_path(session, view, path, err);
    return rig_session_path(session, stage->makes, path, err);
}

static int result_files(const rig_session *session, const rig_stage *stage) {
    return stage->makes[strlen(stage->makes) - 1] == '/' ? session->config.n_views : 1;
}

static const char *inputs_differ(const rig_inputs *now, const rig_inputs *then) {
    for (int i = 0; i < now->n; i++) {
        int j = 0;
        while (j < then->n && strcmp(then->items[j].name, now->items[i].name) != 0)
            j++;
        if (j == then->n || strcmp(then->items[j].hash, now->items[i].hash) != 0)
            return now->items[i].name;
    }
    return now->n == then->n ? NULL : "its inputs";
}

// A file of the result against what it would be made from now.
static rig_status file_state(const char *path, const rig_stage *stage, const rig_inputs *now, rig_result_state *state,
                             char why[128], rig_err *err) {
    rig_inputs then = {0};
    bool has;
    RIG_TRY(rig_result_inputs(path, stage->schema, &then, &has, err));
    const char *differs = has && now ? inputs_differ(now, &then) : NULL;
    *state = !has ? RIG_RESULT_FOREIGN : !now || differs ? RIG_RESULT_STALE : RIG_RESULT_CURRENT;
    snprintf(why, 128, "%s", differs ? differs : "what it was made from is gone");
    return RIG_OK;
}

rig_status rig_stage_state(rig_session *session, const rig_stage *stage, rig_result_state *state, char why[128],
                           rig_err *err) {
    rig_inputs now = {0};
    rig_err lost; // an input that is gone makes a result of ours stale, and leaves a foreign one as it is
    bool known = stage->inputs(session, &now, &lost) == RIG_OK;
    *state = RIG_RESULT_ABSENT;
    for (int v = 0; v < result_files(session, stage); v++) {
        const char *path;
        rig_result_state one;
        if (result_files(session, stage) > 1 && !rig_view_in_take(&session->config, v))
            continue;
        RIG_TRY(result_path(session, stage, v, &path, err));
        *state = RIG_RESULT_ABSENT;
        if (!rig_result_exists(path))
            return RIG_OK;
        RIG_TRY(file_state(path, stage, known ? &now : NULL, &one, why, err));
        *state = one;
        if (one == RIG_RESULT_STALE)
            return RIG_OK;
    }
    return RIG_OK;
}

rig_status rig_feeds_ensure(rig_session *session, rig_err *err) {
    const rig_stage *crop = rig_stage_find("crop");
    rig_result_state state = RIG_RESULT_CURRENT;
    char why[128];
    if (session->feeds_current)
        return RIG_OK;
    if (crop->applies(&session->config))
        RIG_TRY(rig_stage_state(session, crop, &state, why, err));
    if (state == RIG_RESULT_ABSENT || state == RIG_RESULT_STALE) {
        rig_inputs inputs = {0};
        RIG_TRY(rig_folder_make(session->config.out, err));
        RIG_TRY(crop->inputs(session, &inputs, err));
        RIG_TRY(rig_crop_known(session, &inputs, err));
    }
    session->feeds_current = true;
    return RIG_OK;
}

// --- running --------------------------------------------------------------------------------------------------------

// What the footage is costs little to find out: where a stage needs 10_feeds.yaml, it is made on the way.
static rig_status needs_check(rig_session *session, const rig_stage *stage, rig_err *err) {
    for (int i = 0; stage->needs[i]; i++) {
        const rig_stage *need = rig_stage_find(stage->needs[i]);
        if (need->run == rig_stage_crop)
            RIG_TRY(rig_feeds_ensure(session, err));
        else if (need->applies(&session->config))
            RIG_TRY(rig_stage_need(session, stage->name, need, err));
    }
    return RIG_OK;
}

rig_status rig_stage_need(rig_session *session, const char *who, const rig_stage *need, rig_err *err) {
    rig_result_state state;
    char why[128];
    RIG_TRY(rig_stage_state(session, need, &state, why, err));
    if (state != RIG_RESULT_FOREIGN) // what others made needs nothing of ours
        RIG_TRY(needs_check(session, need, err));
    const char *rig = session->config.path;
    if (state == RIG_RESULT_ABSENT)
        return rig_fail(err, RIG_ERR_DATA, "%s needs %s, which is not in '%s': run `rigpose %s %s` first", who,
                        need->makes, session->config.out, need->name, rig);
    if (state == RIG_RESULT_STALE)
        return rig_fail(err, RIG_ERR_DATA,
                        "%s is stale (%s changed since): run `rigpose %s %s` first, or `rigpose run %s`", need->makes,
                        why, need->name, rig, rig);
    return RIG_OK;
}

rig_status rig_stage_run(rig_session *session, const rig_stage *stage, const rig_stage_options *options, rig_err *err) {
    if (!stage->applies(&session->config))
        return rig_fail(err, RIG_ERR_CONFIG, "%s: %s is not asked for, expected %s", session->config.path, stage->name,
                        stage->asked_by);
    RIG_TRY(needs_check(session, stage, err));
    RIG_TRY(rig_folder_make(session->config.out, err));
    double start_s = rig_now_s();
    rig_inputs inputs = {0};
    RIG_TRY(stage->inputs(session, &inputs, err));
    rig_arena_mark mark = rig_arena_tell(&session->arena);
    rig_status status = stage->run(session, &inputs, options, err);
    rig_arena_rewind(&session->arena, mark);
    rig_arena_clear(&session->scratch);
    if (status == RIG_OK)
        status = rig_seconds_note(session, stage->name, rig_now_s() - start_s, err);
    return status;
}

rig_status rig_stages_run(rig_session *session, const rig_stage_options *options, rig_err *err) {
    for (int i = 0; i < rig_stages_n; i++) {
        const rig_stage *stage = &rig_stages[i];
        rig_result_state state;
        char why[128];
        if (!stage->applies(&session->config)) {
            rig_say("%s: not asked for (by %s)", stage->name, stage->asked_by);
            continue;
        }
        RIG_TRY(rig_stage_state(session, stage, &state, why, err));
        if (state == RIG_RESULT_FOREIGN)
            rig_say("%s: %s was made by another program and is taken as it is", stage->name, stage->makes);
        else if (state == RIG_RESULT_CURRENT && !options->force && !(options->repair && stage->run == rig_stage_watch))
            rig_say("%s: current", stage->name);
        else {
            rig_status status = rig_stage_run(session, stage, options, err);
            if (status != RIG_OK)
                return rig_fail_in(err, status, "%s: ", stage->name);
        }
    }
    return RIG_OK;
}
