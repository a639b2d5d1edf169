#define _XOPEN_SOURCE 700 // realpath
#include "app/seconds.h"

#include "app/stages.h"
#include "app/talk.h"
#include "io/file.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static rig_status read_items(const char *path, rig_seconds *seconds, rig_arena *scratch, rig_err *err) {
    rig_yaml *root;
    RIG_TRY(rig_yaml_read(path, &root, scratch, err));
    RIG_TRY(rig_yaml_need_schema(root, "rigpose/seconds/1", err));
    const rig_yaml *map = rig_yaml_find(root, "seconds"), *rig = rig_yaml_find(root, "rig");
    if (rig && rig->kind == RIG_YAML_SCALAR)
        snprintf(seconds->rig, sizeof seconds->rig, "%s", rig->text);
    for (int i = 0; map && i < map->n && i < RIG_SECONDS_MAX; i++) {
        snprintf(seconds->items[i].stage, sizeof seconds->items[i].stage, "%s", map->items[i].key);
        RIG_TRY(rig_yaml_double(&map->items[i], 0, 1e9, &seconds->items[i].seconds, err));
        seconds->n = i + 1;
    }
    return RIG_OK;
}

void rig_seconds_read(rig_session *session, rig_seconds *seconds) {
    const char *path;
    rig_err ignored;
    *seconds = (rig_seconds){0};
    rig_arena_mark mark = rig_arena_tell(&session->scratch);
    if (rig_session_path(session, RIG_STAGES_ALSO, &path, &ignored) != RIG_OK || !rig_file_exists(path) ||
        read_items(path, seconds, &session->scratch, &ignored) != RIG_OK)
        seconds->n = 0;
    rig_arena_rewind(&session->scratch, mark);
}

// The same place by any way that leads there; "" where it has too many characters to be kept.
static void place_of(const rig_session *session, char place[RIG_PLACE_MAX]) {
    char whole[PATH_MAX];
    *place = 0;
    if (realpath(session->config.path, whole) && strlen(whole) < RIG_PLACE_MAX)
        memcpy(place, whole, strlen(whole) + 1);
}

void rig_seconds_warn_other(rig_session *session) {
    rig_seconds seconds;
    rig_file_stamp here, other;
    rig_seconds_read(session, &seconds);
    if (*seconds.rig && rig_file_stat(seconds.rig, &other) && rig_file_stat(session->config.path, &here) &&
        (other.disk != here.disk || other.id != here.id))
        rig_warn("'%s' has results of '%s', which running '%s' may replace: expected a different `out` in each",
                 session->config.out, seconds.rig, session->config.path);
}

// --- footage -------------------------------------------------------------------------------------

static rig_status hash_take(const rig_yaml *map, const char *key, char hex[65], rig_err *err) {
    const rig_yaml *node;
    const char *text;
    RIG_TRY(rig_yaml_need(map, key, &node, err));
    RIG_TRY(rig_yaml_string(node, &text, err));
    if (strlen(text) != 64)
        return rig_yaml_fail(node, err, "%zu bytes, expected a hash of 64", strlen(text));
    memcpy(hex, text, 65);
    return RIG_OK;
}

static rig_status read_stamps(rig_session *session, const char *path, rig_err *err) {
    const rig_config *config = &session->config;
    rig_yaml *root;
    RIG_TRY(rig_yaml_read(path, &root, &session->scratch, err));
    RIG_TRY(rig_yaml_need_schema(root, "rigpose/seconds/1", err));
    const rig_yaml *footage = rig_yaml_find(root, "footage");
    for (int r = 0; footage && r < config->n_recordings; r++) {
        const rig_yaml *feeds = rig_yaml_find(footage, config->recordings[r].name);
        for (int f = 0; feeds && f < config->n_feeds; f++) {
            const rig_yaml *map = rig_yaml_find(feeds, config->feeds[f].name);
            rig_footage_stamp *stamp = &session->stamps[r * config->n_feeds + f];
            if (!map)
                continue;
            RIG_TRY(hash_take(map, "stamp", stamp->stamp, err));
            RIG_TRY(hash_take(map, "digest", stamp->digest, err));
        }
    }
    return RIG_OK;
}

