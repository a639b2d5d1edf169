#include "pose/model.h"

#include <math.h>
#include <string.h>

enum { PERIOD_MAX = 1000 };           // frames
static const double SPREAD_MAX = 100; // of a joint, OKS sigmas: beyond any person
static const double SMOOTH_MAX = 5;   // cells: joints are two or three wide

rig_decode_params rig_decode_defaults(void) {
    return (rig_decode_params){
        .nms_window = 5,
        .max_candidates = 30,
        .max_people = 30,
        .detection_threshold = 0.1,
        .tag_threshold = 1.0,
        .tag_metric_l2 = false,
        .cost_reference = false,
        .distance_reweight = false,
        .subpixel = RIG_SUBPIXEL_LOG_PARABOLA,
        .refine = RIG_REFINE_OFF, // a filled joint has no evidence of its own to triangulate from
        .min_joints = 3,
        .min_person_score = 0.1,
        .duplicate_oks = 0.7,
    };
}

static rig_status wrong(rig_err *err, const char *key, const char *expected, double got) {
    return rig_fail(err, RIG_ERR_CONFIG, "%s: need %s, got %g", key, expected, got);
}

static rig_status check_permutation(const int *order, int n, const char *key, rig_err *err) {
    bool seen[RIG_JOINTS_MAX] = {false};
    for (int i = 0; i < n; i++) {
        if (order[i] < 0 || order[i] >= n || seen[order[i]])
            return rig_fail(err, RIG_ERR_CONFIG, "%s[%d]: need each joint 0..%d once, got %d", key, i, n - 1, order[i]);
        seen[order[i]] = true;
    }
    return RIG_OK;
}

static rig_status check_keypoints(const rig_model *model, rig_err *err) {
    const rig_skeleton *skeleton = &model->skeleton;
    const int n = skeleton->n;
    if (n < 1 || n > RIG_JOINTS_MAX)
        return rig_fail(err, RIG_ERR_CONFIG, "keypoints.names: need 1..%d joints, got %d", RIG_JOINTS_MAX, n);
    RIG_TRY(check_permutation(skeleton->flip, n, "keypoints.flip", err));
    RIG_TRY(check_permutation(model->group_order, n, "keypoints.group_order", err));
    for (int i = 0; i < n; i++) {
        if (skeleton->flip[skeleton->flip[i]] != i)
            return rig_fail(err, RIG_ERR_CONFIG, "keypoints.flip: joint %d maps to %d, which does not map back", i,
                            skeleton->flip[i]);
        if (!(skeleton->sigma[i] > 0 && isfinite(skeleton->sigma[i])))
            return wrong(err, "keypoints.oks_sigmas", "numbers > 0", skeleton->sigma[i]);
    }
    if (skeleton->n_limbs < 0 || skeleton->n_limbs > RIG_LIMBS_MAX)
        return rig_fail(err, RIG_ERR_CONFIG, "keypoints.skeleton: need at most %d limbs, got %d", RIG_LIMBS_MAX,
                        skeleton->n_limbs);
    for (int i = 0; i < skeleton->n_limbs; i++) {
        const int a = skeleton->limbs[i][0], b = skeleton->limbs[i][1];
        if (a < 0 || a >= n || b < 0 || b >= n || a == b)
            return rig_fail(err, RIG_ERR_CONFIG, "keypoints.skeleton[%d]: need two joints of 0..%d, got [%d, %d]", i,
                            n - 1, a, b);
    }
    return RIG_OK;
}

static rig_status check_input(const rig_model *model, rig_err *err) {
    if (model->input_width < 1 || model->input_height < 1)
        return rig_fail(err, RIG_ERR_CONFIG, "input.size: need numbers >= 1, got [%d, %d]", model->input_width,
                        model->input_height);
    if (model->multiple_of < 1)
        return wrong(err, "input.multiple_of", ">= 1", model->multiple_of);
    if (!(model->scale > 0 && isfinite(model->scale)))
        return wrong(err, "input.scale", "> 0", model->scale);
    const double *people = model->people_px;
    if (people[0] != 0 || people[1] != 0)
        if (!(people[0] > 0 && people[1] > people[0] && isfinite(people[1])))
            return rig_fail(err, RIG_ERR_CONFIG, "input.people_px: need 0 < least < most, got [%g, %g]", people[0],
                            people[1]);
    for (int c = 0; c < 3; c++) {
        if (!(model->std[c] > 0 && isfinite(model->std[c])))
            return wrong(err, "input.std", "numbers > 0", model->std[c]);
        if (!isfinite(model->mean[c]))
            return wrong(err, "input.mean", "finite numbers", model->mean[c]);
        if (!isfinite(model->pad_value[c]))
            return wrong(err, "input.pad_value", "finite numbers", model->pad_value[c]);
    }
    return RIG_OK;
}

