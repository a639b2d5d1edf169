// keypoints, skeleton, sync, triangulate and motion of the rig YAML: where people come from, and what is made of them.
#include "io/config_parts.h"

#include <limits.h>
#include <string.h>

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
        RIG_TRY(rig_key_int_of(item, "keypoints.sizes.VIEW", size, err));
        config->people_size[v][0] = size[0];
        config->people_size[v][1] = size[1];
    }
    return RIG_OK;
}

static rig_status imports_read(rig_config *config, const rig_yaml *section, rig_arena *out, rig_err *err) {
    const rig_yaml *people = rig_yaml_find(section, "people"), *sizes = rig_yaml_find(section, "sizes"), *layout;
    RIG_TRY(rig_config_path(config, section, "keypoints.people", &config->people, out, err));
    if (config->people && take_views_count(config) > 1 && !strstr(people->text, "{view}"))
        return rig_yaml_fail(people, err, "the same path for all of %d views, expected {view} in it",
                             take_views_count(config));
    RIG_TRY(rig_key_text(section, "keypoints.layout", &config->layout, &layout, err));
    if (layout && !*config->layout)
        return rig_yaml_fail(layout, err, "an empty name, expected a skeleton's name or a YAML file");
    if (config->layout && (strchr(config->layout, '/') || strstr(config->layout, ".yaml")))
        RIG_TRY(rig_config_path(config, section, "keypoints.layout", &config->layout_path, out, err));
    return sizes ? sizes_read(config, sizes, err) : RIG_OK;
}

// A plain name is one of the models that come with rigpose: whoever knows where those are looks it up.
static rig_status model_read(rig_config *config, const rig_yaml *section, rig_arena *out, rig_err *err) {
    const rig_yaml *item;
    RIG_TRY(rig_key_text(section, "keypoints.model", &config->model, &item, err));
    if (config->model && !*config->model)
        return rig_yaml_fail(item, err, "an empty name, expected a model's name or a YAML file");
    if (!config->model || (!strchr(config->model, '/') && !strchr(config->model, '.')))
        return RIG_OK;
    return rig_config_path(config, section, "keypoints.model", &config->model, out, err);
}

// In the order of the words: onnx, import, and two words for that which older rigs have, openpose and coco; yaml.
static const rig_people_source SOURCES[] = {RIG_SOURCE_ONNX, RIG_SOURCE_IMPORT, RIG_SOURCE_IMPORT, RIG_SOURCE_IMPORT,
                                            RIG_SOURCE_YAML};

static rig_status keypoints_read(rig_config *config, rig_arena *out, rig_err *err) {
    const rig_yaml *section;
    int source = 0, zoom = 0;
    section = rig_yaml_find(config->root, "keypoints");
    if (!section)
        return RIG_OK;
    RIG_TRY(rig_key_word(section, "keypoints.source", &source, err));
    config->source = SOURCES[source];
    RIG_NOTE(model_read(config, section, out, err));
    RIG_TRY(rig_key_word(section, "keypoints.zoom", &zoom, err));
    config->has_zoom = rig_yaml_find(section, "zoom") != NULL;
    config->zoom = (rig_zoom_when)zoom;
    return imports_read(config, section, out, err);
}

static rig_status skeleton_read(rig_config *config, rig_err *err) {
    const rig_yaml *item;
    RIG_TRY(rig_key_text(config->root, "skeleton", &config->skeleton, &item, err));
    if (!*config->skeleton)
        return rig_yaml_fail(item, err, "an empty name, expected a skeleton's name or a YAML file");
    return RIG_OK;
}

// --- people in space -------------------------------------------------------------------------------------------------

static rig_status sync_read(rig_config *config, rig_err *err) {
    const rig_yaml *section = rig_yaml_find(config->root, "sync");
    int from = 0;
    RIG_TRY(rig_key_number(section, "sync.search_s", &config->sync_search_s, err));
    if (!section)
        return RIG_OK;
    RIG_TRY(rig_key_word(section, "sync.from", &from, err));
    config->sync_from = (rig_sync_from)(from + 1);
    return RIG_OK;
}

static rig_status triangulate_read(rig_config *config, rig_err *err) {
    rig_triangulate_config *to = &config->triangulate;
    const rig_yaml *section;
    section = rig_yaml_find(config->root, "triangulate");
    RIG_TRY(rig_key_number(section, "triangulate.min_score", &to->min_score, err));
    RIG_TRY(rig_key_number(section, "triangulate.gate_m", &to->gate_m, err));
    RIG_TRY(rig_key_number(section, "triangulate.gate_px", &to->gate_px, err));
    RIG_TRY(rig_key_int(section, "triangulate.min_joints", &to->min_joints, err));
    RIG_TRY(rig_key_number(section, "triangulate.max_speed_m_s", &to->max_speed_m_s, err));
    RIG_TRY(rig_key_number(section, "triangulate.keep_s", &to->keep_s, err));
    return rig_key_bool(section, "triangulate.covariance", &to->covariance, err);
}

static rig_status motion_read(rig_config *config, rig_err *err) {
    rig_motion_config *motion = &config->motion;
    const rig_yaml *section;
    int filter = 0;
    section = rig_yaml_find(config->root, "motion");
    config->has_motion = section != NULL;
    RIG_TRY(rig_key_number(section, "motion.fill_s", &motion->fill_s, err));
    RIG_TRY(rig_key_number(section, "motion.acceleration_m_s2", &motion->acceleration_m_s2, err));
    RIG_TRY(rig_key_word(section, "motion.filter", &filter, err));
    motion->filter.kind = (rig_filter)filter;
    RIG_TRY(rig_key_number(section, "motion.cutoff_hz", &motion->filter.cutoff_hz, err));
    RIG_TRY(rig_key_number(section, "motion.cutoff_hz_per_m_s", &motion->filter.cutoff_hz_per_m_s, err));
    RIG_TRY(rig_key_number(section, "motion.window_s", &motion->filter.window_s, err));
    RIG_TRY(rig_key_int(section, "motion.degree", &motion->filter.degree, err));
    RIG_TRY(rig_key_bool(section, "motion.derivatives", &motion->derivatives, err));
    return rig_key_bool(section, "motion.angles", &motion->angles, err);
}

static rig_status main_person_read(rig_config *config, rig_err *err) {
    static const char *const WORDS[] = {"all", "longest", "nearest", NULL};
    const rig_yaml *item;
    const char *text;
    RIG_TRY(rig_key_text(config->root, "main_person", &text, &item, err));
    for (int i = 0; WORDS[i]; i++)
        if (strcmp(text, WORDS[i]) == 0) {
            config->main_person = (rig_main_person)i;
            return RIG_OK;
        }
    if (strspn(text, "0123456789") != strlen(text))
        return rig_yaml_fail(item, err, "'%.40s', expected all, longest, nearest or a person's id", text);
    config->main_person = RIG_MAIN_PERSON_ID;
    return rig_yaml_int(item, 1, INT_MAX - 1, &config->main_person_id, err);
}

rig_status rig_config_read_people(rig_config *config, rig_arena *out, rig_err *err) {
    config->people_size = rig_arena_alloc(out, (size_t)config->n_views, sizeof *config->people_size);
    if (!config->people_size)
        return rig_fail_memory(err, config->path);
    RIG_NOTE(skeleton_read(config, err));
    RIG_NOTE(keypoints_read(config, out, err));
    RIG_NOTE(sync_read(config, err));
    RIG_NOTE(triangulate_read(config, err));
    RIG_NOTE(main_person_read(config, err));
    return rig_config_note(config, motion_read(config, err), out, err);
}
