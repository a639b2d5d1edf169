// board, intrinsics, extrinsics, stereo and cameras of the rig YAML: where the cameras come from.
#include "io/board.h"
#include "io/config_parts.h"

#include <string.h>

static const char PEOPLE[] = "people";

static rig_status board_read(rig_config *config, rig_err *err) {
    const rig_yaml *node;
    node = rig_yaml_find(config->root, "board");
    config->has_board = node != NULL;
    return node ? rig_board_parse(node, &config->board, err) : RIG_OK;
}

// `from` of a section that finds boards in a recording.
static rig_status from_read(const rig_config *config, const rig_yaml *section, int *recording, rig_err *err) {
    const rig_yaml *from;
    RIG_TRY(rig_yaml_need(section, "from", &from, err));
    RIG_TRY(rig_config_need_recording(config, from, recording, err));
    return config->has_board ? RIG_OK
                             : rig_yaml_fail(section, err, "boards are searched for, but key 'board' is missing");
}

// {view: pixels}
static rig_status focal_read(rig_config *config, const rig_yaml *section, const rig_yaml *node, rig_err *err) {
    RIG_TRY(rig_yaml_need_kind(node, RIG_YAML_MAP, err));
    for (int i = 0; i < node->n; i++) {
        int view;
        RIG_TRY(rig_config_need_view(config, &node->items[i], node->items[i].key, &view, err));
        RIG_TRY(rig_key_number_of(&node->items[i], "intrinsics.focal_px.VIEW", &config->views[view].focal_px, err));
    }
    config->has_focal = true;
    return rig_key_number(section, "intrinsics.focal_sigma", &config->focal_sigma, err);
}

// Lenses come from boards, from a calibration or from focal lengths: one of the three.
static rig_status lenses_read(rig_config *config, const rig_yaml *section, rig_arena *out, rig_err *err) {
    const rig_yaml *from = rig_yaml_find(section, "from"), *file = rig_yaml_find(section, "cameras"),
                   *focal = rig_yaml_find(section, "focal_px");
    config->has_lenses = true;
    if (!from && !file && !focal)
        return rig_yaml_fail(section, err, "key 'from' is missing, expected it, 'cameras' or 'focal_px'");
    if (!!from + !!file + !!focal > 1)
        return rig_yaml_fail(focal ? focal : file, err,
                             "excluded by '%s', expected one of 'from', 'cameras' and "
                             "'focal_px'",
                             from ? "from" : "cameras");
    if (rig_yaml_find(section, "focal_sigma") && !focal)
        return rig_yaml_fail(rig_yaml_find(section, "focal_sigma"), err, "has no effect without 'focal_px'");
    if (from)
        return from_read(config, section, &config->intrinsics_from, err);
    return file ? rig_config_path(config, section, "intrinsics.cameras", &config->lens_file, out, err)
                : focal_read(config, section, focal, err);
}

static rig_status intrinsics_read(rig_config *config, rig_arena *out, rig_err *err) {
    const rig_yaml *node;
    int standard = 0, lens = 0;
    config->intrinsics_from = -1;
    node = rig_yaml_find(config->root, "intrinsics");
    if (node)
        RIG_NOTE(lenses_read(config, node, out, err));
    RIG_TRY(rig_key_int(node, "intrinsics.boards", &config->intrinsics_boards, err));
    RIG_TRY(rig_key_word(NULL, "intrinsics.lens", &standard, err)); // what a doctor of lenses still to be chosen takes
    RIG_TRY(rig_key_word(node, "intrinsics.lens", &lens, err));
    config->lens_auto = lens == RIG_LENS_COUNT; // the word after the lenses
    config->lens = (rig_lens)(config->lens_auto ? standard : lens);
    return RIG_OK;
}

// --- the world -------------------------------------------------------------------------------------------------------

static bool view_recorded(const rig_config *config, int view, int recording) {
    return config->recordings[recording].has[config->views[view].feed];
}

// A view that must be in a recording.
static rig_status view_need_recorded(const rig_config *config, const rig_yaml *node, int recording, int *view,
                                     rig_err *err) {
    const char *text = "";
    RIG_TRY(rig_yaml_string(node, &text, err));
    RIG_TRY(rig_config_need_view(config, node, text, view, err));
    if (config->recordings[recording].feeds_lost && !view_recorded(config, *view, recording))
        return rig_config_fail_silent(err);
    if (!view_recorded(config, *view, recording))
        return rig_yaml_fail(node, err, "view '%s' is not in recording '%s', expected feed '%s' there", text,
                             config->recordings[recording].name, config->feeds[config->views[*view].feed].name);
    return RIG_OK;
}

