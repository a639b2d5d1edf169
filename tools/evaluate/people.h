// How far people in 3D are from the truth: MPJPE, PCP as published for Shelf and Campus, id switches.
#ifndef RIG_TOOLS_EVALUATE_PEOPLE_H
#define RIG_TOOLS_EVALUATE_PEOPLE_H

#include "core/arena.h"
#include "core/geom.h"
#include "core/people.h"

typedef struct rig_people_error {
    int n_frames; // frames compared
    int n_truth,
        n_found;     // people of the truth; those that a result person was matched to (mean joint distance < 0.5 m)
    int n_false;     // result people matched to nobody
    double mpjpe_mm; // mean over joints that both have
    double median_mm, p95_mm;
    double joint_recall; // joints found of those that the truth's people have, 0..1
    int id_switches;     // a truth person changes the result id it is matched to
} rig_people_error;

// Compare frame by frame (frames of the truth, by number; joints by name, both skeletons given). Optionally
// Rt_truth_result (or NULL: none), which must outlive the comparison, takes the result's world to the truth's.
// Matching: assignment by mean joint distance. Memory: a number for each joint that is compared.
//   open   fails with RIG_ERR_DATA: no joint in common; close in any case
//   add    a frame of the truth, frames rising, and the result's of the same number, or NULL
//   end    fails with RIG_ERR_DATA: no frame in common
// All with RIG_ERR_MEMORY.
typedef struct rig_people_comparison rig_people_comparison;
RIG_CHECKED rig_status rig_eval_people_open(const rig_skeleton *of_result, const rig_skeleton *of_truth,
                                            const rig_pose *Rt_truth_result, rig_people_comparison **comparison,
                                            rig_err *err);
RIG_CHECKED rig_status rig_eval_people_add(rig_people_comparison *comparison, const rig_frame3d *result,
                                           const rig_frame3d *truth, rig_arena *scratch, rig_err *err);
RIG_CHECKED rig_status rig_eval_people_end(rig_people_comparison *comparison, rig_people_error *error, rig_err *err);
void rig_eval_people_close(rig_people_comparison *comparison); // NULL is fine

enum { RIG_PCP_PERSONS_MAX = 16 };
typedef struct rig_pcp {
    int n_persons;                    // of the truth, by id - 1
    double pcp[RIG_PCP_PERSONS_MAX];  // percent of that person's limbs that are right; NAN where it never appears
    int n_limbs[RIG_PCP_PERSONS_MAX]; // limbs counted
    double average;                   // of persons 0, 1, 2
} rig_pcp;

// PCP as published (MVPose, VoxelPose): truth in shelf14's 14 (or 15) joints; result in COCO-17, brought to shelf14 by
// the published formula. Frames as for rig_eval_people_add; so do they fail.
typedef struct rig_pcp_count {
    int source[12], face[3]; // joints of the result
    int n_frames, n_persons, n_limbs[RIG_PCP_PERSONS_MAX], n_right[RIG_PCP_PERSONS_MAX];
} rig_pcp_count;
RIG_CHECKED rig_status rig_eval_pcp_begin(const rig_skeleton *result_skeleton, int n_truth_joints, rig_pcp_count *count,
                                          rig_err *err);
RIG_CHECKED rig_status rig_eval_pcp_add(rig_pcp_count *count, const rig_frame3d *result, const rig_frame3d *truth,
                                        rig_arena *scratch, rig_err *err);
RIG_CHECKED rig_status rig_eval_pcp_end(const rig_pcp_count *count, rig_pcp *pcp, rig_err *err);

#endif
