// Affinities: log-odds that two detections, or a detection and a track, are one person.
//
// A joint's residual x, in standard deviations, is normal where both are one person, and spread over about a metre
// where they are not. The log-likelihood ratio of the two is peak - x^2 / 2, where peak = log(SPREAD_M / (sigma sqrt(2
// pi))) an axis is the body's `odds`. A tenth of joints are outliers either way; of this mixture the larger part stands
// for the sum (max-mixture, Olson and Agarwal 2012): max(peak - x^2 / 2, log(0.1)). Joints of one person err together,
// so n joints count for at most 6 (n / (1 + n / 6)). The person's size in the picture against an adult's at the depth
// that the two imply is one more term of the same kind. A sum above 0 says "one person"; sums add up over a cluster.
#ifndef RIG_TRIANGULATE_AFFINITY_H
#define RIG_TRIANGULATE_AFFINITY_H

#include "triangulate/detection.h"

#define RIG_AFFINITY_NEVER (-1e30) // certainly two people

// What the two-view residuals need of a pair of cameras, a before b.
typedef struct rig_view_pair {
    double E[9];        // n_b^T E n_a = 0
    double baseline[3]; // from the centre of a to that of b, world
} rig_view_pair;

rig_view_pair rig_view_pair_init(const rig_pose *Rt_a_world, const rig_pose *Rt_b_world);

// The logarithm of a person's size at a depth, against an adult's.
double rig_affinity_log_size(const rig_detection *detection, double depth);

// Of detections in two views, a's view before b's: the residuals are the joints' distances from each other's epipolar
// lines (Sampson's); the size is taken at the depths where the viewing rays pass each other.
//   depth  of a and b, mean over their joints; 0 where no rays meet in front of both
double rig_affinity_epipolar(const rig_view_pair *pair, const rig_body *body, const rig_detection *a,
                             const rig_detection *b, double depth[2]); // without the size
double rig_affinity_across_views(const rig_view_pair *pair, const rig_body *body, const rig_detection *a,
                                 const rig_detection *b);

// What most of their joints' rays are: parallel, meeting BEHIND a camera, REJECTED (they pass each other), OK; MISSING
// where they have no joint in common.
rig_joint_state rig_affinity_obstacle(const rig_view_pair *pair, const rig_body *body, const rig_detection *a,
                                      const rig_detection *b);

// Of two detections in one view: 0 where they may be parts of one person (every joint that both have is at one place),
// else RIG_AFFINITY_NEVER.
double rig_affinity_within_view(const rig_body *body, const rig_detection *a, const rig_detection *b);

// Of a detection and a track's prediction: the residuals are those of the viewing rays at the predicted joints.
//   known    the joints that are predicted
//   p        3 a joint, world, m
//   sigma_m  a joint
double rig_affinity_with_prediction(const rig_body *body, const rig_detection *detection, const rig_joint_set *known,
                                    const double (*p)[3], const double *sigma_m);

#endif
