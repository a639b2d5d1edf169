#include "app/slices.h"

#include "app/out_lock.h"
#include "app/talk.h"
#include "io/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// --- names ----------------------------------------------------------------------------------------------------------

rig_status rig_slice_read(const char *text, rig_slice *slice, rig_err *err) {
    int k = 0, n = 0, read = 0;
    *slice = (rig_slice){0};
    if (!text)
        return RIG_OK;
    if (text[strspn(text, "0123456789/")] || sscanf(text, "%5d/%5d%n", &k, &n, &read) != 2 || text[read] || k < 1 ||
        k > n || n > RIG_SLICES_MAX)
        return rig_fail(err, RIG_ERR_USAGE, "option '--slice': '%s', expected K/N, as in 1/12, with N at most %d", text,
                        (int)RIG_SLICES_MAX);
    *slice = (rig_slice){k, n};
    return RIG_OK;
}

void rig_slice_range(rig_slice slice, long total, long *first, long *end) {
    *first = total * (slice.k - 1) / slice.n;
    *end = total * slice.k / slice.n;
}

rig_status rig_slice_path(rig_session *session, const char *stage, rig_slice slice, const char *name, const char **path,
                          rig_err *err) {
    *path = rig_arena_printf(&session->arena, "%s/slices/%s-%04d-of-%04d%s%s", session->config.out, stage, slice.k,
                             slice.n, name ? "/" : "", name ? name : "");
    return *path ? RIG_OK : rig_fail_memory(err, "a path");
}

// The slice that a folder is named after; n 0: it is none of this stage.
static rig_slice slice_named(const char *name, const char *stage) {
    const size_t n = strlen(stage);
    rig_slice slice = {0};
    int read = 0;
    if (strncmp(name, stage, n) != 0 || sscanf(name + n, "-%4d-of-%4d%n", &slice.k, &slice.n, &read) != 2 ||
        name[n + (size_t)read])
        slice.n = 0;
    return slice;
}

// --- one slice ------------------------------------------------------------------------------------------------------

static rig_status slice_begin(rig_session *session, const rig_stage *stage, rig_slice slice, rig_err *err) {
    const char *folder;
    RIG_TRY(rig_slice_path(session, stage->name, slice, NULL, &folder, err));
    RIG_TRY(rig_folder_make(folder, err));
    RIG_TRY(rig_out_lock_take(session, folder, err));
    session->has_out = true;
    return RIG_OK;
}

rig_status rig_stage_slice_run(rig_session *session, const rig_stage *stage, const rig_stage_options *options,
                               rig_err *err) {
    rig_result_state state;
    rig_inputs inputs = {0};
    char why[128];
    const char *name;
    RIG_TRY(rig_stage_applies(session, stage, err));
    for (int i = 0; (name = rig_stage_need_at(stage, &session->config, i)); i++)
        RIG_TRY(rig_stage_need(session, stage->name, rig_stage_find(name), err));
    RIG_TRY(rig_stage_state(session, stage, &state, why, err));
    if (state == RIG_RESULT_CURRENT || state == RIG_RESULT_FOREIGN) {
        rig_say("%s: up to date", stage->name);
        return RIG_OK;
    }
    RIG_TRY(slice_begin(session, stage, options->slice, err));
    RIG_TRY(stage->inputs(session, &inputs, err));
    return stage->run(session, &inputs, options, err);
}

// --- all slices -----------------------------------------------------------------------------------------------------

static rig_status folders_list(rig_session *session, char ***names, int *n, rig_err *err) {
    const char *folder;
    *n = 0;
    RIG_TRY(rig_session_path(session, "slices", &folder, err));
    return rig_folder_exists(folder) ? rig_folder_list(folder, "", names, n, &session->arena, err) : RIG_OK;
}

rig_status rig_slices_find(rig_session *session, const char *stage, int **numbers, int *n, rig_err *err) {
    char **names;
    int n_names;
    *n = 0;
    RIG_TRY(folders_list(session, &names, &n_names, err));
    *numbers = RIG_NEW(&session->arena, int, n_names + 1);
    if (!*numbers)
        return rig_fail_memory(err, "slices");
    for (int i = 0; i < n_names; i++) {
        const rig_slice slice = slice_named(names[i], stage);
        int at = 0;
        while (at < *n && (*numbers)[at] < slice.n)
            at++;
        if (slice.n < 1 || (at < *n && (*numbers)[at] == slice.n))
            continue;
        memmove(*numbers + at + 1, *numbers + at, sizeof **numbers * (size_t)(*n - at));
        (*numbers)[at] = slice.n;
        ++*n;
    }
    return RIG_OK;
}

// What lies in a slice's folder: results, files or folders of parts.
static void slice_remove(rig_session *session, const char *folder) {
    char **names;
    int n = 0;
    rig_lock lock = {0};
    if (!rig_out_lock_try(&lock, folder))
        return;
    if (rig_folder_list(folder, "", &names, &n, &session->arena, NULL) != RIG_OK)
        n = 0;
    for (int i = 0; i < n; i++) {
        const char *path = rig_arena_printf(&session->arena, "%s/%s", folder, names[i]);
        if (path && rig_folder_exists(path))
            rig_folder_remove(path);
        else if (path && strcmp(path, lock.path) != 0)
            unlink(path);
    }
    rig_lock_release(&lock);
    rmdir(folder);
}

void rig_slices_remove(rig_session *session, const char *stage) {
    const rig_arena_mark mark = rig_arena_tell(&session->arena);
    const char *folder;
    char **names;
    int n;
    if (folders_list(session, &names, &n, NULL) == RIG_OK &&
        rig_session_path(session, "slices", &folder, NULL) == RIG_OK) {
        for (int i = 0; i < n; i++) {
            const char *path = rig_arena_printf(&session->arena, "%s/%s", folder, names[i]);
            if (path && slice_named(names[i], stage).n > 0)
                slice_remove(session, path);
        }
        rmdir(folder); // once it is empty
    }
    rig_arena_rewind(&session->arena, mark);
}
