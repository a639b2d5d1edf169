#include "tools/synth/legs.h"

#include <stddef.h>

void rig_swing(double elevation, double azimuth, double twist, double rvec[3]) {
    const double turns[3][3] = {{0, 0, azimuth}, {0, -elevation, 0}, {0, 0, twist - azimuth}};
    double R[3][9], half[9], all[9];
    for (int i = 0; i < 3; i++)
        rig_rotation_from_rvec(turns[i], R[i], NULL);
    rig_mat3_mul(R[0], R[1], half);
    rig_mat3_mul(half, R[2], all);
    rig_rotation_to_rvec(all, rvec);
}

void rig_leg_turn(rig_posture *posture, int side, double elevation, double azimuth, double twist, double knee) {
    const double mirror = side ? -1 : 1;
    rig_swing(elevation, mirror * azimuth, mirror * twist, posture->turn[RIG_SEGMENT_THIGH + side]);
    rig_posture_turn(0, knee, 0, posture->turn[RIG_SEGMENT_SHANK + side]);
    rig_posture_turn(0, 0.25 * knee, 0, posture->turn[RIG_SEGMENT_FOOT + side]);
}

void rig_leg_turn_to(rig_posture *posture, int side, double elevation, double aside, double knee, double foot) {
    double rvec[3], R_thigh[9], back[9], R[9];
    rig_posture_turn(0, -elevation, aside, rvec);
    rig_rotation_from_rvec(rvec, R_thigh, NULL);
    rig_mat3_transpose(posture->Rt_world_pelvis.R, back);
    rig_mat3_mul(back, R_thigh, R);
    rig_rotation_to_rvec(R, posture->turn[RIG_SEGMENT_THIGH + side]);
    rig_posture_turn(0, knee, 0, posture->turn[RIG_SEGMENT_SHANK + side]);
    rig_posture_turn(0, foot, 0, posture->turn[RIG_SEGMENT_FOOT + side]);
}

void rig_leg_reach(const rig_build *build, rig_posture *posture, int side, const double ankle[3], double heel,
                   double out, const double knee[3]) {
    double rvec[3], R_foot[9];
    const double c = cos(out), s = sin(out);
    const double way[3] = {c * knee[0] - s * knee[1], s * knee[0] + c * knee[1], knee[2]};
    rig_posture_turn(0, heel, out, rvec);
    rig_rotation_from_rvec(rvec, R_foot, NULL);
    rig_posture_reach(build, posture, side, ankle, R_foot, way);
}

void rig_legs_plant(const rig_build *build, rig_posture *posture, int side, double x, double y, double out) {
    const double ankle[3] = {x, y, RIG_LEGS_SOLE * build->stature_m}, forward[3] = {1, 0, 0};
    rig_leg_reach(build, posture, side, ankle, 0, out, forward);
}
