// What of the pipeline is current, and its stages run in order.
#include "app/events.h"
#include "app/seconds.h"
#include "app/slices.h"
#include "app/stages.h"
#include "app/talk.h"
#include "app/threads.h"
#include "io/file.h"

#include <string.h>

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
static rig_status file_state(rig_session *session, const char *path, const rig_stage *stage, const rig_inputs *now,
                             rig_result_state *state, char why[128], rig_err *err) {
    rig_inputs then = {0};
    bool has;
    rig_seal seal;
    rig_err wrong;
    const rig_status status = rig_result_inputs(path, stage->schema, &then, &has, &wrong);
    if (status != RIG_OK)
        return rig_fail(err, status, "%s; run `rigpose %s %s` to remake it", wrong.text, stage->name,
                        session->config.path);
    RIG_TRY(rig_session_seal(session, path, &seal, err));
    const char *differs = has && now ? inputs_differ(now, &then) : NULL;
    *state = !has ? RIG_RESULT_FOREIGN : !now || differs ? RIG_RESULT_STALE : RIG_RESULT_CURRENT;
    snprintf(why, 128, differs ? "%s changed" : "its inputs are gone%s", differs ? differs : "");
    if (seal == RIG_SEAL_CUT) {
        *state = RIG_RESULT_STALE;
        snprintf(why, 128, "%.80s is truncated", strrchr(path, '/') + 1);
    }
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
        rig_result_state one = RIG_RESULT_ABSENT;
        if (result_files(session, stage) > 1 && !rig_view_in_take(&session->config, v))
            continue;
        RIG_TRY(result_path(session, stage, v, &path, err));
        *state = RIG_RESULT_ABSENT;
        if (!rig_result_exists(path))
            return RIG_OK;
        RIG_TRY(file_state(session, path, stage, known ? &now : NULL, &one, why, err));
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
        RIG_TRY(rig_session_begin(session, err));
        RIG_TRY(crop->inputs(session, &inputs, err));
        RIG_TRY(rig_crop_known(session, &inputs, err));
    }
    session->feeds_current = true;
    return RIG_OK;
}

// --- running --------------------------------------------------------------------------------------------------------

