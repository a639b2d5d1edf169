// How somebody carries the board past the cameras: round the room once, its print outward and up, to and fro on the
// way.
#ifndef RIG_TOOLS_SYNTH_CARRY_H
#define RIG_TOOLS_SYNTH_CARRY_H

#include "core/board.h"
#include "core/rig.h"
#include "core/rng.h"

typedef struct rig_carry {
    double start;    // rad, where the round begins
    double phase[6]; // rad, of its swings
} rig_carry;

// The best of some ways drawn by seed: the one whose least served camera sees the board in most frames, together with
// others, and in most parts of its picture. Cost O(n frames).
rig_carry rig_carry_choose(const rig_board *board, const rig_pose *Rt_world_room, const rig_view_camera *cameras,
                           int n_cameras, int n, rig_rng *rng);
// The board's pose in frame `frame` of n.
rig_pose rig_carry_board(const rig_carry *carry, const rig_board *board, const rig_pose *Rt_world_room, int frame,
                         int n);

// Does the camera see the whole print, not too much from the side and not too small to be found?
//   middle  2, out: the pixel of the print's middle, where it does
bool rig_carry_seen(const rig_board *board, const rig_pose *Rt_world_board, const rig_view_camera *camera,
                    double middle[2]);

#endif
