#include "io/skeleton.h"

static const char SCHEMA[] = "rigpose/skeleton/1";
static const double SIGMA_DEFAULT = 0.079; // COCO's of a shoulder: the middle of the seventeen

rig_status rig_skeleton_names_parse(const rig_yaml *list, rig_skeleton *skeleton, rig_err *err) {
    RIG_TRY(rig_yaml_need_kind(list, RIG_YAML_LIST, err));
    if (list->n < 1 || list->n > RIG_JOINTS_MAX)
        return rig_yaml_fail(list, err, "%d joints, expected 1 to %d", list->n, (int)RIG_JOINTS_MAX);
    skeleton->n = 0;
    for (int i = 0; i < list->n; i++) {
        char *name = skeleton->names[i];
        RIG_TRY(rig_yaml_name(&list->items[i], name, err));
        if (rig_skeleton_find(skeleton, name) >= 0)
            return rig_yaml_fail(&list->items[i], err, "duplicate joint '%s'", name);
        skeleton->flip[i] = i;
        skeleton->sigma[i] = SIGMA_DEFAULT;
        skeleton->n = i + 1;
    }
    return RIG_OK;
}

// A joint by its name, or by its place.
static rig_status joint_parse(const rig_yaml *node, const rig_skeleton *skeleton, int *joint, rig_err *err) {
    RIG_TRY(rig_yaml_need_kind(node, RIG_YAML_SCALAR, err));
    *joint = rig_skeleton_find(skeleton, node->text);
    if (*joint >= 0)
        return RIG_OK;
    if (rig_yaml_int(node, 0, skeleton->n - 1, joint, NULL) == RIG_OK)
        return RIG_OK;
    return rig_yaml_fail(node, err, "'%.40s', expected the name of a joint, or its index from 0 to %d", node->text,
                         skeleton->n - 1);
}

rig_status rig_skeleton_joints_parse(const rig_yaml *list, const rig_skeleton *skeleton, int *joints, rig_err *err) {
    RIG_TRY(rig_yaml_need_kind(list, RIG_YAML_LIST, err));
    if (list->n != skeleton->n)
        return rig_yaml_fail(list, err, "%d joints, expected %d", list->n, skeleton->n);
    for (int i = 0; i < list->n; i++)
        RIG_TRY(joint_parse(&list->items[i], skeleton, &joints[i], err));
    return RIG_OK;
}

rig_status rig_skeleton_flip_parse(const rig_yaml *list, rig_skeleton *skeleton, rig_err *err) {
    RIG_TRY(rig_skeleton_joints_parse(list, skeleton, skeleton->flip, err));
    for (int i = 0; i < skeleton->n; i++) {
        int partner = skeleton->flip[i];
        if (skeleton->flip[partner] != i)
            return rig_yaml_fail(&list->items[i], err, "the mirror of '%s' is '%s', whose mirror is '%s'",
                                 skeleton->names[i], skeleton->names[partner],
                                 skeleton->names[skeleton->flip[partner]]);
    }
    return RIG_OK;
}

rig_status rig_skeleton_sigmas_parse(const rig_yaml *list, rig_skeleton *skeleton, rig_err *err) {
    RIG_TRY(rig_yaml_doubles(list, skeleton->n, skeleton->sigma, err));
    for (int i = 0; i < skeleton->n; i++)
        if (skeleton->sigma[i] <= 0)
            return rig_yaml_fail(&list->items[i], err, "%g, expected more than 0", skeleton->sigma[i]);
    return RIG_OK;
}

rig_status rig_skeleton_limbs_parse(const rig_yaml *list, rig_skeleton *skeleton, rig_err *err) {
    RIG_TRY(rig_yaml_need_kind(list, RIG_YAML_LIST, err));
    if (list->n > RIG_LIMBS_MAX)
        return rig_yaml_fail(list, err, "%d limbs, expected at most %d", list->n, (int)RIG_LIMBS_MAX);
    for (int i = 0; i < list->n; i++) {
        const rig_yaml *pair = &list->items[i];
        int *limb = skeleton->limbs[i];
        RIG_TRY(rig_yaml_need_kind(pair, RIG_YAML_LIST, err));
        if (pair->n != 2)
            return rig_yaml_fail(pair, err, "%d joints, expected 2", pair->n);
        RIG_TRY(joint_parse(&pair->items[0], skeleton, &limb[0], err));
        RIG_TRY(joint_parse(&pair->items[1], skeleton, &limb[1], err));
        if (limb[0] == limb[1])
            return rig_yaml_fail(pair, err, "joint '%s' twice, expected two joints", skeleton->names[limb[0]]);
    }
    skeleton->n_limbs = list->n;
    return RIG_OK;
}

static rig_status skeleton_parse(const rig_yaml *root, rig_skeleton *skeleton, rig_err *err) {
    static const char *const keys[] = {"schema", "name", "joints", "flip", "sigmas", "limbs", NULL};
    const rig_yaml *node;
    RIG_TRY(rig_yaml_need_schema(root, SCHEMA, err));
    RIG_TRY(rig_yaml_only_keys(root, keys, err));
    RIG_TRY(rig_yaml_need(root, "name", &node, err));
    RIG_TRY(rig_yaml_name(node, skeleton->name, err));
    RIG_TRY(rig_yaml_need(root, "joints", &node, err));
    RIG_TRY(rig_skeleton_names_parse(node, skeleton, err));
    if ((node = rig_yaml_find(root, "flip")))
        RIG_TRY(rig_skeleton_flip_parse(node, skeleton, err));
    if ((node = rig_yaml_find(root, "sigmas")))
        RIG_TRY(rig_skeleton_sigmas_parse(node, skeleton, err));
    if ((node = rig_yaml_find(root, "limbs")))
        RIG_TRY(rig_skeleton_limbs_parse(node, skeleton, err));
    return RIG_OK;
}

rig_status rig_skeleton_read(const char *path, rig_skeleton *skeleton, rig_err *err) {
    rig_arena tree = {NULL};
    rig_yaml *root;
    *skeleton = (rig_skeleton){0};
    rig_status status = rig_yaml_read_as(path, RIG_ERR_CONFIG, &root, &tree, err);
    if (status == RIG_OK)
        status = skeleton_parse(root, skeleton, err);
    rig_arena_release(&tree);
    return status;
}
