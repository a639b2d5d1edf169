// What has changed between two pictures: boards that come, go and move; noise and flicker are no change.
#include "calib/changes.h"
#include "core/rng.h"
#include "tests/unit/calib/drawn_board.h"

#include <string.h>

enum { WIDTH = 960, HEIGHT = 720, CORNERS_MAX = 88 };
static const double middle[2] = {300.3, 260.6};

static rig_image grey;
static rig_arena arena;
static rig_err err;
static double q[CORNERS_MAX][2];

static drawn board_at(double x, double y, double pitch) {
    drawn d = drawn_board(9, 6, WIDTH, HEIGHT);
    drawn_place(&d, (double[3]){0.3, 0.2, 0.2}, (double[2]){x, y}, pitch);
    return d;
}

static rig_pyramid picture(const drawn *d, bool empty, double noise, int brighter, unsigned seed) {
    rig_pyramid p;
    rig_rng rng = rig_rng_seed(seed, 1);
    drawn_draw(d, false, &grey, q);
    unsigned char *pixels = RIG_NEW(&arena, unsigned char, WIDTH *HEIGHT);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        const double value = (empty ? 120 : grey.data[i]) + brighter + noise * rig_rng_normal(&rng);
        pixels[i] = (unsigned char)fmin(255, fmax(0, round(value)));
    }
    assert_ok(rig_pyramid_init(&(rig_image){WIDTH, HEIGHT, 1, WIDTH, pixels}, &p, &arena, &err));
    return p;
}

static void assert_holds_board(rig_rect r) {
    for (int i = 0; i < 54; i++)
        assert_true(q[i][0] >= r.x && q[i][1] >= r.y && q[i][0] < r.x + r.w && q[i][1] < r.y + r.h);
    assert_true(rig_rect_inside(r, WIDTH, HEIGHT));
}

static void noise_and_flicker_are_no_change(void **state) {
    (void)state;
    const drawn d = board_at(middle[0], middle[1], 25);
    const rig_pyramid then = picture(&d, false, 6, 0, 1), now = picture(&d, false, 6, 1, 2);
    assert_int_equal(rig_changes_find(&now, rig_changes_level(&then)).w, 0);
    rig_arena_clear(&arena);
}

static void a_board_that_comes_or_goes_is_a_change(void **state) {
    (void)state;
    for (double pitch = 6; pitch < 50; pitch *= 2) {
        const drawn d = board_at(middle[0], middle[1], pitch);
        const rig_pyramid empty = picture(&d, true, 2, 0, 1), there = picture(&d, false, 2, 0, 2);
        assert_holds_board(rig_changes_find(&there, rig_changes_level(&empty)));
        assert_holds_board(rig_changes_find(&empty, rig_changes_level(&there)));
        rig_arena_clear(&arena);
    }
}

// By a pixel, which moves all of its edges: what has changed holds it where it was and where it is.
static void a_board_that_moves_by_a_pixel_is_a_change(void **state) {
    (void)state;
    const drawn a = board_at(middle[0], middle[1], 20), b = board_at(middle[0] + 0.8, middle[1] + 0.6, 20);
    const rig_pyramid then = picture(&a, false, 2, 0, 1), now = picture(&b, false, 2, 0, 2);
    assert_holds_board(rig_changes_find(&now, rig_changes_level(&then)));
    rig_arena_clear(&arena);
}

static void changes_at_the_pictures_edge_stay_inside(void **state) {
    (void)state;
    const drawn d = board_at(middle[0], middle[1], 20);
    const rig_pyramid then = picture(&d, true, 0, 0, 1);
    rig_pyramid now = picture(&d, true, 0, 0, 1);
    const rig_image *level = rig_changes_level(&now);
    level->data[0] = 255; // less than a block's mean tells
    assert_int_equal(rig_changes_find(&now, rig_changes_level(&then)).w, 0);
    for (int y = 0; y < 8; y++)
        memset(level->data + (level->height - 1 - y) * level->stride + level->width - 8, 255, 8);
    const rig_rect r = rig_changes_find(&now, rig_changes_level(&then));
    assert_true(rig_rect_inside(r, WIDTH, HEIGHT));
    assert_int_equal(r.x + r.w, WIDTH);
    assert_int_equal(r.y + r.h, HEIGHT);
    assert_in_range(r.w, 32, 128);
    rig_arena_clear(&arena);
}

static int done(void **state) {
    (void)state;
    rig_image_release(&grey);
    rig_arena_release(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_and_flicker_are_no_change),
        cmocka_unit_test(a_board_that_comes_or_goes_is_a_change),
        cmocka_unit_test(a_board_that_moves_by_a_pixel_is_a_change),
        cmocka_unit_test(changes_at_the_pictures_edge_stay_inside),
    };
    return cmocka_run_group_tests(tests, NULL, done);
}
