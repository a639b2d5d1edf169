#include "tools/synth/act.h"

#include "tools/synth/arms.h"
#include "tools/synth/gait.h"
#include "tools/synth/legs.h"
#include "tools/synth/limbs.h"

static const double PI = 3.14159265358979323846;
static const double TOUCH_M = 0.015; // how deep flesh gives way

enum { TRIES = 12 };

static double between(rig_rng *rng, double low, double high) {
    return rig_rng_uniform(rng, low, high);
}

// The trunk's turn, shared by its two segments, and the head's, by neck and head.
static void trunk_turn(rig_posture *posture, double roll, double pitch, double yaw) {
    for (int b = RIG_SEGMENT_LUMBAR; b <= RIG_SEGMENT_CHEST; b++)
        rig_posture_turn(roll / 2, pitch / 2, yaw / 2, posture->turn[b]);
}

static void head_turn(rig_posture *posture, double roll, double pitch, double yaw) {
    rig_posture_turn(roll / 2, 0.12 + pitch / 2, yaw / 2, posture->turn[RIG_SEGMENT_NECK]);
    rig_posture_turn(roll / 2, -0.12 + pitch / 2, yaw / 2, posture->turn[RIG_SEGMENT_HEAD]);
}

// Where one looks: mostly ahead, at times aside, up or down at the hands.
static void head_draw(rig_posture *posture, rig_rng *rng) {
    head_turn(posture, 0.12 * rig_rng_normal(rng), fmin(fmax(0.1 + 0.25 * rig_rng_normal(rng), -0.6), 0.7),
              fmin(fmax(0.4 * rig_rng_normal(rng), -1.2), 1.2));
}

static void pelvis_set(rig_posture *posture, double x, double z, double roll, double pitch, double yaw) {
    double rvec[3];
    rig_posture_turn(roll, pitch, yaw, rvec);
    rig_rotation_from_rvec(rvec, posture->Rt_world_pelvis.R, NULL);
    posture->Rt_world_pelvis.t[0] = x;
    posture->Rt_world_pelvis.t[2] = z;
}

static void stand(const rig_build *build, rig_rng *rng, rig_posture *posture) {
    const double h = build->stature_m, wide = between(rng, 0.03, rig_rng_below(rng, 4) ? 0.09 : 0.17);
    const double ahead = 0.05 * rig_rng_normal(rng), sink = 0.006 + 0.3 * wide * wide / 0.5 + between(rng, 0, 0.012);
    pelvis_set(posture, between(rng, -0.01, 0.01) * h, build->at[RIG_SEGMENT_PELVIS][2] - h * sink,
               0.05 * rig_rng_normal(rng), 0.06 * rig_rng_normal(rng), 0.1 * rig_rng_normal(rng));
    posture->Rt_world_pelvis.t[1] = 0.3 * wide * h * between(rng, -1, 1); // the weight on one leg
    rig_legs_plant(build, posture, 0, ahead * h, wide * h, between(rng, -0.1, 0.5));
    rig_legs_plant(build, posture, 1, -ahead * h, -wide * h, between(rng, -0.5, 0.1));
    trunk_turn(posture, 0.06 * rig_rng_normal(rng), 0.08 + 0.08 * rig_rng_normal(rng), 0.15 * rig_rng_normal(rng));
    head_draw(posture, rng);
    rig_arms_draw(build, posture, rng);
}

// A straight walk needs two places only: all between lies on a line.
static void walk(const rig_build *build, rig_rng *rng, rig_posture *posture) {
    rig_gait gait = rig_gait_draw(build, rng);
    const double duration = 6, phase = between(rng, 0, 2 * PI), turns = 2 * PI * gait.pace_m_s / gait.stride_m;
    rig_walk_place places[2] = {{.speed = gait.pace_m_s}, {.speed = gait.pace_m_s}};
    for (int i = 0; i < 2; i++) {
        const double t = (i - 0.5) * duration;
        places[i].p[0] = gait.pace_m_s * t;
        places[i].phase = phase + 2 * PI * 8 + turns * t;
    }
    const rig_walk straight = {.start_s = -duration / 2, .step_s = duration, .n = 2, .places = places};
    gait.nod += 0.15 * rig_rng_normal(rng);
    gait.arm_swing *= between(rng, 0.5, 1.6);
    rig_gait_posture(&gait, build, &straight, 0, posture);
    if (rig_rng_below(rng, 4) == 0) { // one hand is busy
        const int side = rig_rng_below(rng, 2);
        rig_arm_draw(build, posture, side, rng);
    }
}

