// A whole file as a tree.
#include "io/yaml_tree.h"

static rig_status root_read(rig_yaml_tree *tree, rig_yaml **root) {
    RIG_TRY(rig_yaml_events_need_small(tree->events, tree->err));
    while (!tree->done) {
        rig_yaml_event event;
        RIG_TRY(rig_yaml_tree_next(tree, &event));
    }
    if (!tree->n)
        return rig_yaml_tree_fail(tree, 1, "an empty file, expected YAML");
    if (!(*root = RIG_NEW(tree->out, rig_yaml, 1)))
        return rig_fail_memory(tree->err, tree->file);
    **root = tree->stack[0];
    rig_yaml_tree_adopt(*root);
    return RIG_OK;
}

rig_status rig_yaml_read_as(const char *path, rig_status status, rig_yaml **root, rig_arena *out, rig_err *err) {
    rig_yaml_tree tree;
    const char *file = rig_arena_strdup(out, path);
    if (!file)
        return rig_fail_memory(err, path);
    status = rig_yaml_tree_open(&tree, file, status, out, err);
    if (status == RIG_OK)
        status = root_read(&tree, root);
    rig_yaml_tree_close(&tree);
    return status;
}

rig_status rig_yaml_read(const char *path, rig_yaml **root, rig_arena *out, rig_err *err) {
    return rig_yaml_read_as(path, RIG_ERR_FORMAT, root, out, err);
}
