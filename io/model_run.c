// The sections of a model descriptor that say how its network is run, and what their readers share with the others.
#include "io/model_parts.h"

#include "io/file.h"
#include "io/result.h"

#include <math.h>
#include <string.h>

rig_status rig_model_choice(const rig_yaml *map, const char *key, const char *const *words, int *index, rig_err *err) {
    const rig_yaml *node = rig_yaml_find(map, key);
    return node ? rig_yaml_choice(node, words, index, err) : RIG_OK;
}

rig_status rig_model_section(const rig_yaml *root, const char *key, const char *const *keys, const rig_yaml **map,
                             rig_err *err) {
    *map = rig_yaml_find(root, key);
    return *map ? rig_yaml_only_keys(*map, keys, err) : RIG_OK;
}

rig_status rig_model_path(rig_model_reader *r, const rig_yaml *node, char *out, size_t size) {
    const char *text;
    RIG_TRY(rig_yaml_string(node, &text, r->err));
    const char *path = rig_path_beside(r->tree, r->path, text);
    if (!path)
        return rig_fail_memory(r->err, "a path");
    if (strlen(path) >= size)
        return rig_yaml_fail(node, r->err, "a path of %zu bytes, expected at most %zu", strlen(path), size - 1);
    memcpy(out, path, strlen(path) + 1);
    return RIG_OK;
}

rig_status rig_model_size(const rig_yaml *map, int *width, int *height, rig_err *err) {
    const rig_yaml *size;
    RIG_TRY(rig_yaml_need(map, "size", &size, err));
    RIG_TRY(rig_yaml_need_kind(size, RIG_YAML_LIST, err));
    if (size->n != 2)
        return rig_yaml_fail(size, err, "%d numbers, expected [width, height]", size->n);
    RIG_TRY(rig_yaml_int(&size->items[0], 1, 1 << 14, width, err));
    return rig_yaml_int(&size->items[1], 1, 1 << 14, height, err);
}

rig_status rig_model_runtime(rig_model_reader *r, const rig_yaml *root) {
    static const char *const keys[] = {"backend", "provider", "threads", NULL};
    static const char *const backends[] = {"auto", "opencv", "onnxruntime", NULL};
    static const char *const providers[] = {"cpu", "cuda", NULL};
    rig_runtime *runtime = &r->model->runtime;
    const rig_yaml *map;
    int backend = RIG_BACKEND_AUTO, provider = 0;
    const rig_yaml *library = (map = rig_yaml_find(root, "runtime")) ? rig_yaml_find(map, "library") : NULL;
    if (library) // whose code would run as soon as it is loaded
        return rig_yaml_fail(library, r->err,
                             "a file must not choose which code runs, expected the library's path in the environment "
                             "variable RIGPOSE_ONNXRUNTIME");
    RIG_TRY(rig_model_section(root, "runtime", keys, &map, r->err));
    if (!map)
        return RIG_OK;
    RIG_TRY(rig_model_choice(map, "backend", backends, &backend, r->err));
    RIG_TRY(rig_model_choice(map, "provider", providers, &provider, r->err));
    RIG_TRY(rig_result_maybe_int(map, "threads", 0, 1024, &runtime->threads, r->err));
    runtime->backend = (rig_backend)backend;
    runtime->cuda = provider == 1;
    return RIG_OK;
}

rig_status rig_model_selfcheck(rig_model_reader *r, const rig_yaml *root) {
    static const char *const keys[] = {"input", "output", "size", "tolerance", NULL};
    rig_selfcheck *check = &r->model->selfcheck;
    const rig_yaml *map, *node;
    RIG_TRY(rig_model_section(root, "selfcheck", keys, &map, r->err));
    if (!map)
        return RIG_OK;
    RIG_TRY(rig_yaml_need(map, "input", &node, r->err));
    RIG_TRY(rig_model_path(r, node, check->input, sizeof check->input));
    if (rig_yaml_find(map, "size"))
        RIG_TRY(rig_model_size(map, &check->width, &check->height, r->err));
    RIG_TRY(rig_yaml_need(map, "output", &node, r->err));
    RIG_TRY(rig_model_path(r, node, check->output, sizeof check->output));
    check->tolerance = 1e-3;
    return rig_result_maybe_double(map, "tolerance", 0, 1e6, &check->tolerance, r->err);
}

