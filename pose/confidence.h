// From a network's heat, which no two networks scale alike, to how likely a joint is right and how far it is off.
#ifndef RIG_POSE_CONFIDENCE_H
#define RIG_POSE_CONFIDENCE_H

#include "core/people.h"
#include "pose/model.h"

// Replace the heat that is each joint's score, and each runner-up's, by the probability that it is right, and set
// sigma_px, pixels. The score of a person stays the network's own. Linear between the knots of the descriptor's table,
// and constant beyond them. people: in/out, q_cam. Without a table nothing is changed. Source of the table:
// tools/evaluate/confidence.py, on photographs that are held out.
void rig_people_calibrate(const rig_confidence *confidence, const rig_skeleton *skeleton, rig_frame2d *people);

#endif