rig_footage_stamp *rig_session_stamp(rig_session *session, int recording, int feed) {
    const rig_config *config = &session->config;
    const int n = config->n_recordings * config->n_feeds;
    if (!session->stamps) {
        const char *path;
        rig_err ignored;
        session->stamps = RIG_NEW(&session->kept, rig_footage_stamp, n);
        if (!session->stamps)
            return NULL;
        rig_arena_mark mark = rig_arena_tell(&session->scratch);
        if (rig_session_path(session, RIG_STAGES_ALSO, &path, &ignored) == RIG_OK && rig_file_exists(path) &&
            read_stamps(session, path, &ignored) != RIG_OK)
            memset(session->stamps, 0, sizeof *session->stamps * (size_t)n); // read anew what is not known
        rig_arena_rewind(&session->scratch, mark);
    }
    return &session->stamps[recording * config->n_feeds + feed];
}

static void stamps_put(rig_yaml_writer *w, rig_session *session) {
    const rig_config *config = &session->config;
    rig_yaml_key(w, "footage");
    rig_yaml_begin_map(w, false);
    for (int r = 0; r < config->n_recordings; r++) {
        rig_yaml_key(w, config->recordings[r].name);
        rig_yaml_begin_map(w, false);
        for (int f = 0; f < config->n_feeds; f++) {
            const rig_footage_stamp *stamp = rig_session_stamp(session, r, f);
            if (!stamp || !*stamp->stamp)
                continue;
            rig_yaml_key(w, config->feeds[f].name);
            rig_yaml_begin_map(w, true);
            rig_yaml_key(w, "stamp");
            rig_yaml_put_string(w, stamp->stamp);
            rig_yaml_key(w, "digest");
            rig_yaml_put_string(w, stamp->digest);
            rig_yaml_end(w);
        }
        rig_yaml_end(w);
    }
    rig_yaml_end(w);
}

// --- writing -------------------------------------------------------------------------------------

static rig_status write_items(rig_session *session, const char *path, const rig_seconds *seconds, rig_err *err) {
    rig_file_writer file = {0};
    rig_yaml_writer *w;
    RIG_TRY(rig_file_writer_open(&file, path, err));
    rig_status status = rig_yaml_writer_open(file.stream, &w, &session->scratch, err);
    if (status == RIG_OK) {
        rig_yaml_begin_map(w, false);
        rig_yaml_key(w, "schema");
        rig_yaml_put_string(w, "rigpose/seconds/1");
        if (*seconds->rig) {
            rig_yaml_key(w, "rig");
            rig_yaml_put_string(w, seconds->rig);
        }
        rig_yaml_key(w, "seconds");
        rig_yaml_begin_map(w, false);
        for (int i = 0; i < seconds->n; i++) {
            rig_yaml_key(w, seconds->items[i].stage);
            rig_yaml_put_rounded(w, seconds->items[i].seconds, 3);
        }
        rig_yaml_end(w);
        stamps_put(w, session);
        rig_yaml_end(w);
        status = rig_yaml_writer_close(w, err);
    }
    if (status == RIG_OK)
        status = rig_file_writer_commit(&file, err);
    else
        status = rig_fail_in(err, status, "%s: ", path);
    rig_file_writer_abandon(&file);
    return status;
}

void rig_seconds_note(rig_session *session, const char *stage, double s) {
    rig_seconds seconds;
    rig_err err = {""};
    const char *path;
    rig_seconds_read(session, &seconds);
    rig_session_stamp(session, 0, 0); // what is there is kept
    int i = 0;
    while (i < seconds.n && strcmp(seconds.items[i].stage, stage) != 0)
        i++;
    if (i == RIG_SECONDS_MAX)
        return; // as many as a pipeline can have; a stranger's file is full of others
    snprintf(seconds.items[i].stage, sizeof seconds.items[i].stage, "%s", stage);
    seconds.items[i].seconds = s;
    seconds.n = i == seconds.n ? i + 1 : seconds.n;
    place_of(session, seconds.rig);
    rig_arena_mark mark = rig_arena_tell(&session->scratch);
    rig_status status = rig_session_path(session, RIG_STAGES_ALSO, &path, &err);
    if (status == RIG_OK)
        status = write_items(session, path, &seconds, &err);
    if (status != RIG_OK)
        rig_warn("%s; the run time of %s is not recorded", err.text, stage);
    rig_arena_rewind(&session->scratch, mark);
}
