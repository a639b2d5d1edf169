#include "io/config.h"

#include "io/config_parts.h"
#include "io/file.h"

#include <string.h>

// --- what the parts share
// ---------------------------------------------------------------------------------------------

rig_status rig_config_section(const rig_config *config, const char *name, const rig_yaml **section, rig_err *err) {
    *section = rig_yaml_find(config->root, name);
    return *section ? rig_keys_check(*section, name, err) : RIG_OK;
}

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

rig_status rig_config_fail_unknown(const rig_yaml *node, const char *noun, const char *text, const void *names, int n,
                                   size_t stride, rig_err *err) {
    char known[300] = "";
    size_t used = 0;
    for (int i = 0; i < n && used + RIG_NAME_MAX + 8 < sizeof known; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "",
                                 (const char *)names + (size_t)i * stride);
    if (n == 0)
        return rig_yaml_fail(node, err, "no %s '%.80s': there are no %ss", noun, text, noun);
    return rig_yaml_fail(node, err, "no %s '%.80s', expected one of %s", noun, text, known);
}

int rig_config_find_view(const rig_config *config, const char *name) {
    for (int v = 0; v < config->n_views; v++)
        if (strcmp(config->views[v].name, name) == 0)
            return v;
    return -1;
}

rig_status rig_config_need_view(const rig_config *config, const rig_yaml *node, const char *text, int *view,
                                rig_err *err) {
    *view = rig_config_find_view(config, text);
    if (*view >= 0)
        return RIG_OK;
    return rig_config_fail_unknown(node, "view", text, config->views ? config->views->name : NULL, config->n_views,
                                   sizeof *config->views, err);
}

rig_status rig_config_need_recording(const rig_config *config, const rig_yaml *node, int *recording, rig_err *err) {
    const char *text = "";
    RIG_TRY(rig_yaml_string(node, &text, err));
    for (int r = 0; r < config->n_recordings; r++)
        if (strcmp(config->recordings[r].name, text) == 0) {
            *recording = r;
            return RIG_OK;
        }
    return rig_config_fail_unknown(node, "recording", text, config->recordings ? config->recordings->name : NULL,
                                   config->n_recordings, sizeof *config->recordings, err);
}

// --- the whole
// --------------------------------------------------------------------------------------------------------

static rig_status take_read(rig_config *config, rig_err *err) {
    const rig_yaml *node = rig_yaml_find(config->root, "take");
    config->take = -1;
    return node ? rig_config_need_recording(config, node, &config->take, err) : RIG_OK;
}

static rig_status parts_read(rig_config *config, rig_arena *out, rig_err *err) {
    RIG_TRY(rig_yaml_need_schema(config->root, rig_key_word_at(rig_key_find("schema"), 0), err));
    RIG_TRY(rig_keys_check(config->root, "", err));
    RIG_TRY(rig_config_read_feeds(config, out, err));
    RIG_TRY(rig_config_read_recordings(config, out, err));
    RIG_TRY(take_read(config, err));
    RIG_TRY(rig_config_read_calibration(config, out, err));
    RIG_TRY(rig_config_read_people(config, out, err));
    return rig_config_path(config, config->root, "out", &config->out, out, err);
}

rig_status rig_config_read(const char *path, rig_config *config, rig_arena *out, rig_err *err) {
    rig_yaml *root = NULL;
    *config = (rig_config){.path = rig_arena_strdup(out, path)};
    if (!config->path)
        return rig_fail_memory(err, path);
    rig_status status = rig_yaml_read_as(path, RIG_ERR_CONFIG, &root, out, err);
    if (status != RIG_OK)
        return status == RIG_ERR_IO ? RIG_ERR_CONFIG
                                    : status; // a rig that is not there: wrong usage, not a failed stage
    config->root = root;
    return parts_read(config, out, err);
}
