// People found in pictures against the truth's people, as its cameras see them.
#ifndef RIG_TOOLS_COMMANDS_EVALUATE_KEYPOINTS_H
#define RIG_TOOLS_COMMANDS_EVALUATE_KEYPOINTS_H

#include "core/rig.h"
#include "tools/evaluate/keypoints.h"

// Compare the result of every view in folder of which the truth has a camera with a pose, with the truth's people
// (path: people3d): their joints that fall into the picture, hidden ones too. Fails as rig_people2d_open and
// rig_eval_keypoints_open, and with RIG_ERR_DATA: no view in common.
RIG_CHECKED rig_status rig_evaluate_keypoints(const char *folder, const rig_calibration *truth_rig, const char *truth,
                                              rig_keypoints_error *error, rig_arena *arena, rig_err *err);
// Compare two results of one view. Fails as they do.
RIG_CHECKED rig_status rig_evaluate_view(const char *found, const char *labelled, rig_keypoints_error *error,
                                         rig_arena *arena, rig_err *err);

#endif
