// A body as a few fat lines: quick to ask who runs through whom, where a body ends, and what shadow it throws.
#ifndef RIG_TOOLS_SYNTH_LIMBS_H
#define RIG_TOOLS_SYNTH_LIMBS_H

#include "tools/synth/posture.h"
#include "tools/synth/solid.h"

enum { RIG_LIMBS = 15 };

// All points within r of the line from a to b.
typedef struct rig_limb {
    double a[3], b[3], r; // world, m
} rig_limb;

void rig_limbs_make(const rig_build *build, const rig_pose Rt_world_segment[RIG_SEGMENTS], rig_limb limbs[RIG_LIMBS]);
// How deep two limbs run into one another, m; negative: apart.
double rig_limb_depth(const rig_limb *one, const rig_limb *other);
// The deepest that two bodies run into one another, and one into itself (neighbours on the skeleton aside).
double rig_limbs_depth(const rig_limb one[RIG_LIMBS], const rig_limb other[RIG_LIMBS]);
double rig_limbs_depth_own(const rig_limb limbs[RIG_LIMBS]);
// The height of the lowest point.
double rig_limbs_low(const rig_limb limbs[RIG_LIMBS]);
// RIG_LIMBS solids for a shadow.
void rig_limbs_solids(const rig_limb limbs[RIG_LIMBS], rig_solid *solids);

#endif
