// Boards with markers: ChArUco boards and AprilTag grids, whole and in part.
#include "calib/corners.h"
#include "cv/cv.h"
#include "tests/unit/calib/drawn_board.h"
#include "tests/unit/calib/drawn_clutter.h"

#include <string.h>

enum { WIDTH = 800, HEIGHT = 600, CORNERS_MAX = 144 };
static const double OFF_PX = 0.04; // root mean square; 4 x 4 rays a pixel
static const double FAR_PX = 0.25; // of any corner: none is another one, or made up

static rig_image grey;
static rig_arena arena, scratch;
static rig_markers markers;
static double truth[CORNERS_MAX][2];
static rig_found_board found;
static const double middle[2] = {WIDTH / 2 + 0.3, HEIGHT / 2 - 0.4};

static drawn charuco(int cols, int rows, int dictionary) {
    rig_err err;
    drawn d = drawn_board(cols, rows, WIDTH, HEIGHT);
    d.board.kind = RIG_BOARD_CHARUCO, d.board.marker_m = 0.75, d.board.dictionary = dictionary;
    d.border = 1, d.markers = &markers;
    assert_ok(rig_cv_markers_load(&d.board, &markers, &arena, &err));
    assert_ok(rig_found_board_init(&d.board, &found, &arena, &err));
    return d;
}

static drawn tags(int across, int down, int border) {
    rig_err err;
    drawn d = drawn_board(2 * across, 2 * down, WIDTH, HEIGHT);
    d.board.kind = RIG_BOARD_APRILGRID, d.board.gap_m = 0.3, d.board.dictionary = 3, d.board.other_way = true;
    d.border = border, d.markers = &markers;
    assert_ok(rig_cv_markers_load(&d.board, &markers, &arena, &err));
    assert_ok(rig_found_board_init(&d.board, &found, &arena, &err));
    return d;
}

static int search(const drawn *d) {
    rig_err err;
    assert_ok(rig_corners_find(&grey, &d->board, d->markers, &found, &scratch, &err));
    rig_arena_clear(&scratch);
    return found.n_seen;
}

// How many corners are found; they are where they were drawn.
static int found_right(const drawn *d, double off_px) {
    int n = search(d), counted = 0;
    double sum = 0;
    for (int i = 0; i < rig_board_n(&d->board); i++) {
        if (!found.seen[i])
            continue;
        double off = hypot(found.q[i][0] - truth[i][0], found.q[i][1] - truth[i][1]);
        assert_near(off, 0, FAR_PX);
        assert_true(found.sigma_px[i] > 0 && found.sigma_px[i] < 1);
        sum += off * off, counted++;
    }
    assert_int_equal(counted, n);
    if (n)
        assert_near(sqrt(sum / n), 0, off_px);
    return n;
}

static void charuco_boards_of_all_dictionaries(void **state) {
    (void)state;
    const char *const *names = rig_markers_names(RIG_BOARD_CHARUCO);
    for (int k = 0; names[k]; k++) {
        drawn d = charuco(6, 4, k);
        drawn_place(&d, (double[3]){0.3, -0.4, 0.7 * k}, middle, 62);
        drawn_draw(&d, false, &grey, truth);
        assert_int_equal(found_right(&d, OFF_PX), 24);
    }
}

static void charuco_boards_small_and_large(void **state) {
    (void)state;
    drawn d = charuco(7, 5, 1);
    for (double pitch = 30; pitch < 85; pitch += 11) {
        drawn_place(&d, (double[3]){0.3, 0.2, 2.5}, middle, pitch);
        drawn_draw(&d, false, &grey, truth);
        assert_int_equal(found_right(&d, OFF_PX), 35);
    }
}

