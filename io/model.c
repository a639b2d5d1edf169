// Model descriptors (docs/models.md). Strict: a key that is not known, or that asks for what is not done, is refused.
#include "io/model_parts.h"
#include "io/result.h"
#include "io/skeleton.h"

#include <math.h>
#include <string.h>

enum { COUNT_MAX = 1 << 20 };

// --- values of keys that may be absent: *value is then left as it is -----------------------------

static rig_status maybe_triple(const rig_yaml *map, const char *key, double values[3], rig_err *err) {
    const rig_yaml *node = rig_yaml_find(map, key);
    return node ? rig_yaml_doubles(node, 3, values, err) : RIG_OK;
}

// A string of less than size bytes; "" is one.
static rig_status maybe_text(const rig_yaml *map, const char *key, char *text, size_t size, rig_err *err) {
    const rig_yaml *node = rig_yaml_find(map, key);
    const char *value;
    if (!node)
        return RIG_OK;
    RIG_TRY(rig_yaml_string(node, &value, err));
    if (strlen(value) >= size)
        return rig_yaml_fail(node, err, "%zu bytes, expected at most %zu", strlen(value), size - 1);
    memcpy(text, value, strlen(value) + 1);
    return RIG_OK;
}

static rig_status need_section(const rig_yaml *root, const char *key, const char *const *keys, const rig_yaml **map,
                               rig_err *err) {
    RIG_TRY(rig_yaml_need(root, key, map, err));
    return rig_yaml_only_keys(*map, keys, err);
}

// --- sections ------------------------------------------------------------------------------------

static rig_status file_parse(rig_model_reader *r, const rig_yaml *root) {
    static const char *const keys[] = {"file", "sha256", "licence", "source", NULL};
    const rig_yaml *map, *node;
    RIG_TRY(need_section(root, "model", keys, &map, r->err));
    RIG_TRY(rig_yaml_need(map, "file", &node, r->err));
    RIG_TRY(rig_model_path(r, node, r->model->file, sizeof r->model->file));
    return maybe_text(map, "sha256", r->model->sha256, sizeof r->model->sha256, r->err);
}

static rig_status input_parse(rig_model_reader *r, const rig_yaml *root) {
    static const char *const keys[] = {"name", "size",          "sizing",  "multiple_of", "color",     "scale", "mean",
                                       "std",  "interpolation", "padding", "pad_value",   "people_px", NULL};
    static const char *const sizings[] = {"fixed", "short_side", "long_side", NULL};
    static const char *const colors[] = {"bgr", "rgb", NULL};
    static const char *const interpolations[] = {"linear", "cubic", "area", NULL};
    static const char *const paddings[] = {"right_bottom", "center", NULL};
    rig_model *m = r->model;
    const rig_yaml *map, *people;
    int sizing = RIG_SIZING_SHORT_SIDE, color = 1, interpolation = RIG_INTERP_LINEAR, padding = 1;
    RIG_TRY(need_section(root, "input", keys, &map, r->err));
    RIG_TRY(maybe_text(map, "name", m->input_name, sizeof m->input_name, r->err));
    RIG_TRY(rig_model_size(map, &m->input_width, &m->input_height, r->err));
    RIG_TRY(rig_model_choice(map, "sizing", sizings, &sizing, r->err));
    RIG_TRY(rig_result_maybe_int(map, "multiple_of", 1, COUNT_MAX, &m->multiple_of, r->err));
    RIG_TRY(rig_model_choice(map, "color", colors, &color, r->err));
    RIG_TRY(rig_result_maybe_double(map, "scale", 0, INFINITY, &m->scale, r->err));
    RIG_TRY(maybe_triple(map, "mean", m->mean, r->err));
    RIG_TRY(maybe_triple(map, "std", m->std, r->err));
    RIG_TRY(rig_model_choice(map, "interpolation", interpolations, &interpolation, r->err));
    RIG_TRY(rig_model_choice(map, "padding", paddings, &padding, r->err));
    RIG_TRY(maybe_triple(map, "pad_value", m->pad_value, r->err));
    if ((people = rig_yaml_find(map, "people_px")))
        RIG_TRY(rig_yaml_doubles(people, 2, m->people_px, r->err));
    m->sizing = (rig_sizing)sizing;
    m->rgb = color == 1;
    m->interpolation = (rig_interpolation)interpolation;
    m->pad_centre = padding == 1;
    return RIG_OK;
}

