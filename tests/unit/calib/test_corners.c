#include "calib/corners.h"
#include "tests/unit/calib/drawn_board.h"

#include <string.h>

enum { WIDTH = 640, HEIGHT = 480, CORNERS_MAX = 88 };
// Root mean square. A pixel averages 4 x 4 rays, which tells where an edge along the rows is to 1/4 px only: no board
// is drawn so straight.
static const double OFF_PX = 0.03;
static const double PI = 3.14159265358979;

static rig_image grey; // of the test that runs
static rig_arena scratch;
static double q[CORNERS_MAX][2], truth[CORNERS_MAX][2], sigma_px[CORNERS_MAX];
static bool seen[CORNERS_MAX];

static bool search(const rig_image *picture, const rig_board *board) {
    rig_err err;
    rig_found_board found = {.q = q, .sigma_px = sigma_px, .seen = seen};
    assert_ok(rig_corners_find(picture, board, NULL, &found, &scratch, &err));
    rig_arena_clear(&scratch);
    assert_true(found.n_seen == 0 || found.n_seen == rig_board_n(board));
    return found.n_seen > 0;
}

// Draw, search, and how far off the corners found are.
static double off(const drawn *d, bool over) {
    drawn_draw(d, over, &grey, truth);
    if (!search(&grey, &d->board))
        return INFINITY;
    return drawn_rms((const double(*)[2])q, (const double(*)[2])truth, rig_board_n(&d->board), false);
}

static const double middle[2] = {WIDTH / 2 + 0.3, HEIGHT / 2 - 0.4};

static void corners_lie_where_they_are_drawn(void **state) {
    (void)state;
    drawn d = drawn_board(9, 6, WIDTH, HEIGHT);
    const double turns[][3] = {{0, 0, 0.05}, {0.5, 0.2, 0.3}, {-0.4, 0.7, -0.5}, {0.1, -0.8, 0.1}};
    for (size_t k = 0; k < sizeof turns / sizeof *turns; k++)
        for (double pitch = 12; pitch < 40; pitch *= 1.7) {
            drawn_place(&d, turns[k], middle, pitch);
            assert_near(off(&d, false), 0, OFF_PX);
        }
}

static void small_squares_are_found(void **state) {
    (void)state;
    drawn d = drawn_board(9, 6, WIDTH, HEIGHT);
    for (int k = 0; k < 8; k++) {
        drawn_place(&d, (double[3]){0.2, -0.1, 0.4 * k + 0.1}, middle, 7);
        assert_near(off(&d, false), 0, OFF_PX);
    }
}

static void steep_boards_are_found(void **state) {
    (void)state;
    const double STEEP_OFF_PX = 0.05;
    drawn d = drawn_board(9, 6, WIDTH, HEIGHT);
    for (int k = 0; k < 8; k++) { // 69 degrees, about axes all round
        double angle = k * PI / 8;
        drawn_place(&d, (double[3]){1.2 * cos(angle), 1.2 * sin(angle), 0.2}, middle, 30);
        assert_near(off(&d, false), 0, STEEP_OFF_PX);
    }
}

static void blur_noise_shade_and_faint_print_are_borne(void **state) {
    (void)state;
    const struct {
        double dark, bright, shade, blur_px, noise, off_px;
    } cases[] = {
        {30, 220, 0, 1.5, 0, 0.03},   {30, 220, 0, 3, 2, 0.06},    {30, 220, 0, 0, 12, 0.09},
        {30, 220, 0.8, 0.7, 2, 0.05}, {100, 125, 0, 0.7, 1, 0.08}, {10, 40, 0.5, 0.7, 1, 0.12},
    };
    drawn d = drawn_board(9, 6, WIDTH, HEIGHT);
    drawn_place(&d, (double[3]){0.4, -0.3, 0.6}, middle, 26);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        d.dark = cases[k].dark, d.bright = cases[k].bright, d.shade = cases[k].shade;
        d.blur_px = cases[k].blur_px, d.noise = cases[k].noise;
        assert_near(off(&d, false), 0, cases[k].off_px);
    }
}

