// batch: many sessions, one after another; one that fails does not stop the rest. An index page links their reports.
#define _XOPEN_SOURCE 700 // realpath
#include "app/commands.h"
#include "app/report.h"
#include "app/stages.h"
#include "app/talk.h"
#include "report/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct batch {
    const rig_arguments *arguments;
    rig_arena arena; // of paths
    rig_yaml_writer *w;
    json_t *sessions; // of the index page
    char *folder;     // of the index page: the one that all rigs lie in
    int failed;
} batch;

typedef struct outcome {
    rig_status status;
    double seconds;
    rig_report_summary report; // path NULL: there is none
} outcome;

static outcome session_run(batch *b, const char *path, rig_err *err) {
    rig_session session = {0};
    rig_stage_options options = {0};
    rig_err none;
    const double start_s = rig_now_s();
    outcome one = {.status = rig_session_open(path, &session, err)};
    const bool opened = one.status == RIG_OK;
    if (opened)
        one.status = rig_stages_run(&session, &options, err);
    if (opened && rig_folder_exists(session.config.out) && rig_session_report(&session, &one.report, &none) == RIG_OK)
        one.report.path = rig_arena_strdup(&b->arena, one.report.path);
    else
        one.report = (rig_report_summary){0};
    rig_session_release(&session);
    one.seconds = rig_now_s() - start_s;
    return one;
}

// One entry of the summary, written as soon as it is known: a batch that is stopped has told what it did.
static void entry_write(rig_yaml_writer *w, const char *path, const outcome *one, const rig_err *err) {
    rig_yaml_begin_map(w, true);
    rig_yaml_key(w, "rig");
    rig_yaml_put_string(w, path);
    rig_yaml_key(w, "ok");
    rig_yaml_put_bool(w, one->status == RIG_OK);
    rig_yaml_key(w, "seconds");
    rig_yaml_put_rounded(w, one->seconds, 1);
    if (one->report.path) {
        rig_yaml_key(w, "report");
        rig_yaml_put_string(w, one->report.path);
    }
    if (one->status != RIG_OK) {
        rig_yaml_key(w, "error");
        rig_yaml_put_string(w, err->text);
    }
    rig_yaml_end(w);
    fflush(stdout);
}

// --- the index page -------------------------------------------------------------------------------------------------

// The deepest folder that holds all rigs.
static rig_status folder_find(batch *b, rig_err *err) {
    for (int i = 0; i < b->arguments->n; i++) {
        char *path = realpath(b->arguments->operands[i], NULL);
        if (!path)
            continue; // told in its turn
        *strrchr(path, '/') = 0;
        if (!b->folder)
            b->folder = rig_arena_strdup(&b->arena, path);
        size_t same = 0, end = 0;
        for (; b->folder && (b->folder[same] == path[same] || !b->folder[same] || !path[same]); same++) {
            const bool ends[2] = {!b->folder[same] || b->folder[same] == '/', !path[same] || path[same] == '/'};
            end = ends[0] && ends[1] ? same : end;
            if (!b->folder[same] || !path[same])
                break;
        }
        rig_heap_free(path);
        if (!b->folder)
            return rig_fail_memory(err, "a batch");
        b->folder[end] = 0;
    }
    return RIG_OK;
}

// A report as the index page links to it.
static const char *link_of(const batch *b, const char *report) {
    const size_t n = strlen(b->folder);
    return strncmp(report, b->folder, n) == 0 && report[n] == '/' ? report + n + 1 : report;
}

static rig_status index_add(batch *b, const char *path, const outcome *one, const rig_err *failure, rig_err *err) {
    json_t *counts = json_object();
    char *report = one->report.path ? realpath(one->report.path, NULL) : NULL;
    const rig_status status = rig_json_add(
        b->sessions,
        json_pack("{s:o, s:b, s:f, s:o, s:o, s:o, s:o}", "rig", rig_json_text(path), "ok", one->status == RIG_OK,
                  "seconds", one->seconds, "report", rig_json_text(report && b->folder ? link_of(b, report) : NULL),
                  "error", rig_json_text(one->status == RIG_OK ? NULL : failure->text), "worst",
                  rig_json_text(one->report.worst), "verdicts", counts),
        err);
    rig_heap_free(report);
    RIG_TRY(status);
    for (int s = 0; s < RIG_VERDICT_STATES; s++)
        RIG_TRY(
            rig_json_set(counts, rig_verdict_state_name((rig_verdict_state)s), json_integer(one->report.n[s]), err));
    return RIG_OK;
}

