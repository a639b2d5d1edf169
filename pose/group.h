// Grouping: which peaks belong to one person, by their tags.
#ifndef RIG_POSE_GROUP_H
#define RIG_POSE_GROUP_H

#include "core/arena.h"
#include "core/people.h"
#include "pose/model.h"
#include "pose/peaks.h"

#include <stdbool.h>

// The peaks of every joint of a skeleton, each with its tag.
typedef struct rig_candidates {
    int n_joints, tag_dim;
    int n[RIG_JOINTS_MAX];
    const rig_peak *peaks[RIG_JOINTS_MAX];
} rig_candidates;

typedef struct rig_group {
    int n;                                  // joints
    const rig_peak *joints[RIG_JOINTS_MAX]; // NULL: absent
    double tag[RIG_TAG_DIMS_MAX];           // mean over the joints
    double q[2];                            // mean over the joints, cells
    double score;                           // mean over all joints of the skeleton, an absent one counting 0
} rig_group;

// How far two tags are apart: root mean square over dimensions, or (l2) root of the sum.
double rig_tag_distance(const double *a, const double *b, int tag_dim, bool l2);

// Give every candidate to exactly one group. Joints are taken in model->group_order; each is assigned to the groups
// there are at least total cost, and what fits none opens a group of its own.
//   groups, n  out, in scratch, in the order of their opening; not yet sorted or filtered
// Costs: gated (farther than tag_threshold is never paired, then distance + weight * (1 - score)) or, with
// cost_reference, HigherHRNet's 100 * round(distance) - score with the gate after the assignment. Fails with
// RIG_ERR_MEMORY. Source: Newell et al. 2017, section 3.2; distance_reweight: as Open Model Zoo's decoder.
RIG_CHECKED rig_status rig_groups_build(const rig_candidates *candidates, const rig_model *model, rig_group **groups,
                                        int *n, rig_arena *scratch, rig_err *err);

// Of each person keep the joints that hang together, those whose scores are most: a joint farther than decode.reach
// times the median of the person's limbs from all others is clutter that has the person's tag. Needs three limbs to
// tell.
void rig_groups_hold_together(rig_group *groups, int n, const rig_candidates *candidates, const rig_model *model);

// Drop groups of fewer than min_joints joints or of a score below min_person_score; sort what is left by score, falling
// (ties: more joints, then place). Returns how many.
int rig_groups_select(rig_group *groups, int n, const rig_decode_params *params);

// For each pair of a left and a right joint that a person has, take the two peaks that fit best together: by their
// scores and tags, and as limbs seldom cross, so that both sides are not given to one limb while another has nobody's
// peaks.
//   groups  [n] those kept; only peaks that none of them has are given anew. Scores follow; mean tags and places stay
void rig_groups_choose_sides(rig_group *groups, int n, const rig_candidates *candidates, const rig_model *model);

// The area of a person as OKS takes it, in the square of what q is in: 0.53 of the box around the joints found, its
// shorter side at least a quarter of its longer. 0 where no joint was found. Source: 0.53: CrowdPose.
double rig_person_area(const rig_joint2d *joints, int n);

// How alike two people are, 0..1: OKS over joints that both have, out of the joints of the one that has fewer.
// Scale: the area of a. Source: COCO key points.
double rig_people_oks(const rig_joint2d *a, const rig_joint2d *b, const rig_skeleton *skeleton);

// Bring people into the order of falling score; equal ones keep their order, which qsort does not promise.
// Cost: n^2 comparisons at most.
void rig_people_sort(rig_person2d *people, int n);

// Of people in order of falling score, the indices of those that are no duplicate of one kept before, at most
// max_people.
//   kept  out, rising; room for n. Returns how many.
int rig_people_dedupe(const rig_person2d *people, int n, const rig_skeleton *skeleton, const rig_decode_params *params,
                      int *kept);

#endif
