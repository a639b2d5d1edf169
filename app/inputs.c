#include "app/inputs.h"

#include "io/file.h"

#include <string.h>

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

rig_status rig_inputs_add_file(rig_inputs *inputs, const char *name, const char *path, rig_err *err) {
    rig_input *input = NULL;
    RIG_TRY(input_new(inputs, "", name, &input, err));
    return rig_file_digest(path, input->hash, err);
}

rig_status rig_inputs_add_result(rig_inputs *inputs, const char *name, const char *path, rig_err *err) {
    rig_input *input = NULL;
    RIG_TRY(input_new(inputs, "", name, &input, err));
    return rig_result_digest(path, input->hash, err);
}

rig_status rig_inputs_add_skeleton(rig_session *session, rig_inputs *inputs, rig_err *err) {
    const char *path;
    RIG_TRY(rig_session_skeleton_path(session, &path, err));
    return rig_inputs_add_file(inputs, "skeleton", path, err);
}

// Many hashes into one, in order.
typedef struct hash_list {
    char *text;
    size_t n, room;
} hash_list;

static rig_status hash_list_add(hash_list *list, const char hex[65], rig_err *err) {
    if (list->n + 64 > list->room) {
        size_t room = list->room ? 2 * list->room : 64 * 64;
        char *text = rig_heap_resize(list->text, room, 1);
        if (!text)
            return rig_fail_memory(err, "hashes");
        list->text = text, list->room = room;
    }
    memcpy(list->text + list->n, hex, 64);
    list->n += 64;
    return RIG_OK;
}

static rig_status hash_list_end(hash_list *list, rig_status status, char hex[65], rig_err *err) {
    if (status == RIG_OK)
        status = rig_bytes_digest(list->text ? list->text : "", list->n, hex, err);
    rig_heap_free(list->text);
    return status;
}

static rig_status recording_hashes(rig_session *session, int recording, hash_list *list, rig_err *err) {
    const rig_config *config = &session->config;
    const rig_recording_config *r = &config->recordings[recording];
    char hex[65];
    RIG_TRY(key_digest(rig_yaml_find(config->root, "recordings"), r->name, hex, err));
    RIG_TRY(hash_list_add(list, hex, err));
    RIG_TRY(key_digest(config->root, "feeds", hex, err));
    RIG_TRY(hash_list_add(list, hex, err));
    RIG_TRY(key_digest(config->root, "views", hex, err));
    RIG_TRY(hash_list_add(list, hex, err));
    for (int f = 0; f < config->n_feeds; f++)
        for (int i = 0; i < r->files[f].n; i++) {
            RIG_TRY(rig_file_digest(r->files[f].paths[i], hex, err));
            RIG_TRY(hash_list_add(list, hex, err));
        }
    return RIG_OK;
}

rig_status rig_inputs_add_recordings(rig_session *session, rig_inputs *inputs, rig_err *err) {
    rig_input *input = NULL;
    RIG_TRY(input_new(inputs, "", "recordings", &input, err));
    hash_list list = {0};
    rig_status status = RIG_OK;
    for (int r = 0; r < session->config.n_recordings && status == RIG_OK; r++)
        status = recording_hashes(session, r, &list, err);
    return hash_list_end(&list, status, input->hash, err);
}

rig_status rig_inputs_add_recording(rig_session *session, rig_inputs *inputs, int recording, rig_err *err) {
    rig_input *input = NULL;
    RIG_TRY(input_new(inputs, "recording.", session->config.recordings[recording].name, &input, err));
    hash_list list = {0};
    return hash_list_end(&list, recording_hashes(session, recording, &list, err), input->hash, err);
}

static rig_status people2d_hashes(rig_session *session, hash_list *list, rig_err *err) {
    for (int v = 0; v < session->config.n_views; v++) {
        const char *path;
        char hex[65];
        RIG_TRY(rig_session_people2d_path(session, v, &path, err));
        if (!rig_view_in_take(&session->config, v) || !rig_result_exists(path))
            continue;
        RIG_TRY(rig_result_digest(path, hex, err));
        RIG_TRY(hash_list_add(list, hex, err));
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
    char **names, hex[65];
    int n;
    RIG_TRY(rig_folder_list(folder, ".json", &names, &n, &session->scratch, err));
    for (int i = 0; i < n; i++) {
        char *path = rig_arena_printf(&session->scratch, "%s/%s", folder, names[i]);
        if (!path)
            return rig_fail_memory(err, "a path");
        RIG_TRY(rig_file_digest(path, hex, err));
        RIG_TRY(hash_list_add(list, hex, err));
    }
    return RIG_OK;
}

static rig_status import_hashes(rig_session *session, hash_list *list, rig_err *err) {
    for (int v = 0; v < session->config.n_views; v++) {
        const char *path;
        char hex[65];
        if (!rig_view_in_take(&session->config, v))
            continue;
        RIG_TRY(rig_session_import_path(session, v, &path, err));
        if (rig_folder_exists(path)) {
            RIG_TRY(folder_hashes(session, path, list, err));
            continue;
        }
        RIG_TRY(rig_file_digest(path, hex, err));
        RIG_TRY(hash_list_add(list, hex, err));
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