static void square_boards_whose_first_square_is_white(void **state) {
    (void)state;
    drawn d = charuco(5, 5, 0); // what looks the same from all four sides but for its markers
    d.board.other_way = true;
    for (int k = 0; k < 4; k++) {
        drawn_place(&d, (double[3]){0.1, 0.2, 1.57 * k + 0.2}, middle, 60);
        drawn_draw(&d, false, &grey, truth);
        assert_int_equal(found_right(&d, OFF_PX), 25);
    }
}

static void a_part_of_a_board_counts(void **state) {
    (void)state;
    const double at[][2] = {{-40, 300}, {400, 640}, {760, 60}};
    drawn boards[2] = {charuco(8, 6, 5), {.border = 0}};
    for (int kind = 0; kind < 2; kind++) {
        drawn d = kind ? tags(5, 4, 2) : boards[0];
        for (int k = 0; k < 3; k++) {
            drawn_place(&d, (double[3]){0.2, 0.3, 0.4 * k}, at[k], kind ? 80 : 66);
            drawn_draw(&d, false, &grey, truth);
            int n_inside = 0;
            for (int i = 0; i < rig_board_n(&d.board); i++)
                n_inside +=
                    truth[i][0] > 15 && truth[i][1] > 15 && truth[i][0] < WIDTH - 15 && truth[i][1] < HEIGHT - 15;
            int n = found_right(&d, OFF_PX);
            assert_true(n < rig_board_n(&d.board) && n >= 0.75 * n_inside && n >= 8);
        }
    }
}

static void hidden_corners_are_left_out(void **state) {
    (void)state;
    drawn d = charuco(8, 6, 5);
    drawn_place(&d, (double[3]){0.2, 0.3, 0.4}, middle, 60);
    drawn_draw(&d, false, &grey, truth);
    for (int i = 0; i < WIDTH * HEIGHT; i++) // an arm across it
        if (fabs(i % WIDTH - 420 + 0.3 * (i / WIDTH - 300)) < 35)
            grey.data[i / WIDTH * grey.stride + i % WIDTH] = 140;
    int n = found_right(&d, OFF_PX);
    assert_true(n >= 30 && n < 48);
    for (int i = 0; i < 48; i++)
        if (fabs(truth[i][0] - 420 + 0.3 * (truth[i][1] - 300)) < 34)
            assert_false(found.seen[i]);
}

static void grids_of_tags(void **state) {
    (void)state;
    for (int border = 1; border <= 2; border++)
        for (int k = 0; k < 4; k++) {
            drawn d = tags(5, 4, border);
            d.board.other_way = k % 2;
            drawn_place(&d, (double[3]){0.4, -0.3, 1.6 * k}, middle, 60 + 10 * (k == 2));
            drawn_draw(&d, false, &grey, truth);
            assert_int_equal(found_right(&d, OFF_PX), 80);
        }
}

static void blur_noise_and_shade_are_borne(void **state) {
    (void)state;
    const double NOISY_OFF_PX = 0.12;
    drawn boards[2] = {charuco(6, 4, 1), {.border = 0}};
    for (int kind = 0; kind < 2; kind++) {
        drawn d = kind ? tags(4, 3, 2) : boards[0];
        d.blur_px = 1.2, d.noise = 6, d.shade = 0.6;
        drawn_place(&d, (double[3]){0.5, 0.2, 0.3}, middle, 70);
        drawn_draw(&d, false, &grey, truth);
        assert_true(found_right(&d, NOISY_OFF_PX) >= 0.9 * rig_board_n(&d.board));
    }
}

static void other_boards_are_none(void **state) {
    (void)state;
    drawn plain = drawn_board(6, 4, WIDTH, HEIGHT), d = charuco(6, 4, 1);
    drawn_place(&plain, (double[3]){0.3, 0.2, 0.1}, middle, 60);
    drawn_draw(&plain, false, &grey, NULL); // a chessboard
    assert_int_equal(search(&d), 0);
    drawn_place(&d, (double[3]){0.3, 0.2, 0.1}, middle, 60);
    drawn_draw(&d, false, &grey, truth);
    rig_err err;
    d.board.first_id = 40; // other markers
    assert_ok(rig_cv_markers_load(&d.board, &markers, &arena, &err));
    assert_int_equal(search(&d), 0);
    d = tags(4, 3, 2);
    assert_int_equal(search(&d), 0);
}

