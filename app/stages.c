#include "app/stages.h"

#include "app/corner_slices.h"
#include "app/inputs.h"
#include "app/keypoint_slices.h"
#include "app/lenses.h"
#include "app/network.h"
#include "checks/watch.h"
#include "io/config_keys.h"
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
    return config->has_lenses;
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
static bool applies_sync(const rig_config *config) {
    return config->take >= 0 && config->source != RIG_SOURCE_NONE && config->sync_from != RIG_SYNC_FROM_NONE;
}
static bool synced_by_footage(const rig_config *config) {
    return config->sync_from == RIG_SYNC_FROM_SOUND || config->sync_from == RIG_SYNC_FROM_STAMPS;
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
    const rig_config *config = &session->config;
    if (config->intrinsics_from >= 0)
        RIG_TRY(add_corners(session, inputs, config->intrinsics_from, err));
    if (config->lens_file)
        RIG_TRY(rig_inputs_add_cameras(session, inputs, err));
    if (config->has_focal)
        RIG_TRY(rig_inputs_add_feeds(session, inputs, rig_lenses_recording(config), err));
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
    if (config->extrinsics_people) {
        RIG_TRY(rig_inputs_add_people2d(session, inputs, err));
        RIG_TRY(rig_inputs_add_skeleton(session, inputs, err));
        RIG_TRY(rig_inputs_add_feeds(session, inputs, config->take, err));
        if (applies_sync(config))
            RIG_TRY(add_result(session, inputs, "65_sync.yaml", err));
    }
    if (config->surveyed)
        RIG_TRY(rig_inputs_add_file(session, inputs, "surveyed", config->surveyed, err));
    return rig_inputs_add_key(session, inputs, "extrinsics", err);
}

