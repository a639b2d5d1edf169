// BVH: text, cm, y up, degrees; rotations of a skeleton whose rest pose is its offsets. Channels are Zrotation
// Xrotation Yrotation, and a node's rotation against its parent is their product in that order. BVH cannot leave a
// frame out: what is not known stays as it was in the frame before, at the begin as at rest. Source: Meredith and
// Maddock 2001, "Motion capture file formats explained".
#ifndef RIG_IO_EXPORT_BVH_H
#define RIG_IO_EXPORT_BVH_H

#include "io/export_take.h"
#include "triangulate/articulated.h"

#include <stdio.h>

// What the last row said.
typedef struct rig_bvh_state {
    double p_cm[3], degrees[RIG_NODES][3]; // z, x, y
} rig_bvh_state;

void rig_bvh_begin(FILE *stream, const rig_export_take *take, const rig_export_person *person,
                   const rig_articulation *articulation);
// pose: in a frame with y up; NULL: the person is not there. Returns whether all rotations were known.
bool rig_bvh_add(FILE *stream, const rig_articulation *articulation, const rig_articulated_pose *pose,
                 rig_bvh_state *state);

#endif
