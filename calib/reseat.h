// A camera that the joint refinement lost, placed anew.
#ifndef RIG_CALIB_RESEAT_H
#define RIG_CALIB_RESEAT_H

#include "calib/joint.h"

#ifdef __cplusplus
extern "C" {
#endif

// After a refinement: each camera most of whose shared boards were left out is placed where most of its boards come to
// lie on those that the other cameras know, and its boards that do are asked for again. Half of a camera's boards may
// be of another moment: they pull it to where none of them fits, and from there all look wrong.
//   joint      as refined; its bundle is made ready for another refinement where any camera was placed anew
//   n_reseated out: how many were
// Fails with RIG_ERR_MEMORY. Cost: nothing where no camera was lost; else O(its boards x tries).
RIG_CHECKED rig_status rig_joint_reseat(rig_joint *joint, int *n_reseated, rig_arena *scratch, rig_err *err);

#ifdef __cplusplus
}
#endif
#endif
