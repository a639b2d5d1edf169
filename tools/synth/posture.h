// Segments and how they stand: a build gives their lengths, a posture their turns; forward from pelvis to hands, and
// back from where a foot must be to the leg that brings it there.
#ifndef RIG_TOOLS_SYNTH_POSTURE_H
#define RIG_TOOLS_SYNTH_POSTURE_H

#include "core/geom.h"
#include "core/rng.h"

typedef enum rig_segment {
    RIG_SEGMENT_PELVIS,
    RIG_SEGMENT_LUMBAR,
    RIG_SEGMENT_CHEST,
    RIG_SEGMENT_NECK,
    RIG_SEGMENT_HEAD,
    RIG_SEGMENT_UPPER_ARM, // left; the right one follows each
    RIG_SEGMENT_UPPER_ARM_RIGHT,
    RIG_SEGMENT_FOREARM,
    RIG_SEGMENT_FOREARM_RIGHT,
    RIG_SEGMENT_HAND,
    RIG_SEGMENT_HAND_RIGHT,
    RIG_SEGMENT_THIGH,
    RIG_SEGMENT_THIGH_RIGHT,
    RIG_SEGMENT_SHANK,
    RIG_SEGMENT_SHANK_RIGHT,
    RIG_SEGMENT_FOOT,
    RIG_SEGMENT_FOOT_RIGHT,
    RIG_SEGMENTS
} rig_segment;

// Each segment's frame: x forward, y to the left, z up while the person stands with the arms hanging; its origin is the
// joint to its parent (the pelvis's: between the hips).
typedef struct rig_build {
    double stature_m;
    double at[RIG_SEGMENTS][3]; // origin in the parent's frame, m; of the pelvis: over the floor, standing
    double trunk, limb;         // girths, 1 = average
    double shoulders, hips;     // breadths, 1 = average
    double belly, bust;         // 0 = flat
} rig_build;

// A grown person by seed. Proportions: Drillis and Contini 1966, as in Winter 2009, figure 4.1; the variation is ours.
rig_build rig_build_draw(rig_rng *rng);

typedef struct rig_posture {
    rig_pose Rt_world_pelvis;
    double turn[RIG_SEGMENTS][3]; // of each segment in its parent's frame: Rodrigues vector; the pelvis's is not used
} rig_posture;

// All segments in the world.
void rig_posture_segments(const rig_build *build, const rig_posture *posture, rig_pose Rt_world_segment[RIG_SEGMENTS]);
// Turn one leg (side 0 left, 1 right) so that the ankle comes to a place in the world and the foot to an orientation.
// The knee points along `forward` (world, unit). Where the place is out of reach the leg is straight and the foot short
// of it.
void rig_posture_reach(const rig_build *build, rig_posture *posture, int side, const double ankle[3],
                       const double R_world_foot[9], const double forward[3]);
// The same for an arm: the wrist comes to a place in the world, the elbow points along `out` (world, unit); the hand
// keeps its turn against the forearm.
void rig_posture_reach_hand(const rig_build *build, rig_posture *posture, int side, const double wrist[3],
                            const double out[3]);
// A Rodrigues vector of the turns roll (about x), then pitch (y), then yaw (z); pitch > 0 leans forward and down.
void rig_posture_turn(double roll, double pitch, double yaw, double rvec[3]);

#endif
