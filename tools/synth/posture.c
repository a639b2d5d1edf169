#include "tools/synth/posture.h"

#include <string.h>

static const int parent_of[RIG_SEGMENTS] = {
    [RIG_SEGMENT_PELVIS] = -1,
    [RIG_SEGMENT_LUMBAR] = RIG_SEGMENT_PELVIS,
    [RIG_SEGMENT_CHEST] = RIG_SEGMENT_LUMBAR,
    [RIG_SEGMENT_NECK] = RIG_SEGMENT_CHEST,
    [RIG_SEGMENT_HEAD] = RIG_SEGMENT_NECK,
    [RIG_SEGMENT_UPPER_ARM] = RIG_SEGMENT_CHEST,
    [RIG_SEGMENT_UPPER_ARM_RIGHT] = RIG_SEGMENT_CHEST,
    [RIG_SEGMENT_FOREARM] = RIG_SEGMENT_UPPER_ARM,
    [RIG_SEGMENT_FOREARM_RIGHT] = RIG_SEGMENT_UPPER_ARM_RIGHT,
    [RIG_SEGMENT_HAND] = RIG_SEGMENT_FOREARM,
    [RIG_SEGMENT_HAND_RIGHT] = RIG_SEGMENT_FOREARM_RIGHT,
    [RIG_SEGMENT_THIGH] = RIG_SEGMENT_PELVIS,
    [RIG_SEGMENT_THIGH_RIGHT] = RIG_SEGMENT_PELVIS,
    [RIG_SEGMENT_SHANK] = RIG_SEGMENT_THIGH,
    [RIG_SEGMENT_SHANK_RIGHT] = RIG_SEGMENT_THIGH_RIGHT,
    [RIG_SEGMENT_FOOT] = RIG_SEGMENT_SHANK,
    [RIG_SEGMENT_FOOT_RIGHT] = RIG_SEGMENT_SHANK_RIGHT,
};

// Shares of the stature. Heights over the floor: hip 0.530, knee 0.285, ankle 0.039, shoulder 0.81, eyes 0.936.
static const double average_at[RIG_SEGMENTS][3] = {
    [RIG_SEGMENT_PELVIS] = {0, 0, 0.530},
    [RIG_SEGMENT_LUMBAR] = {-0.005, 0, 0.045},
    [RIG_SEGMENT_CHEST] = {0, 0, 0.095},
    [RIG_SEGMENT_NECK] = {-0.005, 0, 0.160},
    [RIG_SEGMENT_HEAD] = {0.008, 0, 0.055},
    [RIG_SEGMENT_UPPER_ARM] = {-0.005, 0.101, 0.140},
    [RIG_SEGMENT_UPPER_ARM_RIGHT] = {-0.005, -0.101, 0.140},
    [RIG_SEGMENT_FOREARM] = {0, 0, -0.186},
    [RIG_SEGMENT_FOREARM_RIGHT] = {0, 0, -0.186},
    [RIG_SEGMENT_HAND] = {0, 0, -0.146},
    [RIG_SEGMENT_HAND_RIGHT] = {0, 0, -0.146},
    [RIG_SEGMENT_THIGH] = {0, 0.050, 0},
    [RIG_SEGMENT_THIGH_RIGHT] = {0, -0.050, 0},
    [RIG_SEGMENT_SHANK] = {0, 0, -0.245},
    [RIG_SEGMENT_SHANK_RIGHT] = {0, 0, -0.245},
    [RIG_SEGMENT_FOOT] = {0, 0, -0.246},
    [RIG_SEGMENT_FOOT_RIGHT] = {0, 0, -0.246},
};

static double varied(rig_rng *rng, double sigma) { // about 1, never beyond 2.5 sigma
    return 1 + sigma * fmin(2.5, fmax(-2.5, rig_rng_normal(rng)));
}

