#include "pose/fuse.h"

#include "pose/resample.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAT, TAGS, NMS }; // the buffers

// Where all is brought to, and how many outputs share the heat.
typedef struct grid {
    int width, height;
    double stride; // network input pixels a cell
    int reference; // the output with heatmaps of least stride
    int heat_outputs;
    int nms_output;                // -1: none
    int tags, centres, regression; // outputs; -1: none
} grid;

static bool given(rig_channels range) {
    return range.from != range.to;
}

static const char *output_name(const rig_model *model, const rig_tensor *tensors, int i) {
    return model->outputs[i].name[0] ? model->outputs[i].name : tensors[i].name;
}

static void shape_text(const rig_tensor *tensor, char *text, size_t size) {
    size_t used = 0;
    text[0] = 0;
    for (int i = 0; i < tensor->n_dims && i < 6 && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, i ? " x %d" : "%d", tensor->dims[i]);
}

static rig_status check_tensor(const rig_model *model, const rig_tensor *tensors, int i, const int input[2],
                               rig_err *err) {
    const rig_model_output *output = &model->outputs[i];
    const rig_tensor *tensor = &tensors[i];
    const char *name = output_name(model, tensors, i);
    const rig_channels ranges[] = {output->heatmaps, output->tags, output->nms_heatmaps, output->centres,
                                   output->regression};
    static const char *const keys[] = {"heatmaps", "tags", "nms_heatmaps", "centres", "regression"};
    char shape[80];
    shape_text(tensor, shape, sizeof shape);
    int axes = output->squeeze_last ? 5 : 4;
    if (tensor->n_dims != axes || tensor->dims[0] != 1 || (axes == 5 && tensor->dims[4] != 1))
        return rig_fail(err, RIG_ERR_CONFIG, "output '%s' is %s, expected 1 x channels x height x width%s", name, shape,
                        axes == 5 ? " x 1" : "");
    for (size_t r = 0; r < sizeof keys / sizeof *keys; r++)
        if (ranges[r].to > tensor->dims[1])
            return rig_fail(err, RIG_ERR_CONFIG, "output '%s' is %s: %s [%d, %d] is beyond its %d channels", name,
                            shape, keys[r], ranges[r].from, ranges[r].to, tensor->dims[1]);
    const int cells[2] = {tensor->dims[3], tensor->dims[2]};
    for (int a = 0; a < 2; a++)
        if (cells[a] < 1 || llabs((long long)cells[a] * output->stride - input[a]) >= output->stride)
            return rig_fail(err, RIG_ERR_CONFIG,
                            "output '%s' is %s: %d cells of stride %d do not make the input's %d pixels", name, shape,
                            cells[a], output->stride, input[a]);
    return RIG_OK;
}

static grid choose_grid(const rig_model *model, const rig_tensor *tensors, int width, int height) {
    grid g = {.reference = -1, .nms_output = -1, .tags = -1, .centres = -1, .regression = -1};
    for (int i = 0; i < model->n_outputs; i++) {
        const rig_model_output *output = &model->outputs[i];
        if ((output->nms == RIG_NMS_SIGNED && given(output->heatmaps)) || given(output->nms_heatmaps))
            g.nms_output = i;
        g.tags = given(output->tags) ? i : g.tags;
        g.centres = given(output->centres) ? i : g.centres;
        g.regression = given(output->regression) ? i : g.regression;
        if (!given(output->heatmaps))
            continue;
        g.heat_outputs++;
        if (g.reference < 0 || output->stride < model->outputs[g.reference].stride)
            g.reference = i;
    }
    assert(g.reference >= 0); // rig_model_check
    g.stride = model->fuse_grid_input ? 1 : model->outputs[g.reference].stride;
    g.width = model->fuse_grid_input ? width : tensors[g.reference].dims[3];
    g.height = model->fuse_grid_input ? height : tensors[g.reference].dims[2];
    return g;
}

// Suppression by the network is a matter of single cells: it survives neither resampling nor a mean.
static rig_status check_nms(const rig_model *model, const rig_tensor *tensors, const grid *g, rig_err *err) {
    if (g->nms_output < 0)
        return RIG_OK;
    const rig_tensor *tensor = &tensors[g->nms_output];
    const char *name = output_name(model, tensors, g->nms_output);
    if (tensor->dims[3] != g->width || tensor->dims[2] != g->height)
        return rig_fail(err, RIG_ERR_CONFIG,
                        "output '%s': peaks suppressed on %d x %d cells, but the maps are fused at %d x %d", name,
                        tensor->dims[3], tensor->dims[2], g->width, g->height);
    if (model->outputs[g->nms_output].nms == RIG_NMS_SIGNED && g->heat_outputs > 1)
        return rig_fail(err, RIG_ERR_CONFIG, "output '%s': nms signed, but %d outputs have heatmaps, expected 1", name,
                        g->heat_outputs);
    return RIG_OK;
}