// [from, to], half open.
static rig_status channels_parse(const rig_yaml *map, const char *key, rig_channels *channels, rig_err *err) {
    const rig_yaml *list = rig_yaml_find(map, key);
    if (!list)
        return RIG_OK;
    RIG_TRY(rig_yaml_need_kind(list, RIG_YAML_LIST, err));
    if (list->n != 2)
        return rig_yaml_fail(list, err, "%d numbers, expected [from, to], to not included", list->n);
    RIG_TRY(rig_yaml_int(&list->items[0], 0, 1 << 16, &channels->from, err));
    return rig_yaml_int(&list->items[1], channels->from + 1, 1 << 16, &channels->to, err);
}

static rig_status output_parse(rig_model_reader *r, const rig_yaml *map, rig_model_output *output) {
    static const char *const keys[] = {"name",    "place",      "stride", "heatmaps", "tags",  "nms_heatmaps",
                                       "centres", "regression", "nms",    "squeeze",  "stack", NULL};
    static const char *const kinds[] = {"none", "signed", "separate", NULL}, *const axes[] = {"last", NULL};
    const rig_yaml *node;
    int nms = RIG_NMS_NONE, axis = -1, stack = -1;
    RIG_TRY(rig_yaml_only_keys(map, keys, r->err));
    RIG_TRY(maybe_text(map, "name", output->name, sizeof output->name, r->err));
    RIG_TRY(rig_result_maybe_int(map, "place", 1, COUNT_MAX, &output->place, r->err));
    if (output->place && output->name[0])
        return rig_yaml_fail(map, r->err, "name '%s' and index %d, expected only one of them", output->name,
                             output->place);
    RIG_TRY(rig_yaml_need(map, "stride", &node, r->err));
    RIG_TRY(rig_yaml_int(node, 1, 1 << 10, &output->stride, r->err));
    RIG_TRY(channels_parse(map, "heatmaps", &output->heatmaps, r->err));
    RIG_TRY(channels_parse(map, "tags", &output->tags, r->err));
    RIG_TRY(channels_parse(map, "nms_heatmaps", &output->nms_heatmaps, r->err));
    RIG_TRY(channels_parse(map, "centres", &output->centres, r->err));
    RIG_TRY(channels_parse(map, "regression", &output->regression, r->err));
    RIG_TRY(rig_model_choice(map, "nms", kinds, &nms, r->err));
    RIG_TRY(rig_model_choice(map, "squeeze", axes, &axis, r->err));
    RIG_TRY(rig_model_choice(map, "stack", axes, &stack, r->err));
    output->nms = (rig_nms)nms;
    output->squeeze_last = axis == 0;
    output->stack_last = stack == 0;
    return RIG_OK;
}

static rig_status outputs_parse(rig_model_reader *r, const rig_yaml *root) {
    const rig_yaml *list;
    RIG_TRY(rig_yaml_need(root, "outputs", &list, r->err));
    RIG_TRY(rig_yaml_need_kind(list, RIG_YAML_LIST, r->err));
    if (list->n < 1 || list->n > RIG_OUTPUTS_MAX)
        return rig_yaml_fail(list, r->err, "%d outputs, expected 1 to %d", list->n, (int)RIG_OUTPUTS_MAX);
    for (int i = 0; i < list->n; i++)
        RIG_TRY(output_parse(r, &list->items[i], &r->model->outputs[i]));
    r->model->n_outputs = list->n;
    return RIG_OK;
}

