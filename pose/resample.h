// One plane of floats onto the grid of another, bilinear between the centres of cells.
#ifndef RIG_POSE_RESAMPLE_H
#define RIG_POSE_RESAMPLE_H

#include "core/arena.h"
#include "pose/model.h"

#include <stdbool.h>

// The way from planes of one size to another's, made once for many planes.
typedef struct rig_resampler {
    int src_width, src_height, width, height;
    const int *low[2];     // along x and y: the source cell at or before each destination cell
    const float *part[2];  // how far beyond it, 0..1
    bool same;             // along x cells go to cells
    float *clean, *row[2]; // workspace: a source row; the two source rows at hand, resampled along x
} rig_resampler;

// step: source cells a destination cell; edges go to edges, and cells beyond the source repeat its border.
// Everything lives in scratch. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_resampler_init(rig_resampler *resampler, int src_width, int src_height, double step,
                                          int width, int height, rig_arena *scratch, rig_err *err);
// The same with cell 0 at `start` (x, y) of the source.
RIG_CHECKED rig_status rig_resampler_place(rig_resampler *resampler, int src_width, int src_height, double step,
                                           const double start[2], int width, int height, rig_arena *scratch,
                                           rig_err *err);

typedef struct rig_resample_how {
    rig_activation activation; // before resampling
    bool magnitude;            // instead of an activation: the absolute value
    float weight;
    bool add; // to what dst holds
} rig_resample_how;

// dst (=, or += where added) weight * resampled src. Returns how many values of src were not finite; they count as 0.
long rig_plane_resample(const rig_resampler *resampler, const float *src, rig_resample_how how, float *dst);

#endif
