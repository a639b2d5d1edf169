// Boards in sequences of pictures: followed from where they were, and searched in a part of a picture.
#include "calib/corners.h"
#include "tests/unit/calib/drawn_board.h"

#include <string.h>

enum { WIDTH = 400, HEIGHT = 300, CORNERS_MAX = 88 };
static const double OFF_PX = 0.03; // root mean square, as in test_corners.c
// Pixels: between two fits of one board that began elsewhere, each of which ends within 0.005 px of its end.
static const double SAME_PX = 0.02;
static const double NEAR = 0.2; // of a square: so far a board is followed, tilted ones too
static const double middle[2] = {WIDTH / 2 + 0.3, HEIGHT / 2 - 0.4};

static rig_image grey;
static rig_arena scratch;
static rig_err err;
static double before[CORNERS_MAX][2], truth[CORNERS_MAX][2], q[CORNERS_MAX][2], sigma_px[CORNERS_MAX];
static bool seen[CORNERS_MAX];
static rig_found_board found = {.q = q, .sigma_px = sigma_px, .seen = seen};

static bool follow(const rig_board *board) {
    rig_pyramid p;
    assert_ok(rig_pyramid_init(&grey, &p, &scratch, &err));
    assert_ok(rig_corners_follow(&p, (const double(*)[2])before, board, &found, &scratch, &err));
    rig_arena_clear(&scratch);
    return found.n_seen > 0;
}

static double off(const rig_board *board) {
    return drawn_rms((const double(*)[2])q, (const double(*)[2])truth, rig_board_n(board), false);
}

static const double turns[][3] = {{0, 0, 0.05}, {0.5, 0.2, 0.3}, {-0.4, 0.7, -0.5}, {0.1, -0.8, 0.1}};

// The board `before`, then moved in its plane by (right, down) squares of the picture's pitch.
static drawn moved(drawn d, const double turn[3], double pitch, double right, double down) {
    drawn_place(&d, turn, middle, pitch);
    drawn_truth(&d, before);
    drawn_place(&d, turn, (double[2]){middle[0] + right * pitch, middle[1] + down * pitch}, pitch);
    drawn_draw(&d, false, &grey, truth);
    return d;
}

static void a_board_that_moves_a_little_is_followed_as_well_as_it_is_found(void **state) {
    (void)state;
    int n = 0, n_followed = 0;
    for (size_t k = 0; k < sizeof turns / sizeof *turns; k++)
        for (double pitch = 12; pitch < 30; pitch *= 1.7)
            for (int way = 0; way < 6; way += 2) {
                double followed[CORNERS_MAX][2];
                drawn d = drawn_board(9, 6, WIDTH, HEIGHT);
                d.noise = 2;
                d = moved(d, turns[k], pitch, NEAR * cos(way), NEAR * sin(way) * cos(turns[k][0]) * 0.7);
                n++;
                if (!follow(&d.board))
                    continue;
                n_followed++;
                assert_near(off(&d.board), 0, OFF_PX + 0.02 * (pitch < 15));
                memcpy(followed, q, sizeof q);
                const double sigma = sigma_px[0];
                assert_ok(rig_corners_find(&grey, &d.board, NULL, &found, &scratch, &err));
                rig_arena_clear(&scratch);
                const double rms =
                    drawn_rms((const double(*)[2])followed, (const double(*)[2])q, rig_board_n(&d.board), false);
                assert_true(rms <= SAME_PX);
                assert_true(sigma < 2 * sigma_px[0] && sigma > sigma_px[0] / 2);
            }
    if (10 * n_followed < 8 * n)
        fail_msg("%d of %d were followed", n_followed, n);
}

