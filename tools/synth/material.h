// What surfaces are made of: a paint that gives each spot its colour, a gloss, and folds or grain that bend the normal.
#ifndef RIG_TOOLS_SYNTH_MATERIAL_H
#define RIG_TOOLS_SYNTH_MATERIAL_H

#include "tools/synth/vec.h"

#include <stdint.h>

typedef enum rig_paint {
    RIG_PAINT_PLAIN,   // a little mottled
    RIG_PAINT_STRIPES, // across the axis
    RIG_PAINT_BARS,    // along the axis
    RIG_PAINT_CHECKS,
    RIG_PAINT_DOTS,
    RIG_PAINT_DENIM,
    RIG_PAINT_CAMO,
    RIG_PAINT_HAIR,
    RIG_PAINT_FACE,
    RIG_PAINT_SHOE,
    RIG_PAINT_PLANKS,
    RIG_PAINT_TILES,
    RIG_PAINT_BRICKS,
    RIG_PAINT_PLASTER,
    RIG_PAINT_CARPET,
    RIG_PAINT_BOOKS,
    RIG_PAINT_PICTURE,
    RIG_PAINT_WINDOW,
} rig_paint;

typedef struct rig_material {
    rig_paint paint;
    rig_vec3 colour, second; // linear light, red green blue, 0..1
    float pitch_m;           // of the pattern
    float gloss;             // 0 matt .. 1
    float bump, bump_m;      // how much folds bend the normal, and how wide they are
    uint32_t seed;
} rig_material;

// A place on a surface: in its texture's own frame, and unrolled (u around or across, v along), m.
typedef struct rig_spot {
    rig_vec3 p;
    float u, v;
    float blur_m; // what one pixel covers: detail finer than this is averaged
} rig_spot;

rig_vec3 rig_material_colour(const rig_material *material, const rig_spot *spot);

// Face paint, on a head whose frame is x forward, y left, z up from the eyes' middle; split out because it is long.
rig_vec3 rig_face_colour(const rig_material *material, const rig_spot *spot);

#endif
