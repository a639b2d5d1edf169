#include "calib/saddles.h"
#include "core/rng.h"
#include "tests/support/support.h"

#include <string.h>

enum { SIDE = 96, RAYS = 8 };

static rig_image grey;
static rig_arena arena, scratch;
static rig_saddle *saddles;
static int n_saddles;
static rig_saddle_map map;

// A picture of one value a quadrant about (x, y), whose edges run along angles a and b.
static void quadrants(double x, double y, double a, double b, const double value[4]) {
    rig_err err;
    assert_ok(rig_image_resize(&grey, SIDE, SIDE, 1, &err));
    for (int i = 0; i < SIDE * SIDE; i++) {
        double sum = 0;
        for (int k = 0; k < RAYS * RAYS; k++) {
            double dx = i % SIDE + (k % RAYS + 0.5) / RAYS - 0.5 - x, dy = i / SIDE + (k / RAYS + 0.5) / RAYS - 0.5 - y;
            bool left_of_a = cos(a) * dy - sin(a) * dx > 0, left_of_b = cos(b) * dy - sin(b) * dx > 0;
            sum += value[left_of_a ? (left_of_b ? 1 : 0) : (left_of_b ? 2 : 3)];
        }
        grey.data[i / SIDE * grey.stride + i % SIDE] = (unsigned char)lround(sum / (RAYS * RAYS));
    }
}

static void find(void) {
    rig_err err;
    rig_arena_clear(&arena);
    assert_ok(rig_saddle_map_init(&grey, &map, &arena, &err));
    assert_ok(rig_saddles_find(&map, &saddles, &n_saddles, &arena, &scratch, &err));
}

static double sine_between(const double edge[2], double angle) {
    return fabs(edge[0] * sin(angle) - edge[1] * cos(angle));
}

static void a_corner_with_its_edges(void **state) {
    (void)state;
    const double OFF_PX = 0.2, TURNED = 0.12; // the search's: the fit does better
    const double dark_between[4] = {40, 200, 40, 200};
    for (int k = 0; k < 12; k++) {
        double a = 0.1 + k * 0.5, b = a + 1.57 + 0.4 * (k % 3 - 1), x = 47 + 0.1 * k, y = 46.8 - 0.07 * k;
        quadrants(x, y, a, b, dark_between);
        find();
        assert_int_equal(n_saddles, 1);
        const rig_saddle *s = &saddles[0];
        assert_near(s->q[0], x, OFF_PX);
        assert_near(s->q[1], y, OFF_PX);
        assert_near(s->contrast, 150, 25); // less than 160 where a sector is narrow
        assert_near(sine_between(s->edge[0], a), 0, TURNED);
        assert_near(sine_between(s->edge[1], b), 0, TURNED);
        assert_true(s->edge[0][0] * s->edge[1][1] - s->edge[0][1] * s->edge[1][0] > 0);
        double in[2] = {s->q[0] + 5 * (s->edge[0][0] + s->edge[1][0]), s->q[1] + 5 * (s->edge[0][1] + s->edge[1][1])};
        assert_near(rig_saddle_map_at(&map, in[0], in[1]), 40, 25); // dark between the first edge and the second
    }
}

static void edges_bends_and_forks_are_none(void **state) {
    (void)state;
    const double shapes[][4] = {
        {40, 40, 200, 200}, {40, 200, 200, 200}, {200, 40, 40, 40}, {40, 40, 120, 200}, {90, 90, 90, 90}};
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++)
        for (int turn = 0; turn < 7; turn++) {
            quadrants(47.3, 48.1, 0.3 + turn, 1.9 + turn, shapes[k]);
            find();
            assert_int_equal(n_saddles, 0);
        }
}

static void near_a_place_the_test_is_less_strict(void **state) {
    (void)state;
    rig_saddle saddle;
    const double uneven[4] = {20, 200, 110, 230}; // a shadow lies on half of it
    quadrants(47.3, 48.1, 0.3, 1.9, uneven);
    find();
    assert_true(rig_saddle_near(&map, (double[2]){46, 49}, 3, &saddle));
    assert_near(hypot(saddle.q[0] - 47.3, saddle.q[1] - 48.1), 0, 1);
    assert_false(rig_saddle_near(&map, (double[2]){20, 20}, 3, &saddle));
    assert_false(rig_saddle_near(&map, (double[2]){-50, 500}, 3, &saddle));
}

static void a_thicket_gives_no_more_than_the_most(void **state) {
    (void)state;
    enum { MOST = 3072 };
    rig_err err;
    rig_rng rng = rig_rng_seed(1, 0);
    assert_ok(rig_image_resize(&grey, 1000, 800, 1, &err));
    for (int i = 0; i < 1000 * 800; i++)
        grey.data[i / 1000 * grey.stride + i % 1000] = (unsigned char)rig_rng_below(&rng, 256);
    find();
    assert_int_equal(n_saddles, MOST);
    for (int i = 1; i < n_saddles; i++) // in rows, but for the sub-pixel part
        assert_true(saddles[i].q[1] > saddles[i - 1].q[1] - 4);
}

static void values_are_clamped_to_the_picture(void **state) {
    (void)state;
    const double EXACT = 0.07; // of a sixteenth
    rig_err err;
    assert_ok(rig_image_resize(&grey, 3, 2, 1, &err));
    memset(grey.data, 77, (size_t)(2 * grey.stride));
    find();
    assert_int_equal(n_saddles, 0);
    assert_near(rig_saddle_map_at(&map, -3, 9), 77, EXACT);
    assert_near(rig_saddle_map_at(&map, 2, 1), 77, EXACT);
    assert_near(rig_saddle_map_at(&map, 0.5, 0.5), 77, EXACT);
}

static rig_status find_afresh(void *self, rig_err *err) {
    rig_arena own = {0};
    rig_status status = rig_saddle_map_init(self, &map, &own, err);
    if (status == RIG_OK)
        status = rig_saddles_find(&map, &saddles, &n_saddles, &own, &own, err);
    rig_arena_release(&own);
    return status;
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    const double dark_between[4] = {40, 200, 40, 200};
    quadrants(47, 48, 0.3, 1.9, dark_between);
    assert_true(rig_test_each_allocation_fails(find_afresh, &grey) >= 2);
}

static int release(void **state) {
    (void)state;
    rig_image_release(&grey);
    rig_arena_release(&arena);
    rig_arena_release(&scratch);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_corner_with_its_edges),
        cmocka_unit_test(edges_bends_and_forks_are_none),
        cmocka_unit_test(near_a_place_the_test_is_less_strict),
        cmocka_unit_test(a_thicket_gives_no_more_than_the_most),
        cmocka_unit_test(values_are_clamped_to_the_picture),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
