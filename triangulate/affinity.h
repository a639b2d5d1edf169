// How likely it is that two sights are of one person: logarithms of odds, > 0 for yes, which add up.
#ifndef RIG_TRIANGULATE_AFFINITY_H
#define RIG_TRIANGULATE_AFFINITY_H

#include "triangulate/detection.h"

#define RIG_AFFINITY_NEVER (-1e30) // two people for certain

// What the two-view tests need of a pair of cameras, a before b.
typedef struct rig_view_pair {
    double E[9];        // n_b^T E n_a = 0
    double baseline[3]; // from the centre of a to that of b, world
} rig_view_pair;

rig_view_pair rig_view_pair_init(const rig_pose *Rt_a_world, const rig_pose *Rt_b_world);

// Of people in two views: how far the joints are from each other's epipolar lines, and whether, where the rays meet,
// both are as large as people are. a's view comes before b's.
double rig_affinity_across_views(const rig_view_pair *pair, const rig_body *body, const rig_detection *a,
                                 const rig_detection *b);

// Of two people found in one view: 0 where they may be parts of one (no joint twice, or at one place), else NEVER.
double rig_affinity_within_view(const rig_body *body, const rig_detection *a, const rig_detection *b);

// Of a person in a view and one that is expected in space.
//   known    the joints that are expected
//   p        3 a joint, world, m
//   sigma_m  a joint
double rig_affinity_with_prediction(const rig_body *body, const rig_detection *seen, const rig_joint_set *known,
                                    const double (*p)[3], const double *sigma_m);

#endif