static rig_status maps_parse(rig_model_reader *r, const rig_yaml *root) {
    static const char *const tags_keys[] = {"dim", "per_joint", "layout", "grid", NULL};
    static const char *const layouts[] = {"joint_major", "dim_major", NULL};
    static const char *const activations[] = {"none", "relu", "sigmoid", NULL};
    static const char *const fuse_keys[] = {"heatmaps", "grid", NULL}, *const means[] = {"mean", NULL};
    static const char *const grids[] = {"largest_output", "input", NULL};
    rig_model *m = r->model;
    const rig_yaml *map;
    int layout = 1, activation = RIG_ACTIVATION_NONE, mean, grid = 0;
    RIG_TRY(rig_model_section(root, "tags", tags_keys, &map, r->err));
    if (map) {
        RIG_TRY(rig_result_maybe_int(map, "dim", 1, COUNT_MAX, &m->tag_dim, r->err));
        RIG_TRY(rig_result_maybe_bool(map, "per_joint", &m->tags_per_joint, r->err));
        RIG_TRY(rig_result_maybe_double(map, "grid", 0, 1e3, &m->tags_grid, r->err));
        RIG_TRY(rig_model_choice(map, "layout", layouts, &layout, r->err));
    }
    RIG_TRY(rig_model_choice(root, "heatmap_activation", activations, &activation, r->err));
    RIG_TRY(rig_model_section(root, "fuse", fuse_keys, &map, r->err));
    if (map) {
        RIG_TRY(rig_model_choice(map, "heatmaps", means, &mean, r->err));
        RIG_TRY(rig_model_choice(map, "grid", grids, &grid, r->err));
    }
    m->tags_dim_major = layout == 1;
    m->activation = (rig_activation)activation;
    m->fuse_grid_input = grid == 1;
    return rig_result_maybe_double(root, "coordinate_offset", -1, 1, &m->coordinate_offset, r->err);
}

// --- keypoints -----------------------------------------------------------------------------------

static const char *const COCO17[] = {"nose",          "left_eye",       "right_eye",  "left_ear",    "right_ear",
                                     "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist",
                                     "right_wrist",   "left_hip",       "right_hip",  "left_knee",   "right_knee",
                                     "left_ankle",    "right_ankle"};

// The skeleton's name, which results carry: as given, else coco17 where the joints are just these.
static rig_status name_parse(const rig_yaml *map, rig_skeleton *skeleton, rig_err *err) {
    const rig_yaml *node = rig_yaml_find(map, "name");
    if (node)
        return rig_yaml_name(node, skeleton->name, err);
    bool same = skeleton->n == (int)(sizeof COCO17 / sizeof *COCO17);
    for (int i = 0; same && i < skeleton->n; i++)
        same = strcmp(COCO17[i], skeleton->names[i]) == 0;
    if (!same)
        return rig_yaml_fail(map, err, "key 'name' is missing, expected for joints that are not those of coco17");
    memcpy(skeleton->name, "coco17", sizeof "coco17");
    return RIG_OK;
}

// `skeleton: coco17`, one of those beside the models, or a path.
static rig_status skeleton_load(rig_model_reader *r, const rig_yaml *node) {
    const char *text, *file;
    RIG_TRY(rig_yaml_string(node, &text, r->err));
    bool is_path = strchr(text, '/') || strstr(text, ".yaml");
    file = is_path ? text : rig_arena_printf(r->tree, "../skeletons/%s.yaml", text);
    const char *path = file ? rig_path_beside(r->tree, r->path, file) : NULL;
    if (!path)
        return rig_fail_memory(r->err, "a path");
    if (!rig_file_exists(path))
        return rig_yaml_fail(node, r->err, "no file '%s'", path);
    return rig_skeleton_read(path, &r->model->skeleton, r->err);
}

