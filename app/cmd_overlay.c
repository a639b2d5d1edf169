// overlay: what a stage found, drawn on the footage.
#include "app/commands.h"
#include "app/overlay.h"
#include "app/stages.h"
#include "app/talk.h"
#include "io/file.h"

#include <stdio.h>
#include <string.h>

static rig_status draw_triangulate(rig_session *session, const char *folder, rig_err *err) {
    return rig_overlay_people3d(session, "70_people3d.yaml", folder, err);
}
static rig_status draw_refine(rig_session *session, const char *folder, rig_err *err) {
    return rig_overlay_people3d(session, "80_motion.yaml", folder, err);
}

// In the order of the stages.
static const struct drawing {
    const char *stage;
    rig_status (*draw)(rig_session *session, const char *folder, rig_err *err);
} DRAWINGS[] = {
    {"corners", rig_overlay_corners}, {"intrinsics", rig_overlay_intrinsics}, {"extrinsics", rig_overlay_extrinsics},
    {"stereo", rig_overlay_stereo},   {"keypoints", rig_overlay_people2d},    {"triangulate", draw_triangulate},
    {"refine", draw_refine},
};
enum { N_DRAWINGS = sizeof DRAWINGS / sizeof *DRAWINGS };

// Whether the rig makes the stage's result, or has it from elsewhere: people as files, cameras that are known.
static bool is_of_rig(const rig_config *config, const rig_stage *stage) {
    if (stage->run == rig_stage_keypoints && config->take >= 0 && config->source == RIG_SOURCE_YAML)
        return true;
    return stage->applies(config);
}

static bool has_known_cameras(const rig_config *config, const rig_stage *stage) {
    return stage->run == rig_stage_extrinsics && !stage->applies(config) && config->cameras && config->take >= 0;
}

// People whom the rig has as files are made of nothing that could change.
static rig_status given_state(rig_session *session, rig_result_state *state, rig_err *err) {
    *state = RIG_RESULT_FOREIGN;
    for (int v = 0; v < session->config.n_views; v++) {
        const char *path;
        RIG_TRY(rig_session_people2d_path(session, v, &path, err));
        if (rig_view_in_take(&session->config, v) && !rig_result_exists(path))
            *state = RIG_RESULT_ABSENT;
    }
    return RIG_OK;
}

static rig_status result_state(rig_session *session, const rig_stage *stage, rig_result_state *state, char why[128],
                               rig_err *err) {
    return stage->applies(&session->config) ? rig_stage_state(session, stage, state, why, err)
                                            : given_state(session, state, err);
}

enum { STAGES_MOST = 16 };

// Results that are stale are drawn as they are; each is told once.
static rig_status stale_warn(rig_session *session, const rig_stage *stage, bool told[STAGES_MOST], rig_err *err) {
    rig_result_state state;
    char why[128];
    if (!stage->applies(&session->config) || told[stage - rig_stages])
        return RIG_OK;
    told[stage - rig_stages] = true;
    RIG_TRY(rig_stage_state(session, stage, &state, why, err));
    if (state == RIG_RESULT_STALE)
        rig_warn("%s is stale (%s); the overlay shows the results as they are, `rigpose %s %s` updates it",
                 stage->makes, why, stage->name, session->config.path);
    const char *name;
    for (int i = 0; (name = rig_stage_need_at(stage, &session->config, i)) && state != RIG_RESULT_FOREIGN; i++) {
        const rig_stage *need = rig_stage_find(name);
        if (need->run != rig_stage_crop) // which is made again by itself
            RIG_TRY(stale_warn(session, need, told, err));
    }
    return RIG_OK;
}

static rig_status result_check(rig_session *session, const rig_stage *stage, rig_err *err) {
    bool told[STAGES_MOST] = {false};
    rig_result_state state;
    char why[128];
    if (has_known_cameras(&session->config, stage))
        return RIG_OK;
    if (!is_of_rig(&session->config, stage))
        return rig_fail(err, RIG_ERR_CONFIG, "%s: %s is not configured, which needs %s", session->config.path,
                        stage->name, stage->asked_by);
    RIG_TRY(result_state(session, stage, &state, why, err));
    if (state == RIG_RESULT_ABSENT)
        return rig_fail(err, RIG_ERR_DATA, "overlay needs %s, which is not in '%s': run `rigpose %s %s` first",
                        stage->makes, session->config.out, stage->name, session->config.path);
    return stale_warn(session, stage, told, err);
}

// The last stage whose result is there.
static rig_status last_find(rig_session *session, const struct drawing **found, rig_err *err) {
    for (int i = N_DRAWINGS - 1; i >= 0; i--) {
        const rig_stage *stage = rig_stage_find(DRAWINGS[i].stage);
        rig_result_state state;
        char why[128];
        if (!is_of_rig(&session->config, stage))
            continue;
        RIG_TRY(result_state(session, stage, &state, why, err));
        *found = &DRAWINGS[i];
        if (state != RIG_RESULT_ABSENT)
            return RIG_OK;
    }
    return rig_fail(err, RIG_ERR_DATA,
                    "overlay needs a result, but none that it can draw is in '%s': run `rigpose run %s` first",
                    session->config.out, session->config.path);
}

static rig_status named_find(const char *name, const struct drawing **found, rig_err *err) {
    char known[160] = "";
    size_t n = 0;
    for (int i = 0; i < N_DRAWINGS; i++) {
        if (strcmp(DRAWINGS[i].stage, name) == 0) {
            *found = &DRAWINGS[i];
            return RIG_OK;
        }
        n += (size_t)snprintf(known + n, sizeof known - n, "%s%s", i ? ", " : "", DRAWINGS[i].stage);
    }
    return rig_fail(err, RIG_ERR_USAGE, "option '--stage': '%s', expected one of %s", name, known);
}

static rig_status overlay_of(rig_session *session, const struct drawing *drawing, rig_err *err) {
    const char *folder;
    if (!drawing)
        RIG_TRY(last_find(session, &drawing, err));
    RIG_TRY(result_check(session, rig_stage_find(drawing->stage), err));
    RIG_TRY(rig_session_begin(session, err));
    folder = rig_arena_printf(&session->arena, "%s/overlay/%s", session->config.out, drawing->stage);
    if (!folder)
        return rig_fail_memory(err, "a path");
    RIG_TRY(drawing->draw(session, folder, err));
    rig_say("overlay: %s in %s", drawing->stage, folder);
    return RIG_OK;
}

rig_status rig_command_overlay(const rig_arguments *arguments, rig_err *err) {
    const char *name = rig_arguments_option(arguments, "--stage");
    const struct drawing *drawing = NULL;
    rig_session session = {0};
    if (name)
        RIG_TRY(named_find(name, &drawing, err));
    rig_status status = rig_session_open(arguments->operands[0], &session, err);
    if (status == RIG_OK)
        status = overlay_of(&session, drawing, err);
    rig_session_release(&session);
    return status;
}
