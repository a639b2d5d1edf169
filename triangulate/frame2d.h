// The 2D people of a view at a moment between two of its frames, for views that run at another rate or clock offset.
#ifndef RIG_TRIANGULATE_FRAME2D_H
#define RIG_TRIANGULATE_FRAME2D_H

#include "core/arena.h"
#include "core/people.h"

// The people at `part` (0: a's moment, 1: b's), each joint on the straight line between the frames. The people of the
// two frames are matched by the mean distance of their joints (rig_assign).
//   a, b   of one view, one after the other
//   part   0..1
//   frame  out: the nearer frame's number; people and joints from out. A person or joint that only one of the frames
//          has, or that is farther than a quarter of the person's size, is as the nearer frame has it; the joints'
//          second places (others) are the nearer frame's
// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_frame2d_interpolate(const rig_frame2d *a, const rig_frame2d *b, double part, int n_joints,
                                               rig_frame2d *frame, rig_arena *out, rig_err *err);

#endif