static void bent_lines_are_borne(void **state) {
    (void)state;
    const double BENT_OFF_PX = 0.05; // straight edges are fitted
    drawn d = drawn_board(9, 6, WIDTH, HEIGHT);
    d.camera = (rig_camera){.width = WIDTH, .height = HEIGHT, .lens = RIG_LENS_PINHOLE5, .K = {380, 380, 322, 238}};
    d.camera.dist[0] = -0.3, d.camera.dist[1] = 0.08, d.camera.dist[2] = 1e-3;
    for (int k = 0; k < 4; k++) {
        double at[2] = {middle[0] + (k % 2 ? 90 : -90), middle[1] + (k / 2 ? 60 : -60)};
        drawn_place(&d, (double[3]){0.3, k * 0.2 - 0.3, 0.1 * k}, at, 34);
        assert_near(off(&d, false), 0, BENT_OFF_PX);
    }
}

static void large_pictures_are_searched_reduced_and_fitted_in_full(void **state) {
    (void)state;
    drawn d = drawn_board(4, 5, 1400, 1100);
    const double at[2] = {650, 560};
    d.blur_px = 1;
    for (double pitch = 12; pitch < 200; pitch *= 4) {
        drawn_place(&d, (double[3]){0.3, 0.4, 0.2}, at, pitch);
        assert_near(off(&d, false), 0, OFF_PX);
    }
}

static void boards_of_many_shapes(void **state) {
    (void)state;
    const int shapes[][2] = {{3, 3}, {3, 4}, {4, 7}, {11, 8}, {2, 3}, {8, 2}};
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
        drawn d = drawn_board(shapes[k][0], shapes[k][1], WIDTH, HEIGHT);
        drawn_place(&d, (double[3]){0.3, 0.2, 0.1}, middle, 28);
        assert_near(off(&d, false), 0, OFF_PX);
    }
}

static void colours_say_which_corner_is_the_first(void **state) {
    (void)state;
    drawn d = drawn_board(9, 6, WIDTH, HEIGHT);
    for (int k = 0; k < 8; k++) {
        drawn_place(&d, (double[3]){0, 0, k * PI / 4 + 0.1}, middle, 36);
        assert_near(off(&d, false), 0, OFF_PX);
    }
}

static void where_colours_do_not_say_the_upper_corner_is_first(void **state) {
    (void)state;
    drawn d = drawn_board(8, 6, WIDTH, HEIGHT);
    for (int k = 0; k < 8; k++) {
        drawn_place(&d, (double[3]){0, 0, k * PI / 4 + 0.1}, middle, 36);
        bool straight = off(&d, false) < OFF_PX;
        const double(*a)[2] = (const double(*)[2])q, (*b)[2] = (const double(*)[2])truth;
        assert_true(straight || drawn_rms(a, b, 48, true) < OFF_PX);
        assert_true(q[0][1] < q[47][1]);
        double x[2] = {q[1][0] - q[0][0], q[1][1] - q[0][1]}, y[2] = {q[8][0] - q[0][0], q[8][1] - q[0][1]};
        assert_true(x[0] * y[1] - x[1] * y[0] > 0);
    }
}

static void half_a_board_is_none(void **state) {
    (void)state;
    drawn d = drawn_board(9, 6, WIDTH, HEIGHT);
    const double edges[][2] = {{100, 240}, {560, 200}, {320, 50}, {300, 440}};
    for (size_t k = 0; k < sizeof edges / sizeof *edges; k++) {
        drawn_place(&d, (double[3]){0, 0, 0.1}, edges[k], 36);
        assert_true(isinf(off(&d, false)));
    }
}

static void a_hidden_corner_is_not_made_up(void **state) {
    (void)state;
    drawn d = drawn_board(9, 6, WIDTH, HEIGHT);
    drawn_place(&d, (double[3]){0.2, 0.1, 0.1}, middle, 30);
    const int hidden[] = {0, 5, 22, 53};
    for (size_t k = 0; k < sizeof hidden / sizeof *hidden; k++) {
        drawn_draw(&d, false, &grey, truth);
        for (int i = 0; i < WIDTH * HEIGHT; i++) // a thumb
            if (hypot(i % WIDTH - truth[hidden[k]][0], i / WIDTH - truth[hidden[k]][1]) < 14)
                grey.data[i / WIDTH * grey.stride + i % WIDTH] = 150;
        assert_false(search(&grey, &d.board));
    }
}

