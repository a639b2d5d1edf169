// Pictures without a board that a search for one finds hard, for tests and benches.
#ifndef RIG_TESTS_DRAWN_CLUTTER_H
#define RIG_TESTS_DRAWN_CLUTTER_H

#include "core/image.h"
#include "core/rng.h"
#include "tests/support/support.h"

typedef enum clutter {
    CLUTTER_NOISE,
    CLUTTER_BRICKS,
    CLUTTER_SMALL_BRICKS,
    CLUTTER_TILES,
    CLUTTER_WALLPAPER, // a chessboard pattern without end: more corners than any board
    CLUTTER_FINE_WALLPAPER,
    CLUTTER_PRINT, // strokes as small as letters
    CLUTTER_GRASS, // short strokes of all directions and greys
    CLUTTER_LEAVES,
    N_CLUTTERS
} clutter;

static const char *const CLUTTER_NAMES[N_CLUTTERS] = {"noise",          "bricks", "small bricks", "tiles", "wallpaper",
                                                      "fine wallpaper", "print",  "grass",        "leaves"};

static inline int clutter_brick(int x, int y, int w, int h, rig_rng *rng) {
    int row = y / h, along = x + row % 2 * w / 2;
    unsigned dye = (unsigned)(row * 7919 + along / w * 104729);
    bool mortar = y % h == 0 || along % w == 0;
    return (mortar ? 190 : 80 + (int)(dye % 50)) + rig_rng_below(rng, 9);
}

static inline int clutter_at(clutter kind, int x, int y, rig_rng *rng) {
    switch (kind) {
    case CLUTTER_NOISE:
        return rig_rng_below(rng, 256);
    case CLUTTER_BRICKS:
        return clutter_brick(x, y, 30, 12, rng);
    case CLUTTER_SMALL_BRICKS:
        return clutter_brick(x, y, 14, 7, rng);
    case CLUTTER_TILES:
        return x % 24 < 2 || y % 24 < 2 ? 60 : 200;
    case CLUTTER_WALLPAPER:
        return (x / 20 + y / 20) % 2 ? 60 : 200;
    case CLUTTER_FINE_WALLPAPER:
        return (x / 7 + y / 7) % 2 ? 60 : 200;
    default:
        return 100;
    }
}

static inline void clutter_strokes(rig_image *grey, int n, double length, double wide, rig_rng *rng) {
    for (int k = 0; k < n; k++) {
        double x = rig_rng_uniform(rng, 0, grey->width), y = rig_rng_uniform(rng, 0, grey->height);
        double angle = rig_rng_uniform(rng, 0, 6.3), dx = cos(angle), dy = sin(angle);
        unsigned char ink = (unsigned char)rig_rng_below(rng, 256);
        for (double s = 0; s < length; s += 0.5)
            for (double t = -wide; t <= wide; t += 0.5) {
                int u = (int)(x + s * dx - t * dy), v = (int)(y + s * dy + t * dx);
                if (u >= 0 && v >= 0 && u < grey->width && v < grey->height)
                    grey->data[v * grey->stride + u] = ink;
            }
    }
}

static inline void clutter_draw(clutter kind, int width, int height, uint64_t seed, rig_image *grey) {
    rig_err err;
    rig_rng rng = rig_rng_seed(3, seed);
    int n = width * height / 16; // strokes that cover all
    assert_ok(rig_image_resize(grey, width, height, 1, &err));
    for (int i = 0; i < width * height; i++) {
        int value = clutter_at(kind, i % width, i / width, &rng);
        grey->data[i / width * grey->stride + i % width] = (unsigned char)value;
    }
    if (kind == CLUTTER_PRINT)
        clutter_strokes(grey, n, 4, 0.5, &rng);
    if (kind == CLUTTER_GRASS)
        clutter_strokes(grey, n, 9, 1, &rng);
    if (kind == CLUTTER_LEAVES)
        clutter_strokes(grey, n, 14, 1.5, &rng);
}

#endif
