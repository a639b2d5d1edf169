// Where the made-up rig's cameras are and what they are like, and where the board lies that makes the world.
#ifndef RIG_TOOLS_SYNTH_LAYOUT_H
#define RIG_TOOLS_SYNTH_LAYOUT_H

#include "core/board.h"
#include "core/rig.h"
#include "core/rng.h"

enum { RIG_LAYOUT_VIEWS = 6, RIG_LAYOUT_STEREO_WALL = 2 };

// The room's frame in the world whose origin is corner 0 of the board on the floor: the board lies in the room's
// middle, the walls are turned a little against it.
rig_pose rig_layout_room(const rig_board *board, rig_rng *rng);
// c1..c4 high in the corners of the room, left and right side by side at breast height before one wall; lenses
// pinhole5.
void rig_layout_cameras(const rig_pose *Rt_world_room, double half_m, int width, int height, rig_rng *rng,
                        rig_view_camera cameras[RIG_LAYOUT_VIEWS]);

// The board lying on the floor, print up: x as the world's, y and z against it.
rig_pose rig_layout_floor_board(void);

#endif
