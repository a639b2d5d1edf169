// batch: many sessions, some at a time; one that fails does not stop the rest. An index page links their reports.
#define _XOPEN_SOURCE 700 // realpath
#include "app/batch_run.h"
#include "app/commands.h"
#include "app/stages.h"
#include "app/talk.h"
#include "io/file.h"
#include "report/json.h"

#include <omp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double SESSION_BYTES = 2.5e9; // of a session at most: keypoints holds 1.5e9 of pictures, and a network

typedef struct summary {
    rig_batch batch;
    rig_arena arena; // of paths
    rig_yaml_writer *w;
    int n_written;    // of the sessions, in the order in which they were given
    json_t *sessions; // of the index page
    char *folder;     // of the index page: the one that all rigs lie in
    int failed;
} summary;

// --- the index page -------------------------------------------------------------------------------------------------

// The deepest folder that holds all rigs.
static rig_status folder_find(summary *b, rig_err *err) {
    for (int i = 0; i < b->batch.n; i++) {
        char *path = realpath(b->batch.sessions[i].path, NULL);
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
static const char *link_of(const summary *b, const char *report) {
    const size_t n = strlen(b->folder);
    return strncmp(report, b->folder, n) == 0 && report[n] == '/' ? report + n + 1 : report;
}

static rig_status index_add(summary *b, const rig_batch_session *s, rig_err *err) {
    json_t *counts = json_object();
    char *report = s->report.path ? realpath(s->report.path, NULL) : NULL;
    const char *worst = *s->report.worst ? s->report.worst : NULL;
    const rig_status status =
        rig_json_add(b->sessions,
                     json_pack("{s:o, s:b, s:f, s:o, s:o, s:o, s:o}", "rig", rig_json_text(s->path), "ok",
                               s->state == RIG_BATCH_DONE, "seconds", s->seconds, "report",
                               rig_json_text(report && b->folder ? link_of(b, report) : NULL), "error",
                               rig_json_text(s->state == RIG_BATCH_DONE ? NULL : s->error), "worst",
                               rig_json_text(worst), "verdicts", counts),
                     err);
    rig_heap_free(report);
    RIG_TRY(status);
    for (int v = 0; v < RIG_VERDICT_STATES; v++)
        RIG_TRY(rig_json_set(counts, rig_verdict_state_name((rig_verdict_state)v), json_integer(s->report.n[v]), err));
    return RIG_OK;
}

static void index_write(summary *b) {
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

// --- the summary ----------------------------------------------------------------------------------------------------

static void entry_write(rig_yaml_writer *w, const rig_batch_session *s) {
    const bool good = s->state == RIG_BATCH_DONE;
    rig_yaml_begin_map(w, true);
    rig_yaml_key(w, "rig");
    rig_yaml_put_string(w, s->path);
    rig_yaml_key(w, "ok");
    rig_yaml_put_bool(w, good);
    rig_yaml_key(w, "seconds");
    rig_yaml_put_rounded(w, s->seconds, 1);
    if (s->report.path) {
        rig_yaml_key(w, "report");
        rig_yaml_put_string(w, s->report.path);
    }
    if (!good) {
        rig_yaml_key(w, "error");
        rig_yaml_put_string(w, s->error);
    }
    rig_yaml_end(w);
}

// What is done, as far as all before it are: the summary is in the order in which the sessions were given.
static void session_ended(rig_batch *batch, int i, rig_err *err) {
    summary *b = batch->of;
    (void)i;
    for (; b->n_written < batch->n; b->n_written++) {
        const rig_batch_session *s = &batch->sessions[b->n_written];
        if (s->state != RIG_BATCH_DONE && s->state != RIG_BATCH_FAILED)
            break;
        entry_write(b->w, s);
        b->failed += s->state == RIG_BATCH_FAILED;
        if (index_add(b, s, err) != RIG_OK)
            break;
    }
    if (rig_yaml_writer_flush(b->w)) // what cannot be written is told when the summary is closed
        fflush(stdout);
}

// Those that a signal, or a failure of the batch itself, kept from running.
static void rest_write(summary *b, rig_err *err) {
    for (int i = b->n_written; i < b->batch.n; i++)
        if (b->batch.sessions[i].state == RIG_BATCH_WAITS) {
            b->batch.sessions[i].state = RIG_BATCH_FAILED;
            snprintf(b->batch.sessions[i].error, sizeof b->batch.sessions[i].error, "not begun");
        }
    session_ended(&b->batch, b->n_written, err);
}

// --- which, and how many at a time ----------------------------------------------------------------------------------

// A path by which two ways to one place are equal, whether it is there or not: links are followed as far as it is.
static const char *place_of(rig_arena *arena, const char *path) {
    char *real = realpath(path, NULL);
    const char *slash = strrchr(path, '/');
    const char *place = NULL;
    if (real)
        place = rig_arena_strdup(arena, real);
    else if (slash != path) {
        const char *above = slash ? rig_arena_strndup(arena, path, (size_t)(slash - path)) : ".";
        const char *folder = above ? place_of(arena, above) : NULL;
        place = folder ? rig_arena_printf(arena, "%s/%s", folder, slash ? slash + 1 : path) : NULL;
    } else
        place = rig_arena_strdup(arena, path);
    rig_heap_free(real);
    return place;
}

// Two rigs with one folder of results would write over each other. A rig that cannot be read is told in its turn.
static rig_status outs_check(const rig_batch *batch, rig_arena *arena, rig_err *err) {
    const char **rigs = RIG_NEW(arena, const char *, batch->n), **outs = RIG_NEW(arena, const char *, batch->n);
    if (!rigs || !outs)
        return rig_fail_memory(err, "a batch");
    for (int i = 0; i < batch->n; i++) {
        rig_session session = {0};
        rig_err ignored;
        const char *path = batch->sessions[i].path;
        const bool read = rig_session_open(path, &session, &ignored) == RIG_OK && session.config.out;
        rigs[i] = place_of(arena, path);
        outs[i] = read ? place_of(arena, session.config.out) : "";
        rig_session_release(&session);
        if (!rigs[i] || !outs[i])
            return rig_fail_memory(err, "a batch");
        for (int k = 0; k < i; k++) {
            if (strcmp(rigs[i], rigs[k]) == 0)
                return rig_fail(err, RIG_ERR_CONFIG, "'%s' is given twice (as '%s'), expected each session once", path,
                                batch->sessions[k].path);
            if (*outs[i] && strcmp(outs[i], outs[k]) == 0)
                return rig_fail(err, RIG_ERR_CONFIG,
                                "'%s' and '%s' both write to '%s', expected a different `out` in each",
                                batch->sessions[k].path, path, outs[i]);
        }
    }
    return RIG_OK;
}

// A number after a word in a file of the system; -1: it is not there.
static double system_number(const char *path, const char *word) {
    char line[256];
    double value = -1;
    FILE *stream = fopen(path, "re");
    while (stream && value < 0 && fgets(line, sizeof line, stream))
        if (strncmp(line, word, strlen(word)) == 0 && sscanf(line + strlen(word), "%lf", &value) != 1)
            value = -1;
    if (stream)
        fclose(stream);
    return value;
}

// Bytes of memory that are free to use, by the system and by the limit of this group of processes.
static double memory_free(void) {
    double bytes = 1024 * system_number("/proc/meminfo", "MemAvailable:");
    const double most = system_number("/sys/fs/cgroup/memory.max", "");
    const double used = system_number("/sys/fs/cgroup/memory.current", "");
    if (most > 0 && used >= 0 && (bytes < 0 || most - used < bytes))
        bytes = most - used;
    return bytes;
}

// A session by itself takes more threads to less use: its narrow stages have one. So there are as many sessions as
// threads, where there is memory for them.
static rig_status at_once_find(rig_batch *batch, const rig_arguments *arguments, rig_err *err) {
    const double bytes = memory_free();
    batch->threads = omp_get_max_threads();
    batch->at_once = batch->threads;
    if (bytes > 0 && bytes / SESSION_BYTES < batch->at_once)
        batch->at_once = bytes < SESSION_BYTES ? 1 : (int)(bytes / SESSION_BYTES);
    RIG_TRY(rig_arguments_int(arguments, "--sessions", 1, 1024, &batch->at_once, err));
    batch->at_once = batch->at_once < batch->threads ? batch->at_once : batch->threads;
    batch->at_once = batch->at_once < batch->n ? batch->at_once : batch->n;
    return RIG_OK;
}

// --- all of it ------------------------------------------------------------------------------------------------------

static rig_status sessions_run(summary *b, rig_err *err) {
    rig_err failure = {""};
    RIG_TRY(rig_yaml_writer_open(stdout, &b->w, &b->arena, err));
    rig_yaml_begin_map(b->w, false);
    rig_yaml_key(b->w, "schema");
    rig_yaml_put_string(b->w, "rigpose/batch/1");
    rig_yaml_key(b->w, "sessions");
    rig_yaml_begin_list(b->w, false);
    rig_status status = rig_batch_run(&b->batch, err);
    rest_write(b, &failure);
    rig_yaml_end(b->w);
    rig_yaml_key(b->w, "failed");
    rig_yaml_put_int(b->w, b->failed);
    rig_yaml_end(b->w);
    if (status == RIG_OK && *failure.text)
        status = rig_fail(err, RIG_ERR_MEMORY, "%s", failure.text);
    const rig_status closed = rig_yaml_writer_close(b->w, status == RIG_OK ? err : &failure);
    return status == RIG_OK ? closed : status;
}

static rig_status batch_run(summary *b, const rig_arguments *arguments, rig_err *err) {
    rig_batch *batch = &b->batch;
    *batch = (rig_batch){.n = arguments->n, .ended = session_ended, .of = b, .out = &b->arena};
    batch->sessions = RIG_NEW(&b->arena, rig_batch_session, batch->n);
    if (!b->sessions || !batch->sessions)
        return rig_fail_memory(err, "a batch");
    for (int i = 0; i < batch->n; i++)
        batch->sessions[i].path = arguments->operands[i];
    RIG_TRY(at_once_find(batch, arguments, err));
    RIG_TRY(outs_check(batch, &b->arena, err));
    RIG_TRY(folder_find(b, err));
    const rig_status status = sessions_run(b, err);
    index_write(b);
    RIG_TRY(status);
    rig_say("batch: %d of %d sessions done", batch->n - b->failed, batch->n);
    return b->failed ? rig_fail(err, RIG_ERR_DATA, "%d of %d sessions failed", b->failed, batch->n) : RIG_OK;
}

rig_status rig_command_batch(const rig_arguments *arguments, rig_err *err) {
    summary b = {.sessions = json_array()};
    rig_status status = batch_run(&b, arguments, err);
    json_decref(b.sessions);
    rig_arena_release(&b.arena);
    if (b.batch.stopped) { // as a program that a signal ends, once it has told what it did
        rig_tell_error("%s", err->text);
        fflush(stdout);
        raise(b.batch.stopped);
    }
    return status;
}
