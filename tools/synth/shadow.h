// Soft shadows on the floor: solids pressed into a map of how much light still reaches each place of it.
#ifndef RIG_TOOLS_SYNTH_SHADOW_H
#define RIG_TOOLS_SYNTH_SHADOW_H

#include "tools/synth/draw.h"

enum { RIG_SHADOW_CELLS = 192 };

typedef struct rig_shadow {
    double x, y, cell_m;                             // the corner cell's centre in the world, and the cells' size
    int low[2], high[2];                             // the cells that anything fell on; low > high: none
    float dark[RIG_SHADOW_CELLS * RIG_SHADOW_CELLS]; // how much lies above, 0 up
} rig_shadow;

// An empty map of the floor around a place of the world. Returns NULL where memory is out.
rig_shadow *rig_shadow_make(const double centre[2], rig_arena *out);
// Add what solids keep from the floor: their nearness (ambient light) and their shadow from each lamp.
void rig_shadow_add(rig_shadow *shadow, const rig_lights *lights, const rig_solid *solids, int n);
// Darken the floor (world z = 0) where a canvas shows it.
void rig_shadow_draw(const rig_shadow *shadow, const rig_viewpoint *viewpoint, rig_canvas *canvas);

#endif
