#include "io/result.h"

#include <string.h>

static const char SCHEMA[] = "rigpose/points/1";

static int point_find(const rig_points_file *points, const char *name) {
    for (int i = 0; i < points->n; i++)
        if (strcmp(points->names[i], name) == 0)
            return i;
    return -1;
}

static rig_status world_parse(const rig_yaml *root, rig_points_file *points, rig_arena *out, rig_err *err) {
    const rig_yaml *map;
    RIG_TRY(rig_result_need(root, "points", RIG_YAML_MAP, &map, err));
    points->names = RIG_NEW(out, const char *, map->n);
    points->p = rig_arena_alloc(out, (size_t)map->n, sizeof *points->p);
    if (!points->names || !points->p)
        return rig_fail_memory(err, "points");
    for (int i = 0; i < map->n; i++) {
        RIG_TRY(rig_result_numbers(&map->items[i], 3, points->p[i], err));
        points->names[i] = rig_arena_strdup(out, map->items[i].key);
        if (!points->names[i])
            return rig_fail_memory(err, "a point's name");
    }
    points->n = map->n;
    return RIG_OK;
}

static rig_status view_parse(const rig_yaml *map, rig_points_file *points, int v, rig_arena *out, rig_err *err) {
    char name[RIG_NAME_MAX];
    RIG_TRY(rig_yaml_key_name(map, name, err));
    RIG_TRY(rig_yaml_need_kind(map, RIG_YAML_MAP, err));
    points->views[v] = rig_arena_strdup(out, name);
    points->q[v] = rig_arena_alloc(out, (size_t)points->n, sizeof *points->q[v]);
    points->seen[v] = RIG_NEW(out, bool, points->n);
    if (!points->views[v] || !points->q[v] || !points->seen[v])
        return rig_fail_memory(err, "a view's pixels");
    for (int i = 0; i < map->n; i++) {
        const rig_yaml *item = &map->items[i];
        int k = point_find(points, item->key);
        if (k < 0)
            return rig_yaml_fail(item, err, "no point of this name, expected one of `points`");
        if (rig_yaml_is_null(item))
            continue;
        RIG_TRY(rig_result_numbers(item, 2, points->q[v][k], err));
        points->seen[v][k] = true;
    }
    return RIG_OK;
}

static rig_status points_parse(const rig_yaml *root, rig_points_file *points, rig_arena *out, rig_err *err) {
    const rig_yaml *map;
    if (rig_yaml_find(root, "schema"))
        RIG_TRY(rig_yaml_need_schema(root, SCHEMA, err));
    RIG_TRY(world_parse(root, points, out, err));
    RIG_TRY(rig_result_need(root, "pixels", RIG_YAML_MAP, &map, err));
    points->views = RIG_NEW(out, const char *, map->n);
    points->q = rig_arena_alloc(out, (size_t)map->n, sizeof *points->q);
    points->seen = RIG_NEW(out, bool *, map->n);
    if (!points->views || !points->q || !points->seen)
        return rig_fail_memory(err, "the points' pixels");
    points->n_views = map->n;
    for (int v = 0; v < map->n; v++)
        RIG_TRY(view_parse(&map->items[v], points, v, out, err));
    return RIG_OK;
}

rig_status rig_points_read(const char *path, rig_points_file *points, rig_arena *out, rig_err *err) {
    rig_arena tree = {NULL};
    const rig_yaml *root;
    *points = (rig_points_file){0};
    rig_status status = rig_result_read(path, NULL, &tree, &root, err);
    if (status == RIG_OK)
        status = points_parse(root, points, out, err);
    rig_arena_release(&tree);
    return status;
}
