// Arms: turned by angles, sent to a place, or where people usually keep them.
#ifndef RIG_TOOLS_SYNTH_ARMS_H
#define RIG_TOOLS_SYNTH_ARMS_H

#include "tools/synth/posture.h"

// An arm by its angles, rad: side 0 left, 1 right; elevation from hanging, azimuth 0 forward .. pi/2 outward; twist > 0
// turns the forearm outward; elbow 0 straight.
void rig_arm_turn(rig_posture *posture, int side, double elevation, double azimuth, double twist, double elbow);
// The wrist to a place of the world, the elbow down and outward.
void rig_arm_reach(const rig_build *build, rig_posture *posture, int side, const double wrist[3], rig_rng *rng);
// Hands on, or near, one's knees.
void rig_arms_on_knees(const rig_build *build, rig_posture *posture, rig_rng *rng);
// One arm, or both: hanging, on the hip, in a pocket, at the face or the ear, gesturing, before the chest, crossed,
// clasped behind.
void rig_arm_draw(const rig_build *build, rig_posture *posture, int side, rig_rng *rng);
void rig_arms_draw(const rig_build *build, rig_posture *posture, rig_rng *rng);

#endif
