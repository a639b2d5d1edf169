#include "tools/synth/film.h"

#include "tools/synth/texture.h"

#include <string.h>

enum { TAPS_MAX = 15, NOISE_PLACES = 1 << 16 };
static const double PI = 3.14159265358979323846;

void rig_film_draw(rig_film *film, int size, rig_rng *rng) {
    *film = (rig_film){.picture = rig_rng_u32(rng)};
    if (rig_rng_below(rng, 7) == 0) {
        const double way = size / 256.0 * rig_rng_uniform(rng, 1.5, 9), angle = rig_rng_uniform(rng, 0, PI);
        film->shake[0] = way * cos(angle);
        film->shake[1] = way * sin(angle);
    }
    if (rig_rng_below(rng, 4) == 0)
        film->defocus = 1 + (rig_rng_below(rng, 3) == 0) * size / 256;
    const double noisy = rig_rng_uniform(rng, 0, 1);
    film->grain = (float)(0.2 + 6 * noisy * noisy * noisy);
    const double exposure = exp(0.22 * rig_rng_normal(rng)), gamma = exp(0.18 * rig_rng_normal(rng));
    const double haze = rig_rng_below(rng, 3) ? 0 : rig_rng_uniform(rng, 0, 0.15);
    for (int c = 0; c < 3; c++) {
        const double cast = exposure * exp(0.07 * rig_rng_normal(rng));
        for (int i = 0; i < RIG_FILM_LEVELS; i++) {
            const double v = cast * pow((double)i / RIG_FILM_LEVELS, gamma);
            film->level[c][i] = (unsigned char)fmin(255, 255 * (haze + (1 - haze) * v) + 0.5);
        }
    }
}

// Does one of the marked pixels come by?
static bool passed(const rig_canvas *canvas, const unsigned char *only, int x, int y, int n, const int (*step)[2]) {
    for (int i = 0; i < n; i++) {
        const int u = x + step[i][0], v = y + step[i][1];
        if (u >= 0 && v >= 0 && u < canvas->width && v < canvas->height &&
            only[(size_t)v * (size_t)canvas->width + (size_t)u])
            return true;
    }
    return false;
}

static int clamped(int x, int most) {
    return x < 0 ? 0 : x > most ? most : x;
}

rig_status rig_film_smear(rig_canvas *canvas, const unsigned char *only, const double way[2], rig_arena *scratch,
                          rig_err *err) {
    const int width = canvas->width, height = canvas->height;
    const size_t pixels = (size_t)width * (size_t)height;
    const double length = fmax(fabs(way[0]), fabs(way[1]));
    int step[TAPS_MAX][2], n = 1 + 2 * (int)(length / 2 + 0.5);
    if (n < 3)
        return RIG_OK;
    n = n > TAPS_MAX ? TAPS_MAX : n;
    for (int i = 0; i < n; i++)
        for (int axis = 0; axis < 2; axis++)
            step[i][axis] = (int)lround(way[axis] * ((double)i / (n - 1) - 0.5));
    int16_t(*from)[3] = rig_arena_alloc(scratch, pixels, sizeof *from);
    if (!from)
        return rig_fail_memory(err, "a smear");
    memcpy(from, canvas->ink, pixels * sizeof *from);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            if (only && !passed(canvas, only, x, y, n, (const int(*)[2])step))
                continue;
            int sum[3] = {0};
            for (int i = 0; i < n; i++) {
                const int u = clamped(x + step[i][0], width - 1), v = clamped(y + step[i][1], height - 1);
                const int16_t *ink = from[(size_t)v * (size_t)width + (size_t)u];
                for (int c = 0; c < 3; c++)
                    sum[c] += ink[c];
            }
            for (int c = 0; c < 3; c++)
                canvas->ink[(size_t)y * (size_t)width + (size_t)x][c] = (int16_t)(sum[c] / n);
        }
    return RIG_OK;
}

rig_status rig_film_develop(const rig_film *film, const rig_noise *noise, rig_canvas *canvas, rig_image *image,
                            rig_arena *scratch, rig_err *err) {
    RIG_TRY(rig_image_resize(image, canvas->width, canvas->height, 3, err));
    RIG_TRY(rig_film_smear(canvas, NULL, film->shake, scratch, err));
    const double across[2] = {2.0 * film->defocus, 0}, down[2] = {0, 2.0 * film->defocus};
    if (film->defocus) {
        RIG_TRY(rig_film_smear(canvas, NULL, across, scratch, err));
        RIG_TRY(rig_film_smear(canvas, NULL, down, scratch, err));
    }
    const int gain = (int)(256 * film->grain);
    for (int y = 0; y < canvas->height; y++) {
        const int16_t *ink = canvas->ink[(size_t)y * (size_t)canvas->width];
        const int16_t *grain = noise->ink + rig_hash2(y, 0, film->picture) % NOISE_PLACES;
        unsigned char *out = image->data + y * image->stride;
        for (int x = 0; x < canvas->width; x++)
            for (int c = 0; c < 3; c++) {
                const int i = 3 * x + c, level = (ink[i] + ((gain * grain[i]) >> 8)) >> 3;
                out[i] = film->level[c][clamped(level, RIG_FILM_LEVELS - 1)];
            }
    }
    return RIG_OK;
}
