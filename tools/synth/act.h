// What people do while they are seen: everyday postures by seed, within what joints can do, standing on the floor.
#ifndef RIG_TOOLS_SYNTH_ACT_H
#define RIG_TOOLS_SYNTH_ACT_H

#include "tools/synth/posture.h"

typedef enum rig_act {
    RIG_ACT_STAND,
    RIG_ACT_WALK,
    RIG_ACT_RUN,
    RIG_ACT_REACH,
    RIG_ACT_SIT,
    RIG_ACT_BEND,
    RIG_ACT_CROUCH,
    RIG_ACT_KNEEL,
    RIG_ACT_ARMS_UP,
    RIG_ACT_FIGHT,
    RIG_ACT_SPREAD, // like a T or a star
    RIG_ACT_ANY,    // random angles
    RIG_ACT_LIE,
    RIG_ACTS
} rig_act;

// One of them, the usual ones more often.
rig_act rig_act_choose(rig_rng *rng);

// A posture over the world's origin, facing x, its lowest point on the floor (running: sometimes a little above).
typedef struct rig_act_posture {
    rig_posture posture;
    double seat_m; // height of what one sits on; 0: nothing
} rig_act_posture;

// Tries again where limbs run into one another, so that they hardly ever do.
void rig_act_draw(rig_act act, const rig_build *build, rig_rng *rng, rig_act_posture *stance);
// The stance moved to a place of the floor and turned by a heading (rad, 0 along world x).
void rig_act_posture_move(rig_act_posture *stance, const double place[2], double heading);

#endif
