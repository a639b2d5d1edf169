#include "tools/synth/gait.h"

#include <string.h>

static const double PI = 3.14159265358979323846;

// One foot's cycle, in radians of the gait from the moment it stands under the body: it lands at -LAND, the heel leaves
// at HEEL, the toes at LIFT, and it swings until it lands again. 61 % of the cycle on the floor, as people do.
static const double LAND = 1.62, FLAT = 0.95, HEEL = 0.60, LIFT = 2.21; // from -FLAT on the whole sole stands
static const double TOES_UP = 0.28, HEEL_UP = 0.95;                     // rad, of the foot at landing and at lift-off
// The foot, shares of the stature: from the ankle to where it rolls over heel and ball.
static const double SOLE = 0.039, HEEL_X = -0.035, BALL_X = 0.070;

rig_gait rig_gait_draw(const rig_build *build, rig_rng *rng) {
    rig_gait gait = {0};
    gait.pace_m_s = rig_rng_uniform(rng, 0.8, 1.15);
    gait.stride_m = build->stature_m * (0.42 + 0.28 * gait.pace_m_s);
    gait.arm_swing = rig_rng_uniform(rng, 0.25, 0.5);
    gait.elbow = rig_rng_uniform(rng, 0.15, 0.45);
    gait.spread = rig_rng_uniform(rng, 0.10, 0.18);
    gait.lean = rig_rng_uniform(rng, 0.0, 0.07);
    gait.nod = rig_rng_uniform(rng, -0.08, 0.22);
    gait.step_width = rig_rng_uniform(rng, 0.7, 1.2);
    return gait;
}

// Where a foot stands in its k-th stance: beside the way, at the moment when the body is over it.
typedef struct foothold {
    double p[2], heading;
} foothold;

static foothold foothold_find(const rig_gait *gait, const rig_build *build, const rig_walk *walk, int side, double k) {
    const rig_walk_place at = rig_walk_at(walk, rig_walk_time_of(walk, 2 * PI * k + PI * side));
    const double aside = gait->step_width * build->at[RIG_SEGMENT_THIGH + side][1];
    const double out = 0.10 * (side ? -1 : 1); // toes point a little outward
    return (foothold){{at.p[0] - sin(at.heading) * aside, at.p[1] + cos(at.heading) * aside}, at.heading + out};
}

// The foot rolled by pitch over its heel (pitch < 0: toes up) or its ball (> 0: heel up) at a foothold.
static void foot_rolled(const rig_build *build, const foothold *hold, double pitch, rig_pose *Rt_world_foot) {
    const double h = build->stature_m, pivot_x = h * (pitch < 0 ? HEEL_X : BALL_X), sole = h * SOLE;
    const double c = cos(hold->heading), s = sin(hold->heading), cp = cos(pitch), sp = sin(pitch);
    const double R[9] = {c * cp, -s, c * sp, s * cp, c, s * sp, -sp, 0, cp};
    const double from_pivot[3] = {-pivot_x, 0, sole}; // ankle, in the foot's frame
    double up[3];
    memcpy(Rt_world_foot->R, R, sizeof R);
    rig_mat3_mul_vec(R, from_pivot, up);
    Rt_world_foot->t[0] = hold->p[0] + c * pivot_x + up[0];
    Rt_world_foot->t[1] = hold->p[1] + s * pivot_x + up[1];
    Rt_world_foot->t[2] = up[2];
}

static double eased(double x) {
    x = fmin(fmax(x, 0), 1);
    return x * x * (3 - 2 * x);
}

static double stance_pitch(double psi) {
    if (psi < 0)
        return -TOES_UP * eased((-FLAT - psi) / (LAND - FLAT));
    const double rolled = fmax(psi - HEEL, 0) / (LIFT - HEEL);
    return HEEL_UP * rolled * rolled;
}

// From one foothold to the next: the ankle on a raised arc, the foot turning from heel up to toes up.
static void foot_swung(const rig_build *build, const foothold *from, const foothold *to, double share,
                       rig_pose *Rt_world_foot) {
    rig_pose lifted, landed;
    const double s = eased(share), lift_pitch = stance_pitch(LIFT), pitch = lift_pitch + (-TOES_UP - lift_pitch) * s;
    foot_rolled(build, from, lift_pitch, &lifted);
    foot_rolled(build, to, -TOES_UP, &landed);
    const foothold between = {{0, 0}, from->heading + s * (to->heading - from->heading)};
    foot_rolled(build, &between, pitch, Rt_world_foot);
    for (int i = 0; i < 3; i++)
        Rt_world_foot->t[i] = lifted.t[i] + s * (landed.t[i] - lifted.t[i]);
    const double way = hypot(landed.t[0] - lifted.t[0], landed.t[1] - lifted.t[1]);
    Rt_world_foot->t[2] += fmin(0.05, 0.06 * way) * sin(PI * share);
}