static rig_status scales_parse(const rig_yaml *list, double *scales, int *n, rig_err *err) {
    RIG_TRY(rig_yaml_need_kind(list, RIG_YAML_LIST, err));
    if (list->n < 1 || list->n > RIG_SCALES_MAX)
        return rig_yaml_fail(list, err, "%d scales, expected 1 to %d", list->n, (int)RIG_SCALES_MAX);
    *n = list->n;
    return rig_yaml_doubles(list, list->n, scales, err);
}

static rig_status tag_scales_parse(const rig_yaml *map, rig_passes *passes, rig_err *err) {
    const rig_yaml *list = rig_yaml_find(map, "tag_scales");
    double wanted[RIG_SCALES_MAX] = {1};
    int n = 1;
    if (list)
        RIG_TRY(scales_parse(list, wanted, &n, err));
    for (int i = 0; i < n; i++) {
        int k = 0;
        while (k < passes->n && fabs(passes->scales[k] - wanted[i]) > 1e-9)
            k++;
        if (k == passes->n)
            return rig_yaml_fail(list ? list : map, err, "tags of scale %g, expected one of `scales`", wanted[i]);
        passes->tags[k] = true;
    }
    return RIG_OK;
}

rig_status rig_model_passes(rig_model_reader *r, const rig_yaml *root) {
    static const char *const keys[] = {"flip", "scales", "tag_scales", NULL};
    rig_passes *passes = &r->model->passes;
    const rig_yaml *map, *list;
    RIG_TRY(rig_model_section(root, "tta", keys, &map, r->err));
    if (!map)
        return RIG_OK;
    RIG_TRY(rig_result_maybe_bool(map, "flip", &passes->flip, r->err));
    passes->n = 1;
    passes->scales[0] = 1;
    if ((list = rig_yaml_find(map, "scales")))
        RIG_TRY(scales_parse(list, passes->scales, &passes->n, r->err));
    return tag_scales_parse(map, passes, r->err);
}

rig_status rig_model_confidence(rig_model_reader *r, const rig_yaml *root) {
    const rig_yaml *list = rig_yaml_find(root, "confidence");
    rig_confidence *c = &r->model->confidence;
    if (!list)
        return RIG_OK;
    RIG_TRY(rig_yaml_need_kind(list, RIG_YAML_LIST, r->err));
    if (list->n > RIG_CONFIDENCE_MAX)
        return rig_yaml_fail(list, r->err, "%d knots, expected at most %d", list->n, (int)RIG_CONFIDENCE_MAX);
    for (; c->n < list->n; c->n++) {
        double knot[3];
        RIG_TRY(rig_yaml_doubles(&list->items[c->n], 3, knot, r->err));
        c->heat[c->n] = knot[0], c->probability[c->n] = knot[1], c->spread[c->n] = knot[2];
    }
    return RIG_OK;
}

rig_status rig_model_zoom(rig_model_reader *r, const rig_yaml *root) {
    static const char *const keys[] = {"model", "margin", "weight", "follow_s", NULL};
    rig_zoom *zoom = &r->model->zoom;
    const rig_yaml *map, *file;
    RIG_TRY(rig_model_section(root, "zoom", keys, &map, r->err));
    if (!map)
        return RIG_OK;
    if (r->second)
        return rig_yaml_fail(map, r->err, "the network of a second look cannot have a second look of its own");
    rig_model *second = RIG_NEW(r->out, rig_model, 1);
    if (!second)
        return rig_fail_memory(r->err, "a model descriptor");
    RIG_TRY(rig_yaml_need(map, "model", &file, r->err));
    RIG_TRY(rig_model_path(r, file, zoom->file, sizeof zoom->file));
    if (!rig_file_exists(zoom->file))
        return rig_yaml_fail(file, r->err, "no file '%s'", zoom->file);
    zoom->when = RIG_ZOOM_AUTO, zoom->model = second;
    zoom->margin = 1.25, zoom->weight = 1, zoom->follow_s = 0.1;
    RIG_TRY(rig_result_maybe_double(map, "margin", 1, 10, &zoom->margin, r->err));
    RIG_TRY(rig_result_maybe_double(map, "weight", 0, 1e3, &zoom->weight, r->err));
    RIG_TRY(rig_result_maybe_double(map, "follow_s", 0, 1, &zoom->follow_s, r->err));
    return rig_model_read_as(zoom->file, true, second, r->out, r->err);
}
