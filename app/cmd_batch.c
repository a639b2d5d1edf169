// batch: many sessions, one after another; one that fails does not stop the rest.
#include "app/commands.h"
#include "app/stages.h"
#include "app/talk.h"

#include <stdio.h>
#include <string.h>

static rig_status session_run(const char *path, rig_err *err) {
    rig_session session = {0};
    rig_stage_options options = {0};
    rig_status status = rig_session_open(path, &session, err);
    if (status == RIG_OK)
        status = rig_stages_run(&session, &options, err);
    rig_session_release(&session);
    return status;
}

// One entry of the summary, written as soon as it is known: a batch that is stopped has told what it did.
static rig_status entry_write(rig_yaml_writer *w, const char *path, double seconds, rig_status status,
                              const rig_err *err) {
    rig_yaml_begin_map(w, true);
    rig_yaml_key(w, "rig");
    rig_yaml_put_string(w, path);
    rig_yaml_key(w, "ok");
    rig_yaml_put_bool(w, status == RIG_OK);
    rig_yaml_key(w, "seconds");
    rig_yaml_put_rounded(w, seconds, 1);
    if (status != RIG_OK) {
        rig_yaml_key(w, "error");
        rig_yaml_put_string(w, err->text);
    }
    rig_yaml_end(w);
    fflush(stdout);
    return status;
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
                                "'%s' and '%s' both write to '%s', expected an `out` of its own in each",
                                arguments->operands[k], arguments->operands[i], outs[i]);
    }
    return RIG_OK;
}

rig_status rig_command_batch(const rig_arguments *arguments, rig_err *err) {
    rig_arena arena = {0};
    rig_yaml_writer *w;
    int failed = 0;
    rig_status status = outs_check(arguments, &arena, err);
    if (status == RIG_OK)
        status = rig_yaml_writer_open(stdout, &w, &arena, err);
    if (status != RIG_OK)
        goto done;
    rig_yaml_begin_map(w, false);
    rig_yaml_key(w, "schema");
    rig_yaml_put_string(w, "rigpose/batch/1");
    rig_yaml_key(w, "sessions");
    rig_yaml_begin_list(w, false);
    for (int i = 0; i < arguments->n; i++) {
        rig_err one = {""};
        double start_s = rig_now_s();
        rig_say("batch: %s (%d of %d)", arguments->operands[i], i + 1, arguments->n);
        rig_status ran = session_run(arguments->operands[i], &one);
        if (entry_write(w, arguments->operands[i], rig_now_s() - start_s, ran, &one) != RIG_OK) {
            rig_tell_error("%s", one.text);
            failed++;
        }
    }
    rig_yaml_end(w);
    rig_yaml_key(w, "failed");
    rig_yaml_put_int(w, failed);
    rig_yaml_end(w);
    status = rig_yaml_writer_close(w, err);
    if (status == RIG_OK && failed)
        status = rig_fail(err, RIG_ERR_DATA, "%d of %d sessions failed", failed, arguments->n);
done:
    rig_arena_release(&arena);
    return status;
}
