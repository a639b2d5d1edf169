// Procedural textures: value noise, and patterns that stay averaged where a pixel covers more than their detail.
#ifndef RIG_TOOLS_SYNTH_TEXTURE_H
#define RIG_TOOLS_SYNTH_TEXTURE_H

#include "tools/synth/vec.h"

#include <stdint.h>

uint32_t rig_hash2(int x, int y, uint32_t seed);
static inline float rig_hash_unit(uint32_t hash) { // [0, 1)
    return (float)(hash >> 8) * 0x1p-24f;
}

// Smooth value noise of unit pitch, -1..1.
float rig_noise2(float x, float y, uint32_t seed);
// Three octaves, about -1..1; those finer than blur (in units of the pitch) are left out.
float rig_noise2_octaves(float x, float y, float blur, uint32_t seed);
// Noise in space with its gradient.
float rig_noise3(rig_vec3 p, uint32_t seed, rig_vec3 *gradient);

// The share of a square wave that is 1 (share `duty` of each unit pitch from 0 on), over a window of width blur around
// x.
float rig_wave(float x, float duty, float blur);

// A cell of a pattern of rows: which one, how far inside (0..1 each way), and how much of the pixel is joint.
typedef struct rig_cell {
    int column, row;
    float x, y;
    float joint;
} rig_cell;

// Rows of height `height`, cells `width` long, each row shifted by `shift` of a cell against the last (negative: at
// random), joints of width joint; all m.
rig_cell rig_cells(float u, float v, float width, float height, float shift, float joint, float blur, uint32_t seed);

#endif
