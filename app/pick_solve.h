// How picked scene points fit: each view's pose as `extrinsics` will find it, and how far each point is off.
#ifndef RIG_APP_PICK_SOLVE_H
#define RIG_APP_PICK_SOLVE_H

#include "core/arena.h"
#include "core/rig.h"
#include "io/results.h"

typedef struct rig_pick_fit {
    const char *view;
    int n;           // points picked in it
    bool placed;     // its pose was found
    double rms_px;   // square root of the mean of dx^2 + dy^2 over the points picked
    const char *why; // it was not placed; else NULL
    double (*q)[2];  // [point] where the pose puts it
    bool *in_front;  // [point] it does
} rig_pick_fit;

// Fit each view by its own points; where boards have placed cameras, move these as one body.
//   lenses  cameras by name; poses as boards gave them
//   fits    out, n_views of them, of views in their order
// Views that cannot be placed say why. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_pick_solve(const rig_calibration *lenses, const rig_points_file *points,
                                      const char *const *views, int n_views, rig_pick_fit **fits, rig_arena *out,
                                      rig_arena *scratch, rig_err *err);

#endif
