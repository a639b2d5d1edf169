#include "app/tiles.h"
#include "core/rng.h"

#include "tests/support/support.h"

enum { WIDTH = 240, HEIGHT = 192 };
static unsigned char pixels[WIDTH * HEIGHT];

// A smooth slope in each tile, of its own grey level, and noise as a sensor has it.
static rig_image tiled(int cols, int rows) {
    rig_rng rng = rig_rng_seed((uint64_t)(10 * cols + rows), 0);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            const int col = x * cols / WIDTH, row = y * rows / HEIGHT;
            const double level = 60 + 40 * ((col + 2 * row) % 4) + 0.05 * x - 0.05 * y + rig_rng_normal(&rng);
            pixels[y * WIDTH + x] = (unsigned char)(level + 0.5);
        }
    return (rig_image){WIDTH, HEIGHT, 1, WIDTH, pixels};
}

static void test_tiles_are_counted(void **state) {
    (void)state;
    for (int cols = 1; cols <= 4; cols++)
        for (int rows = 1; rows <= 4; rows++) {
            const rig_image grey = tiled(cols, rows);
            int found_cols = 0, found_rows = 0;
            rig_tiles_guess(&grey, &found_cols, &found_rows);
            assert_int_equal(found_cols, cols);
            assert_int_equal(found_rows, rows);
        }
}

static void test_an_edge_off_the_grid_is_no_seam(void **state) {
    (void)state;
    const rig_image grey = tiled(1, 1);
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        pixels[i] = (unsigned char)(pixels[i] + (i % WIDTH >= WIDTH / 2 + 3 ? 80 : 0));
    int cols = 0, rows = 0;
    rig_tiles_guess(&grey, &cols, &rows);
    assert_int_equal(cols, 1);
    assert_int_equal(rows, 1);
}

// A door frame in the middle that ends above the floor.
static void test_an_edge_that_ends_is_no_seam(void **state) {
    (void)state;
    const rig_image grey = tiled(1, 1);
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        pixels[i] = (unsigned char)(pixels[i] + (i % WIDTH >= WIDTH / 2 && i / WIDTH < HEIGHT * 3 / 5 ? 80 : 0));
    int cols = 0, rows = 0;
    rig_tiles_guess(&grey, &cols, &rows);
    assert_int_equal(cols, 1);
    assert_int_equal(rows, 1);
}

static void test_pictures_too_small_for_a_seam(void **state) {
    (void)state;
    const rig_image grey = {1, 1, 1, 1, pixels};
    int cols = 0, rows = 0;
    rig_tiles_guess(&grey, &cols, &rows);
    assert_int_equal(cols, 1);
    assert_int_equal(rows, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tiles_are_counted),
        cmocka_unit_test(test_an_edge_off_the_grid_is_no_seam),
        cmocka_unit_test(test_an_edge_that_ends_is_no_seam),
        cmocka_unit_test(test_pictures_too_small_for_a_seam),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