static rig_status joints_parse(rig_model_reader *r, const rig_yaml *map) {
    rig_skeleton *skeleton = &r->model->skeleton;
    const rig_yaml *node;
    RIG_TRY(rig_yaml_need(map, "names", &node, r->err));
    RIG_TRY(rig_skeleton_names_parse(node, skeleton, r->err));
    RIG_TRY(name_parse(map, skeleton, r->err));
    if ((node = rig_yaml_find(map, "flip")))
        RIG_TRY(rig_skeleton_flip_parse(node, skeleton, r->err));
    if ((node = rig_yaml_find(map, "oks_sigmas")))
        RIG_TRY(rig_skeleton_sigmas_parse(node, skeleton, r->err));
    if ((node = rig_yaml_find(map, "skeleton")))
        RIG_TRY(rig_skeleton_limbs_parse(node, skeleton, r->err));
    return RIG_OK;
}

static rig_status keypoints_parse(rig_model_reader *r, const rig_yaml *root) {
    static const char *const keys[] = {"name", "names", "flip", "group_order", "oks_sigmas", "skeleton", NULL};
    static const char *const named_keys[] = {"skeleton", "group_order", NULL};
    const rig_yaml *map, *skeleton, *order;
    RIG_TRY(need_section(root, "keypoints", keys, &map, r->err));
    skeleton = rig_yaml_find(map, "skeleton");
    if (skeleton && skeleton->kind == RIG_YAML_SCALAR) {
        RIG_TRY(rig_yaml_only_keys(map, named_keys, r->err));
        RIG_TRY(skeleton_load(r, skeleton));
    } else {
        RIG_TRY(joints_parse(r, map));
    }
    for (int i = 0; i < r->model->skeleton.n; i++)
        r->model->group_order[i] = i;
    if (!(order = rig_yaml_find(map, "group_order")))
        return RIG_OK;
    return rig_skeleton_joints_parse(order, &r->model->skeleton, r->model->group_order, r->err);
}

// --- decoding ------------------------------------------------------------------------------------

static rig_status decode_choices_parse(const rig_yaml *map, rig_decode_params *d, rig_err *err) {
    static const char *const metrics[] = {"rms", "l2", NULL}, *const costs[] = {"gated", "reference", NULL};
    static const char *const subpixels[] = {"log_parabola", "quarter", "none", NULL};
    static const char *const refines[] = {"off", "window", "full", NULL};
    static const char *const people[] = {"tags", "centres", "one", NULL};
    int metric = d->tag_metric_l2, cost = d->cost_reference, subpixel = (int)d->subpixel, refine = (int)d->refine;
    int by = (int)d->people;
    RIG_TRY(rig_model_choice(map, "people", people, &by, err));
    RIG_TRY(rig_model_choice(map, "tag_metric", metrics, &metric, err));
    RIG_TRY(rig_model_choice(map, "cost", costs, &cost, err));
    RIG_TRY(rig_model_choice(map, "subpixel", subpixels, &subpixel, err));
    RIG_TRY(rig_model_choice(map, "refine", refines, &refine, err));
    d->tag_metric_l2 = metric == 1;
    d->cost_reference = cost == 1;
    d->subpixel = (rig_subpixel)subpixel;
    d->refine = (rig_refine)refine;
    d->people = (rig_people_by)by;
    return RIG_OK;
}