static void run(const rig_build *build, rig_rng *rng, rig_posture *posture) {
    const double phase = between(rng, 0, 2 * PI), effort = between(rng, 0.5, 1.1), lean = between(rng, 0.05, 0.3);
    pelvis_set(posture, 0, build->at[RIG_SEGMENT_PELVIS][2], 0, 0.5 * lean, 0.12 * effort * sin(phase));
    trunk_turn(posture, 0, 0.5 * lean + 0.05, -0.3 * effort * sin(phase));
    head_turn(posture, 0.05 * rig_rng_normal(rng), -0.8 * lean + 0.1 * rig_rng_normal(rng), 0.2 * rig_rng_normal(rng));
    for (int side = 0; side < 2; side++) {
        const double own = phase + PI * side, s = sin(own);
        const double thigh = 0.25 + 0.75 * effort * s, knee = 0.25 + 1.5 * effort * fmax(0, cos(own - 0.25));
        rig_leg_turn(posture, side, fabs(thigh), thigh > 0 ? 0 : PI, 0, knee);
        const double swing = -0.75 * effort * s - 0.15, elbow = between(rng, 1.2, 1.9);
        rig_arm_turn(posture, side, fabs(swing), swing > 0 ? 0.15 : PI - 0.25, -0.2, elbow);
    }
}

static void reach(const rig_build *build, rig_rng *rng, rig_posture *posture) {
    stand(build, rng, posture);
    const int side = rig_rng_below(rng, 2);
    const double h = build->stature_m, aside = (side ? -1 : 1) * between(rng, -0.1, 0.3), up = between(rng, -0.25, 0.4);
    trunk_turn(posture, -0.3 * aside, fmax(0.05, -0.5 * up + between(rng, 0, 0.3)), 0.8 * aside);
    const double to[3] = {between(rng, 0.18, 0.45) * h, aside * h, (0.78 + up) * h};
    rig_arm_reach(build, posture, side, to, rng);
    if (rig_rng_below(rng, 3) == 0) {
        const double other[3] = {to[0], to[1] + (side ? 0.12 : -0.12) * h, to[2] + 0.04 * h * rig_rng_normal(rng)};
        rig_arm_reach(build, posture, 1 - side, other, rng);
    }
}

static double sit(const rig_build *build, rig_rng *rng, rig_posture *posture) {
    const double h = build->stature_m, seat = h * between(rng, 0.22, 0.33), lean = 0.15 + 0.2 * rig_rng_normal(rng);
    const double up[3] = {0.35, 0, 0.94};
    pelvis_set(posture, 0, seat + 0.062 * h, 0.03 * rig_rng_normal(rng), -0.15 + 0.4 * lean,
               0.08 * rig_rng_normal(rng));
    const double apart = between(rng, 0.02, 0.12), forth = between(rng, 0.18, 0.34);
    for (int side = 0; side < 2; side++) {
        const double mirror = side ? -1 : 1, out = mirror * between(rng, 0, 0.3);
        const double ankle[3] = {h * (forth + 0.05 * rig_rng_normal(rng)), mirror * h * (0.03 + apart),
                                 RIG_LEGS_SOLE * h};
        rig_leg_reach(build, posture, side, ankle, 0, out, up);
    }
    trunk_turn(posture, 0.05 * rig_rng_normal(rng), fmin(fmax(0.1 + 0.6 * lean, -0.2), 0.8),
               0.15 * rig_rng_normal(rng));
    head_draw(posture, rng);
    if (rig_rng_below(rng, 2))
        rig_arms_on_knees(build, posture, rng);
    else
        rig_arms_draw(build, posture, rng);
    return seat;
}

