// One lens model tried on one camera's boards: what calib/lens_choice.c compares.
#ifndef RIG_CALIB_INTRINSICS_TRY_H
#define RIG_CALIB_INTRINSICS_TRY_H

#include "calib/intrinsics.h"

// rig_intrinsics_solve, and
//   d_px  out: seen->n x corners of the board, or NULL: how far each corner lies from where it was seen. Of boards held
//         out (calib/quality.h) by the fit to the others, of the rest by the fit to all, boards that it left out too
RIG_CHECKED rig_status rig_intrinsics_try(const rig_board *board, const rig_view_corners *seen, rig_lens lens,
                                          rig_view_camera *camera, double *d_px, rig_arena *out, rig_arena *scratch,
                                          rig_err *err);
// Copy what of a camera lies in a passing arena to `out`. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_intrinsics_keep(rig_view_camera *camera, rig_arena *out, rig_err *err);

#endif
