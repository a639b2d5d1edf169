// check: recordings, views and the board against what the stages ask of them.
#include "app/check.h"
#include "app/stages.h"
#include "core/people.h"
#include "io/file.h"

#include <limits.h>
#include <stdio.h>

static bool view_in(const rig_config *config, int recording, int view) {
    return recording >= 0 && config->recordings[recording].has[config->views[view].feed];
}

// Perhaps other trials: no fault, but to be seen.
static void unused_tell(const rig_config *config) {
    int n = 0;
    for (int r = 0; r < config->n_recordings; r++)
        if (r != config->take && !rig_recording_has_boards(config, r))
            printf("%s%s", n++ ? ", " : "unused recordings: ", config->recordings[r].name);
    printf("%s", n ? "\n" : "");
    for (int r = 0; r < config->n_recordings && config->has_board; r++)
        if (rig_recording_has_boards(config, r))
            return;
    if (config->has_board)
        printf("board: not used by any stage\n");
}

static bool is_there(rig_check *check, const char *name) {
    const char *path;
    rig_err ignored;
    return rig_session_path(check->session, name, &path, &ignored) == RIG_OK && rig_file_exists(path);
}

// Each view whose place is wanted needs a lens.
static void lenses_check(rig_check *check) {
    const rig_config *config = &check->session->config;
    const int from[] = {config->extrinsics_from, config->stereo_from};
    if (!config->has_lenses && !config->cameras && (config->has_extrinsics || config->stereo_from >= 0) &&
        !is_there(check, "30_intrinsics.yaml"))
        rig_check_problem(check,
                          "%s: key 'intrinsics' is missing and %s/30_intrinsics.yaml does not exist: expected one of "
                          "them to give the lenses",
                          config->path, config->out);
    for (int i = 0; i < 2 && config->intrinsics_from >= 0; i++)
        for (int v = 0; v < config->n_views; v++)
            if (view_in(config, from[i], v) && !view_in(config, config->intrinsics_from, v) &&
                (i == 0 || v == config->stereo_pair[0] || v == config->stereo_pair[1]))
                rig_check_problem(check,
                                  "%s: %s.from: view '%s' is in recording '%s' but not in '%s', from which lenses are "
                                  "calibrated: expected feed '%s' there",
                                  config->path, i ? "stereo" : "extrinsics", config->views[v].name,
                                  config->recordings[from[i]].name, config->recordings[config->intrinsics_from].name,
                                  config->feeds[config->views[v].feed].name);
}

// Each view of the take needs a place, two of them at least.
static void take_check(rig_check *check) {
    const rig_config *config = &check->session->config;
    const bool by_boards = config->extrinsics_from >= 0 && !config->surveyed && config->world != RIG_WORLD_POINTS;
    bool unplaced[RIG_VIEWS_MAX] = {false};
    char text[256];
    int n = 0;
    if (config->take < 0) {
        if (config->source != RIG_SOURCE_NONE)
            rig_check_warn(check, "%s: keypoints without a take: no people will be detected", config->path);
        return;
    }
    const rig_recording_config *take = &config->recordings[config->take];
    if (config->source == RIG_SOURCE_YAML && !rig_recording_has_boards(config, config->take) &&
        (take->first > 0 || take->last < INT_MAX || take->step > 1))
        rig_check_warn(check,
                       "%s:%d: recordings.%s: `frames` and `step` have no effect with `keypoints: {source: yaml}`: all "
                       "frames of 60_people2d are used",
                       config->path, take->line, take->name);
    for (int v = 0; v < config->n_views; v++) {
        n += view_in(config, config->take, v);
        unplaced[v] = by_boards && view_in(config, config->take, v) && !view_in(config, config->extrinsics_from, v);
    }
    if (rig_check_views(check, unplaced, text))
        rig_check_warn(
            check,
            "%s: take: recording '%s', which extrinsics come from, lacks these views, whose people are not used: %s",
            config->path, config->recordings[config->extrinsics_from].name, text);
    if (n < 2 && rig_stage_find("triangulate")->applies(config))
        rig_check_problem(check, "%s: take: recording '%s' has one view, expected at least two for people in 3D",
                          config->path, config->recordings[config->take].name);
}

void rig_check_uses(rig_check *check) {
    if (check->session->config.n_problems > 0) // what is missing may be what could not be read
        return;
    unused_tell(&check->session->config);
    lenses_check(check);
    take_check(check);
}
