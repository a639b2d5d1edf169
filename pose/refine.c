#include "pose/refine.h"

#include "pose/group.h"
#include "pose/peaks.h"

#include <math.h>

static const double LEAST_HEAT = 0.05; // of a joint filled in from a window
static const double REACH = 0.5;       // of the window beyond the box of the joints found, in its longer sides

typedef struct range {
    int x0, y0, x1, y1; // cells, half open
} range;

static int clamp_cell(double value, int last) {
    return value < 0 ? 0 : value > last ? last : (int)value;
}

static range search_range(const rig_maps *maps, const rig_model *model, const rig_joint2d *joints) {
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    if (model->decode.refine == RIG_REFINE_FULL)
        return (range){0, 0, maps->width, maps->height};
    for (int k = 0; k < maps->n_joints; k++)
        for (int i = 0; i < 2 && joints[k].found; i++) {
            low[i] = fmin(low[i], joints[k].q[i]);
            high[i] = fmax(high[i], joints[k].q[i]);
        }
    if (!(low[0] <= high[0]))
        return (range){0, 0, 0, 0};
    // By the longer side both ways: the box of a person seen from the side, or in part, is narrow.
    double grow = REACH * fmax(high[0] - low[0], high[1] - low[1]) + 1;
    return (range){clamp_cell(low[0] - grow, maps->width - 1), clamp_cell(low[1] - grow, maps->height - 1),
                   clamp_cell(high[0] + grow, maps->width - 1) + 1, clamp_cell(high[1] + grow, maps->height - 1) + 1};
}

// The cell of the highest heat - round(tag distance); false where no cell will do.
static bool best_cell(const rig_maps *maps, const rig_model *model, int joint, const double *tag, range where,
                      int at[2]) {
    const rig_decode_params *params = &model->decode;
    const bool window = params->refine == RIG_REFINE_WINDOW;
    const double least = window ? LEAST_HEAT : 0;
    double best = -INFINITY, own[RIG_TAG_DIMS_MAX];
    rig_map heat = rig_maps_plane(maps, maps->heat, joint);
    for (int y = where.y0; y < where.y1; y++) {
        const float *row = heat.data + (size_t)y * (size_t)heat.width;
        if (!rig_cells_any_above(row + where.x0, where.x1 - where.x0, (float)fmax(least, best)))
            continue;
        for (int x = where.x0; x < where.x1; x++) {
            double value = rig_map_at(heat, x, y);
            if (!(value > least) || !(value > best)) // a distance only lowers it
                continue;
            rig_maps_tag_at(maps, joint, x, y, own);
            double d = rig_tag_distance(own, tag, maps->tag_dim, params->tag_metric_l2);
            if ((window && !(d < params->tag_threshold)) || !(value - rint(d) > best))
                continue;
            best = value - rint(d);
            at[0] = x;
            at[1] = y;
        }
    }
    return best > -INFINITY;
}

static void fill(const rig_maps *maps, const rig_model *model, int joint, const double *tag, range where,
                 rig_joint2d *out) {
    int at[2] = {0, 0};
    double own[RIG_TAG_DIMS_MAX] = {0}, offset[2];
    rig_map heat = rig_maps_plane(maps, maps->heat, joint);
    if (!best_cell(maps, model, joint, tag, where, at))
        return;
    rig_peak_offset(heat, at[0], at[1], model->decode.subpixel, offset);
    rig_maps_tag_at(maps, joint, at[0], at[1], own);
    out->found = out->filled = true;
    out->q[0] = at[0] + offset[0];
    out->q[1] = at[1] + offset[1];
    out->score = fmax(rig_map_at(heat, at[0], at[1]), 0); // raw heat may be negative
    out->tag = own[0];
    // The cell may be a peak that another person has, and a runner-up of this one: it is one place.
    int kept = 0;
    for (int i = 0; i < out->n_others; i++)
        if (hypot(out->others[i].q[0] - out->q[0], out->others[i].q[1] - out->q[1]) >= 1)
            out->others[kept++] = out->others[i];
    out->n_others = kept;
}

void rig_person_refine(const rig_maps *maps, const rig_model *model, const double *tag, rig_joint2d *joints) {
    if (model->decode.refine == RIG_REFINE_OFF)
        return;
    range where = search_range(maps, model, joints);
    for (int k = 0; k < maps->n_joints; k++)
        if (!joints[k].found)
            fill(maps, model, k, tag, where, &joints[k]);
}
