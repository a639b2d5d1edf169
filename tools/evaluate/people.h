// How far people in 3D are from the truth: MPJPE, PCP as published for Shelf and Campus, id switches.
#ifndef RIG_TOOLS_EVALUATE_PEOPLE_H
#define RIG_TOOLS_EVALUATE_PEOPLE_H

#include "core/arena.h"
#include "core/geom.h"
#include "core/people.h"

#ifdef __cplusplus
extern "C" {
#endif

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
// Rt_truth_result (or NULL: none) takes the result's world to the truth's. Matching: assignment by mean joint distance.
// Fails with RIG_ERR_DATA: no frame or no joint in common; RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_eval_people(const rig_people3d *result, const rig_skeleton *result_skeleton,
                                       const rig_people3d *truth, const rig_skeleton *truth_skeleton,
                                       const rig_pose *Rt_truth_result, rig_people_error *error, rig_arena *scratch,
                                       rig_err *err);

enum { RIG_PCP_PERSONS_MAX = 16 };
typedef struct rig_pcp {
    int n_persons;                    // of the truth, by id - 1
    double pcp[RIG_PCP_PERSONS_MAX];  // percent of that person's limbs that are right; NAN where it never appears
    int n_limbs[RIG_PCP_PERSONS_MAX]; // limbs counted
    double average;                   // of persons 0, 1, 2
} rig_pcp;

// PCP as published (MVPose, VoxelPose): truth in shelf14's 14 (or 15) joints; result in COCO-17, brought to shelf14 by
// the published formula. Fails as rig_eval_people.
RIG_CHECKED rig_status rig_eval_pcp(const rig_people3d *result, const rig_skeleton *result_skeleton,
                                    const rig_people3d *truth, rig_pcp *pcp, rig_arena *scratch, rig_err *err);

#ifdef __cplusplus
}
#endif
#endif