static void index_write(batch *b) {
    const char *path = b->folder ? rig_arena_printf(&b->arena, "%s/batch.html", b->folder) : NULL;
    json_t *data = json_pack("{s:O}", "sessions", b->sessions);
    bool plain;
    rig_err unwritten;
    if (!path || !data)
        rig_warn("batch: no index page");
    else if (rig_report_page_write(path, "batch", data, &plain, &b->arena, &unwritten) != RIG_OK)
        rig_warn("batch: no index page: %s", unwritten.text);
    else
        rig_say("batch: index page %s", path);
    json_decref(data);
}

// Two rigs with one folder of results would write over each other. A rig that cannot be read is told in its turn.
static rig_status outs_check(const rig_arguments *arguments, rig_arena *arena, rig_err *err) {
    const char **outs = RIG_NEW(arena, const char *, arguments->n);
    if (!outs)
        return rig_fail_memory(err, "a batch");
    for (int i = 0; i < arguments->n; i++) {
        rig_session session = {0};
        rig_err ignored;
        const bool read = rig_session_open(arguments->operands[i], &session, &ignored) == RIG_OK && session.config.out;
        outs[i] = rig_arena_strdup(arena, read ? session.config.out : "");
        rig_session_release(&session);
        if (!outs[i])
            return rig_fail_memory(err, "a batch");
        for (int k = 0; k < i; k++)
            if (*outs[i] && strcmp(outs[i], outs[k]) == 0)
                return rig_fail(err, RIG_ERR_CONFIG,
                                "'%s' and '%s' both write to '%s', expected a different `out` in each",
                                arguments->operands[k], arguments->operands[i], outs[i]);
    }
    return RIG_OK;
}

static rig_status sessions_run(batch *b, rig_err *err) {
    for (int i = 0; i < b->arguments->n; i++) {
        const char *path = b->arguments->operands[i];
        rig_err failure = {""};
        rig_say("batch: %s (%d of %d)", path, i + 1, b->arguments->n);
        const outcome one = session_run(b, path, &failure);
        entry_write(b->w, path, &one, &failure);
        if (!rig_yaml_writer_flush(b->w)) // sessions are told as they end
            return rig_fail(err, RIG_ERR_IO, "cannot write YAML: %s", strerror(errno));
        RIG_TRY(index_add(b, path, &one, &failure, err));
        if (one.status != RIG_OK) {
            rig_tell_error("%s", failure.text);
            b->failed++;
        }
    }
    return RIG_OK;
}

static rig_status batch_run(batch *b, rig_err *err) {
    if (!b->sessions)
        return rig_fail_memory(err, "a batch");
    RIG_TRY(outs_check(b->arguments, &b->arena, err));
    RIG_TRY(folder_find(b, err));
    RIG_TRY(rig_yaml_writer_open(stdout, &b->w, &b->arena, err));
    rig_yaml_begin_map(b->w, false);
    rig_yaml_key(b->w, "schema");
    rig_yaml_put_string(b->w, "rigpose/batch/1");
    rig_yaml_key(b->w, "sessions");
    rig_yaml_begin_list(b->w, false);
    RIG_TRY(sessions_run(b, err));
    rig_yaml_end(b->w);
    rig_yaml_key(b->w, "failed");
    rig_yaml_put_int(b->w, b->failed);
    rig_yaml_end(b->w);
    RIG_TRY(rig_yaml_writer_close(b->w, err));
    index_write(b);
    return b->failed ? rig_fail(err, RIG_ERR_DATA, "%d of %d sessions failed", b->failed, b->arguments->n) : RIG_OK;
}

rig_status rig_command_batch(const rig_arguments *arguments, rig_err *err) {
    batch b = {.arguments = arguments, .sessions = json_array()};
    const rig_status status = batch_run(&b, err);
    json_decref(b.sessions);
    rig_arena_release(&b.arena);
    return status;
}
