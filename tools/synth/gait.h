// How a person walks: feet that stand where they stepped, a pelvis that rides on them, a trunk and arms that swing.
#ifndef RIG_TOOLS_SYNTH_GAIT_H
#define RIG_TOOLS_SYNTH_GAIT_H

#include "tools/synth/posture.h"
#include "tools/synth/walk.h"

typedef struct rig_gait {
    double pace_m_s, stride_m;
    double arm_swing, elbow, spread; // rad: of the upper arms, of the elbows at rest, of the arms away from the body
    double lean, nod;                // rad: of the trunk and of the head, forward
    double step_width;               // share of the hips' breadth
} rig_gait;

// A person's way of walking, by seed.
rig_gait rig_gait_draw(const rig_build *build, rig_rng *rng);
// How the walker stands at a time of the walk.
void rig_gait_posture(const rig_gait *gait, const rig_build *build, const rig_walk *walk, double t_s,
                      rig_posture *posture);

#endif
