// From the tensors a network gives to one set of maps on one grid.
#ifndef RIG_POSE_FUSE_H
#define RIG_POSE_FUSE_H

#include "core/arena.h"
#include "nn/net.h"
#include "pose/centres.h"
#include "pose/maps.h"
#include "pose/model.h"

#include <stddef.h>

// Zeroed is a valid empty one; buffers are kept from run to run.
typedef struct rig_fusion {
    rig_maps maps;       // pointing into the buffers
    double A_net_hm[6];  // q_net = A_net_hm q_hm, coordinate_offset included
    rig_centres centres; // of a centre network
    long not_finite;     // values of heatmaps and tags that were not finite and counted as 0
    float *buffers[3];   // heat, tags, nms
    size_t room[3];      // floats
} rig_fusion;

// Whether the tensors are what the descriptor says: axes, channel ranges, cells * stride against the input's size, and
// where the network searches peaks, whether its grid is the one all is brought to.
// Fails with RIG_ERR_CONFIG, naming the output and the numbers.
RIG_CHECKED rig_status rig_fusion_check(const rig_model *model, const rig_tensor *tensors, int width, int height,
                                        rig_err *err);
// Fuse the tensors of a network whose input was width x height. Heatmaps: activation, then the mean over outputs; tags
// as they are, for every joint where they are shared. These are resampled (bilinear, pixel centres) to the grid of the
// output with heatmaps of least stride or, with fuse_grid_input, of the input. Centres and regressions must lie on that
// grid; they are read as they are, without the activation. Checks first. Fails with RIG_ERR_CONFIG
// and RIG_ERR_MEMORY. Cost: a few operations a cell and channel.
RIG_CHECKED rig_status rig_fusion_run(rig_fusion *fusion, const rig_model *model, const rig_tensor *tensors, int width,
                                      int height, rig_arena *scratch, rig_err *err);
void rig_fusion_release(rig_fusion *fusion);

#endif