static void world_camera_set(rig_config *config, int view) {
    config->world = RIG_WORLD_CAMERA;
    memcpy(config->world_camera, config->views[view].name, sizeof config->world_camera);
}

// The recording that tells the poses: of the board, or the take.
static int poses_recording(const rig_config *config) {
    return config->extrinsics_people ? config->take : config->extrinsics_from;
}

// The first view of the recording; by people: where they stand. A recording without any has been told of.
static rig_status world_default(rig_config *config, rig_err *err) {
    int v = 0;
    if (config->extrinsics_people) {
        config->world = RIG_WORLD_STANDING;
        return RIG_OK;
    }
    while (v < config->n_views && !view_recorded(config, v, config->extrinsics_from))
        v++;
    if (v == config->n_views)
        return rig_config_fail_silent(err);
    world_camera_set(config, v);
    return RIG_OK;
}

static rig_status world_need_from(const rig_config *config, const rig_yaml *section, rig_err *err) {
    if (config->extrinsics_from >= 0 || config->extrinsics_people)
        return RIG_OK;
    if (rig_yaml_find(section, "from"))
        return rig_config_fail_silent(err);
    return rig_yaml_fail(section, err, "key 'from' is missing, expected unless world is {points: file}");
}

// {people: file}, and the camera whose frame was its world where that is not the first.
static rig_status world_people_read(rig_config *config, const rig_yaml *section, const rig_yaml *node, rig_arena *out,
                                    rig_err *err) {
    static const char *const keys[] = {"people", "camera", NULL}; // that go together
    const rig_yaml *camera = rig_yaml_find(node, "camera");
    int view;
    RIG_TRY(rig_yaml_only_keys(node, keys, err));
    RIG_TRY(world_need_from(config, section, err));
    if (config->extrinsics_people)
        return rig_yaml_fail(node, err, "people of an earlier run, expected no 'world': it is where people stand");
    RIG_TRY(world_default(config, err));
    if (camera) {
        RIG_TRY(view_need_recorded(config, camera, config->extrinsics_from, &view, err));
        world_camera_set(config, view);
    }
    config->world = RIG_WORLD_PEOPLE;
    return rig_config_path(config, node, "extrinsics.world.people", &config->world_people, out, err);
}

static rig_status world_read(rig_config *config, const rig_yaml *section, rig_arena *out, rig_err *err) {
    const rig_yaml *node = rig_yaml_find(section, "world");
    int view;
    if (!node) {
        RIG_TRY(world_need_from(config, section, err));
        return world_default(config, err);
    }
    RIG_TRY(rig_yaml_need_kind(node, RIG_YAML_MAP, err));
    if (rig_yaml_find(node, "people"))
        return world_people_read(config, section, node, out, err);
    if (node->n != 1)
        return rig_yaml_fail(node, err, "%d keys, expected one of {board: recording}, {camera: view}, {points: file}",
                             node->n);
    const rig_yaml *item = &node->items[0];
    if (strcmp(item->key, "points") == 0) {
        config->world = RIG_WORLD_POINTS;
        return rig_config_path(config, node, "extrinsics.world.points", &config->world_points, out, err);
    }
    RIG_TRY(world_need_from(config, section, err));
    if (strcmp(item->key, "board") == 0) {
        config->world = RIG_WORLD_BOARD;
        return rig_config_need_recording(config, item, &config->world_recording, err);
    }
    if (strcmp(item->key, "camera") != 0)
        return rig_config_fail_silent(err);
    RIG_TRY(view_need_recorded(config, item, poses_recording(config), &view, err));
    world_camera_set(config, view);
    return RIG_OK;
}

// [[view, view, metres], ...]
static rig_status lengths_read(rig_config *config, const rig_yaml *node, rig_arena *out, rig_err *err) {
    RIG_TRY(rig_yaml_need_kind(node, RIG_YAML_LIST, err));
    config->lengths = RIG_NEW(out, rig_length_config, node->n);
    if (!config->lengths)
        return rig_fail_memory(err, "known lengths");
    for (int i = 0; i < node->n; i++) {
        const rig_yaml *item = &node->items[i];
        rig_length_config *length = &config->lengths[config->n_lengths++];
        RIG_TRY(rig_yaml_need_kind(item, RIG_YAML_LIST, err));
        if (item->n != 3)
            return rig_yaml_fail(item, err, "a list of %d, expected [view, view, metres]", item->n);
        for (int k = 0; k < 2; k++) {
            const char *text = "";
            RIG_TRY(rig_yaml_string(&item->items[k], &text, err));
            RIG_TRY(rig_config_need_view(config, &item->items[k], text, &length->views[k], err));
        }
        if (length->views[0] == length->views[1])
            return rig_yaml_fail(item, err, "the same view twice, expected two views");
        RIG_TRY(rig_key_number_of(&item->items[2], "extrinsics.lengths", &length->m, err));
    }
    return RIG_OK;
}