static rig_status decode_parse(rig_model_reader *r, const rig_yaml *root) {
    static const char *const keys[] = {"people",
                                       "smooth",
                                       "nms_window",
                                       "max_candidates",
                                       "max_people",
                                       "detection_threshold",
                                       "tag_threshold",
                                       "tag_metric",
                                       "cost",
                                       "distance_reweight",
                                       "reach",
                                       "subpixel",
                                       "refine",
                                       "min_joints",
                                       "min_person_score",
                                       "duplicate_oks",
                                       NULL};
    rig_decode_params *d = &r->model->decode;
    const rig_yaml *map;
    RIG_TRY(rig_model_section(root, "decode", keys, &map, r->err));
    if (!map)
        return RIG_OK;
    RIG_TRY(rig_result_maybe_double(map, "smooth", -INFINITY, INFINITY, &d->smooth, r->err));
    RIG_TRY(rig_result_maybe_int(map, "nms_window", 1, COUNT_MAX, &d->nms_window, r->err));
    RIG_TRY(rig_result_maybe_int(map, "max_candidates", 1, COUNT_MAX, &d->max_candidates, r->err));
    RIG_TRY(rig_result_maybe_int(map, "max_people", 1, COUNT_MAX, &d->max_people, r->err));
    RIG_TRY(rig_result_maybe_double(map, "detection_threshold", -INFINITY, INFINITY, &d->detection_threshold, r->err));
    RIG_TRY(rig_result_maybe_double(map, "tag_threshold", -INFINITY, INFINITY, &d->tag_threshold, r->err));
    RIG_TRY(rig_result_maybe_bool(map, "distance_reweight", &d->distance_reweight, r->err));
    RIG_TRY(rig_result_maybe_double(map, "reach", 0, INFINITY, &d->reach, r->err));
    RIG_TRY(rig_result_maybe_int(map, "min_joints", 1, COUNT_MAX, &d->min_joints, r->err));
    RIG_TRY(rig_result_maybe_double(map, "min_person_score", -INFINITY, INFINITY, &d->min_person_score, r->err));
    RIG_TRY(rig_result_maybe_double(map, "duplicate_oks", -INFINITY, INFINITY, &d->duplicate_oks, r->err));
    return decode_choices_parse(map, d, r->err);
}

static rig_status model_parse(rig_model_reader *r, const rig_yaml *root) {
    static const char *const keys[] = {"format_version",
                                       "model",
                                       "runtime",
                                       "input",
                                       "outputs",
                                       "tags",
                                       "heatmap_activation",
                                       "fuse",
                                       "coordinate_offset",
                                       "keypoints",
                                       "decode",
                                       "tta",
                                       "selfcheck",
                                       "confidence",
                                       "zoom",
                                       NULL};
    const rig_yaml *node;
    int version;
    RIG_TRY(rig_yaml_only_keys(root, keys, r->err));
    RIG_TRY(rig_yaml_need(root, "format_version", &node, r->err));
    RIG_TRY(rig_yaml_int(node, 1, 1, &version, r->err));
    RIG_TRY(file_parse(r, root));
    RIG_TRY(rig_model_runtime(r, root));
    RIG_TRY(input_parse(r, root));
    RIG_TRY(outputs_parse(r, root));
    RIG_TRY(maps_parse(r, root));
    RIG_TRY(keypoints_parse(r, root));
    RIG_TRY(decode_parse(r, root));
    RIG_TRY(rig_model_passes(r, root));
    RIG_TRY(rig_model_selfcheck(r, root));
    RIG_TRY(rig_model_confidence(r, root));
    return rig_model_zoom(r, root);
}

rig_status rig_model_read_as(const char *path, bool second, rig_model *model, rig_arena *out, rig_err *err) {
    rig_arena tree = {NULL};
    rig_yaml *root;
    rig_model_reader r = {path, second, model, &tree, out, err};
    *model = (rig_model){.multiple_of = 32,
                         .scale = 1,
                         .std = {1, 1, 1},
                         .tag_dim = 1,
                         .tags_per_joint = true,
                         .coordinate_offset = 0.5,
                         .decode = rig_decode_defaults()};
    rig_status status = rig_yaml_read_as(path, RIG_ERR_CONFIG, &root, &tree, err);
    if (status == RIG_OK)
        status = model_parse(&r, root);
    if (status == RIG_OK && (status = rig_model_check(model, err)) != RIG_OK)
        status = rig_fail_in(err, status, "%s: ", path);
    rig_arena_release(&tree);
    return status;
}

rig_status rig_model_read(const char *path, rig_model *model, rig_arena *out, rig_err *err) {
    return rig_model_read_as(path, false, model, out, err);
}
