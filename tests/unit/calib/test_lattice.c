// The grid among saddles, and the links that it is laid out along.
#include "calib/lattice.h"
#include "calib/saddles.h"
#include "tests/unit/calib/drawn_board.h"

enum { WIDTH = 400, HEIGHT = 300, COLS = 7, ROWS = 5 };

static rig_image grey;
static rig_arena arena;
static rig_saddle_map map;
static rig_saddle *saddles;
static int n_saddles;
static double q[COLS * ROWS][2], truth[COLS * ROWS][2];

static void draw(void) {
    rig_err err;
    drawn d = drawn_board(COLS, ROWS, WIDTH, HEIGHT);
    drawn_place(&d, (double[3]){0.4, -0.5, 0.3}, (double[2]){203, 148}, 26);
    drawn_draw(&d, false, &grey, truth);
    rig_arena_clear(&arena);
    assert_ok(rig_saddle_map_init(&grey, &map, &arena, &err));
    assert_ok(rig_saddles_find(&map, &saddles, &n_saddles, &arena, &arena, &err));
    assert_int_equal(n_saddles, COLS * ROWS);
}

static bool lattice(int cols, int rows) {
    rig_err err;
    bool found;
    assert_ok(rig_lattice_find(&map, saddles, n_saddles, cols, rows, q, &found, &arena, &err));
    return found;
}

static int nearest_saddle(const double at[2]) {
    int best = 0;
    for (int i = 1; i < n_saddles; i++)
        if (hypot(saddles[i].q[0] - at[0], saddles[i].q[1] - at[1]) <
            hypot(saddles[best].q[0] - at[0], saddles[best].q[1] - at[1]))
            best = i;
    return best;
}

static bool linked(const rig_saddle_links *links, int from, int to) {
    bool yes = false;
    for (int k = 0; k < 4; k++)
        yes = yes || links[from].to[k] == to;
    return yes;
}

static void neighbours_are_linked_and_none_but_they(void **state) {
    (void)state;
    rig_err err;
    rig_saddle_links *links;
    int n_links = 0;
    draw();
    assert_ok(rig_saddles_link(&map, saddles, n_saddles, 80, &links, &arena, &arena, &err));
    for (int i = 0; i < COLS * ROWS; i++) {
        int here = nearest_saddle(truth[i]);
        if (i % COLS + 1 < COLS)
            assert_true(linked(links, here, nearest_saddle(truth[i + 1])));
        if (i / COLS + 1 < ROWS)
            assert_true(linked(links, here, nearest_saddle(truth[i + COLS])));
        for (int k = 0; k < 4; k++)
            n_links += links[here].to[k] >= 0;
    }
    assert_int_equal(n_links, 2 * ((COLS - 1) * ROWS + COLS * (ROWS - 1)));
}

static void nothing_is_linked_beyond_reach(void **state) {
    (void)state;
    rig_err err;
    rig_saddle_links *links;
    draw();
    assert_ok(rig_saddles_link(&map, saddles, n_saddles, 5, &links, &arena, &arena, &err));
    for (int i = 0; i < n_saddles; i++)
        for (int k = 0; k < 4; k++)
            assert_int_equal(links[i].to[k], -1);
}

static void the_grid_is_whole(void **state) {
    (void)state;
    const double OFF_PX = 0.3; // the search's
    draw();
    assert_true(lattice(COLS, ROWS));
    bool turned = hypot(q[0][0] - truth[0][0], q[0][1] - truth[0][1]) > 5;
    assert_near(drawn_rms((const double(*)[2])q, (const double(*)[2])truth, COLS * ROWS, turned), 0, OFF_PX);
}

static void other_grids_are_refused(void **state) {
    (void)state;
    draw();
    assert_false(lattice(COLS - 1, ROWS));
    assert_false(lattice(COLS, ROWS - 1));
    assert_false(lattice(3, 3));
}

static void saddles_that_the_search_missed_are_grown(void **state) {
    (void)state;
    draw();
    n_saddles = nearest_saddle(truth[4 * COLS]); // those above: in rows
    assert_true(n_saddles > COLS * ROWS / 2 && n_saddles < COLS * ROWS);
    assert_true(lattice(COLS, ROWS));
}

static void few_saddles_are_no_grid(void **state) {
    (void)state;
    draw();
    for (n_saddles = 0; n_saddles < 5; n_saddles++)
        if (n_saddles < 4)
            assert_false(lattice(COLS, ROWS));
}

static rig_status find_afresh(void *self, rig_err *err) {
    rig_arena own = {0};
    bool *found = self;
    rig_status status = rig_lattice_find(&map, saddles, n_saddles, COLS, ROWS, q, found, &own, err);
    rig_arena_release(&own);
    return status;
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    bool found;
    draw();
    assert_true(rig_test_each_allocation_fails(find_afresh, &found) >= 1);
    assert_true(found);
}

static int release(void **state) {
    (void)state;
    rig_image_release(&grey);
    rig_arena_release(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neighbours_are_linked_and_none_but_they),
        cmocka_unit_test(nothing_is_linked_beyond_reach),
        cmocka_unit_test(the_grid_is_whole),
        cmocka_unit_test(other_grids_are_refused),
        cmocka_unit_test(saddles_that_the_search_missed_are_grown),
        cmocka_unit_test(few_saddles_are_no_grid),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
