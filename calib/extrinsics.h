// All cameras in one frame: a start from chains of shared boards, then bundle adjustment of everything.
#ifndef RIG_CALIB_EXTRINSICS_H
#define RIG_CALIB_EXTRINSICS_H

#include "core/arena.h"
#include "core/board.h"
#include "core/rig.h"

// Solve every camera's pose from boards that several cameras saw in the same frame, and refine cameras, lenses and
// board poses together. A board frame is one board pose: views of one frame number saw the board at one moment. Boards
// that a view read from the wrong end (half a turn) are turned to agree with the others; a view's boards that agree
// with no other's are left out and say so.
//   seen        n_views views' corners; frames are numbered on one clock; each view must be a camera of rig (by name)
//   intrinsics  n_intrinsics more views' corners that hold only for the lenses (each frame its own pose), or NULL: so
//               that the bundle adjustment does not forget what the intrinsics recording knew
//   rig         in: cameras with lenses, and poses of those that are surveyed (held; they are then the world), and
//               what of the board's shape is asked for (shape.has_warp, has_square);
//               out: refined, with poses in the frame of the first camera of `seen`, rms and fits, the shape;
//               cameras that are not in `seen` stay without pose
//   fixed_lenses  true: K and dist are kept as they are
// Fails with RIG_ERR_DATA: naming two groups of cameras that share no board frame, or none whose poses agree (not
// synchronous, swapped), or a camera without boards;
// RIG_ERR_NUMERIC; RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_extrinsics_solve(const rig_board *board, const rig_view_corners *seen, int n_views,
                                            const rig_view_corners *intrinsics, int n_intrinsics, bool fixed_lenses,
                                            rig_calibration *rig, rig_arena *out, rig_arena *scratch, rig_err *err);

#endif
