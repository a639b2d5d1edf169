#include "pose/blend.h"

#include "pose/resample.h"

static rig_status room_make(float **block, size_t *room, size_t count, rig_err *err) {
    if (count <= *room)
        return RIG_OK;
    float *grown = rig_heap_resize(*block, count, sizeof *grown);
    if (!grown)
        return rig_fail_memory(err, "maps");
    *block = grown;
    *room = count;
    return RIG_OK;
}

// The tags of all passes together.
static int tag_dims(const rig_model *model) {
    rig_pass list[RIG_PASSES_MAX];
    int dims = 0;
    for (int i = 0, n = rig_passes_list(&model->passes, list); i < n; i++)
        dims += list[i].tags ? model->tag_dim : 0;
    return dims;
}

static rig_status blend_start(rig_blend *blend, const rig_model *model, const rig_fusion *fusion,
                              const rig_preprocess *input, rig_err *err) {
    const size_t plane = (size_t)fusion->maps.width * (size_t)fusion->maps.height;
    const size_t joints = (size_t)model->skeleton.n;
    blend->maps = fusion->maps;
    blend->maps.nms = NULL;
    blend->n_tags = 0;
    RIG_TRY(room_make(&blend->heat, &blend->room[0], joints * plane, err));
    blend->maps.heat = blend->heat;
    if (blend->maps.tags) {
        blend->maps.tag_dim = tag_dims(model);
        RIG_TRY(room_make(&blend->tags, &blend->room[1], joints * (size_t)blend->maps.tag_dim * plane, err));
        blend->maps.tags = blend->tags;
    }
    if (blend->maps.centres) {
        blend->centres = fusion->centres;
        blend->maps.centres = &blend->centres;
    }
    rig_affine_compose(input->A_cam_net, fusion->A_net_hm, blend->A_cam_hm);
    return RIG_OK;
}

// How the blend's cells lie on a pass's: its cell = step * cell + start, along x and y. A mirrored pass is turned
// around cell for cell, whatever coordinate_offset is: a joint of cell c is trained to be in the last but c of the
// mirror image.
static void cells_match(const rig_blend *blend, const rig_fusion *fusion, const rig_preprocess *input, bool mirrored,
                        double *step, double start[2]) {
    double A_net_hm[6];
    rig_affine_compose(input->A_net_cam, blend->A_cam_hm, A_net_hm);
    const double stride = fusion->A_net_hm[0];
    // Turned around, cells that reach beyond the right border of the picture reach beyond the left.
    const double beyond = mirrored ? stride * fusion->maps.width - input->width : 0;
    *step = A_net_hm[0] / stride;
    start[0] = (A_net_hm[2] - fusion->A_net_hm[2] + beyond) / stride;
    start[1] = (A_net_hm[5] - fusion->A_net_hm[5]) / stride;
}

static const float *turn_around(const float *plane, int width, int height, float *turned) {
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            turned[y * width + x] = plane[y * width + width - 1 - x];
    return turned;
}

// A pass on its way into the blend.
typedef struct entry {
    rig_blend *blend;
    const rig_maps *from;
    const int *joint_of; // the pass's joint that is joint k
    rig_resampler resampler;
    float *turned; // NULL: not mirrored
} entry;

static void plane_add(const entry *e, const float *planes, int plane, rig_resample_how how, float *to, int to_plane) {
    const rig_maps *from = e->from, *maps = &e->blend->maps;
    const float *src = planes + (size_t)plane * (size_t)from->width * (size_t)from->height;
    if (e->turned)
        src = turn_around(src, from->width, from->height, e->turned);
    rig_plane_resample(&e->resampler, src, how, to + (size_t)to_plane * (size_t)maps->width * (size_t)maps->height);
}

static void entry_add(const entry *e, bool tags, bool first, int n_passes) {
    const rig_maps *from = e->from;
    rig_blend *blend = e->blend;
    const rig_resample_how mean = {.weight = 1.0f / (float)n_passes, .add = !first}, as_is = {.weight = 1};
    for (int k = 0; k < from->n_joints; k++) {
        const int own = e->joint_of[k];
        plane_add(e, from->heat, own, mean, blend->heat, k);
        for (int d = 0; tags && d < from->tag_dim; d++)
            plane_add(e, from->tags, own * from->tag_dim + d, as_is, blend->tags,
                      k * blend->maps.tag_dim + blend->n_tags + d);
    }
    if (tags)
        blend->n_tags += from->tag_dim;
}

rig_status rig_blend_add(rig_blend *blend, const rig_model *model, const rig_fusion *fusion,
                         const rig_preprocess *input, const rig_pass *pass, bool first, int n_passes,
                         rig_arena *scratch, rig_err *err) {
    const rig_maps *from = &fusion->maps;
    int same[RIG_JOINTS_MAX];
    double step, start[2];
    for (int k = 0; k < RIG_JOINTS_MAX; k++)
        same[k] = k;
    if (first)
        RIG_TRY(blend_start(blend, model, fusion, input, err));
    entry e = {.blend = blend, .from = from, .joint_of = pass->flip ? model->skeleton.flip : same};
    cells_match(blend, fusion, input, pass->flip, &step, start);
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_status status = rig_resampler_place(&e.resampler, from->width, from->height, step, start, blend->maps.width,
                                            blend->maps.height, scratch, err);
    if (status == RIG_OK && pass->flip) {
        e.turned = RIG_NEW(scratch, float, (size_t)from->width *(size_t)from->height);
        status = e.turned ? RIG_OK : rig_fail_memory(err, "maps");
    }
    if (status == RIG_OK)
        entry_add(&e, pass->tags && from->tags, first, n_passes);
    rig_arena_rewind(scratch, mark);
    return status;
}

void rig_blend_release(rig_blend *blend) {
    rig_heap_free(blend->heat);
    rig_heap_free(blend->tags);
    *blend = (rig_blend){0};
}
