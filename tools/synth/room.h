// The room that everything happens in: walls, floor, what stands along the walls, and the lamps. All by seed.
#ifndef RIG_TOOLS_SYNTH_ROOM_H
#define RIG_TOOLS_SYNTH_ROOM_H

#include "core/rng.h"
#include "tools/synth/light.h"
#include "tools/synth/solid.h"

enum { RIG_ROOM_SOLIDS_MAX = 160, RIG_ROOM_MATERIALS_MAX = 128, RIG_ROOM_OWNER = 1000 };

typedef struct rig_room {
    rig_pose Rt_world_room; // the room's own frame: origin in the middle of the floor, z up, walls at +-half
    double half_m, height_m;
    int n;
    rig_solid solids[RIG_ROOM_SOLIDS_MAX]; // owners from RIG_ROOM_OWNER up, one a piece
    int n_materials, n_owners;
    rig_material materials[RIG_ROOM_MATERIALS_MAX];
    rig_lights lights;
} rig_room;

// Furnish a room in place: its solids point to its own materials, so it may not be moved afterwards. Walls 0..3 are
// those at the room's +y, -x, -y, +x; the middle of wall free_wall is left free. half_m >= 2.5, height_m >= 2.2.
void rig_room_make(rig_room *room, const rig_pose *Rt_world_room, double half_m, double height_m, int free_wall,
                   rig_rng *rng);

#endif
