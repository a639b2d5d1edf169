// keypoints and skeleton of the rig YAML: where people come from.
#include "core/people.h"
#include "io/config_parts.h"

#include <string.h>

enum { EDGE_MAX = 65535 };

static const char DEFAULT_MODEL[] = "people";

static int take_views_count(const rig_config *config) {
    int n = 0;
    for (int v = 0; v < config->n_views; v++)
        n += config->take < 0 || config->recordings[config->take].has[config->views[v].feed];
    return n;
}

static rig_status sizes_read(rig_config *config, const rig_yaml *node, rig_err *err) {
    RIG_TRY(rig_yaml_need_kind(node, RIG_YAML_MAP, err));
    for (int i = 0; i < node->n; i++) {
        const rig_yaml *item = &node->items[i];
        int v, size[2];
        RIG_TRY(rig_config_need_view(config, item, item->key, &v, err));
        RIG_TRY(rig_config_ints(item, 2, 1, EDGE_MAX, size, err));
        config->people_size[v][0] = size[0];
        config->people_size[v][1] = size[1];
    }
    return RIG_OK;
}

// A key that belongs to some sources only must be there for them, and not for the others.
static rig_status key_fits(const rig_yaml *section, const char *key, bool wanted, bool optional, const char *sources,
                           const rig_yaml **item, rig_err *err) {
    *item = rig_yaml_find(section, key);
    if (*item && !wanted)
        return rig_yaml_fail(*item, err, "not of this source, expected only with source %s", sources);
    if (!*item && wanted && !optional)
        return rig_yaml_fail(section, err, "key '%s' is missing, expected with source %s", key, sources);
    return RIG_OK;
}

static rig_status imports_read(rig_config *config, const rig_yaml *people, const rig_yaml *sizes, rig_arena *out,
                               rig_err *err) {
    if (people)
        RIG_TRY(rig_config_path(config, people, &config->people, out, err));
    if (people && take_views_count(config) > 1 && !strstr(people->text, "{view}"))
        return rig_yaml_fail(people, err, "the same path for each of %d views, expected {view} in it",
                             take_views_count(config));
    return sizes ? sizes_read(config, sizes, err) : RIG_OK;
}

// A plain name is one of the models that come with rigpose: whoever knows where those are looks it up.
static rig_status model_read(rig_config *config, const rig_yaml *node, rig_arena *out, rig_err *err) {
    RIG_TRY(rig_yaml_string(node, &config->model, err));
    if (!strchr(config->model, '/') && !strchr(config->model, '.'))
        return *config->model ? RIG_OK
                              : rig_yaml_fail(node, err, "an empty name, expected a model's name or a YAML file");
    return rig_config_path(config, node, &config->model, out, err);
}

static rig_status zoom_read(rig_config *config, const rig_yaml *node, rig_err *err) {
    static const char *const whens[] = {"off", "auto", "always", NULL};
    int when;
    RIG_TRY(rig_yaml_choice(node, whens, &when, err));
    config->has_zoom = true;
    config->zoom = (rig_zoom_when)when;
    return RIG_OK;
}

static rig_status keypoints_read(rig_config *config, rig_arena *out, rig_err *err) {
    static const char *const keys[] = {"source", "model", "zoom", "people", "sizes", NULL};
    static const char *const sources[] = {"onnx", "openpose", "coco", "yaml", NULL};
    const rig_yaml *node = rig_yaml_find(config->root, "keypoints"), *source, *model, *zoom, *people, *sizes;
    int s;
    if (!node)
        return RIG_OK;
    RIG_TRY(rig_yaml_only_keys(node, keys, err));
    RIG_TRY(rig_yaml_need(node, "source", &source, err));
    RIG_TRY(rig_yaml_choice(source, sources, &s, err));
    config->source = (rig_people_source)(RIG_SOURCE_ONNX + s);
    bool onnx = config->source == RIG_SOURCE_ONNX;
    bool import = config->source == RIG_SOURCE_OPENPOSE || config->source == RIG_SOURCE_COCO;
    RIG_TRY(key_fits(node, "model", onnx, true, "onnx", &model, err));
    RIG_TRY(key_fits(node, "zoom", onnx, true, "onnx", &zoom, err));
    RIG_TRY(key_fits(node, "people", import, false, "openpose or coco", &people, err));
    RIG_TRY(key_fits(node, "sizes", import, true, "openpose or coco", &sizes, err));
    config->model = onnx ? DEFAULT_MODEL : NULL;
    if (model)
        RIG_TRY(model_read(config, model, out, err));
    if (zoom)
        RIG_TRY(zoom_read(config, zoom, err));
    return imports_read(config, people, sizes, out, err);
}

rig_status rig_config_read_people(rig_config *config, rig_arena *out, rig_err *err) {
    const rig_yaml *skeleton = rig_yaml_find(config->root, "skeleton");
    config->skeleton = "coco17";
    config->people_size = rig_arena_alloc(out, (size_t)config->n_views, sizeof *config->people_size);
    if (!config->people_size)
        return rig_fail_memory(err, config->path);
    if (skeleton)
        RIG_TRY(rig_yaml_string(skeleton, &config->skeleton, err));
    if (!*config->skeleton)
        return rig_yaml_fail(skeleton, err, "an empty name, expected a skeleton's name or a YAML file");
    return keypoints_read(config, out, err);
}
