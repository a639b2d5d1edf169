// check: the folder of the results, and what a run will do.
#include "app/check.h"
#include "app/seconds.h"
#include "app/stages.h"
#include "io/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

// Rough sizes of results, bytes: a corner, a view's people in a frame, a frame's people in space.
static const double CORNER = 45, PEOPLE2D = 3000, PEOPLE3D = 6000;

// --- the folder ------------------------------------------------------------------------------------------------------

// The folder that is to be written to: `out`, or what is there of the way to it.
static const char *folder_there(rig_arena *arena, const char *out) {
    char *path = rig_arena_strdup(arena, out);
    while (path && access(path, F_OK) != 0 && errno == ENOENT) {
        char *slash = strrchr(path, '/');
        if (!slash)
            return ".";
        slash[slash == path] = 0; // of "/out" the "/" stays
        if (slash == path)
            return path;
    }
    return path;
}

static double bytes_guess(const rig_check *check) {
    const rig_config *config = &check->session->config;
    double bytes = 0;
    for (int r = 0; r < config->n_recordings; r++)
        for (int v = 0; v < config->n_views; v++) {
            const rig_view_source *s = rig_check_source(check, r, v);
            const rig_recording_config *recording = &config->recordings[r];
            const double frames =
                s ? rig_footage_wanted(recording, &recording->files[config->views[v].feed], s->n_frames) : 0;
            if (rig_recording_has_boards(config, r))
                bytes += frames * config->board.cols * config->board.rows * CORNER;
            if (r == config->take && config->source != RIG_SOURCE_NONE)
                bytes += frames * (PEOPLE2D + PEOPLE3D / config->n_views);
        }
    return bytes;
}

static void folder_check(rig_check *check) {
    const char *out = check->session->config.out;
    const char *there = folder_there(&check->session->kept, out);
    struct statvfs disk;
    if (!there)
        return;
    if (!rig_folder_exists(there)) {
        rig_check_problem(check, "out: '%s' is not a folder%s%s", there,
                          strcmp(there, out) ? ", expected one to hold " : "", strcmp(there, out) ? out : "");
        return;
    }
    if (access(there, W_OK | X_OK) != 0) {
        rig_check_problem(check, "out: cannot write to '%s': %s", there, strerror(errno));
        return;
    }
    const double need = bytes_guess(check);
    const double left = statvfs(there, &disk) == 0 ? (double)disk.f_bavail * (double)disk.f_frsize : need;
    if (left < need)
        rig_check_problem(check, "out: %.0f MB are free on the disk of '%s', the results need about %.0f MB",
                          left / 1e6, out, need / 1e6);
}

// --- the stages ------------------------------------------------------------------------------------------------------

static double seconds_of(const rig_seconds *seconds, const char *stage) {
    for (int i = 0; i < seconds->n; i++)
        if (strcmp(seconds->items[i].stage, stage) == 0)
            return seconds->items[i].seconds;
    return -1;
}

// A stage that reads what is to be made anew runs too, unless it makes the same.
static const char *hangs_on(const rig_config *config, const rig_stage *stage, const bool *runs) {
    const char *name;
    for (int k = 0; (name = rig_stage_need_at(stage, config, k)); k++) {
        const rig_stage *need = rig_stage_find(name);
        if (need->applies(config) && runs[need - rig_stages])
            return need->name;
    }
    return NULL;
}

static void stage_tell(rig_check *check, int i, const rig_seconds *seconds, bool *runs) {
    rig_session *session = check->session;
    const rig_stage *stage = &rig_stages[i];
    rig_result_state state;
    rig_err err = {""};
    char why[128], took[48] = "";
    if (!stage->applies(&session->config)) {
        printf("stage %s: not configured in the rig YAML (needs %s)\n", stage->name, stage->asked_by);
        return;
    }
    if (!rig_check_try(check, rig_stage_state(session, stage, &state, why, &err), &err))
        return;
    const char *after = hangs_on(&session->config, stage, runs);
    if (seconds_of(seconds, stage->name) >= 0)
        snprintf(took, sizeof took, "; the last run took %.3g s", seconds_of(seconds, stage->name));
    runs[i] = state == RIG_RESULT_ABSENT || state == RIG_RESULT_STALE;
    if (state == RIG_RESULT_ABSENT)
        printf("stage %s: will make %s%s\n", stage->name, stage->makes, took);
    else if (state == RIG_RESULT_FOREIGN)
        printf("stage %s: %s comes from another program and is used unchanged\n", stage->name, stage->makes);
    else if (state == RIG_RESULT_STALE && !after)
        printf("stage %s: will remake %s: %s%s\n", stage->name, stage->makes, why, took);
    else if (after)
        printf("stage %s: will remake %s, unless the output of %s is unchanged%s\n", stage->name, stage->makes, after,
               took);
    else
        printf("stage %s: %s is up to date\n", stage->name, stage->makes);
    runs[i] = runs[i] || (after && state != RIG_RESULT_FOREIGN);
}

void rig_check_out(rig_check *check) {
    rig_session *session = check->session;
    bool runs[32] = {false};
    rig_seconds seconds;
    if (!session->config.out)
        return;
    folder_check(check);
    if (check->n_problems > 0) // a run would end before
        return;
    rig_seconds_read(session, &seconds);
    session->feeds_current = true; // what a stage is made from is asked of 10_feeds.yaml as it is: nothing is written
    for (int i = 0; i < rig_stages_n && i < (int)(sizeof runs / sizeof *runs); i++)
        stage_tell(check, i, &seconds, runs);
}
