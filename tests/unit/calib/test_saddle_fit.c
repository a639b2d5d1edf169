#include "calib/saddle_fit.h"
#include "tests/unit/calib/drawn_board.h"

enum { WIDTH = 200, HEIGHT = 160, CENTRE = 7 }; // of 5 x 3 corners

static rig_image grey;
static double q[15][2];

static drawn board_at(double x, double y, double pitch) {
    drawn d = drawn_board(5, 3, WIDTH, HEIGHT);
    drawn_place(&d, (double[3]){0.4, 0.5, 0.3}, (double[2]){x, y}, pitch);
    return d;
}

// Fit the middle corner from `away` beside it.
static bool fit_middle(const double away[2], rig_saddle_fit *fit) {
    double i[2], j[2], from[2];
    for (int k = 0; k < 2; k++) {
        i[k] = (q[CENTRE + 1][k] - q[CENTRE - 1][k]) / 2;
        j[k] = (q[CENTRE + 5][k] - q[CENTRE - 5][k]) / 2;
        from[k] = q[CENTRE][k] + away[k];
    }
    return rig_saddle_fit_at(&grey, from, i, j, 0, fit);
}

static void the_corner_wherever_in_its_pixel(void **state) {
    (void)state;
    const double OFF_PX = 0.03;
    for (int k = 0; k < 16; k++) {
        rig_saddle_fit fit;
        drawn d = board_at(100 + k % 4 * 0.25, 80 + k / 4 * 0.25, 16);
        drawn_draw(&d, false, &grey, q);
        assert_true(fit_middle((double[2]){0.7 * (k % 3 - 1), 0.4}, &fit));
        assert_near(hypot(fit.q[0] - q[CENTRE][0], fit.q[1] - q[CENTRE][1]), 0, OFF_PX);
        assert_near(fit.contrast, -95, 5); // half of 220 less 30; the square between i and j is bright
    }
}

static void sigma_is_what_noise_does(void **state) {
    (void)state;
    enum { TRIES = 60 };
    const double UNLIKE = 1.3; // times; 60 tries tell a sigma to 7 %
    double squares = 0, foreseen = 0;
    for (int k = 0; k < TRIES; k++) {
        rig_saddle_fit fit;
        drawn d = board_at(100 + 0.017 * k, 80 - 0.013 * k, 18);
        d.blur_px = 1, d.noise = 12, d.seed = (unsigned)k;
        drawn_draw(&d, false, &grey, q);
        assert_true(fit_middle((double[2]){0.3, -0.3}, &fit));
        double dx = fit.q[0] - q[CENTRE][0], dy = fit.q[1] - q[CENTRE][1];
        squares += (dx * dx + dy * dy) / 2 / TRIES, foreseen += fit.sigma * fit.sigma / TRIES;
    }
    double ratio = sqrt(squares / foreseen);
    print_message("off %.4f px, foreseen %.4f px\n", sqrt(squares), sqrt(foreseen));
    assert_true(ratio < UNLIKE && ratio > 1 / UNLIKE);
}

static void what_is_no_corner_is_refused(void **state) {
    (void)state;
    rig_saddle_fit fit;
    drawn d = board_at(100, 80, 16);
    drawn_draw(&d, false, &grey, q);
    assert_false(fit_middle((double[2]){1e6, 0}, &fit)); // far outside
    assert_false(rig_saddle_fit_at(&grey, (double[2]){4, 4}, (double[2]){9, 0}, (double[2]){0, 9}, 0, &fit)); // flat
    assert_false(rig_saddle_fit_at(&grey, q[7], (double[2]){9, 0}, (double[2]){9, 0.01}, 0, &fit));           // no area
    assert_false(rig_saddle_fit_at(&grey, q[7], (double[2]){0, 0}, (double[2]){0, 0}, 0, &fit));
}

static int release(void **state) {
    (void)state;
    rig_image_release(&grey);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_corner_wherever_in_its_pixel),
        cmocka_unit_test(sigma_is_what_noise_does),
        cmocka_unit_test(what_is_no_corner_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
