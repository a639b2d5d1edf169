// What several looks at a picture say together: heatmaps are averaged; tags are not, as each pass has an embedding of
// its own, and become further dimensions.
#ifndef RIG_POSE_BLEND_H
#define RIG_POSE_BLEND_H

#include "core/arena.h"
#include "pose/fuse.h"
#include "pose/model.h"
#include "pose/preprocess.h"

// Zeroed is a valid empty one; buffers are kept from picture to picture.
typedef struct rig_blend {
    rig_maps maps;       // on the grid of the first pass; all passes in once the last was added
    double A_cam_hm[6];  // of that grid
    int n_tags;          // dimensions so far
    rig_centres centres; // of the first pass
    float *heat, *tags;
    size_t room[2]; // floats
} rig_blend;

// Add a pass to the mean over n_passes. The first starts anew.
//   fusion  its maps; of a mirrored pass they are mirrored too
//   input   where its picture lay
// What the network itself suppressed is not looked at (maps.nms is NULL): it does not survive a mean.
// Fails with RIG_ERR_MEMORY. Source: Newell et al. 2017; HigherHRNet's multi-scale test.
RIG_CHECKED rig_status rig_blend_add(rig_blend *blend, const rig_model *model, const rig_fusion *fusion,
                                     const rig_preprocess *input, const rig_pass *pass, bool first, int n_passes,
                                     rig_arena *scratch, rig_err *err);
void rig_blend_release(rig_blend *blend);

#endif