// A range is absent (from = to) or holds `count` channels.
static rig_status check_range(rig_channels range, int count, int output, const char *key, rig_err *err) {
    if (range.from == range.to)
        return RIG_OK;
    if (range.from < 0 || range.to - range.from != count)
        return rig_fail(err, RIG_ERR_CONFIG, "outputs[%d].%s: need %d channels, got [%d, %d]", output, key, count,
                        range.from, range.to);
    return RIG_OK;
}

static rig_status check_output(const rig_model *model, int i, rig_err *err) {
    const rig_model_output *output = &model->outputs[i];
    const int joints = model->skeleton.n, tags = model->tags_per_joint ? joints * model->tag_dim : model->tag_dim;
    if (output->stride < 1)
        return rig_fail(err, RIG_ERR_CONFIG, "outputs[%d].stride: need >= 1, got %d", i, output->stride);
    RIG_TRY(check_range(output->heatmaps, joints, i, "heatmaps", err));
    RIG_TRY(check_range(output->tags, tags, i, "tags", err));
    RIG_TRY(check_range(output->centres, 1, i, "centres", err));
    RIG_TRY(check_range(output->regression, 2 * joints, i, "regression", err));
    return check_range(output->nms_heatmaps, joints, i, "nms_heatmaps", err);
}

static bool given(rig_channels range) {
    return range.from != range.to;
}

// Whose a joint is comes from tags, or from centres and the joints regressed from them.
static rig_status check_people(const rig_model *model, int tags, int centres, int regression, rig_err *err) {
    if (centres != regression || centres > 1)
        return rig_fail(err, RIG_ERR_CONFIG,
                        "outputs: need one with centres and one with regression, or none, got %d and %d", centres,
                        regression);
    if (model->decode.people == RIG_PEOPLE_BY_CENTRES && centres == 0)
        return wrong(err, "outputs", "one with centres where decode.people is centres", centres);
    if (model->decode.people == RIG_PEOPLE_BY_TAGS && tags + centres != 1)
        return wrong(err, "outputs", "one with tags, or one with centres", tags + centres);
    if (centres && (model->tag_dim != 1 || model->tags_grid != 0))
        return rig_fail(err, RIG_ERR_CONFIG, "tags: need none of their keys where tags come from centres");
    if (model->tags_grid != 0 && model->tag_dim != 2)
        return wrong(err, "tags.grid", "two tag dimensions", model->tag_dim);
    return RIG_OK;
}

static rig_status check_outputs(const rig_model *model, rig_err *err) {
    if (model->n_outputs < 1 || model->n_outputs > RIG_OUTPUTS_MAX)
        return rig_fail(err, RIG_ERR_CONFIG, "outputs: need 1..%d, got %d", RIG_OUTPUTS_MAX, model->n_outputs);
    if (model->tag_dim < 1 || model->tag_dim > RIG_TAG_DIMS_MAX)
        return rig_fail(err, RIG_ERR_CONFIG, "tags.dim: need 1..%d, got %d", RIG_TAG_DIMS_MAX, model->tag_dim);
    int heatmaps = 0, tags = 0, centres = 0, regression = 0, separate = 0, searched = 0, nms_heatmaps = 0;
    for (int i = 0; i < model->n_outputs; i++) {
        RIG_TRY(check_output(model, i, err));
        heatmaps += given(model->outputs[i].heatmaps);
        tags += given(model->outputs[i].tags);
        centres += given(model->outputs[i].centres);
        regression += given(model->outputs[i].regression);
        nms_heatmaps += given(model->outputs[i].nms_heatmaps);
        separate += model->outputs[i].nms == RIG_NMS_SEPARATE;
        searched += model->outputs[i].nms != RIG_NMS_NONE;
    }
    if (heatmaps == 0)
        return wrong(err, "outputs", "at least one with heatmaps", heatmaps);
    RIG_TRY(check_people(model, tags, centres, regression, err));
    if (nms_heatmaps != (separate > 0))
        return wrong(err, "outputs", "one with nms_heatmaps where nms is separate, else none", nms_heatmaps);
    if (searched > 0 && model->decode.smooth > 0)
        return wrong(err, "decode.smooth", "0 where the network finds the peaks", model->decode.smooth);
    if (searched > 0 && model->activation != RIG_ACTIVATION_NONE)
        return rig_fail(err, RIG_ERR_CONFIG, "heatmap_activation: need none where the network finds the peaks");
    return RIG_OK;
}

