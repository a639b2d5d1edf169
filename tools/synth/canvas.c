#include "tools/synth/canvas.h"

#include "core/rng.h"
#include "tools/synth/texture.h"

#include <string.h>

enum { NOISE_PLACES = 1 << 16, NOISE_STREAM = 901 };

rig_status rig_canvas_make(rig_canvas *canvas, int width, int height, rig_arena *out, rig_err *err) {
    const size_t n = (size_t)width * (size_t)height;
    *canvas = (rig_canvas){.width = width, .height = height};
    canvas->ink = rig_arena_alloc(out, n, sizeof *canvas->ink);
    canvas->z = RIG_NEW(out, float, n);
    if (!canvas->ink || !canvas->z)
        return rig_fail_memory(err, "a canvas");
    for (size_t i = 0; i < n; i++)
        canvas->z[i] = INFINITY;
    return RIG_OK;
}

rig_status rig_canvas_copy(const rig_canvas *from, rig_canvas *to, rig_arena *out, rig_err *err) {
    const size_t n = (size_t)from->width * (size_t)from->height;
    *to = *from;
    to->ink = rig_arena_alloc(out, n, sizeof *to->ink);
    to->z = RIG_NEW(out, float, n);
    if (!to->ink || !to->z)
        return rig_fail_memory(err, "a canvas");
    memcpy(to->ink, from->ink, n * sizeof *to->ink);
    memcpy(to->z, from->z, n * sizeof *to->z);
    return RIG_OK;
}

rig_status rig_noise_make(rig_noise *noise, int width, double sigma, uint64_t seed, rig_arena *out, rig_err *err) {
    noise->n = NOISE_PLACES + 3 * width;
    noise->ink = RIG_NEW(out, int16_t, noise->n);
    if (!noise->ink)
        return rig_fail_memory(err, "sensor noise");
    rig_rng rng = rig_rng_seed(seed, NOISE_STREAM);
    for (int i = 0; i < noise->n; i++)
        noise->ink[i] = (int16_t)lround(sigma * RIG_INK_LEVEL * rig_rng_normal(&rng));
    return RIG_OK;
}

rig_status rig_canvas_develop(const rig_canvas *canvas, const rig_noise *noise, uint32_t picture, rig_image *image,
                              rig_err *err) {
    RIG_TRY(rig_image_resize(image, canvas->width, canvas->height, 3, err));
    for (int y = 0; y < canvas->height; y++) {
        const int16_t *ink = canvas->ink[(size_t)y * (size_t)canvas->width];
        const int16_t *grain = noise->ink + rig_hash2(y, 0, picture) % NOISE_PLACES;
        unsigned char *out = image->data + y * image->stride;
        for (int i = 0; i < 3 * canvas->width; i++) {
            int level = (ink[i] + grain[i] + RIG_INK_LEVEL / 2) >> 7;
            level = level < 0 ? 0 : level;
            out[i] = (unsigned char)(level > 255 ? 255 : level);
        }
    }
    return RIG_OK;
}