static rig_pose foot_at(const rig_gait *gait, const rig_build *build, const rig_walk *walk, int side, double phase) {
    const double own = phase - PI * side, k = floor(own / (2 * PI) + 0.5), psi = own - 2 * PI * k;
    rig_pose foot;
    if (psi >= -LAND && psi <= LIFT) {
        const foothold hold = foothold_find(gait, build, walk, side, k);
        foot_rolled(build, &hold, stance_pitch(psi), &foot);
        return foot;
    }
    const double before = psi > 0 ? k : k - 1, gone = psi > 0 ? psi - LIFT : psi + 2 * PI - LIFT;
    const foothold from = foothold_find(gait, build, walk, side, before);
    const foothold to = foothold_find(gait, build, walk, side, before + 1);
    foot_swung(build, &from, &to, gone / (2 * PI - LAND - LIFT), &foot);
    return foot;
}

// The trunk turns against the pelvis, the head stays ahead, each arm swings with the other side's leg.
static void upper_body(const rig_gait *gait, double phase, double effort, rig_posture *posture) {
    const double s = effort * sin(phase), c = effort * cos(phase), yaw = 0.09 * s;
    rig_posture_turn(-0.03 * c, 0.4 * gait->lean, -0.8 * yaw, posture->turn[RIG_SEGMENT_LUMBAR]);
    rig_posture_turn(-0.02 * c, 0.6 * gait->lean, -1.1 * yaw, posture->turn[RIG_SEGMENT_CHEST]);
    rig_posture_turn(0.01 * c, 0.12 + 0.3 * gait->nod, 0.5 * yaw, posture->turn[RIG_SEGMENT_NECK]);
    rig_posture_turn(0.01 * c, -0.12 - gait->lean + 0.7 * gait->nod, 0.4 * yaw, posture->turn[RIG_SEGMENT_HEAD]);
    for (int side = 0; side < 2; side++) {
        const double mirror = side ? -1 : 1, forward = mirror * s; // -1..1
        const double swing = gait->arm_swing * (forward + 0.15);
        rig_posture_turn(mirror * gait->spread, -swing, 0, posture->turn[RIG_SEGMENT_UPPER_ARM + side]);
        rig_posture_turn(-mirror * 0.4 * gait->spread, -gait->elbow - 0.35 * gait->arm_swing * (1 + forward), 0,
                         posture->turn[RIG_SEGMENT_FOREARM + side]);
        rig_posture_turn(0, -0.08, -mirror * 0.25, posture->turn[RIG_SEGMENT_HAND + side]);
    }
}

void rig_gait_posture(const rig_gait *gait, const rig_build *build, const rig_walk *walk, double t_s,
                      rig_posture *posture) {
    const rig_walk_place at = rig_walk_at(walk, t_s);
    const double effort = fmin(at.speed / gait->pace_m_s, 1), c = cos(at.heading), s = sin(at.heading);
    const double sway = 0.018 * cos(at.phase), roll = 0.05 * effort * cos(at.phase),
                 yaw = 0.09 * effort * sin(at.phase);
    double rvec[3];
    *posture = (rig_posture){.Rt_world_pelvis = rig_pose_identity()};
    rig_posture_turn(roll, 0.3 * gait->lean, at.heading + yaw, rvec);
    rig_rotation_from_rvec(rvec, posture->Rt_world_pelvis.R, NULL);
    posture->Rt_world_pelvis.t[0] = at.p[0] - s * sway;
    posture->Rt_world_pelvis.t[1] = at.p[1] + c * sway;
    // Bent knees carry the body lower the longer the steps are; it is highest over the standing foot.
    posture->Rt_world_pelvis.t[2] =
        build->at[RIG_SEGMENT_PELVIS][2] * (0.985 - 0.024 * effort + 0.020 * effort * cos(2 * at.phase));
    upper_body(gait, at.phase, effort, posture);
    for (int side = 0; side < 2; side++) {
        const rig_pose foot = foot_at(gait, build, walk, side, at.phase);
        const double ahead[3] = {c, s, 0};
        rig_posture_reach(build, posture, side, foot.t, foot.R, ahead);
    }
}