// The stature, then each pair of limbs a little longer or shorter than the average's share of it.
rig_build rig_build_draw(rig_rng *rng) {
    rig_build build = {.stature_m = 1.72 * varied(rng, 0.045)};
    const double arm = varied(rng, 0.03), leg = varied(rng, 0.02), back = varied(rng, 0.02);
    build.trunk = varied(rng, 0.07);
    build.limb = 1 + 0.7 * (build.trunk - 1) + 0.04 * fmin(2, fmax(-2, rig_rng_normal(rng)));
    build.shoulders = varied(rng, 0.05);
    build.hips = varied(rng, 0.04);
    build.belly = fmax(0, rig_rng_uniform(rng, -0.6, 1) + 4 * (build.trunk - 1));
    build.bust = fmax(0, 0.8 * (build.hips - build.shoulders) / 0.06 + rig_rng_uniform(rng, -0.2, 0.6));
    build.bust = fmin(build.bust, 1);
    for (int b = 0; b < RIG_SEGMENTS; b++)
        for (int i = 0; i < 3; i++)
            build.at[b][i] = build.stature_m * average_at[b][i];
    for (int side = 0; side < 2; side++) {
        build.at[RIG_SEGMENT_UPPER_ARM + side][1] *= build.shoulders;
        build.at[RIG_SEGMENT_THIGH + side][1] *= build.hips;
        for (int b = RIG_SEGMENT_FOREARM + side; b <= RIG_SEGMENT_HAND_RIGHT; b += 2)
            build.at[b][2] *= arm;
        build.at[RIG_SEGMENT_SHANK + side][2] *= leg;
        build.at[RIG_SEGMENT_FOOT + side][2] *= leg;
    }
    build.at[RIG_SEGMENT_CHEST][2] *= back;
    build.at[RIG_SEGMENT_NECK][2] *= back;
    build.at[RIG_SEGMENT_PELVIS][2] =
        0.039 * build.stature_m - build.at[RIG_SEGMENT_SHANK][2] - build.at[RIG_SEGMENT_FOOT][2];
    return build;
}

void rig_posture_segments(const rig_build *build, const rig_posture *posture, rig_pose Rt_world_segment[RIG_SEGMENTS]) {
    Rt_world_segment[RIG_SEGMENT_PELVIS] = posture->Rt_world_pelvis;
    for (int b = 1; b < RIG_SEGMENTS; b++) {
        const rig_pose Rt_parent_segment = rig_pose_from_rvec(posture->turn[b], build->at[b]);
        Rt_world_segment[b] = rig_pose_mul(&Rt_world_segment[parent_of[b]], &Rt_parent_segment);
    }
}

// A rotation whose -z axis runs from a to b and whose x axis is as near to `forward` as it can be.
static void frame_down(const double a[3], const double b[3], const double forward[3], double R[9]) {
    double x[3], y[3], z[3];
    for (int i = 0; i < 3; i++)
        z[i] = a[i] - b[i];
    const double length = rig_norm3(z);
    for (int i = 0; i < 3; i++)
        z[i] /= length;
    const double along = rig_dot3(forward, z);
    for (int i = 0; i < 3; i++)
        x[i] = forward[i] - along * z[i];
    const double across = rig_norm3(x);
    for (int i = 0; i < 3; i++)
        x[i] /= across;
    rig_cross3(z, x, y);
    for (int i = 0; i < 3; i++) {
        R[3 * i] = x[i];
        R[3 * i + 1] = y[i];
        R[3 * i + 2] = z[i];
    }
}

static void turn_between(const double R_world_parent[9], const double R_world_segment[9], double turn[3]) {
    double back[9], R[9];
    rig_mat3_transpose(R_world_parent, back);
    rig_mat3_mul(back, R_world_segment, R);
    rig_rotation_to_rvec(R, turn);
}

static const double FOLDED = 0.5; // rad, between the segments of a limb that is folded as far as it goes