// What the footage is costs little to find out: where a stage needs 10_feeds.yaml, it is made on the way.
static rig_status needs_check(rig_session *session, const rig_stage *stage, rig_err *err) {
    const char *name;
    for (int i = 0; (name = rig_stage_need_at(stage, &session->config, i)); i++) {
        const rig_stage *need = rig_stage_find(name);
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
        return rig_fail(err, RIG_ERR_DATA, "%s is stale (%s): run `rigpose %s %s` first, or `rigpose run %s`",
                        need->makes, why, need->name, rig, rig);
    return RIG_OK;
}

rig_status rig_stage_applies(const rig_session *session, const rig_stage *stage, rig_err *err) {
    if (stage->applies(&session->config))
        return RIG_OK;
    return rig_fail(err, RIG_ERR_CONFIG, "%s: %s is not configured (needs %s)", session->config.path, stage->name,
                    stage->asked_by);
}

static rig_status stage_run(rig_session *session, const rig_stage *stage, const rig_stage_options *options,
                            rig_err *err) {
    RIG_TRY(rig_stage_applies(session, stage, err));
    RIG_TRY(rig_session_begin(session, err));
    RIG_TRY(needs_check(session, stage, err));
    double start_s = rig_now_s();
    rig_inputs inputs = {0};
    RIG_TRY(stage->inputs(session, &inputs, err));
    rig_seconds_warn_other(session);
    rig_arena_mark mark = rig_arena_tell(&session->arena);
    rig_status status = stage->run(session, &inputs, options, err);
    rig_arena_rewind(&session->arena, mark);
    rig_arena_clear(&session->scratch);
    if (status == RIG_OK)
        rig_seconds_note(session, stage->name, rig_now_s() - start_s);
    return status;
}

rig_status rig_stage_run(rig_session *session, const rig_stage *stage, const rig_stage_options *options, rig_err *err) {
    rig_err one = {""};
    const double start_s = rig_now_s();
    rig_threads_renew();
    rig_events_stage(stage->name);
    rig_event("stage_begin", "");
    const rig_status status = options->slice.n > 0 ? rig_stage_slice_run(session, stage, options, &one)
                                                   : stage_run(session, stage, options, &one);
    rig_event("stage_end", "s:b, s:s, s:f, s:s*", "ok", status == RIG_OK, "result", status == RIG_OK ? "made" : "none",
              "seconds", rig_now_s() - start_s, "error", status == RIG_OK ? NULL : one.text);
    rig_events_stage(NULL);
    return status == RIG_OK ? RIG_OK : rig_fail(err, status, "%s", one.text);
}

// A stage that failed, or was left out, of those that this one needs; NULL: there is none.
static const char *lost_need(const rig_session *session, const rig_stage *stage, const bool lost[RIG_STAGES_MOST]) {
    const char *name;
    for (int i = 0; (name = rig_stage_need_at(stage, &session->config, i)); i++) {
        const rig_stage *need = rig_stage_find(name);
        if (need->applies(&session->config) && lost[need - rig_stages])
            return need->name;
    }
    return NULL;
}

// What a pass says of each stage: `[3/9] intrinsics: current`, and how long it and the pass took so far.
typedef struct pass {
    bool lost[RIG_STAGES_MOST]; // failed, or left out
    int n, at;                  // stages that the rig asks for, and which of them it is
    double start_s;
} pass;

static pass pass_begin(const rig_session *session) {
    pass p = {.start_s = rig_now_s()};
    char absent[256] = "";
    size_t used = 0;
    for (int i = 0; i < rig_stages_n; i++)
        if (rig_stages[i].applies(&session->config))
            p.n++;
        else if (used < sizeof absent)
            used += (size_t)snprintf(absent + used, sizeof absent - used, "%s%s", used ? ", " : "", rig_stages[i].name);
    if (used)
        rig_say("not configured in the rig YAML: %s", absent);
    return p;
}

// Whether a stage that this one needs is stale, as it is where watch has just corrected what it was made from.
static rig_status needs_stale(rig_session *session, const rig_stage *stage, bool *stale, rig_err *err) {
    *stale = false;
    const char *name;
    for (int i = 0; !*stale && (name = rig_stage_need_at(stage, &session->config, i)); i++) {
        const rig_stage *need = rig_stage_find(name);
        rig_result_state state = RIG_RESULT_CURRENT;
        char why[128];
        if (need->applies(&session->config))
            RIG_TRY(rig_stage_state(session, need, &state, why, err));
        *stale = state == RIG_RESULT_STALE;
    }
    return RIG_OK;
}

// What a run that was killed right after it completed a result has left beside it.
static rig_status leftovers_sweep(rig_session *session, const rig_stage *stage, rig_err *err) {
    const char *path;
    RIG_TRY(result_path(session, stage, 0, &path, err));
    if (result_files(session, stage) == 1)
        rig_leftovers_visit(path, "", NULL, NULL);
    return RIG_OK;
}

// A stage that a pass does not run.
static void stage_left(const rig_stage *stage, const char *result) {
    rig_events_stage(stage->name);
    rig_event("stage_end", "s:b, s:s", "ok", strcmp(result, "none") != 0, "result", result);
    rig_events_stage(NULL);
}

static rig_status pass_stage(pass *p, rig_session *session, const rig_stage *stage, const rig_stage_options *options,
                             rig_err *err) {
    rig_result_state state;
    char why[128] = "", place[32];
    snprintf(place, sizeof place, "[%d/%d]", ++p->at, p->n);
    const char *lacks = lost_need(session, stage, p->lost);
    if (lacks) {
        rig_say("%s %s: skipped, because %s failed", place, stage->name, lacks);
        p->lost[stage - rig_stages] = true;
        stage_left(stage, "none");
        return RIG_OK;
    }
    RIG_TRY(rig_stage_state(session, stage, &state, why, err));
    const bool again = options->force || (options->repair && stage->run == rig_stage_watch);
    if (state == RIG_RESULT_FOREIGN) {
        rig_say("%s %s: %s comes from another program and is used unchanged", place, stage->name, stage->makes);
        stage_left(stage, "foreign");
        return RIG_OK;
    }
    if (state == RIG_RESULT_CURRENT && !again) {
        rig_say("%s %s: up to date", place, stage->name);
        stage_left(stage, "current");
        return leftovers_sweep(session, stage, err);
    }
    bool later = false; // the pass after this one does it
    if (options->repair)
        RIG_TRY(needs_stale(session, stage, &later, err));
    if (later) {
        rig_say("%s %s: follows once the corrections are applied", place, stage->name);
        return RIG_OK;
    }
    rig_say("%s %s", place, stage->name);
    rig_detail("%s: %s", stage->name,
               state == RIG_RESULT_ABSENT  ? "no result yet"
               : state == RIG_RESULT_STALE ? why
                                           : "a rerun was requested");
    const double start_s = rig_now_s();
    RIG_TRY(rig_stage_run(session, stage, options, err));
    rig_say("%s: done in %.1f s (%.1f s in all)", stage->name, rig_now_s() - start_s, rig_now_s() - p->start_s);
    return RIG_OK;
}

// Whether the cameras fit the take's pictures is known once crop has looked at these, and told before hours go into its
// keypoints. The first stage that needs the cameras refuses them.
static void cameras_warn(rig_session *session) {
    rig_calibration rig;
    rig_err unfit;
    const rig_arena_mark mark = rig_arena_tell(&session->arena);
    if (session->config.cameras && session->config.take >= 0 &&
        rig_session_take_calibration(session, &rig, &unfit) != RIG_OK)
        rig_warn("%s: triangulate will refuse it", unfit.text);
    rig_arena_rewind(&session->arena, mark);
}

static int order_add(const rig_stage *order[RIG_STAGES_MOST], int n, const rig_config *config, const rig_stage *stage) {
    const char *name;
    if (!stage->applies(config))
        return n;
    for (int i = 0; i < n; i++)
        if (order[i] == stage)
            return n;
    for (int i = 0; (name = rig_stage_need_at(stage, config, i)); i++)
        n = order_add(order, n, config, rig_stage_find(name));
    order[n] = stage;
    return n + 1;
}

int rig_stages_order(const rig_config *config, const rig_stage *order[RIG_STAGES_MOST]) {
    int n = 0; // of the table, but that a later one that is needed comes first
    for (int i = 0; i < rig_stages_n; i++)
        n = order_add(order, n, config, &rig_stages[i]);
    return n;
}

// A stage that fails keeps those from running that need it; the first failure is the pass's.
static rig_status stages_pass(rig_session *session, const rig_stage_options *options, rig_err *err) {
    pass p = pass_begin(session);
    rig_status first = RIG_OK;
    const rig_stage *order[RIG_STAGES_MOST];
    const int n = rig_stages_order(&session->config, order);
    for (int i = 0; i < n && !(i > 0 && order[i - 1] == options->to); i++) {
        const rig_stage *stage = order[i];
        rig_err one = {""};
        const rig_status status = pass_stage(&p, session, stage, options, &one);
        if (status == RIG_OK && stage->run == rig_stage_crop)
            cameras_warn(session);
        if (status == RIG_OK)
            continue;
        p.lost[stage - rig_stages] = true;
        if (first == RIG_OK)
            first = rig_fail(err, status, "%s: %s", stage->name, one.text);
        else
            rig_warn("%s: %s", stage->name, one.text);
        if (status == RIG_ERR_MEMORY)
            return status;
    }
    return first;
}

rig_status rig_stages_run(rig_session *session, const rig_stage_options *options, rig_err *err) {
    if (options->to)
        RIG_TRY(rig_stage_applies(session, options->to, err));
    RIG_TRY(rig_session_begin(session, err));
    RIG_TRY(stages_pass(session, options, err));
    const rig_stage_options once = {0}; // what hangs on a repair is stale now, all else current
    return options->repair ? stages_pass(session, &once, err) : RIG_OK;
}

void rig_stages_tell(rig_session *session) {
    char made[512] = "";
    size_t n = 0;
    for (int i = 0; i < rig_stages_n; i++)
        if (rig_stages[i].applies(&session->config) && n < sizeof made)
            n += (size_t)snprintf(made + n, sizeof made - n, "%s%s", n ? ", " : "", rig_stages[i].makes);
    rig_say("results in %s: %s", session->config.out, made);
}