// Hips back, trunk down; the hands hang, rest on the knees, or take something from the floor.
static void bend(const rig_build *build, rig_rng *rng, rig_posture *posture) {
    const double h = build->stature_m, deep = between(rng, 0.3, 1), wide = between(rng, 0.05, 0.12);
    const double sink = between(rng, 0.02, 0.1);
    pelvis_set(posture, -h * (0.05 + 0.08 * deep), build->at[RIG_SEGMENT_PELVIS][2] - h * sink, 0, 0.75 * deep,
               0.1 * rig_rng_normal(rng));
    rig_legs_plant(build, posture, 0, h * between(rng, -0.04, 0.08), wide * h, between(rng, 0, 0.3));
    rig_legs_plant(build, posture, 1, h * between(rng, -0.04, 0.08), -wide * h, between(rng, -0.3, 0));
    trunk_turn(posture, 0.1 * rig_rng_normal(rng), 0.8 * deep, 0.15 * rig_rng_normal(rng));
    head_turn(posture, 0.05 * rig_rng_normal(rng), -0.5 * deep + 0.25 * rig_rng_normal(rng), 0.3 * rig_rng_normal(rng));
    const int hands = rig_rng_below(rng, 3);
    if (hands == 0) {
        rig_arms_on_knees(build, posture, rng);
        return;
    }
    for (int side = 0; side < 2; side++) {
        const double to[3] = {h * between(rng, 0.12, 0.3), (side ? -1 : 1) * h * between(rng, 0.02, 0.16),
                              h * (hands == 1 ? between(rng, 0.1, 0.3) : between(rng, 0.3, 0.6))};
        rig_arm_reach(build, posture, side, to, rng);
    }
}

static void crouch(const rig_build *build, rig_rng *rng, rig_posture *posture) {
    const double h = build->stature_m, low = between(rng, 0.17, 0.4), wide = between(rng, 0.05, 0.15);
    const double up[3] = {0.8, 0, 0.6};
    pelvis_set(posture, -h * between(rng, 0.05, 0.12), low * h, 0, between(rng, 0.1, 0.6), 0.1 * rig_rng_normal(rng));
    for (int side = 0; side < 2; side++) {
        const double mirror = side ? -1 : 1, heel = low < 0.25 ? between(rng, 0, 0.8) : 0;
        const double ankle[3] = {h * between(rng, -0.06, 0.06), mirror * wide * h,
                                 h * (RIG_LEGS_SOLE + 0.07 * sin(heel))};
        rig_leg_reach(build, posture, side, ankle, heel, mirror * between(rng, 0, 0.6), up);
    }
    trunk_turn(posture, 0.1 * rig_rng_normal(rng), between(rng, 0.1, 0.7), 0.2 * rig_rng_normal(rng));
    head_draw(posture, rng);
    if (rig_rng_below(rng, 3) == 0)
        rig_arms_on_knees(build, posture, rng);
    else
        for (int side = 0; side < 2; side++) {
            const double to[3] = {h * between(rng, 0.15, 0.4), (side ? -1 : 1) * h * between(rng, 0, 0.2),
                                  h * between(rng, 0.05, 0.5)};
            rig_arm_reach(build, posture, side, to, rng);
        }
}

// One knee, or both, on the floor.
static void kneel(const rig_build *build, rig_rng *rng, rig_posture *posture) {
    const double h = build->stature_m, up[3] = {0.5, 0, 0.87};
    const double thigh = rig_norm3(build->at[RIG_SEGMENT_SHANK]);
    const int down = rig_rng_below(rng, 2);
    const bool both = rig_rng_below(rng, 3) == 0;
    const double back = between(rng, 0, both ? 0.9 : 0.25); // both: sitting back towards the heels
    pelvis_set(posture, 0, thigh * cos(back) + 0.035 * h, 0, between(rng, -0.05, 0.25), 0);
    for (int side = 0; side < 2; side++) {
        const double mirror = side ? -1 : 1;
        const double ankle[3] = {h * between(rng, 0.2, 0.28), mirror * h * between(rng, 0.04, 0.12), RIG_LEGS_SOLE * h};
        if (both || side == down) // FK, its foot stretched back
            rig_leg_turn_to(posture, side, back, mirror * between(rng, 0, 0.2), PI / 2 + back - 0.03, 1.1);
        else
            rig_leg_reach(build, posture, side, ankle, 0, mirror * between(rng, 0, 0.3), up);
    }
    trunk_turn(posture, 0.1 * rig_rng_normal(rng), between(rng, 0, 0.5), 0.2 * rig_rng_normal(rng));
    head_draw(posture, rng);
    rig_arms_draw(build, posture, rng);
}

