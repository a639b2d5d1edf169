#include "app/tiles.h"
#include "core/rng.h"

#include "tests/support/support.h"

#include <string.h>

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

static rig_tiles found(const rig_image *greys, int n) {
    rig_tiles tiles;
    rig_arena scratch = {0};
    assert_int_equal(rig_tiles_find(greys, n, &tiles, &scratch, NULL), RIG_OK);
    rig_arena_release(&scratch);
    return tiles;
}

static void assert_rect(rig_rect found, rig_rect expected) {
    assert_int_equal(found.x, expected.x);
    assert_int_equal(found.y, expected.y);
    assert_int_equal(found.w, expected.w);
    assert_int_equal(found.h, expected.h);
}

// A rectangle of noise about a level, as a picture in a picture.
static void fill(rig_rect r, double level, double noise) {
    rig_rng rng = rig_rng_seed((uint64_t)(r.x + r.y), 0);
    for (int y = r.y; y < r.y + r.h; y++)
        for (int x = r.x; x < r.x + r.w; x++)
            pixels[y * WIDTH + x] = (unsigned char)(level + 0.05 * x - 0.05 * y + noise * rig_rng_normal(&rng) + 0.5);
}

static void test_uneven_tiles_and_black_between_them(void **state) {
    (void)state;
    static const rig_rect uneven[] = {{0, 0, 100, 192}, {100, 0, 140, 64}, {100, 64, 140, 128}};
    static const rig_rect bordered[] = {{10, 8, 96, 80}, {120, 8, 110, 80}, {10, 100, 96, 84}, {120, 100, 110, 84}};
    const rig_image grey = {WIDTH, HEIGHT, 1, WIDTH, pixels};
    for (int i = 0; i < 3; i++)
        fill(uneven[i], 60 + 50 * i, 1);
    rig_tiles tiles = found(&grey, 1);
    assert_int_equal(tiles.n, 3);
    assert_int_equal(tiles.cols, 0);
    for (int i = 0; i < 3; i++)
        assert_rect(tiles.rects[i], uneven[i]);
    fill((rig_rect){0, 0, WIDTH, HEIGHT}, 16, 1);
    for (int i = 0; i < 4; i++)
        fill(bordered[i], 90 + 20 * i, 1);
    tiles = found(&grey, 1);
    assert_int_equal(tiles.n, 4);
    for (int i = 0; i < 4; i++)
        assert_rect(tiles.rects[i], bordered[i]);
}

static void test_a_seam_is_in_every_picture(void **state) {
    (void)state;
    static unsigned char plain[WIDTH * HEIGHT];
    const rig_image greys[2] = {tiled(2, 1), {WIDTH, HEIGHT, 1, WIDTH, plain}};
    memset(plain, 100, sizeof plain);
    assert_int_equal(found(greys, 1).n, 2);
    assert_int_equal(found(greys, 2).n, 1);
}

static void test_the_content_of_a_window(void **state) {
    (void)state;
    const rig_image grey = {WIDTH, HEIGHT, 1, WIDTH, pixels};
    const rig_rect whole = {0, 0, WIDTH, HEIGHT}, within = {20, 0, 180, HEIGHT};
    fill(whole, 12, 0); // all black: nothing can be told
    assert_rect(rig_tiles_content(&grey, 1, whole), whole);
    fill(within, 100, 1);
    assert_rect(rig_tiles_content(&grey, 1, whole), within);
    fill((rig_rect){2, 0, 238, HEIGHT}, 100, 1); // two black columns are no border
    assert_rect(rig_tiles_content(&grey, 1, whole), whole);
}

