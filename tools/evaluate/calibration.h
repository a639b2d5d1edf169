// How far a calibration is from the truth, after removing the freedom of the world frame.
#ifndef RIG_TOOLS_EVALUATE_CALIBRATION_H
#define RIG_TOOLS_EVALUATE_CALIBRATION_H

#include "core/arena.h"
#include "core/rig.h"

typedef struct rig_camera_error {
    const char *view;
    double focal_pct;   // larger of |fx/fx' - 1|, |fy/fy' - 1|, in percent
    double centre_px;   // distance of the principal points
    double position_mm; // after the best rigid motion of all camera positions and axes
    double rotation_mrad;
} rig_camera_error;

// Compare the cameras of result that truth has too. errors: result->n long, out; *n how many were compared.
// The gauge is the rigid motion that best takes the result's cameras (centres, and points 1 m along their axes) to the
// truth's. Cameras without a pose on either side get position and rotation of NAN.
// Fails with RIG_ERR_DATA (no camera in common, or truth of other size), RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_eval_calibration(const rig_calibration *result, const rig_calibration *truth,
                                            rig_camera_error *errors, int *n, rig_pose *Rt_truth_result,
                                            rig_arena *scratch, rig_err *err);

#endif
