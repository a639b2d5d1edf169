// One camera from its boards: a closed-form start (Zhang 2000), then the bundle adjustment of calib/bundle.h.
#ifndef RIG_CALIB_INTRINSICS_H
#define RIG_CALIB_INTRINSICS_H

#include "core/arena.h"
#include "core/board.h"
#include "core/rig.h"

enum { RIG_LENS_BOARDS_MIN = 3 }; // fewer do not speak of a lens

// Calibrate the camera that saw these boards.
//   seen      n >= RIG_LENS_BOARDS_MIN boards (of one view), its image size
//   camera    out: lens, K, dist, rms_px, a fit for each board with the reason where it was left out; no pose
//   out       keeps fits; scratch is given back
// Boards whose rms is more than 3 x the median (and 0.5 px) are left out, and the rest solved again.
// Fails with RIG_ERR_DATA: too few boards, or their planes all parallel (no tilt: the focal length cannot be seen);
// RIG_ERR_NUMERIC; RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_intrinsics_solve(const rig_board *board, const rig_view_corners *seen, rig_lens lens,
                                            rig_view_camera *camera, rig_arena *out, rig_arena *scratch, rig_err *err);

// The same for n views at once, a thread a camera; the first camera that fails is told.
RIG_CHECKED rig_status rig_intrinsics_solve_all(const rig_board *board, const rig_view_corners *seen, int n,
                                                rig_lens lens, rig_view_camera *cameras, rig_arena *out,
                                                rig_arena *scratch, rig_err *err);

// Calibrate n views, each with the lens model that its boards ask for. All models are held against the same corners,
// those that any of them reaches: by their rms over every fifth group of boards (calib/quality.h) against a fit to the
// others, and by what they leave out. The one of the least error is taken, where each coefficient must take log(n) / 2n
// of it away, n being six times the groups of boards: 2 % of 20 boards, 1 % of 50. How well it is known where no board
// was, its edge_sigma_px tells.
//   cameras  out, as rig_intrinsics_solve_all; lens_rms_px of each model tried
// Fails with RIG_ERR_DATA where a view has fewer than RIG_HOLDOUT_FRAMES_MIN groups of boards, or no model is fitted;
// RIG_ERR_MEMORY. Cost: that of all models, a thread a model.
RIG_CHECKED rig_status rig_intrinsics_choose_all(const rig_board *board, const rig_view_corners *seen, int n,
                                                 rig_view_camera *cameras, rig_arena *out, rig_arena *scratch,
                                                 rig_err *err);

#endif
