// Pictures without a board: nothing is found in them, whatever their size.
#include "calib/corners.h"
#include "core/rng.h"
#include "tests/support/support.h"

#include <string.h>

enum { WIDTH = 640, HEIGHT = 480 };
static const int boards[][2] = {{9, 6}, {4, 7}, {3, 3}, {4, 4}, {5, 3}};

static rig_image grey;
static rig_arena scratch;
static rig_rng rng;

static bool any_board(const rig_image *picture) {
    bool any = false;
    for (size_t k = 0; k < sizeof boards / sizeof *boards; k++) {
        rig_board board = {RIG_BOARD_CHESSBOARD, boards[k][0], boards[k][1], 1};
        double q[54][2];
        rig_err err;
        bool found = true;
        assert_ok(rig_corners_find(picture, &board, q, &found, &scratch, &err));
        rig_arena_clear(&scratch);
        any = any || found;
    }
    return any;
}

static void fill(int (*value)(int x, int y)) {
    rig_err err;
    assert_ok(rig_image_resize(&grey, WIDTH, HEIGHT, 1, &err));
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        int v = value(i % WIDTH, i / WIDTH);
        grey.data[i / WIDTH * grey.stride + i % WIDTH] = (unsigned char)(v < 0 ? 0 : v > 255 ? 255 : v);
    }
}

static int noise(int x, int y) {
    (void)x, (void)y;
    return rig_rng_below(&rng, 256);
}

static int bricks_sized(int x, int y, int w, int h) {
    int row = y / h, along = x + row % 2 * w / 2;
    unsigned dye = (unsigned)(row * 7919 + along / w * 104729);
    bool mortar = y % h == 0 || along % w == 0;
    return (mortar ? 190 : 80 + (int)(dye % 50)) + rig_rng_below(&rng, 9);
}
static int bricks(int x, int y) {
    return bricks_sized(x, y, 30, 12);
}
static int small_bricks(int x, int y) {
    return bricks_sized(x, y, 14, 7);
}

static int tiles(int x, int y) {
    return x % 24 < 2 || y % 24 < 2 ? 60 : 200;
}

// Blades of grass: short strokes of all directions and greys.
static int blades(int x, int y) {
    (void)x, (void)y;
    return 100;
}
static void strokes(int n, double length, double wide) {
    for (int k = 0; k < n; k++) {
        double x = rig_rng_uniform(&rng, 0, WIDTH), y = rig_rng_uniform(&rng, 0, HEIGHT);
        double angle = rig_rng_uniform(&rng, 0, 6.3), dx = cos(angle), dy = sin(angle);
        unsigned char ink = (unsigned char)rig_rng_below(&rng, 256);
        for (double s = 0; s < length; s += 0.5)
            for (double t = -wide; t <= wide; t += 0.5) {
                int u = (int)(x + s * dx - t * dy), v = (int)(y + s * dy + t * dx);
                if (u >= 0 && v >= 0 && u < WIDTH && v < HEIGHT)
                    grey.data[v * grey.stride + u] = ink;
            }
    }
}

// A chessboard pattern without end: more corners than any board.
static int wallpaper(int x, int y) {
    return (x / 20 + y / 20) % 2 ? 60 : 200;
}

static void clutter_is_no_board(void **state) {
    (void)state;
    int (*const patterns[])(int, int) = {noise, bricks, small_bricks, tiles, wallpaper};
    for (size_t k = 0; k < sizeof patterns / sizeof *patterns; k++) {
        rng = rig_rng_seed(3, k);
        fill(patterns[k]);
        assert_false(any_board(&grey));
    }
}

static void leaves_and_print_are_no_board(void **state) {
    (void)state;
    for (int k = 0; k < 3; k++) {
        rng = rig_rng_seed(4, (uint64_t)k);
        fill(blades);
        strokes(20000, 4 + 5 * k, 0.5 + 0.5 * k);
        assert_false(any_board(&grey));
    }
}

static void flat_pictures_of_every_size(void **state) {
    (void)state;
    const int sizes[][2] = {{1, 1}, {2, 2}, {3, 3}, {5, 5}, {9, 9}, {1, 200}, {200, 1}, {7, 400}, {641, 479}};
    rig_err err;
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        for (int value = 0; value < 256; value += 85) {
            assert_ok(rig_image_resize(&grey, sizes[k][0], sizes[k][1], 1, &err));
            memset(grey.data, value, (size_t)(grey.stride * grey.height));
            assert_false(any_board(&grey));
        }
}

static void noisy_pictures_of_every_size(void **state) {
    (void)state;
    rig_err err;
    rng = rig_rng_seed(9, 0);
    for (int w = 1; w < 30; w++)
        for (int h = 1; h < 30; h += 3) {
            assert_ok(rig_image_resize(&grey, w, h, 1, &err));
            for (int i = 0; i < w * h; i++)
                grey.data[i / w * grey.stride + i % w] = (unsigned char)(rig_rng_below(&rng, 2) * 255);
            assert_false(any_board(&grey));
        }
}

static int release(void **state) {
    (void)state;
    rig_image_release(&grey);
    rig_arena_release(&scratch);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clutter_is_no_board),
        cmocka_unit_test(leaves_and_print_are_no_board),
        cmocka_unit_test(flat_pictures_of_every_size),
        cmocka_unit_test(noisy_pictures_of_every_size),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
