#include "app/inputs.h"

#include "app/known_cameras.h"

#include "app/feeds.h"
#include "app/talk.h"
#include "io/camera_formats.h"
#include "io/file.h"

#include <string.h>

// --- what files hold, computed once ------------------------------------------------------------------

enum { BUCKETS = 256 };

struct rig_digest {
    rig_digest *next; // of its bucket
    const char *path;
    rig_file_stamp stamp;
    char hex[65];
    rig_seal seal;
};

// The head of a path's bucket; session->digests holds the heads.
static rig_digest *bucket_of(rig_session *session, const char *path) {
    unsigned hash = 5381;
    for (; *path; path++)
        hash = 33 * hash + (unsigned char)*path;
    return &session->digests[hash % BUCKETS];
}

// Text is hashed whole. Videos and networks are hashed in pieces where they are large (rig_file_digest).
static bool is_text(const char *path) {
    static const char *const endings[] = {".yaml", ".yml", ".json", ".csv"};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcmp(dot, endings[i]) == 0)
            return true;
    return false;
}

static rig_status digest_make(rig_digest *d, const char *path, rig_err *err) {
    if (!is_text(path))
        return rig_file_digest(path, d->hex, err);
    RIG_TRY(rig_result_digest(path, d->hex, err));
    RIG_TRY(rig_result_seal(path, &d->seal, err));
    if (d->seal == RIG_SEAL_CHANGED)
        rig_warn("'%s' was modified after rigpose wrote it; the modified file is used", path);
    return RIG_OK;
}

static rig_status digest_find(rig_session *session, const char *path, const rig_file_stamp *stamp, rig_digest **found,
                              rig_err *err) {
    if (!session->digests)
        session->digests = RIG_NEW(&session->kept, rig_digest, BUCKETS);
    if (!session->digests)
        return rig_fail_memory(err, "digests");
    rig_digest *head = bucket_of(session, path), *d = head->next;
    while (d && (strcmp(d->path, path) != 0 || memcmp(&d->stamp, stamp, sizeof *stamp) != 0))
        d = d->next;
    if (!d) {
        d = RIG_NEW(&session->kept, rig_digest, 1);
        if (!d || !(d->path = rig_arena_strdup(&session->kept, path)))
            return rig_fail_memory(err, "a digest");
        RIG_TRY(digest_make(d, path, err));
        d->stamp = *stamp, d->next = head->next, head->next = d;
    }
    *found = d;
    return RIG_OK;
}

rig_status rig_session_digest(rig_session *session, const char *path, char hex[65], rig_err *err) {
    rig_file_stamp stamp;
    rig_digest *d;
    if (!rig_result_stat(path, &stamp))
        return rig_file_digest(path, hex, err); // which says what is wrong
    RIG_TRY(digest_find(session, path, &stamp, &d, err));
    memcpy(hex, d->hex, sizeof d->hex);
    return RIG_OK;
}

rig_status rig_session_seal(rig_session *session, const char *path, rig_seal *seal, rig_err *err) {
    rig_file_stamp stamp;
    rig_digest *d;
    *seal = RIG_SEAL_NONE;
    if (!rig_result_stat(path, &stamp))
        return RIG_OK;
    RIG_TRY(digest_find(session, path, &stamp, &d, err));
    *seal = d->seal;
    return RIG_OK;
}

// --- names and hashes --------------------------------------------------------------------------------

static rig_status input_new(rig_inputs *inputs, const char *prefix, const char *name, rig_input **input, rig_err *err) {
    if (inputs->n == (int)(sizeof inputs->items / sizeof *inputs->items))
        return rig_fail(err, RIG_ERR_DATA, "a result of more than %d inputs", inputs->n);
    *input = &inputs->items[inputs->n++];
    snprintf((*input)->name, sizeof(*input)->name, "%s%s", prefix, name);
    return RIG_OK;
}

static rig_status key_digest(const rig_yaml *map, const char *key, char hex[65], rig_err *err) {
    const rig_yaml *node = map ? rig_yaml_find(map, key) : NULL;
    if (node)
        return rig_yaml_digest(node, hex, err);
    return rig_bytes_digest("absent", 6, hex, err);
}

rig_status rig_inputs_add_key(rig_session *session, rig_inputs *inputs, const char *key, rig_err *err) {
    rig_input *input = NULL;
    RIG_TRY(input_new(inputs, "rig.", key, &input, err));
    return key_digest(session->config.root, key, input->hash, err);
}

rig_status rig_inputs_add_file(rig_session *session, rig_inputs *inputs, const char *name, const char *path,
                               rig_err *err) {
    rig_input *input = NULL;
    RIG_TRY(input_new(inputs, "", name, &input, err));
    return rig_session_digest(session, path, input->hash, err);
}

rig_status rig_inputs_add_skeleton(rig_session *session, rig_inputs *inputs, rig_err *err) {
    const char *path;
    RIG_TRY(rig_session_skeleton_path(session, &path, err));
    return rig_inputs_add_file(session, inputs, "skeleton", path, err);
}