static void a_board_laid_out_otherwise_is_none(void **state) {
    (void)state;
    drawn d = drawn_board(0, 0, WIDTH, HEIGHT);
    for (int cols = 7; cols <= 8; cols++) { // of an odd number of squares in a row all markers seem shifted alike
        d = charuco(cols, 5, 1);
        drawn_place(&d, (double[3]){0.3, 0.2, 0.1}, middle, 60);
        drawn_draw(&d, false, &grey, truth);
        d.board.other_way = true;
        assert_int_equal(search(&d), 0);
    }
    d = tags(5, 4, 2);
    drawn_place(&d, (double[3]){0.3, 0.2, 0.1}, middle, 60);
    drawn_draw(&d, false, &grey, truth);
    d.board.other_way = false;
    assert_int_equal(search(&d), 0);
}

static void clutter_is_no_board(void **state) {
    (void)state;
    drawn boards[2] = {charuco(8, 6, 0), {.border = 0}};
    for (int kind = 0; kind < 2; kind++) {
        drawn d = kind ? tags(6, 6, 2) : boards[0];
        for (int k = 0; k < N_CLUTTERS; k++) {
            clutter_draw((clutter)k, WIDTH, HEIGHT, 1, &grey);
            assert_int_equal(search(&d), 0);
        }
    }
}

static void pictures_of_every_size(void **state) {
    (void)state;
    rig_err err;
    rig_rng rng = rig_rng_seed(9, 0);
    drawn boards[2] = {charuco(8, 6, 0), {.border = 0}};
    for (int kind = 0; kind < 2; kind++) {
        drawn d = kind ? tags(6, 6, 2) : boards[0];
        for (int w = 1; w < 40; w += 3)
            for (int h = 1; h < 40; h += 4) {
                assert_ok(rig_image_resize(&grey, w, h, 1, &err));
                for (int i = 0; i < w * h; i++)
                    grey.data[i / w * grey.stride + i % w] = (unsigned char)(rig_rng_below(&rng, 2) * 255);
                assert_int_equal(search(&d), 0);
            }
    }
}

static rig_status find_afresh(void *self, rig_err *err) {
    rig_arena own = {0};
    const drawn *d = self;
    rig_status status = rig_corners_find(&grey, &d->board, d->markers, &found, &own, err);
    rig_arena_release(&own);
    return status;
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    drawn d = charuco(6, 4, 1);
    drawn_place(&d, (double[3]){0.3, 0.2, 0.1}, middle, 60);
    drawn_draw(&d, false, &grey, truth);
    assert_true(rig_test_each_allocation_fails(find_afresh, &d) >= 3);
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
        cmocka_unit_test(charuco_boards_of_all_dictionaries),
        cmocka_unit_test(charuco_boards_small_and_large),
        cmocka_unit_test(square_boards_whose_first_square_is_white),
        cmocka_unit_test(a_part_of_a_board_counts),
        cmocka_unit_test(hidden_corners_are_left_out),
        cmocka_unit_test(grids_of_tags),
        cmocka_unit_test(blur_noise_and_shade_are_borne),
        cmocka_unit_test(other_boards_are_none),
        cmocka_unit_test(a_board_laid_out_otherwise_is_none),
        cmocka_unit_test(clutter_is_no_board),
        cmocka_unit_test(pictures_of_every_size),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    const rig_board any = {.kind = RIG_BOARD_CHARUCO, .cols = 3, .rows = 3, .square_m = 1, .marker_m = 0.7};
    rig_err err;
    if (rig_cv_markers_load(&any, &markers, &arena, &err) == RIG_ERR_CONFIG) // OpenCV without its aruco module
        return RIG_TEST_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, release);
}
