// Pictures without a board: nothing is found in them, whatever their size.
#include "calib/corners.h"
#include "tests/unit/calib/drawn_clutter.h"

#include <string.h>

enum { WIDTH = 640, HEIGHT = 480 };
static const int boards[][2] = {{9, 6}, {4, 7}, {3, 3}, {4, 4}, {5, 3}};

static rig_image grey;
static rig_arena scratch;

static bool any_board(const rig_image *picture) {
    bool any = false;
    for (size_t k = 0; k < sizeof boards / sizeof *boards; k++) {
        rig_board board = {.cols = boards[k][0], .rows = boards[k][1], .square_m = 1};
        double q[54][2], sigma_px[54];
        bool seen[54];
        rig_found_board found = {.q = q, .sigma_px = sigma_px, .seen = seen, .n_seen = 1};
        rig_err err;
        assert_ok(rig_corners_find(picture, &board, NULL, &found, &scratch, &err));
        rig_arena_clear(&scratch);
        any = any || found.n_seen > 0;
    }
    return any;
}

static void clutter_is_no_board(void **state) {
    (void)state;
    for (int kind = 0; kind < N_CLUTTERS; kind++)
        for (uint64_t seed = 0; seed < 3; seed++) {
            clutter_draw((clutter)kind, WIDTH, HEIGHT, seed, &grey);
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
    rig_rng rng = rig_rng_seed(9, 0);
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
        cmocka_unit_test(flat_pictures_of_every_size),
        cmocka_unit_test(noisy_pictures_of_every_size),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
