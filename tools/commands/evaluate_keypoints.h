// People found in pictures against the truth's people, as its cameras see them.
#ifndef RIG_TOOLS_COMMANDS_EVALUATE_KEYPOINTS_H
#define RIG_TOOLS_COMMANDS_EVALUATE_KEYPOINTS_H

#include "core/rig.h"
#include "tools/evaluate/keypoints.h"

// Compare every <folder>/<view>.yaml of which the truth has a camera with a pose. The truth's joints are those that
// fall into the picture, hidden ones too. Fails as rig_people2d_read and rig_eval_keypoints, and with RIG_ERR_DATA: no
// view in common.
RIG_CHECKED rig_status rig_evaluate_keypoints(const char *folder, const rig_calibration *truth_rig,
                                              const rig_people3d *truth, const rig_skeleton *truth_skeleton,
                                              rig_keypoints_error *error, rig_arena *arena, rig_err *err);

#endif
