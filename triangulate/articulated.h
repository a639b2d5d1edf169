// A person as a chain of rigid bones: joint rotations of a skeleton whose bones keep their lengths, from joints in
// space.
#ifndef RIG_TRIANGULATE_ARTICULATED_H
#define RIG_TRIANGULATE_ARTICULATED_H

#include "core/people.h"
#include "triangulate/body.h"

enum { RIG_NODES = 20, RIG_NODE_POINTS = 22 }; // nodes; and two that are only looked at, the ears

// A node stands at its parent's place plus its offset, turned as the parent is. Rest: a person upright with the arms
// stretched out sideways; x to the person's left, y up, z forward.
typedef struct rig_articulation {
    int joints[RIG_NODE_POINTS][2]; // of the skeleton, whose middle the node is; -1: the skeleton lacks them
    bool has[RIG_NODES];            // the node is part of it: its bone's length is known, and its parent is part of it
    bool turns[RIG_NODES];          // it has children: it has a rotation
    double offset_m[RIG_NODES][3];  // from the parent, at rest
} rig_articulation;

// A frame's rotations: those known; and where the nodes then are.
typedef struct rig_articulated_pose {
    bool known[RIG_NODES];   // the rotation
    bool placed[RIG_NODES];  // the place
    double R[RIG_NODES][9];  // node to world
    double p[RIG_NODES][3];  // m, in the frame of the joints given
    double off_m[RIG_NODES]; // how far from the measured joints; -1: not measured, or not placed
} rig_articulated_pose;

const char *rig_node_name(int node); // "LeftForeArm"
int rig_node_parent(int node);       // before it; -1 of the first

// The joints of the skeleton that the nodes are at, and the bones between them as a body, whose lengths
// rig_bone_lengths measures on rig_node_points: bone i - 1 is that of node i.
rig_body rig_articulation_init(const rig_skeleton *skeleton, rig_articulation *articulation);
// The nodes' points of a person, as joints: those that are measured are RIG_JOINT_OK. at: RIG_NODES + 2.
void rig_node_points(const rig_articulation *articulation, const rig_joint3d *joints, rig_joint3d at[RIG_NODE_POINTS]);
// Take bones of these lengths, m, one a bone of the body, 0: not known. false: the trunk's are not known, and there is
// nothing to fit.
bool rig_articulation_set(rig_articulation *articulation, const double *lengths_m);
// Fit rotations to points, in closed form from the hips outwards: a bone points from where its node is to where its end
// was measured; its twist is that of the line or the plane of the joints beside (hips, shoulders, ears; of arms and
// legs the plane in which they bend, the less the straighter they are), else the least against its parent. What is not
// measured, or hangs on such, is not known.
void rig_articulation_fit(const rig_articulation *articulation, const rig_joint3d points[RIG_NODE_POINTS],
                          rig_articulated_pose *pose);

#endif