// What of the board's shape is to be refined.
static rig_status shape_read(rig_config *config, const rig_yaml *node, rig_err *err) {
    RIG_TRY(rig_yaml_need_kind(node, RIG_YAML_LIST, err));
    for (int i = 0; i < node->n; i++) {
        int kind;
        RIG_TRY(rig_key_word_of(&node->items[i], "extrinsics.board", &kind, err));
        *(kind ? &config->refine_square : &config->refine_warp) = true;
        if (kind && !config->surveyed)
            return rig_yaml_fail(&node->items[i], err,
                                 "all lengths scale with the square's size, expected 'surveyed' with two cameras");
    }
    return RIG_OK;
}

// What is not to be refined.
static rig_status held_read(rig_config *config, const rig_yaml *section, rig_arena *out, rig_err *err) {
    const rig_yaml *surveyed = rig_yaml_find(section, "surveyed"), *world = rig_yaml_find(section, "world");
    int kind = 0;
    RIG_TRY(rig_key_word(section, "extrinsics.lenses", &kind, err));
    config->lenses_held = kind == 1;
    if (!surveyed)
        return RIG_OK;
    RIG_TRY(world_need_from(config, section, err));
    if (world)
        return rig_yaml_fail(world, err, "excluded by 'surveyed' in line %d, whose poses define the world",
                             surveyed->line);
    return rig_config_path(config, section, "extrinsics.surveyed", &config->surveyed, out, err);
}

// `from: people`, unless a recording has that name.
static bool from_people(const rig_config *config, const rig_yaml *section) {
    const rig_yaml *from = rig_yaml_find(section, "from");
    const char *text = "";
    for (int r = 0; r < config->n_recordings; r++)
        if (strcmp(config->recordings[r].name, PEOPLE) == 0)
            return false;
    return from && rig_yaml_string(from, &text, NULL) == RIG_OK && strcmp(text, PEOPLE) == 0;
}

// {height_m: metres} or {length: [joint, joint, metres]}; the skeleton is not known yet.
static rig_status scale_read(rig_config *config, const rig_yaml *scale, rig_arena *out, rig_err *err) {
    const rig_yaml *length = rig_yaml_find(scale, "length"), *height = rig_yaml_find(scale, "height_m");
    if (!length && !height)
        return rig_yaml_fail(scale, err, "key 'height_m' is missing, expected it or 'length'");
    if (length && height)
        return rig_yaml_fail(length, err, "excluded by 'height_m', expected one of the two");
    if (height)
        return rig_key_number(scale, "extrinsics.scale.height_m", &config->height_m, err);
    RIG_TRY(rig_yaml_need_kind(length, RIG_YAML_LIST, err));
    if (length->n != 3)
        return rig_yaml_fail(length, err, "a list of %d, expected [joint, joint, metres]", length->n);
    for (int k = 0; k < 2; k++) {
        const char *text = "";
        RIG_TRY(rig_yaml_string(&length->items[k], &text, err));
        if (!(config->scale_joints[k] = rig_arena_strndup(out, text, strlen(text))))
            return rig_fail_memory(err, "a joint's name");
    }
    if (strcmp(config->scale_joints[0], config->scale_joints[1]) == 0)
        return rig_yaml_fail(length, err, "the same joint twice, expected two joints");
    return rig_key_number_of(&length->items[2], "extrinsics.scale.length", &config->scale_m, err);
}

// Poses by people: a take, a scale, and nothing that speaks of boards.
static rig_status people_read(rig_config *config, const rig_yaml *section, rig_arena *out, rig_err *err) {
    static const char *const excluded[] = {"board", "boards"};
    const rig_yaml *scale = rig_yaml_find(section, "scale");
    config->extrinsics_people = true;
    for (int i = 0; i < 2; i++)
        if (rig_yaml_find(section, excluded[i]))
            return rig_yaml_fail(rig_yaml_find(section, excluded[i]), err, "has no effect with `from: people`");
    if (config->take < 0)
        return rig_yaml_find(config->root, "take")
                   ? rig_config_fail_silent(err)
                   : rig_yaml_fail(section, err, "poses are found by people, but key 'take' is missing");
    if (!rig_yaml_find(config->root, "keypoints"))
        return rig_yaml_fail(section, err, "poses are found by people, but key 'keypoints' is missing");
    if (scale)
        return scale_read(config, scale, out, err);
    return config->n_lengths > 0 || rig_yaml_find(section, "surveyed")
               ? RIG_OK
               : rig_yaml_fail(section, err,
                               "key 'scale' is missing, expected `scale: {height_m: METRES}` (how "
                               "tall the people are), `scale: {length: [JOINT, JOINT, METRES]}` (the "
                               "ends of a wand), or 'lengths' (a distance between two cameras), or 'surveyed'");
}

