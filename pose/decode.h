// Maps to people: heatmaps say where joints are, tags say whose they are (Newell, Huang, Deng 2017).
#ifndef RIG_POSE_DECODE_H
#define RIG_POSE_DECODE_H

#include "core/arena.h"
#include "core/people.h"
#include "pose/maps.h"
#include "pose/model.h"

// Find the people in a set of maps. Joint positions are in cells of the grid (centre of a cell at its integer).
//   model   skeleton, group_order and decode
//   frame   out: n people, score falling, at most max_people; joints with score and (first dimension of the) tag. A
//           joint's others are the highest peaks of this joint that are not its own and whose tags are within
//           tag_threshold of the person's mean: whoever sees more than this picture may choose again. A person's score
//           is the mean over all joints, one not found counting 0, filled ones too
// A map value that is not finite counts as 0.
// Fails with RIG_ERR_MEMORY. Cost: one pass over the maps, then by candidates. No result depends on ties' memory order.
// Source: Newell et al. 2017; choices per step as docs/models.md lists them.
RIG_CHECKED rig_status rig_maps_decode(const rig_maps *maps, const rig_model *model, rig_frame2d *frame, rig_arena *out,
                                       rig_arena *scratch, rig_err *err);

#endif
