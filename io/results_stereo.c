#include "io/result.h"

#include <stddef.h>
#include <string.h>

static const char SCHEMA[] = "rigpose/stereo/1";

// The matrices of a pair, in the order of the file.
static const struct matrix {
    const char *key;
    size_t at; // in rig_stereo
    int n;
} MATRICES[] = {
    {"E", offsetof(rig_stereo, E), 9},   {"F", offsetof(rig_stereo, F), 9},    {"R1", offsetof(rig_stereo, R1), 9},
    {"R2", offsetof(rig_stereo, R2), 9}, {"P1", offsetof(rig_stereo, P1), 12}, {"P2", offsetof(rig_stereo, P2), 12},
    {"Q", offsetof(rig_stereo, Q), 16},
};
enum { N_MATRICES = sizeof MATRICES / sizeof *MATRICES };

rig_status rig_stereo_write(const char *path, const rig_stereo *stereo, const rig_inputs *inputs, rig_err *err) {
    rig_result_writer result;
    RIG_TRY(rig_result_open(&result, path, SCHEMA, inputs, err));
    rig_yaml_writer *w = result.yaml;
    rig_yaml_key(w, "pair");
    rig_yaml_begin_list(w, true);
    rig_yaml_put_string(w, stereo->left);
    rig_yaml_put_string(w, stereo->right);
    rig_yaml_end(w);
    rig_result_put_pose(w, "Rt_right_left", &stereo->Rt_right_left);
    rig_result_put_double(w, "baseline_m", stereo->baseline_m);
    rig_result_put_double(w, "rms_px", stereo->rms_px);
    rig_result_put_double(w, "epipolar_rms_px", stereo->epipolar_rms_px);
    rig_result_put_int(w, "n_frames", stereo->n_frames);
    if (rig_stereo_is_swapped(&stereo->Rt_right_left)) {
        rig_yaml_key(w, "swapped");
        rig_yaml_put_bool(w, true);
    }
    rig_result_put_ints(w, "size", (const int[]){stereo->width, stereo->height}, 2);
    for (int i = 0; i < N_MATRICES; i++)
        rig_result_put_doubles(w, MATRICES[i].key, (const double *)((const char *)stereo + MATRICES[i].at),
                               MATRICES[i].n);
    return rig_result_commit(&result, err);
}

static rig_status pair_parse(const rig_yaml *root, rig_stereo *stereo, rig_err *err) {
    const rig_yaml *pair;
    RIG_TRY(rig_result_need(root, "pair", RIG_YAML_LIST, &pair, err));
    if (pair->n != 2)
        return rig_yaml_fail(pair, err, "%d names, expected [left, right]", pair->n);
    RIG_TRY(rig_yaml_name(&pair->items[0], stereo->left, err));
    RIG_TRY(rig_yaml_name(&pair->items[1], stereo->right, err));
    if (strcmp(stereo->left, stereo->right) == 0)
        return rig_yaml_fail(pair, err, "'%s' twice, expected two views", stereo->left);
    return RIG_OK;
}

static rig_status stereo_parse(const rig_yaml *root, rig_stereo *stereo, rig_err *err) {
    const double max = RIG_RESULT_NUMBER_MAX;
    bool has_pose;
    RIG_TRY(pair_parse(root, stereo, err));
    RIG_TRY(rig_result_pose(root, "Rt_right_left", &stereo->Rt_right_left, &has_pose, err));
    if (!has_pose)
        return rig_yaml_fail(root, err, "key 'Rt_right_left' is missing, expected {rvec, t_m}");
    stereo->baseline_m = rig_norm3(stereo->Rt_right_left.t);
    RIG_TRY(rig_result_maybe_double(root, "baseline_m", 0, max, &stereo->baseline_m, err));
    if (rig_yaml_find(root, "size"))
        RIG_TRY(rig_result_size(root, "size", &stereo->width, &stereo->height, err));
    RIG_TRY(rig_result_maybe_double(root, "rms_px", 0, max, &stereo->rms_px, err));
    RIG_TRY(rig_result_maybe_double(root, "epipolar_rms_px", 0, max, &stereo->epipolar_rms_px, err));
    RIG_TRY(rig_result_maybe_int(root, "n_frames", 0, RIG_RESULT_COUNT_MAX, &stereo->n_frames, err));
    for (int i = 0; i < N_MATRICES; i++)
        RIG_TRY(
            rig_result_doubles(root, MATRICES[i].key, MATRICES[i].n, (double *)((char *)stereo + MATRICES[i].at), err));
    return RIG_OK;
}

rig_status rig_stereo_read(const char *path, rig_stereo *stereo, rig_err *err) {
    rig_arena tree = {NULL};
    const rig_yaml *root;
    *stereo = (rig_stereo){0};
    rig_status status = rig_result_read(path, SCHEMA, &tree, &root, err);
    if (status == RIG_OK)
        status = stereo_parse(root, stereo, err);
    rig_arena_release(&tree);
    return status;
}