// What a hash is made of, one thing after the other.
typedef struct hash_list {
    char *text;
    size_t n, room;
} hash_list;

static rig_status hash_list_add(hash_list *list, const void *bytes, size_t n, rig_err *err) {
    if (list->n + n > list->room) {
        size_t room = 2 * (list->n + n) + 4096;
        char *text = rig_heap_resize(list->text, room, 1);
        if (!text)
            return rig_fail_memory(err, "hashes");
        list->text = text, list->room = room;
    }
    memcpy(list->text + list->n, bytes, n);
    list->n += n;
    return RIG_OK;
}

static rig_status hash_list_add_file(rig_session *session, const char *path, hash_list *list, rig_err *err) {
    char hex[65];
    RIG_TRY(rig_session_digest(session, path, hex, err));
    return hash_list_add(list, hex, 64, err);
}

static rig_status hash_list_end(hash_list *list, rig_status status, char hex[65], rig_err *err) {
    if (status == RIG_OK)
        status = rig_bytes_digest(list->text ? list->text : "", list->n, hex, err);
    rig_heap_free(list->text);
    return status;
}

rig_status rig_pictures_digest(rig_session *session, const rig_feed_file *file, char hex[65], rig_err *err) {
    hash_list list = {0};
    rig_status status = RIG_OK;
    for (int i = 0; i < file->n && status == RIG_OK; i++) {
        const int frame = rig_feed_file_frame(file, i);
        status = hash_list_add_file(session, file->paths[i], &list, err);
        if (status == RIG_OK && frame != i)
            status = hash_list_add(&list, &frame, sizeof frame, err);
    }
    return hash_list_end(&list, status, hex, err);
}

// Names and order of views, by which cameras of other tools are found; and the unit where the rig says it.
static rig_status cameras_hashes(rig_session *session, char *const *paths, int n, hash_list *list, rig_err *err) {
    const rig_config *config = &session->config;
    for (int i = 0; i < n; i++)
        RIG_TRY(hash_list_add_file(session, paths[i], list, err));
    for (int v = 0; v < config->n_views; v++)
        RIG_TRY(hash_list_add(list, config->views[v].name, strlen(config->views[v].name) + 1, err));
    return hash_list_add(list, &config->cameras_unit_m, sizeof config->cameras_unit_m, err);
}

rig_status rig_inputs_add_cameras(rig_session *session, rig_inputs *inputs, rig_err *err) {
    const rig_config *config = &session->config;
    const char *path = rig_known_cameras_path(config);
    bool ours;
    char **paths;
    int n;
    RIG_TRY(rig_cameras_files(path, &paths, &n, &ours, &session->arena, err));
    if (ours)
        return rig_inputs_add_file(session, inputs, "cameras", path, err);
    rig_input *input = NULL;
    RIG_TRY(input_new(inputs, "", "cameras", &input, err));
    hash_list list = {0};
    return hash_list_end(&list, cameras_hashes(session, paths, n, &list, err), input->hash, err);
}

static rig_status all_footage_hashes(rig_session *session, hash_list *list, rig_err *err) {
    const rig_config *config = &session->config;
    for (int r = 0; r < config->n_recordings; r++)
        for (int f = 0; f < config->n_feeds; f++) {
            char hex[65] = "";
            if (config->recordings[r].files[f].kind == RIG_FILE_NONE)
                continue;
            RIG_TRY(rig_feed_digest(session, r, f, hex, err));
            RIG_TRY(hash_list_add(list, hex, sizeof hex, err));
        }
    return RIG_OK;
}

rig_status rig_inputs_add_all_footage(rig_session *session, rig_inputs *inputs, rig_err *err) {
    rig_input *input = NULL;
    RIG_TRY(input_new(inputs, "", "footage", &input, err));
    hash_list list = {0};
    return hash_list_end(&list, all_footage_hashes(session, &list, err), input->hash, err);
}

// All that is said of a view fits one line; names and numbers as text, so that equal facts hash alike everywhere.
static rig_status view_facts_add(const rig_session *session, const rig_view_source *s, bool pictures, hash_list *list,
                                 rig_err *err) {
    char line[512];
    int n = snprintf(line, sizeof line, "%s [%d %d %d %d] %d", session->config.views[s->view].name, s->rect.x,
                     s->rect.y, s->rect.w, s->rect.h, s->turns);
    if (s->shown.turns != 0 || s->shown.mirrored)
        n += snprintf(line + n, sizeof line - (size_t)n, " of pictures turned %d%s", s->shown.turns,
                      s->shown.mirrored ? " and mirrored" : "");
    if (!pictures)
        n += snprintf(line + n, sizeof line - (size_t)n, " %dx%d %d %.17g %.17g %d", s->width, s->height, s->n_frames,
                      s->fps, s->offset_s, s->n_times);
    RIG_TRY(hash_list_add(list, line, (size_t)n + 1, err));
    if (pictures || s->n_times == 0)
        return RIG_OK;
    return hash_list_add(list, s->times_s, sizeof *s->times_s * (size_t)s->n_times, err);
}

