#include "tools/synth/arms.h"

#include "tools/synth/legs.h"

static double between(rig_rng *rng, double low, double high) {
    return rig_rng_uniform(rng, low, high);
}

void rig_arm_turn(rig_posture *posture, int side, double elevation, double azimuth, double twist, double elbow) {
    const double mirror = side ? -1 : 1;
    rig_swing(elevation, mirror * azimuth, mirror * twist, posture->turn[RIG_SEGMENT_UPPER_ARM + side]);
    rig_posture_turn(0, -elbow, 0, posture->turn[RIG_SEGMENT_FOREARM + side]);
    rig_posture_turn(0, -0.1, -0.25 * mirror, posture->turn[RIG_SEGMENT_HAND + side]);
}

// The wrist to a place in a segment's frame (y outward, shares of the stature), the elbow out along `out` of that
// frame.
static void arm_to(const rig_build *build, rig_posture *posture, int side, rig_segment segment, double x, double y,
                   double z, const double out[3], rig_rng *rng) {
    const double h = build->stature_m, mirror = side ? -1 : 1;
    const double own[3] = {h * (x + 0.008 * rig_rng_normal(rng)), mirror * h * (y + 0.008 * rig_rng_normal(rng)),
                           h * (z + 0.01 * rig_rng_normal(rng))};
    const double own_out[3] = {out[0], mirror * out[1], out[2]};
    double wrist[3], way[3];
    rig_pose segments[RIG_SEGMENTS];
    rig_posture_segments(build, posture, segments);
    rig_pose_apply(&segments[segment], own, wrist);
    rig_mat3_mul_vec(segments[RIG_SEGMENT_CHEST].R, own_out, way);
    rig_posture_turn(0, -0.1, -0.25 * mirror, posture->turn[RIG_SEGMENT_HAND + side]);
    rig_posture_reach_hand(build, posture, side, wrist, way);
}

void rig_arm_reach(const rig_build *build, rig_posture *posture, int side, const double wrist[3], rig_rng *rng) {
    const double out[3] = {-0.3, (side ? -1 : 1) * between(rng, 0.2, 0.9), -between(rng, 0.3, 0.9)};
    double way[3];
    rig_mat3_mul_vec(posture->Rt_world_pelvis.R, out, way);
    rig_posture_turn(0, -0.1, (side ? 0.25 : -0.25), posture->turn[RIG_SEGMENT_HAND + side]);
    rig_posture_reach_hand(build, posture, side, wrist, way);
}

void rig_arms_on_knees(const rig_build *build, rig_posture *posture, rig_rng *rng) {
    static const double out[3] = {-0.35, 0.85, -0.4};
    const double down = build->at[RIG_SEGMENT_SHANK][2] / build->stature_m * between(rng, 0.55, 0.9);
    for (int side = 0; side < 2; side++)
        arm_to(build, posture, side, (rig_segment)(RIG_SEGMENT_THIGH + side), 0.075, 0, down, out, rng);
}

void rig_arm_draw(const rig_build *build, rig_posture *posture, int side, rig_rng *rng) {
    static const double aside[3] = {-0.55, 0.83, 0}, below[3] = {-0.2, 0.45, -0.85}, back[3] = {-0.85, 0.5, 0};
    switch (rig_rng_below(rng, 9)) {
    case 0: // on the hip
        arm_to(build, posture, side, RIG_SEGMENT_PELVIS, 0.02, 0.135, 0.085, aside, rng);
        break;
    case 1: // in the pocket, nearly
        arm_to(build, posture, side, RIG_SEGMENT_PELVIS, 0.035, 0.128, 0.015, back, rng);
        break;
    case 2: // at the ear, the chin or before the mouth
        arm_to(build, posture, side, RIG_SEGMENT_HEAD, between(rng, 0.05, 0.1), between(rng, 0.03, 0.085),
               between(rng, -0.08, -0.01), below, rng);
        break;
    case 3: // something held before the chest
        arm_to(build, posture, side, RIG_SEGMENT_CHEST, between(rng, 0.13, 0.24), between(rng, -0.02, 0.1),
               between(rng, -0.05, 0.12), below, rng);
        break;
    case 4: // a gesture
        rig_arm_turn(posture, side, between(rng, 0.2, 1.5), between(rng, -0.1, 1.6), between(rng, -0.6, 0.8),
                     between(rng, 0.3, 2));
        break;
    default: // hanging
        rig_arm_turn(posture, side, between(rng, 0.10, 0.3), between(rng, 0.3, 1.7), between(rng, -0.5, 0.2),
                     between(rng, 0.05, 0.5));
    }
}

void rig_arms_draw(const rig_build *build, rig_posture *posture, rig_rng *rng) {
    static const double below[3] = {-0.1, 0.6, -0.8}, back[3] = {-0.6, 0.8, 0}, aside[3] = {-0.55, 0.83, 0};
    const int how = rig_rng_below(rng, 14), over = rig_rng_below(rng, 2);
    for (int side = 0; side < 2; side++)
        if (how == 0) // crossed, one over the other
            arm_to(build, posture, side, RIG_SEGMENT_CHEST, side == over ? 0.125 : 0.092, -0.045, 0.015, below, rng);
        else if (how == 1) // clasped behind
            arm_to(build, posture, side, RIG_SEGMENT_PELVIS, side == over ? -0.115 : -0.135, 0.02, 0.04, back, rng);
        else if (how == 2) // both on the hips
            arm_to(build, posture, side, RIG_SEGMENT_PELVIS, 0.02, 0.135, 0.085, aside, rng);
        else if (how == 3) // folded before the belly
            arm_to(build, posture, side, RIG_SEGMENT_PELVIS, side == over ? 0.12 : 0.145, 0.012, 0.06, below, rng);
        else
            rig_arm_draw(build, posture, side, rng);
}