// The rig's cameras: a known calibration, or the last file made of them.
static rig_status add_cameras(rig_session *session, rig_inputs *inputs, rig_err *err) {
    const rig_config *config = &session->config;
    if (config->cameras)
        return rig_inputs_add_cameras(session, inputs, err);
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
        if (config->layout_path)
            RIG_TRY(rig_inputs_add_file(session, inputs, "layout", config->layout_path, err));
        if (config->cameras) // sizes of views without pictures
            RIG_TRY(rig_inputs_add_cameras(session, inputs, err));
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

static rig_status inputs_sync(rig_session *session, rig_inputs *inputs, rig_err *err) {
    const rig_config *config = &session->config;
    const bool people = !synced_by_footage(config);
    if (people && config->extrinsics_people) // its poses come after the clocks
        RIG_TRY(add_result(session, inputs, "30_intrinsics.yaml", err));
    else if (people && (config->cameras || config->has_extrinsics || config->has_lenses))
        RIG_TRY(add_cameras(session, inputs, err));
    if (people) {
        RIG_TRY(rig_inputs_add_people2d(session, inputs, err));
        RIG_TRY(rig_inputs_add_skeleton(session, inputs, err));
    } else {
        RIG_TRY(rig_inputs_add_footage(session, inputs, config->take, err));
    }
    RIG_TRY(rig_inputs_add_feeds(session, inputs, config->take, err));
    RIG_TRY(rig_inputs_add_key(session, inputs, "views", err)); // an offset of 0 that is stated is held
    return rig_inputs_add_key(session, inputs, "sync", err);
}

static rig_status inputs_triangulate(rig_session *session, rig_inputs *inputs, rig_err *err) {
    RIG_TRY(add_cameras(session, inputs, err));
    RIG_TRY(rig_inputs_add_people2d(session, inputs, err));
    RIG_TRY(rig_inputs_add_skeleton(session, inputs, err));
    RIG_TRY(rig_inputs_add_feeds(session, inputs, session->config.take, err));
    if (applies_sync(&session->config))
        RIG_TRY(add_result(session, inputs, "65_sync.yaml", err));
    if (rig_key_is_stated(session->config.root, "triangulate"))
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
static const rig_option options_corners[] = {
    {"--slice", "K/N",
     "search the K-th of N slices of the recordings' feeds, each on whatever machine; the stage itself then takes up "
     "what\n"
     "they found",
     false},
    {NULL, NULL, NULL, false},
};
static const rig_option options_keypoints[] = {
    {"--maps", NULL, "also draw the network's maps, out/maps/<view>/<frame>.png: heat and tags of the first 20 frames",
     false},
    {"--slice", "K/N",
     "do the K-th of N slices of the take, each on whatever machine; the stage itself then takes up what they found",
     false},
    {NULL, NULL, NULL, false},
};
static const rig_option options_watch[] = {
    {"--repair", NULL, "also write corrections, 75_repair.yaml, which triangulate applies", false},
    {NULL, NULL, NULL, false},
};

#define STAGE(stage, says, result, of, asked, ...)                                                                     \
    {                                                                                                                  \
        .name = #stage, .summary = says, .makes = result, .schema = "rigpose/" of "/1", .asked_by = asked,             \
        .applies = applies_##stage, .inputs = inputs_##stage, .run = rig_stage_##stage, __VA_ARGS__                    \
    }

// clang-format off
const rig_stage rig_stages[] = {
    STAGE(crop, "determine what each view of each recording is: file, window, rotation, size, frame rate", "10_feeds.yaml", "feeds",
          "recordings", .options = options_crop, .also = {"views/"}),
    STAGE(corners, "find the board's corners to sub-pixel accuracy", "20_corners.yaml", "corners",
          "intrinsics, extrinsics or stereo with `from`", .options = options_corners, .needs = {"crop"}, .size = rig_corners_size),
    STAGE(intrinsics, "calibrate each camera's lens", "30_intrinsics.yaml", "intrinsics",
          "intrinsics", .needs = {"crop", "corners"}),
    STAGE(extrinsics, "place every camera in one world frame, refined jointly", "40_extrinsics.yaml", "extrinsics",
          "extrinsics", .needs = {"crop", "corners", "intrinsics"}, .also = {"40_covariance.yaml"},
          .needs_people = {"keypoints", "sync"},
          .loop = {"70_people3d.yaml", "triangulate", "the file that `extrinsics: {world: {people: FILE}}` names"}),
    STAGE(stereo, "calibrate the stereo pair: pose, epipolar geometry, rectification", "50_stereo.yaml", "stereo",
          "stereo", .needs = {"crop", "corners", "intrinsics", "extrinsics"}),
    STAGE(keypoints, "find people in each view, with a network or in another tool's files", "60_people2d/", "people2d",
          "take, and keypoints with a source other than yaml", .options = options_keypoints, .needs = {"crop"}, .size = rig_keypoints_size,
          .also = {"maps/"}),
    STAGE(sync, "find the clocks of the views from people's motion, sound or time stamps", "65_sync.yaml", "sync",
          "take, keypoints and sync", .needs = {"crop", "intrinsics", "extrinsics", "keypoints"},
          .spares_people = "extrinsics", .need_only = synced_by_footage),
    STAGE(triangulate, "match people across views and through time, and triangulate their joints", "70_people3d.yaml", "people3d",
          "take, keypoints, and extrinsics or cameras", .needs = {"crop", "extrinsics", "keypoints", "sync"},
          .loop = {"75_repair.yaml", "watch", "if present"}),
    STAGE(watch, "check whether a camera has moved since calibration or is out of sync", "75_watch.yaml", "watch",
          "at least three views, and what triangulate needs", .options = options_watch,
          .needs = {"crop", "triangulate"}, .also = {"75_repair.yaml"}),
    STAGE(refine, "refine people's motion: fill gaps, keep bone lengths constant, filter", "80_motion.yaml", "people3d",
          "motion, and what triangulate needs", .needs = {"crop", "triangulate"}),
};
// clang-format on
const char *rig_stage_need_at(const rig_stage *stage, const rig_config *config, int i) {
    if (stage->need_only && stage->need_only(config))
        return i == 0 ? stage->needs[0] : NULL;
    const bool people = config->extrinsics_people;
    for (int k = 0; stage->needs[k]; k++) {
        const bool spared = people && stage->spares_people && strcmp(stage->needs[k], stage->spares_people) == 0;
        if (!spared && i-- == 0)
            return stage->needs[k];
    }
    for (int k = 0; people && stage->needs_people[k]; k++)
        if (i-- == 0)
            return stage->needs_people[k];
    return NULL;
}

const int rig_stages_n = sizeof rig_stages / sizeof *rig_stages;

const rig_stage *rig_stage_find(const char *name) {
    for (int i = 0; i < rig_stages_n; i++)
        if (strcmp(rig_stages[i].name, name) == 0)
            return &rig_stages[i];
    return NULL;
}