// Centres are read where they are: a regression does not survive resampling.
static rig_status check_centres(const rig_model *model, const rig_tensor *tensors, const grid *g, rig_err *err) {
    const int outputs[2] = {g->centres, g->regression};
    for (int i = 0; i < 2 && g->centres >= 0; i++) {
        const rig_tensor *tensor = &tensors[outputs[i]];
        if (tensor->dims[3] != g->width || tensor->dims[2] != g->height)
            return rig_fail(err, RIG_ERR_CONFIG, "output '%s' has %d x %d cells, but the heatmaps have %d x %d",
                            output_name(model, tensors, outputs[i]), tensor->dims[3], tensor->dims[2], g->width,
                            g->height);
    }
    return RIG_OK;
}

rig_status rig_fusion_check(const rig_model *model, const rig_tensor *tensors, int width, int height, rig_err *err) {
    const int input[2] = {width, height};
    for (int i = 0; i < model->n_outputs; i++)
        RIG_TRY(check_tensor(model, tensors, i, input, err));
    const grid g = choose_grid(model, tensors, width, height);
    RIG_TRY(check_centres(model, tensors, &g, err));
    return check_nms(model, tensors, &g, err);
}

// Room for n planes of the grid.
static rig_status buffer_resize(rig_fusion *fusion, int which, int n, const grid *g, rig_err *err) {
    size_t count = (size_t)n * (size_t)g->width * (size_t)g->height;
    if (count <= fusion->room[which])
        return RIG_OK;
    float *block = rig_heap_resize(fusion->buffers[which], count, sizeof *block);
    if (!block)
        return rig_fail_memory(err, "maps");
    fusion->buffers[which] = block;
    fusion->room[which] = count;
    return RIG_OK;
}

static const float *tensor_plane(const rig_tensor *tensor, int channel) {
    return tensor->data + (size_t)channel * (size_t)tensor->dims[2] * (size_t)tensor->dims[3];
}

static float *buffer_plane(const rig_fusion *fusion, int which, int plane) {
    return fusion->buffers[which] + (size_t)plane * (size_t)fusion->maps.width * (size_t)fusion->maps.height;
}

static void fuse_heat(rig_fusion *fusion, const rig_model *model, const rig_tensor *tensor, int i, const grid *g,
                      const rig_resampler *resampler, bool first) {
    const rig_model_output *output = &model->outputs[i];
    rig_resample_how how = {.activation = model->activation,
                            .magnitude = output->nms == RIG_NMS_SIGNED,
                            .weight = 1.0f / (float)g->heat_outputs,
                            .add = !first};
    for (int k = 0; k < model->skeleton.n; k++)
        fusion->not_finite += rig_plane_resample(resampler, tensor_plane(tensor, output->heatmaps.from + k), how,
                                                 buffer_plane(fusion, HEAT, k));
}

// Joint major, whatever the tensor's order; shared tags are written for every joint.
static void fuse_tags(rig_fusion *fusion, const rig_model *model, const rig_tensor *tensor, int i,
                      const rig_resampler *resampler) {
    const int joints = model->skeleton.n, dims = model->tag_dim, from = model->outputs[i].tags.from;
    const rig_resample_how how = {.weight = 1};
    const size_t bytes = sizeof(float) * (size_t)fusion->maps.width * (size_t)fusion->maps.height;
    for (int k = 0; k < joints; k++)
        for (int d = 0; d < dims; d++) {
            float *plane = buffer_plane(fusion, TAGS, k * dims + d);
            int channel = !model->tags_per_joint ? d : model->tags_dim_major ? d * joints + k : k * dims + d;
            if (model->tags_per_joint || k == 0)
                fusion->not_finite += rig_plane_resample(resampler, tensor_plane(tensor, from + channel), how, plane);
            else
                memcpy(plane, buffer_plane(fusion, TAGS, d), bytes);
        }
}

// A tag that says where a person is, beside the cell that says it: the cell's place is added to both dimensions.
static void tags_place(rig_fusion *fusion, const rig_model *model, double cell) {
    const int width = fusion->maps.width, height = fusion->maps.height;
    for (int k = 0; k < 2 * model->skeleton.n; k++) {
        float *tag = buffer_plane(fusion, TAGS, k);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                *tag++ += (float)(model->tags_grid * ((k % 2 ? y : x) + 0.5) * cell);
    }
}

