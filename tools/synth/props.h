// Loose things: boxes, poles and bushes that stand about, before people or behind them.
#ifndef RIG_TOOLS_SYNTH_PROPS_H
#define RIG_TOOLS_SYNTH_PROPS_H

#include "core/rng.h"
#include "tools/synth/solid.h"

enum { RIG_PROPS_SOLIDS_MAX = 160, RIG_PROPS_MATERIALS_MAX = 48, RIG_PROPS_OWNER = 500 };

// Built in place: its solids point to its own materials.
typedef struct rig_props {
    int n, n_materials, n_owners;
    rig_solid solids[RIG_PROPS_SOLIDS_MAX]; // owners from RIG_PROPS_OWNER up, one a thing
    rig_material materials[RIG_PROPS_MATERIALS_MAX];
} rig_props;

// A material for a thing: any colour, most paints; NULL where there is no room for more.
rig_material *rig_props_material(rig_props *props, rig_rng *rng);
// Each adds nothing where there is no room for it. Places are of the floor, m.
//   half    half sizes, m; the box stands on the floor, turned at random
void rig_props_box(rig_props *props, const double place[2], const double half[3], rig_rng *rng);
// A pole of a radius up to a height, m.
void rig_props_pole(rig_props *props, const double place[2], double r, double up, rig_rng *rng);
// Leaves of a radius around a height, on a stem.
void rig_props_bush(rig_props *props, const double place[2], double r, double up, rig_rng *rng);

#endif