// Squares look alike: a board that has moved by about one may be taken for one that has not, with its first row where
// the second was. Whatever it moves by, it is found where it is or not at all.
static void a_board_that_has_slipped_by_a_square_is_not_mistaken(void **state) {
    (void)state;
    int n_found = 0, n = 0;
    for (size_t k = 0; k < sizeof turns / sizeof *turns; k++)
        for (int right = -4; right <= 4; right++)
            for (int down = -4; down <= 4; down++) {
                drawn d = drawn_board(9, 6, WIDTH, HEIGHT);
                d.noise = k % 2 ? 6 : 1, d.blur_px = k % 3 ? 1.2 : 0.6, d.seed = (unsigned)n++;
                d = moved(d, turns[k], 14, right / 3.0, down / 3.0);
                if (!follow(&d.board))
                    continue;
                n_found++;
                if (!(off(&d.board) <= 5 * OFF_PX))
                    fail_msg("turn %zu, moved by %.1f, %.1f: off by %.2f px", k, right / 3.0, down / 3.0,
                             off(&d.board));
            }
    assert_in_range(n_found, 12, n - 1);
}

static void no_board_is_followed_where_there_is_none(void **state) {
    (void)state;
    drawn d = drawn_board(9, 6, WIDTH, HEIGHT);
    moved(d, turns[1], 16, 0, 0);
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        grey.data[i] = (unsigned char)(100 + 29 * i % 13);
    assert_false(follow(&d.board));
    // Half of the board is behind something.
    d = moved(drawn_board(9, 6, WIDTH, HEIGHT), turns[1], 16, 0, 0);
    for (int y = 0; y < HEIGHT; y++)
        memset(grey.data + y * grey.stride, 90, WIDTH / 2);
    assert_false(follow(&d.board));
}

static bool search_in(rig_rect part, bool quick, const rig_board *board) {
    rig_pyramid p;
    assert_ok(rig_pyramid_init(&grey, &p, &scratch, &err));
    assert_ok(rig_corners_find_in(&p, part, quick, board, NULL, &found, &scratch, &err));
    rig_arena_clear(&scratch);
    return found.n_seen > 0;
}

static void a_part_of_a_picture_shows_its_board_at_the_same_place(void **state) {
    (void)state;
    for (int k = 0; k < 6; k++) {
        drawn d = drawn_board(9, 6, WIDTH, HEIGHT);
        d = moved(d, turns[k % 4], 14 + k, 0, 0);
        double low[2] = {WIDTH, HEIGHT}, high[2] = {0, 0};
        for (int i = 0; i < rig_board_n(&d.board); i++)
            for (int c = 0; c < 2; c++)
                low[c] = fmin(low[c], truth[i][c]), high[c] = fmax(high[c], truth[i][c]);
        const int margin = 24 + 3 * k;
        rig_rect part = {(int)low[0] - margin, (int)low[1] - margin, 0, 0};
        part.x = part.x < 0 ? 0 : part.x, part.y = part.y < 0 ? 0 : part.y;
        part.w = (int)fmin(WIDTH, high[0] + margin) - part.x, part.h = (int)fmin(HEIGHT, high[1] + margin) - part.y;
        assert_true(search_in(part, false, &d.board));
        assert_near(off(&d.board), 0, OFF_PX);
        assert_true(search_in(part, true, &d.board)); // 400 pixels: the first level is the picture itself
        assert_near(off(&d.board), 0, OFF_PX);
        part.w = part.w / 2;
        assert_false(search_in(part, false, &d.board));
    }
    drawn d = moved(drawn_board(9, 6, WIDTH, HEIGHT), turns[0], 16, 0, 0);
    assert_false(search_in((rig_rect){0, 0, 20, 20}, false, &d.board));
    assert_false(search_in((rig_rect){WIDTH - 3, HEIGHT - 3, 3, 3}, false, &d.board));
}

static int done(void **state) {
    (void)state;
    rig_image_release(&grey);
    rig_arena_release(&scratch);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_board_that_moves_a_little_is_followed_as_well_as_it_is_found),
        cmocka_unit_test(a_board_that_has_slipped_by_a_square_is_not_mistaken),
        cmocka_unit_test(no_board_is_followed_where_there_is_none),
        cmocka_unit_test(a_part_of_a_picture_shows_its_board_at_the_same_place),
    };
    return cmocka_run_group_tests(tests, NULL, done);
}