static void fuse_nms(rig_fusion *fusion, const rig_model *model, const rig_tensor *tensor, int i,
                     const rig_resampler *resampler) {
    const rig_model_output *output = &model->outputs[i];
    int from = output->nms == RIG_NMS_SIGNED ? output->heatmaps.from : output->nms_heatmaps.from;
    for (int k = 0; k < model->skeleton.n; k++) {
        long bad = rig_plane_resample(resampler, tensor_plane(tensor, from + k), (rig_resample_how){.weight = 1},
                                      buffer_plane(fusion, NMS, k));
        fusion->not_finite += output->nms == RIG_NMS_SIGNED ? 0 : bad; // signed ones are counted as heat
    }
}

static rig_status fuse_output(rig_fusion *fusion, const rig_model *model, const rig_tensor *tensor, int i,
                              const grid *g, bool *first, rig_arena *scratch, rig_err *err) {
    const rig_model_output *output = &model->outputs[i];
    rig_resampler resampler;
    RIG_TRY(rig_resampler_init(&resampler, tensor->dims[3], tensor->dims[2], g->stride / output->stride, g->width,
                               g->height, scratch, err));
    if (given(output->heatmaps)) {
        fuse_heat(fusion, model, tensor, i, g, &resampler, *first);
        *first = false;
    }
    if (given(output->tags))
        fuse_tags(fusion, model, tensor, i, &resampler);
    if (given(output->tags) && model->tags_grid != 0)
        tags_place(fusion, model, g->stride / output->stride);
    if (i == g->nms_output)
        fuse_nms(fusion, model, tensor, i, &resampler);
    return RIG_OK;
}

// The cells that coordinate_offset speaks of are the reference's; those of the grid lie on them centre to centre.
static void set_affine(rig_fusion *fusion, const rig_model *model, const grid *g) {
    double reference = model->outputs[g->reference].stride;
    double shift = g->stride / 2 + reference * (model->coordinate_offset - 0.5);
    const double A[6] = {g->stride, 0, shift, 0, g->stride, shift};
    memcpy(fusion->A_net_hm, A, sizeof A);
}

static rig_status fusion_prepare(rig_fusion *fusion, const rig_model *model, const grid *g, rig_err *err) {
    const int joints = model->skeleton.n;
    RIG_TRY(buffer_resize(fusion, HEAT, joints, g, err));
    if (g->tags >= 0)
        RIG_TRY(buffer_resize(fusion, TAGS, joints * model->tag_dim, g, err));
    if (g->nms_output >= 0)
        RIG_TRY(buffer_resize(fusion, NMS, joints, g, err));
    fusion->maps = (rig_maps){.n_joints = joints,
                              .tag_dim = model->tag_dim,
                              .width = g->width,
                              .height = g->height,
                              .heat = fusion->buffers[HEAT],
                              .tags = g->tags >= 0 ? fusion->buffers[TAGS] : NULL,
                              .centres = g->centres >= 0 ? &fusion->centres : NULL,
                              .nms = g->nms_output >= 0 ? fusion->buffers[NMS] : NULL};
    fusion->not_finite = 0;
    set_affine(fusion, model, g);
    return RIG_OK;
}

static rig_status find_centres(rig_fusion *fusion, const rig_model *model, const rig_tensor *tensors, const grid *g,
                               rig_arena *scratch, rig_err *err) {
    const rig_map centre = {tensor_plane(&tensors[g->centres], model->outputs[g->centres].centres.from), g->width,
                            g->height};
    const float *regression = tensor_plane(&tensors[g->regression], model->outputs[g->regression].regression.from);
    return rig_centres_find(centre, regression, model->skeleton.n, &fusion->centres, scratch, err);
}

rig_status rig_fusion_run(rig_fusion *fusion, const rig_model *model, const rig_tensor *tensors, int width, int height,
                          rig_arena *scratch, rig_err *err) {
    RIG_TRY(rig_fusion_check(model, tensors, width, height, err));
    const grid g = choose_grid(model, tensors, width, height);
    RIG_TRY(fusion_prepare(fusion, model, &g, err));
    bool first = true;
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_status status = RIG_OK;
    for (int i = 0; i < model->n_outputs && status == RIG_OK; i++)
        status = fuse_output(fusion, model, &tensors[i], i, &g, &first, scratch, err);
    if (status == RIG_OK && g.centres >= 0)
        status = find_centres(fusion, model, tensors, &g, scratch, err);
    rig_arena_rewind(scratch, mark);
    return status;
}

void rig_fusion_release(rig_fusion *fusion) {
    for (int i = 0; i < 3; i++)
        rig_heap_free(fusion->buffers[i]);
    *fusion = (rig_fusion){0};
}
