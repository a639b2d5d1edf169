// Legs: feet planted on the floor, or thighs and knees turned by angles.
#ifndef RIG_TOOLS_SYNTH_LEGS_H
#define RIG_TOOLS_SYNTH_LEGS_H

#include "tools/synth/posture.h"

#define RIG_LEGS_SOLE 0.0405 // share of the stature: the ankle over the floor

// The rotation that swings what hangs down by `elevation` towards `azimuth` (0 forward, pi/2 to the left), then turned
// about itself by twist; as a Rodrigues vector.
void rig_swing(double elevation, double azimuth, double twist, double rvec[3]);

// A leg by its angles, rad: side 0 left, 1 right; elevation from hanging, azimuth 0 forward .. pi/2 outward .. pi back;
// twist outward; knee 0 straight.
void rig_leg_turn(rig_posture *posture, int side, double elevation, double azimuth, double twist, double knee);
// In the world's vertical instead of the pelvis's: the thigh forward by elevation, the foot stretched by `foot`.
void rig_leg_turn_to(rig_posture *posture, int side, double elevation, double aside, double knee, double foot);
// The ankle to a place of the world, the sole level but for heel (rad, raised), the toes and the knee turned by `out`
// to the left; `knee` is the knee's way before that turn.
void rig_leg_reach(const rig_build *build, rig_posture *posture, int side, const double ankle[3], double heel,
                   double out, const double knee[3]);
// A foot flat on the floor at (x, y), toes turned by `out` to the left.
void rig_legs_plant(const rig_build *build, rig_posture *posture, int side, double x, double y, double out);

#endif