int rig_passes_list(const rig_passes *passes, rig_pass *list) {
    const rig_pass once = {.scale = 1, .tags = true};
    int n = 0, lead = 0;
    for (int i = 0; i < (passes->n ? passes->n : 1); i++) {
        list[n] = passes->n ? (rig_pass){.scale = passes->scales[i], .tags = passes->tags[i]} : once;
        lead = fabs(list[n].scale - 1) < 1e-9 ? n : lead;
        n++;
        if (passes->flip) {
            list[n] = list[n - 1];
            list[n++].flip = true;
        }
    }
    rig_pass first = list[lead];
    memmove(list + 1, list, (size_t)lead * sizeof *list);
    list[0] = first;
    return n;
}

int rig_zoom_period(const rig_zoom *zoom, double fps) {
    const double frames = zoom->when == RIG_ZOOM_AUTO && fps > 0 ? rint(zoom->follow_s * fps) : 1;
    return frames >= 1 ? (int)fmin(frames, PERIOD_MAX) : 1;
}

static rig_status check_passes(const rig_model *model, rig_err *err) {
    const rig_passes *passes = &model->passes;
    if (passes->n < 0 || passes->n > RIG_SCALES_MAX)
        return rig_fail(err, RIG_ERR_CONFIG, "tta.scales: need at most %d, got %d", RIG_SCALES_MAX, passes->n);
    rig_pass list[RIG_PASSES_MAX];
    int n = rig_passes_list(passes, list), dims = 0;
    bool has_tags = false;
    for (int i = 0; i < model->n_outputs; i++)
        has_tags = has_tags || given(model->outputs[i].tags);
    for (int i = 0; i < n; i++) {
        if (!(list[i].scale >= 0.25 && list[i].scale <= 4))
            return wrong(err, "tta.scales", "0.25 to 4", list[i].scale);
        for (int k = 0; k < i; k++)
            if (list[k].flip == list[i].flip && fabs(list[k].scale - list[i].scale) < 1e-9)
                return wrong(err, "tta.scales", "each scale once", list[i].scale);
        dims += list[i].tags ? model->tag_dim : 0;
    }
    if (has_tags && (dims < 1 || dims > RIG_TAG_DIMS_MAX))
        return rig_fail(err, RIG_ERR_CONFIG, "tta.tag_scales: need 1..%d tag dimensions in all, got %d",
                        RIG_TAG_DIMS_MAX, dims);
    return RIG_OK;
}

static rig_status check_selfcheck(const rig_selfcheck *check, rig_err *err) {
    if (!check->input[0] && !check->output[0])
        return RIG_OK;
    if (!check->input[0] || !check->output[0])
        return rig_fail(err, RIG_ERR_CONFIG, "selfcheck: need both input and output");
    if (!(check->tolerance > 0 && isfinite(check->tolerance)))
        return wrong(err, "selfcheck.tolerance", "> 0", check->tolerance);
    return RIG_OK;
}

static rig_status check_decode(const rig_decode_params *decode, rig_err *err) {
    if (!(decode->smooth >= 0 && decode->smooth <= SMOOTH_MAX))
        return wrong(err, "decode.smooth", "0 to 5 cells", decode->smooth);
    if (decode->nms_window < 1 || decode->nms_window % 2 == 0)
        return wrong(err, "decode.nms_window", "an odd number", decode->nms_window);
    if (decode->max_candidates < 1)
        return wrong(err, "decode.max_candidates", ">= 1", decode->max_candidates);
    if (decode->max_people < 1)
        return wrong(err, "decode.max_people", ">= 1", decode->max_people);
    if (!(decode->detection_threshold >= 0 && isfinite(decode->detection_threshold)))
        return wrong(err, "decode.detection_threshold", ">= 0", decode->detection_threshold);
    if (!(decode->tag_threshold > 0 && isfinite(decode->tag_threshold)))
        return wrong(err, "decode.tag_threshold", "> 0", decode->tag_threshold);
    if (decode->min_joints < 1 || decode->min_joints > RIG_JOINTS_MAX)
        return wrong(err, "decode.min_joints", "1 or more", decode->min_joints);
    if (!isfinite(decode->min_person_score))
        return wrong(err, "decode.min_person_score", "a number", decode->min_person_score);
    if (!(decode->duplicate_oks > 0 && decode->duplicate_oks <= 1))
        return wrong(err, "decode.duplicate_oks", "0 < oks <= 1", decode->duplicate_oks);
    return RIG_OK;
}