// Two segments of lengths upper and lower from a to b, their joint out along `out` (unit): the joint's place, and where
// the end comes, short of b where b is too far and beyond it where b is too near.
static void joint_between(const double a[3], const double b[3], double upper, double lower, const double out[3],
                          double joint[3], double end[3]) {
    double u[3], w[3];
    for (int i = 0; i < 3; i++)
        u[i] = b[i] - a[i];
    // No elbow or knee folds further than to FOLDED between its segments.
    const double least = sqrt(upper * upper + lower * lower - 2 * upper * lower * cos(FOLDED));
    const double wanted = rig_norm3(u), reach = fmin(fmax(wanted, least), 0.9995 * (upper + lower));
    for (int i = 0; i < 3; i++)
        u[i] /= wanted;
    const double along = (reach * reach + upper * upper - lower * lower) / (2 * reach); // of the joint, on a-b
    const double aside = sqrt(fmax(0, upper * upper - along * along)), part = rig_dot3(out, u);
    for (int i = 0; i < 3; i++)
        w[i] = out[i] - part * u[i];
    const double norm = rig_norm3(w);
    for (int i = 0; i < 3; i++) {
        joint[i] = a[i] + along * u[i] + aside * w[i] / norm;
        end[i] = a[i] + reach * u[i];
    }
}

void rig_posture_reach(const rig_build *build, rig_posture *posture, int side, const double ankle[3],
                       const double R_world_foot[9], const double forward[3]) {
    const int thigh = RIG_SEGMENT_THIGH + side, shank = RIG_SEGMENT_SHANK + side, foot = RIG_SEGMENT_FOOT + side;
    double hip[3], knee[3], end[3], R_thigh[9], R_shank[9];
    rig_pose_apply(&posture->Rt_world_pelvis, build->at[thigh], hip);
    joint_between(hip, ankle, rig_norm3(build->at[shank]), rig_norm3(build->at[foot]), forward, knee, end);
    frame_down(hip, knee, forward, R_thigh);
    frame_down(knee, end, forward, R_shank);
    turn_between(posture->Rt_world_pelvis.R, R_thigh, posture->turn[thigh]);
    turn_between(R_thigh, R_shank, posture->turn[shank]);
    turn_between(R_shank, R_world_foot, posture->turn[foot]);
}

void rig_posture_reach_hand(const rig_build *build, rig_posture *posture, int side, const double wrist[3],
                            const double out[3]) {
    const int upper = RIG_SEGMENT_UPPER_ARM + side, lower = RIG_SEGMENT_FOREARM + side, hand = RIG_SEGMENT_HAND + side;
    double elbow[3], end[3], fore[3], back[3], R_upper[9], R_lower[9];
    rig_pose segments[RIG_SEGMENTS];
    rig_posture_segments(build, posture, segments);
    joint_between(segments[upper].t, wrist, rig_norm3(build->at[lower]), rig_norm3(build->at[hand]), out, elbow, end);
    // An elbow bends forward: the forearm's own way is, and the way back to the shoulder; where the arm is straight,
    // away from `out`.
    for (int i = 0; i < 3; i++) {
        fore[i] = (end[i] - elbow[i]) - 1e-3 * out[i];
        back[i] = (segments[upper].t[i] - elbow[i]) - 1e-3 * out[i];
    }
    frame_down(segments[upper].t, elbow, fore, R_upper);
    frame_down(elbow, end, back, R_lower);
    turn_between(segments[RIG_SEGMENT_CHEST].R, R_upper, posture->turn[upper]);
    turn_between(R_upper, R_lower, posture->turn[lower]);
}

void rig_posture_turn(double roll, double pitch, double yaw, double rvec[3]) {
    const double about[3][3] = {{roll, 0, 0}, {0, pitch, 0}, {0, 0, yaw}};
    double R[3][9], RR[9], all[9];
    for (int i = 0; i < 3; i++)
        rig_rotation_from_rvec(about[i], R[i], NULL);
    rig_mat3_mul(R[1], R[0], RR);
    rig_mat3_mul(R[2], RR, all);
    rig_rotation_to_rvec(all, rvec);
}
