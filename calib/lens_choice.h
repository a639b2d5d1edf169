// Which lens model a camera's boards ask for.
#ifndef RIG_CALIB_LENS_CHOICE_H
#define RIG_CALIB_LENS_CHOICE_H

#include "calib/intrinsics.h"

#ifdef __cplusplus
extern "C" {
#endif

// Calibrate n views, each with the lens model that its boards ask for: of those whose held-out rms (every fifth board
// against a fit to the others) is within 1 % of the least, the one of the fewest coefficients; pinhole before fisheye.
// A model that a view's boards do not determine is passed over.
//   cameras  out, as rig_intrinsics_solve_all; lens_rms_px of each model tried
// Fails with RIG_ERR_DATA where a view has fewer than RIG_HOLDOUT_FRAMES_MIN boards, or no model is determined;
// RIG_ERR_MEMORY. Cost: that of all models.
RIG_CHECKED rig_status rig_intrinsics_choose_all(const rig_board *board, const rig_view_corners *seen, int n,
                                                 rig_view_camera *cameras, rig_arena *out, rig_arena *scratch,
                                                 rig_err *err);

#ifdef __cplusplus
}
#endif
#endif