static rig_status check_file(const rig_model *model, rig_err *err) {
    if (!model->file[0])
        return rig_fail(err, RIG_ERR_CONFIG, "model.file: need the network's file");
    const size_t digits = strspn(model->sha256, "0123456789abcdef");
    if (model->sha256[0] && (digits != 64 || model->sha256[digits]))
        return rig_fail(err, RIG_ERR_CONFIG, "model.sha256: need 64 hexadecimal digits, got '%s'", model->sha256);
    if (model->runtime.cuda && model->runtime.backend == RIG_BACKEND_OPENCV)
        return rig_fail(err, RIG_ERR_CONFIG, "runtime.provider: cuda needs backend onnxruntime, got opencv");
    if (model->runtime.threads < 0)
        return wrong(err, "runtime.threads", ">= 0", model->runtime.threads);
    if (!isfinite(model->coordinate_offset))
        return wrong(err, "coordinate_offset", "a number", model->coordinate_offset);
    return RIG_OK;
}

static rig_status check_confidence(const rig_confidence *c, rig_err *err) {
    if (c->n == 1)
        return wrong(err, "confidence", "two knots or more", c->n);
    for (int k = 0; k < c->n; k++) {
        if (!isfinite(c->heat[k]) || (k > 0 && !(c->heat[k] > c->heat[k - 1])))
            return wrong(err, "confidence", "rising heats", c->heat[k]);
        if (!(c->probability[k] >= 0 && c->probability[k] <= 1))
            return wrong(err, "confidence", "probabilities of 0 to 1", c->probability[k]);
        if (k > 0 && c->probability[k] < c->probability[k - 1])
            return wrong(err, "confidence", "probabilities that do not fall as heat rises", c->probability[k]);
        if (!(c->spread[k] > 0 && c->spread[k] <= SPREAD_MAX))
            return wrong(err, "confidence", "spreads above 0, up to 100", c->spread[k]);
    }
    return RIG_OK;
}

// Joints of both looks are fused one by one.
static rig_status check_zoom(const rig_model *model, rig_err *err) {
    const rig_skeleton *own = &model->skeleton;
    if (!model->zoom.model)
        return model->zoom.when == RIG_ZOOM_OFF ? RIG_OK : rig_fail(err, RIG_ERR_CONFIG, "zoom.model: need a network");
    const rig_skeleton *second = &model->zoom.model->skeleton;
    if (second->n != own->n)
        return rig_fail(err, RIG_ERR_CONFIG, "zoom.model: need a network of %d joints, got %d", own->n, second->n);
    for (int k = 0; k < own->n; k++)
        if (strcmp(own->names[k], second->names[k]) != 0)
            return rig_fail(err, RIG_ERR_CONFIG, "zoom.model: need '%s' as joint %d, got '%s'", own->names[k], k,
                            second->names[k]);
    if (model->zoom.model->sizing != RIG_SIZING_FIXED)
        return rig_fail(err, RIG_ERR_CONFIG, "zoom.model: need input.sizing fixed: crops have the input's size");
    return RIG_OK;
}

rig_status rig_model_check(const rig_model *model, rig_err *err) {
    RIG_TRY(check_file(model, err));
    RIG_TRY(check_input(model, err));
    RIG_TRY(check_keypoints(model, err));
    RIG_TRY(check_zoom(model, err));
    RIG_TRY(check_outputs(model, err));
    RIG_TRY(check_passes(model, err));
    RIG_TRY(check_selfcheck(&model->selfcheck, err));
    RIG_TRY(check_confidence(&model->confidence, err));
    return check_decode(&model->decode, err);
}