static rig_status recording_facts(rig_session *session, int recording, bool pictures, hash_list *list, rig_err *err) {
    const rig_config *config = &session->config;
    const rig_recording_config *r = &config->recordings[recording];
    rig_view_source *sources;
    char line[96];
    const int n = snprintf(line, sizeof line, "%d..%d by %d", r->first, r->last, r->step);
    RIG_TRY(hash_list_add(list, line, (size_t)n + 1, err));
    RIG_TRY(rig_session_feeds(session, recording, &sources, err));
    for (int v = 0; v < config->n_views; v++)
        if (sources[v].view >= 0)
            RIG_TRY(view_facts_add(session, &sources[v], pictures, list, err));
    for (int f = 0; f < config->n_feeds && pictures; f++) {
        const rig_footage *footage = rig_feeds_footage(session->feeds, r->name, config->feeds[f].name);
        if (footage)
            RIG_TRY(hash_list_add(list, footage->digest, sizeof footage->digest, err));
    }
    return RIG_OK;
}

static rig_status recording_add(rig_session *session, rig_inputs *inputs, const char *prefix, int recording,
                                bool pictures, rig_err *err) {
    rig_input *input = NULL;
    RIG_TRY(input_new(inputs, prefix, session->config.recordings[recording].name, &input, err));
    hash_list list = {0};
    return hash_list_end(&list, recording_facts(session, recording, pictures, &list, err), input->hash, err);
}

rig_status rig_inputs_add_footage(rig_session *session, rig_inputs *inputs, int recording, rig_err *err) {
    return recording_add(session, inputs, "footage.", recording, true, err);
}

rig_status rig_inputs_add_feeds(rig_session *session, rig_inputs *inputs, int recording, rig_err *err) {
    return recording_add(session, inputs, "feeds.", recording, false, err);
}

static rig_status people2d_hashes(rig_session *session, hash_list *list, rig_err *err) {
    for (int v = 0; v < session->config.n_views; v++) {
        const char *path;
        RIG_TRY(rig_session_people2d_path(session, v, &path, err));
        if (!rig_view_in_take(&session->config, v) || !rig_result_exists(path))
            continue;
        RIG_TRY(hash_list_add_file(session, path, list, err));
    }
    return RIG_OK;
}

rig_status rig_inputs_add_people2d(rig_session *session, rig_inputs *inputs, rig_err *err) {
    rig_input *input = NULL;
    RIG_TRY(input_new(inputs, "", "60_people2d", &input, err));
    hash_list list = {0};
    return hash_list_end(&list, people2d_hashes(session, &list, err), input->hash, err);
}

rig_status rig_session_import_path(rig_session *session, int view, const char **path, rig_err *err) {
    const char *text = session->config.people, *hole = strstr(text, "{view}");
    *path = !hole ? text
                  : rig_arena_printf(&session->arena, "%.*s%s%s", (int)(hole - text), text,
                                     session->config.views[view].name, hole + strlen("{view}"));
    return *path ? RIG_OK : rig_fail_memory(err, "a path");
}

static rig_status folder_hashes(rig_session *session, const char *folder, hash_list *list, rig_err *err) {
    char **names;
    int n;
    RIG_TRY(rig_folder_list(folder, ".json", &names, &n, &session->scratch, err));
    for (int i = 0; i < n; i++) {
        char *path = rig_arena_printf(&session->scratch, "%s/%s", folder, names[i]);
        if (!path)
            return rig_fail_memory(err, "a path");
        RIG_TRY(hash_list_add(list, names[i], strlen(names[i]) + 1, err)); // it tells the frame
        RIG_TRY(hash_list_add_file(session, path, list, err));
    }
    return RIG_OK;
}

static rig_status import_hashes(rig_session *session, hash_list *list, rig_err *err) {
    for (int v = 0; v < session->config.n_views; v++) {
        const char *path;
        if (!rig_view_in_take(&session->config, v))
            continue;
        RIG_TRY(rig_session_import_path(session, v, &path, err));
        if (rig_folder_exists(path)) {
            RIG_TRY(folder_hashes(session, path, list, err));
            continue;
        }
        RIG_TRY(hash_list_add_file(session, path, list, err));
    }
    return RIG_OK;
}

rig_status rig_inputs_add_imports(rig_session *session, rig_inputs *inputs, rig_err *err) {
    rig_input *input = NULL;
    RIG_TRY(input_new(inputs, "", "people", &input, err));
    hash_list list = {0};
    rig_arena_mark mark = rig_arena_tell(&session->scratch);
    rig_status status = hash_list_end(&list, import_hashes(session, &list, err), input->hash, err);
    rig_arena_rewind(&session->scratch, mark);
    return status;
}
