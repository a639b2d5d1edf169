// What a camera gathers before its sensor: ink (encoded light) and depth for each pixel; then the sensor's noise and
// bytes.
#ifndef RIG_TOOLS_SYNTH_CANVAS_H
#define RIG_TOOLS_SYNTH_CANVAS_H

#include "core/arena.h"
#include "core/image.h"
#include "tools/synth/vec.h"

#include <stdint.h>

// Ink is the square root of linear light (a camera's gamma, and Anscombe's transform: the same noise in dark and
// bright), 0..255 times 128.
enum { RIG_INK_LEVEL = 128, RIG_INK_MAX = 255 * RIG_INK_LEVEL };

typedef struct rig_canvas {
    int width, height;
    int16_t (*ink)[3]; // blue green red
    float *z;          // depth in the camera's frame, m; INFINITY where nothing is
} rig_canvas;

// An empty canvas: black, infinitely far. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_canvas_make(rig_canvas *canvas, int width, int height, rig_arena *out, rig_err *err);
// A copy of another canvas. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_canvas_copy(const rig_canvas *from, rig_canvas *to, rig_arena *out, rig_err *err);

static inline float rig_ink(float light) {
    return light <= 0 ? 0 : light >= 1 ? (float)RIG_INK_MAX : (float)RIG_INK_MAX * sqrtf(light);
}
static inline void rig_canvas_put(rig_canvas *canvas, size_t pixel, const float ink[3]) {
    for (int c = 0; c < 3; c++)
        canvas->ink[pixel][c] = (int16_t)ink[c];
}

// A sensor's noise, drawn once; each row of each picture reads it from a place of its own.
typedef struct rig_noise {
    int n;
    int16_t *ink;
} rig_noise;

// sigma: grey levels, one standard deviation; width: the widest picture. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_noise_make(rig_noise *noise, int width, double sigma, uint64_t seed, rig_arena *out,
                                      rig_err *err);
// Ink and noise into bytes, BGR. picture: its number, so that no two pictures have the same noise.
RIG_CHECKED rig_status rig_canvas_develop(const rig_canvas *canvas, const rig_noise *noise, uint32_t picture,
                                          rig_image *image, rig_err *err);

#endif