static void another_board_is_not_this_one(void **state) {
    (void)state;
    const int others[][2] = {{10, 6}, {9, 7}, {8, 6}, {9, 5}, {6, 6}, {3, 3}};
    drawn d = drawn_board(9, 6, WIDTH, HEIGHT);
    drawn_place(&d, (double[3]){0.2, 0.1, 0.1}, middle, 30);
    drawn_draw(&d, false, &grey, truth);
    for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
        rig_board other = {.cols = others[k][0], .rows = others[k][1], .square_m = 1};
        assert_false(search(&grey, &other));
    }
    rig_board sideways = {.cols = 6, .rows = 9, .square_m = 1};
    assert_true(search(&grey, &sideways)); // the same board, read the other way
}

static void of_two_boards_the_larger_counts(void **state) {
    (void)state;
    drawn small = drawn_board(9, 6, WIDTH, HEIGHT), large = small;
    drawn_place(&small, (double[3]){0, 0, 0.1}, (double[2]){110, 80}, 14);
    drawn_place(&large, (double[3]){0.3, 0, -0.1}, (double[2]){380, 280}, 32);
    drawn_draw(&small, false, &grey, NULL);
    assert_near(off(&large, true), 0, OFF_PX);
}

static void pictures_may_be_windows_into_others(void **state) {
    (void)state;
    drawn d = drawn_board(9, 6, WIDTH, HEIGHT);
    drawn_place(&d, (double[3]){0.2, 0.1, 0.1}, middle, 24);
    drawn_draw(&d, false, &grey, truth);
    rig_rect rect = {101, 57, 437, 371};
    rig_image window = rig_image_window(&grey, rect);
    assert_true(search(&window, &d.board));
    for (int i = 0; i < 54; i++)
        q[i][0] += rect.x, q[i][1] += rect.y;
    assert_near(drawn_rms((const double(*)[2])q, (const double(*)[2])truth, 54, false), 0, OFF_PX);
}

static void the_same_picture_gives_the_same_corners(void **state) {
    (void)state;
    double first[54][2];
    drawn d = drawn_board(9, 6, WIDTH, HEIGHT);
    d.noise = 4;
    drawn_place(&d, (double[3]){0.5, -0.4, 0.7}, middle, 20);
    drawn_draw(&d, false, &grey, truth);
    assert_true(search(&grey, &d.board));
    memcpy(first, q, sizeof first);
    rig_arena_release(&scratch);
    assert_true(search(&grey, &d.board));
    assert_memory_equal(first, q, sizeof first);
}

static rig_status find_afresh(void *self, rig_err *err) {
    rig_board board = {.cols = 9, .rows = 6, .square_m = 1};
    rig_arena own = {0};
    rig_found_board found = {.q = q, .sigma_px = sigma_px, .seen = seen};
    rig_status status = rig_corners_find(self, &board, NULL, &found, &own, err);
    rig_arena_release(&own);
    return status;
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    drawn d = drawn_board(9, 6, WIDTH, HEIGHT);
    drawn_place(&d, (double[3]){0, 0, 0.1}, middle, 30);
    drawn_draw(&d, false, &grey, truth);
    assert_true(rig_test_each_allocation_fails(find_afresh, &grey) >= 3);
}

static int release(void **state) {
    (void)state;
    rig_image_release(&grey);
    rig_arena_release(&scratch);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corners_lie_where_they_are_drawn),
        cmocka_unit_test(small_squares_are_found),
        cmocka_unit_test(steep_boards_are_found),
        cmocka_unit_test(blur_noise_shade_and_faint_print_are_borne),
        cmocka_unit_test(bent_lines_are_borne),
        cmocka_unit_test(large_pictures_are_searched_reduced_and_fitted_in_full),
        cmocka_unit_test(boards_of_many_shapes),
        cmocka_unit_test(colours_say_which_corner_is_the_first),
        cmocka_unit_test(where_colours_do_not_say_the_upper_corner_is_first),
        cmocka_unit_test(half_a_board_is_none),
        cmocka_unit_test(a_hidden_corner_is_not_made_up),
        cmocka_unit_test(another_board_is_not_this_one),
        cmocka_unit_test(of_two_boards_the_larger_counts),
        cmocka_unit_test(pictures_may_be_windows_into_others),
        cmocka_unit_test(the_same_picture_gives_the_same_corners),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