static void arms_up(const rig_build *build, rig_rng *rng, rig_posture *posture) {
    stand(build, rng, posture);
    const int one = rig_rng_below(rng, 4); // 0, 1: that one only
    for (int side = 0; side < 2; side++)
        if (one > 1 || one == side)
            rig_arm_turn(posture, side, between(rng, 1.9, 2.95), between(rng, 0.2, 1.5), between(rng, -0.5, 0.6),
                         between(rng, 0, 1.3));
}

static void fight(const rig_build *build, rig_rng *rng, rig_posture *posture) {
    const double h = build->stature_m, mirror = rig_rng_below(rng, 2) ? 1 : -1, front = between(rng, 0.06, 0.17);
    const double turn = -mirror * between(rng, 0.2, 0.8), sink = between(rng, 0.03, 0.1);
    pelvis_set(posture, 0, build->at[RIG_SEGMENT_PELVIS][2] - sink * h, 0, between(rng, 0, 0.2), turn);
    const int lead = mirror > 0 ? 0 : 1;
    rig_legs_plant(build, posture, lead, front * h, mirror * h * between(rng, 0.03, 0.08), 0);
    if (rig_rng_below(rng, 5) == 0) // a kick
        rig_leg_turn(posture, 1 - lead, between(rng, 0.9, 1.8), between(rng, 0, 0.9), 0, between(rng, 0, 1.2));
    else
        rig_legs_plant(build, posture, 1 - lead, -front * h, -mirror * h * between(rng, 0.05, 0.1),
                       -mirror * between(rng, 0.3, 1));
    trunk_turn(posture, 0.1 * rig_rng_normal(rng), between(rng, 0.05, 0.3), -0.4 * turn);
    head_turn(posture, 0, between(rng, 0, 0.3), -0.5 * turn);
    const int punch = rig_rng_below(rng, 5); // 0, 1: that fist is out
    for (int side = 0; side < 2; side++) {
        const double out = punch == side ? between(rng, 0.3, 0.42) : between(rng, 0.12, 0.22);
        const double to[3] = {out * h, (side ? -1 : 1) * h * between(rng, 0.02, 0.1),
                              h * (between(rng, 0.74, 0.88) - sink)};
        rig_arm_reach(build, posture, side, to, rng);
    }
}

static void spread(const rig_build *build, rig_rng *rng, rig_posture *posture) {
    stand(build, rng, posture);
    for (int side = 0; side < 2; side++)
        rig_arm_turn(posture, side, PI / 2 + 0.3 * rig_rng_normal(rng), PI / 2 + 0.2 * rig_rng_normal(rng),
                     between(rng, -0.4, 0.6), fabs(0.3 * rig_rng_normal(rng)));
}

static void any(const rig_build *build, rig_rng *rng, rig_posture *posture) {
    pelvis_set(posture, 0, build->at[RIG_SEGMENT_PELVIS][2], 0.2 * rig_rng_normal(rng), between(rng, -0.3, 0.9), 0);
    trunk_turn(posture, between(rng, -0.5, 0.5), between(rng, -0.4, 0.9), between(rng, -0.6, 0.6));
    head_turn(posture, between(rng, -0.4, 0.4), between(rng, -0.6, 0.6), between(rng, -1.1, 1.1));
    for (int side = 0; side < 2; side++) {
        rig_arm_turn(posture, side, between(rng, 0.1, 2.9), between(rng, -0.3, 1.9), between(rng, -0.9, 1.0),
                     between(rng, 0, 2.3));
        const double thigh = between(rng, -0.35, 1.9);
        rig_leg_turn(posture, side, fabs(thigh), thigh > 0 ? between(rng, -0.1, 1.2) : PI, between(rng, -0.3, 0.3),
                     between(rng, 0, thigh > 0 ? 2.2 : 1.2));
    }
}

