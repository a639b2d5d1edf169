// How far people found in pictures are from the truth: average precision over object keypoint similarity, as COCO has
// it.
#ifndef RIG_TOOLS_EVALUATE_KEYPOINTS_H
#define RIG_TOOLS_EVALUATE_KEYPOINTS_H

#include "core/arena.h"
#include "core/people.h"

typedef struct rig_keypoints_error {
    int n_views, n_frames;    // compared
    int n_truth, n_result;    // people in them
    double ap, ap50, ap75;    // average precision: mean over OKS thresholds .50, .55 .. .95; at .50; at .75. 0..1
    double median_px, p95_px; // of joints of people matched at OKS .50
} rig_keypoints_error;

// Similarity of a found person to one of the truth, 0..1: over the truth's joints, mean of exp(-d^2 / (2 area k^2))
// with k = 2 sigma; a joint not found counts 0. joint_of[j] is the result's joint of the truth's joint j, or -1. The
// area is 0.53 of the box about the truth's joints, as is custom where there is no outline. A truth without joints
// gives 0.
double rig_person_oks(const rig_person2d *found, const rig_person2d *truth, const rig_skeleton *truth_skeleton,
                      const int joint_of[RIG_JOINTS_MAX]);

// Compare views of one take, frames by number, those of the truth; joints by name. People are ranked by score over all
// views; in each frame the best ranked takes the most similar truth that is left. Memory: a number for each joint that
// is compared.
//   open   fails with RIG_ERR_DATA: no joint in common; close in any case
//   add    a frame of the truth of any view, and the result's of the same number, or NULL
//   end    fails with RIG_ERR_DATA: nobody in the truth
// All with RIG_ERR_MEMORY. Source: Lin et al. 2014, COCO's keypoint evaluation (cocodataset.org), 101 recall steps.
typedef struct rig_keypoints_comparison rig_keypoints_comparison;
RIG_CHECKED rig_status rig_eval_keypoints_open(const rig_skeleton *result_skeleton, const rig_skeleton *truth_skeleton,
                                               rig_keypoints_comparison **comparison, rig_err *err);
RIG_CHECKED rig_status rig_eval_keypoints_add(rig_keypoints_comparison *comparison, const rig_frame2d *result,
                                              const rig_frame2d *truth, rig_arena *scratch, rig_err *err);
RIG_CHECKED rig_status rig_eval_keypoints_end(rig_keypoints_comparison *comparison, int n_views,
                                              rig_keypoints_error *error, rig_err *err);
void rig_eval_keypoints_close(rig_keypoints_comparison *comparison); // NULL is fine

#endif
