// Results read back from their files and compared with the truth's files.
#ifndef RIG_TOOLS_COMMANDS_EVALUATE_H
#define RIG_TOOLS_COMMANDS_EVALUATE_H

#include "core/arena.h"
#include "tools/evaluate/calibration.h"
#include "tools/evaluate/keypoints.h"
#include "tools/evaluate/people.h"

#include <stdio.h>

typedef struct rig_evaluation {
    bool has_calibration, has_people, has_pcp, has_keypoints;
    double board_rms_px;  // reprojection of the result's calibration, as its file says
    double people_rms_px; // reprojection of the result's triangulated joints, root mean square over them
    int n_cameras;
    rig_camera_error *cameras;
    rig_people_error people;
    rig_pcp pcp;
    rig_keypoints_error keypoints; // of one view, or of a result's 60_people2d where the truth has cameras and people
} rig_evaluation;

// Compare two files of one kind (calibration, people in 3D, or one view's people in 2D), or two folders: of a result
// 40_extrinsics.yaml and 70_people3d.yaml, of a truth cameras.yaml and people3d.yaml; either side may use either name.
// Where both folders have a calibration, people are compared after its gauge is removed. Fails with RIG_ERR_IO,
// RIG_ERR_FORMAT, RIG_ERR_DATA (nothing to compare), RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_evaluate(const char *result, const char *truth, rig_evaluation *evaluation, rig_arena *out,
                                    rig_err *err);
RIG_CHECKED rig_status rig_evaluation_print(const rig_evaluation *evaluation, FILE *stream, rig_arena *arena,
                                            rig_err *err);

#endif