// A dark hall with two lamps: no row of it has many bright pixels, and no column but theirs.
static void test_what_is_dark_but_for_lines(void **state) {
    (void)state;
    const rig_image grey = {WIDTH, HEIGHT, 1, WIDTH, pixels};
    const rig_rect whole = {0, 0, WIDTH, HEIGHT};
    memset(pixels, 12, sizeof pixels);
    for (int i = 0; i < HEIGHT; i++)
        pixels[i * WIDTH + 20] = pixels[i * WIDTH + 220] = 200;
    assert_rect(rig_tiles_content(&grey, 1, whole), whole);
    assert_int_equal(found(&grey, 1).n, 1);
}

// Two lit windows in a dark hall, and a hall that is dark all over, are no tiles.
static void test_dark_rooms_are_one_view(void **state) {
    (void)state;
    const rig_image grey = {WIDTH, HEIGHT, 1, WIDTH, pixels};
    memset(pixels, 12, sizeof pixels);
    fill((rig_rect){20, 40, 60, 50}, 180, 1);
    fill((rig_rect){140, 40, 60, 50}, 180, 1);
    assert_int_equal(found(&grey, 1).n, 1);
    memset(pixels, 12, sizeof pixels);
    fill((rig_rect){10, 10, 100, 170}, 25, 1);
    fill((rig_rect){130, 10, 100, 170}, 25, 1);
    assert_int_equal(found(&grey, 1).n, 1);
}

// One of three uneven tiles shows a camera under its cap: it is left out as one that is off is.
static void test_a_dark_tile_is_left_out(void **state) {
    (void)state;
    const rig_image grey = {WIDTH, HEIGHT, 1, WIDTH, pixels};
    memset(pixels, 12, sizeof pixels);
    fill((rig_rect){10, 10, 100, 170}, 120, 1);
    fill((rig_rect){130, 10, 100, 80}, 90, 1);
    fill((rig_rect){130, 110, 100, 70}, 30, 1);
    assert_int_equal(found(&grey, 1).n, 2);
}

static void test_tiles_are_counted(void **state) {
    (void)state;
    for (int cols = 1; cols <= 4; cols++)
        for (int rows = 1; rows <= 4; rows++) {
            const rig_image grey = tiled(cols, rows);
            const rig_tiles tiles = found(&grey, 1);
            assert_int_equal(tiles.cols, cols);
            assert_int_equal(tiles.rows, rows);
        }
}

// A wardrobe that reaches the picture's upper edge and not its lower one.
static void test_an_edge_off_the_grid_is_no_seam(void **state) {
    (void)state;
    const rig_image grey = tiled(1, 1);
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        pixels[i] = (unsigned char)(pixels[i] + (i % WIDTH >= WIDTH / 2 + 3 && i / WIDTH < HEIGHT * 9 / 10 ? 80 : 0));
    assert_int_equal(found(&grey, 1).n, 1);
}

// A door frame in the middle that ends above the floor.
static void test_an_edge_that_ends_is_no_seam(void **state) {
    (void)state;
    const rig_image grey = tiled(1, 1);
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        pixels[i] = (unsigned char)(pixels[i] + (i % WIDTH >= WIDTH / 2 && i / WIDTH < HEIGHT * 3 / 5 ? 80 : 0));
    assert_int_equal(found(&grey, 1).n, 1);
}

static void test_pictures_too_small_for_a_seam(void **state) {
    (void)state;
    const rig_image grey = {1, 1, 1, 1, pixels};
    assert_int_equal(found(&grey, 1).n, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tiles_are_counted),
        cmocka_unit_test(test_uneven_tiles_and_black_between_them),
        cmocka_unit_test(test_a_seam_is_in_every_picture),
        cmocka_unit_test(test_the_content_of_a_window),
        cmocka_unit_test(test_what_is_dark_but_for_lines),
        cmocka_unit_test(test_dark_rooms_are_one_view),
        cmocka_unit_test(test_a_dark_tile_is_left_out),
        cmocka_unit_test(test_an_edge_off_the_grid_is_no_seam),
        cmocka_unit_test(test_an_edge_that_ends_is_no_seam),
        cmocka_unit_test(test_pictures_too_small_for_a_seam),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