// On the back, the face or a side.
static void lie(const rig_build *build, rig_rng *rng, rig_posture *posture) {
    const int how = rig_rng_below(rng, 4);
    const double tip = how == 1 ? PI / 2 : -PI / 2, over = how < 2    ? 0.15 * rig_rng_normal(rng)
                                                           : how == 2 ? PI / 2
                                                                      : -PI / 2;
    double lay[3] = {0, tip, 0}, roll[3] = {0, 0, over}, R_lay[9], R_roll[9];
    rig_rotation_from_rvec(lay, R_lay, NULL);
    rig_rotation_from_rvec(roll, R_roll, NULL); // about the body's own length, before it is laid down
    rig_mat3_mul(R_lay, R_roll, posture->Rt_world_pelvis.R);
    posture->Rt_world_pelvis.t[2] = build->stature_m;
    trunk_turn(posture, 0.1 * rig_rng_normal(rng), how < 2 ? 0 : between(rng, 0, 0.4), 0.15 * rig_rng_normal(rng));
    head_turn(posture, 0.1 * rig_rng_normal(rng), how == 1 ? -0.3 : 0.1 * rig_rng_normal(rng),
              0.5 * rig_rng_normal(rng));
    for (int side = 0; side < 2; side++) {
        const double bent = how == 1 ? 0.12 * between(rng, 0, 1) : between(rng, 0, 1);
        if (how < 2) // arms lie on the floor beside the body or over the head: elbows bend in its plane
            rig_arm_turn(posture, side, between(rng, 0.15, 2.6), PI / 2, how == 1 ? PI / 2 : between(rng, 0, PI / 2),
                         between(rng, 0, 1.5));
        else // before the body
            rig_arm_turn(posture, side, between(rng, 0.3, 1.9), 0, 0, between(rng, 0, 1.9));
        rig_leg_turn(posture, side, 1.2 * bent * bent, how < 2 ? between(rng, 0, 0.5) : 0, 0, 1.9 * bent * bent);
    }
}

rig_act rig_act_choose(rig_rng *rng) {
    static const int shares[RIG_ACTS] = {26, 16, 6, 9, 11, 6, 5, 4, 5, 6, 4, 6, 3}; // of 107
    int at = rig_rng_below(rng, 107), act = 0;
    while (at >= shares[act])
        at -= shares[act++];
    return (rig_act)act;
}

static void act_once(rig_act act, const rig_build *build, rig_rng *rng, rig_act_posture *stance) {
    static void (*const draw[RIG_ACTS])(const rig_build *, rig_rng *, rig_posture *) = {
        stand, walk, run, reach, NULL, bend, crouch, kneel, arms_up, fight, spread, any, lie};
    *stance = (rig_act_posture){.posture = {.Rt_world_pelvis = rig_pose_identity()}};
    if (act == RIG_ACT_SIT)
        stance->seat_m = sit(build, rng, &stance->posture);
    else
        draw[act](build, rng, &stance->posture);
}

void rig_act_draw(rig_act act, const rig_build *build, rig_rng *rng, rig_act_posture *stance) {
    rig_limb limbs[RIG_LIMBS];
    rig_pose segments[RIG_SEGMENTS];
    double least = INFINITY;
    for (int i = 0; i < TRIES && least > TOUCH_M; i++) {
        rig_act_posture tried;
        act_once(act, build, rng, &tried);
        rig_posture_segments(build, &tried.posture, segments);
        rig_limbs_make(build, segments, limbs);
        const double depth = rig_limbs_depth_own(limbs), low = rig_limbs_low(limbs);
        if (!(depth < least))
            continue;
        least = depth;
        *stance = tried;
        // Lowered or lifted onto the floor; a seat goes along with the body.
        const double air = act == RIG_ACT_RUN ? fmax(0, between(rng, -0.08, 0.1)) : 0;
        stance->posture.Rt_world_pelvis.t[2] += air - low;
        if (stance->seat_m > 0)
            stance->seat_m -= low;
    }
}

void rig_act_posture_move(rig_act_posture *stance, const double place[2], double heading) {
    const double rvec[3] = {0, 0, heading}, t[3] = {place[0], place[1], 0};
    const rig_pose Rt_world_own = rig_pose_from_rvec(rvec, t);
    stance->posture.Rt_world_pelvis = rig_pose_mul(&Rt_world_own, &stance->posture.Rt_world_pelvis);
}
