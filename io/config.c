#include "io/config.h"

#include "io/config_parts.h"
#include "io/file.h"

#include <string.h>

rig_status rig_config_path(const rig_config *config, const rig_yaml *map, const char *key, const char **path,
                           rig_arena *out, rig_err *err) {
    const char *text = NULL;
    const rig_yaml *item;
    RIG_TRY(rig_key_text(map, key, &text, &item, err));
    if (!text)
        return RIG_OK;
    if (!*text)
        return rig_yaml_fail(item, err, "an empty path");
    *path = rig_path_beside(out, config->path, text);
    return *path ? RIG_OK : rig_fail_memory(err, config->path);
}

static int name_find(const char *text, const void *names, int n, size_t stride) {
    for (int i = 0; i < n; i++)
        if (strcmp((const char *)names + (size_t)i * stride, text) == 0)
            return i;
    return -1;
}

rig_status rig_config_need(const rig_yaml *node, const char *noun, const char *text, const void *names, int n,
                           size_t stride, int *index, rig_err *err) {
    char known[300] = "";
    size_t used = 0;
    *index = name_find(text, names, n, stride);
    if (*index >= 0)
        return RIG_OK;
    for (int i = 0; i < n && used + RIG_NAME_MAX + 8 < sizeof known; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "",
                                 (const char *)names + (size_t)i * stride);
    if (n == 0)
        return rig_yaml_fail(node, err, "no %s '%.80s': there are no %ss", noun, text, noun);
    return rig_yaml_fail(node, err, "no %s '%.80s', expected one of %s", noun, text, known);
}

int rig_config_find_view(const rig_config *config, const char *name) {
    return name_find(name, config->views, config->n_views, sizeof *config->views);
}

rig_status rig_config_need_view(const rig_config *config, const rig_yaml *node, const char *text, int *view,
                                rig_err *err) {
    rig_status status =
        rig_config_need(node, "view", text, config->views, config->n_views, sizeof *config->views, view, err);
    return status != RIG_OK && config->names_lost ? rig_config_fail_silent(err) : status;
}

rig_status rig_config_need_recording(const rig_config *config, const rig_yaml *node, int *recording, rig_err *err) {
    const char *text = "";
    RIG_TRY(rig_yaml_string(node, &text, err));
    rig_status status = rig_config_need(node, "recording", text, config->recordings, config->n_recordings,
                                        sizeof *config->recordings, recording, err);
    return status != RIG_OK && config->names_lost ? rig_config_fail_silent(err) : status;
}

static rig_status take_read(rig_config *config, rig_err *err) {
    const rig_yaml *node = rig_yaml_find(config->root, "take");
    config->take = -1;
    return node ? rig_config_need_recording(config, node, &config->take, err) : RIG_OK;
}

static rig_status parts_read(rig_config *config, rig_arena *out, rig_err *err) {
    RIG_TRY(rig_yaml_need_schema(config->root, rig_key_word_at(rig_key_find("schema"), 0), err));
    RIG_TRY(rig_config_check_keys(config, out, err));
    RIG_TRY(rig_config_read_feeds(config, out, err));
    RIG_TRY(rig_config_read_recordings(config, out, err));
    RIG_NOTE(take_read(config, err));
    RIG_TRY(rig_config_read_calibration(config, out, err));
    RIG_TRY(rig_config_read_people(config, out, err));
    RIG_NOTE(rig_config_path(config, config->root, "out", &config->out, out, err));
    return rig_config_problems_tell(config, err);
}

rig_status rig_config_read(const char *path, rig_config *config, rig_arena *out, rig_err *err) {
    rig_yaml *root = NULL;
    *config = (rig_config){.path = rig_arena_strdup(out, path)};
    if (!config->path)
        return rig_fail_memory(err, path);
    rig_status status = rig_yaml_read_as(path, RIG_ERR_CONFIG, &root, out, err);
    if (status == RIG_ERR_IO)
        return RIG_ERR_CONFIG; // a rig that is not there: wrong usage, not a failed stage
    if (status != RIG_OK) {
        RIG_NOTE(status); // not YAML
        return rig_config_problems_tell(config, err);
    }
    config->root = root;
    return parts_read(config, out, err);
}