static rig_status extrinsics_read(rig_config *config, rig_arena *out, rig_err *err) {
    const rig_yaml *node;
    config->extrinsics_from = config->world_recording = -1;
    node = rig_yaml_find(config->root, "extrinsics");
    if (!node)
        return RIG_OK;
    config->has_extrinsics = true;
    if (rig_yaml_find(node, "lengths"))
        RIG_NOTE(lengths_read(config, rig_yaml_find(node, "lengths"), out, err));
    if (from_people(config, node))
        RIG_NOTE(people_read(config, node, out, err));
    else if (rig_yaml_find(node, "from"))
        RIG_NOTE(from_read(config, node, &config->extrinsics_from, err));
    if (rig_yaml_find(node, "scale") && !config->extrinsics_people)
        RIG_NOTE(rig_yaml_fail(rig_yaml_find(node, "scale"), err, "has no effect without `from: people`"));
    RIG_NOTE(held_read(config, node, out, err));
    RIG_NOTE(rig_key_int(node, "extrinsics.boards", &config->extrinsics_boards, err));
    if (rig_yaml_find(node, "board"))
        RIG_NOTE(shape_read(config, rig_yaml_find(node, "board"), err));
    RIG_NOTE(world_read(config, node, out, err));
    config->world = config->surveyed ? RIG_WORLD_NONE : config->world;
    return RIG_OK;
}

// --- the pair, and known cameras -------------------------------------------------------------------------------------

static rig_status pair_read(rig_config *config, const rig_yaml *node, rig_err *err) {
    RIG_TRY(rig_yaml_need_kind(node, RIG_YAML_LIST, err));
    if (node->n != 2)
        return rig_yaml_fail(node, err, "a list of %d, expected [left, right]", node->n);
    for (int i = 0; i < 2; i++)
        RIG_TRY(view_need_recorded(config, &node->items[i], config->stereo_from, &config->stereo_pair[i], err));
    if (config->stereo_pair[0] == config->stereo_pair[1])
        return rig_yaml_fail(node, err, "the same view twice, expected two views");
    return RIG_OK;
}

static rig_status stereo_read(rig_config *config, rig_err *err) {
    const rig_yaml *node, *pair;
    config->stereo_from = config->stereo_pair[0] = config->stereo_pair[1] = -1;
    node = rig_yaml_find(config->root, "stereo");
    if (!node)
        return RIG_OK;
    RIG_TRY(from_read(config, node, &config->stereo_from, err));
    RIG_TRY(rig_yaml_need(node, "pair", &pair, err));
    RIG_TRY(pair_read(config, pair, err));
    return rig_key_number(node, "stereo.alpha", &config->stereo_alpha, err);
}

static rig_status cameras_read(rig_config *config, rig_arena *out, rig_err *err) {
    static const char *const excluded[] = {"intrinsics", "extrinsics"};
    const rig_yaml *node = rig_yaml_find(config->root, "cameras");
    if (!node)
        return RIG_OK;
    for (int i = 0; i < 2; i++) {
        const rig_yaml *other = rig_yaml_find(config->root, excluded[i]);
        if (other)
            return rig_yaml_fail(other, err, "excluded by 'cameras' in line %d, expected one of the two", node->line);
    }
    return rig_config_path(config, config->root, "cameras", &config->cameras, out, err);
}

static rig_status cameras_unit_read(rig_config *config, rig_err *err) {
    static const double units_m[] = {1, 0.01, 0.001}; // of the key's words
    const rig_yaml *node = rig_yaml_find(config->root, "cameras_unit");
    int unit = 0;
    if (!node)
        return RIG_OK;
    if (!rig_yaml_find(config->root, "cameras"))
        return rig_yaml_fail(node, err, "has no effect without 'cameras'");
    RIG_TRY(rig_key_word(config->root, "cameras_unit", &unit, err));
    config->cameras_unit_m = units_m[unit];
    return RIG_OK;
}

rig_status rig_config_read_calibration(rig_config *config, rig_arena *out, rig_err *err) {
    RIG_NOTE(board_read(config, err));
    RIG_NOTE(cameras_read(config, out, err));
    RIG_NOTE(cameras_unit_read(config, err));
    RIG_NOTE(intrinsics_read(config, out, err));
    RIG_NOTE(extrinsics_read(config, out, err));
    return rig_config_note(config, stereo_read(config, err), out, err);
}
