#include "triangulate/filter.h"

#include "core/linalg.h"
#include "core/rng.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>

enum { N = 600 };

static const double PI = 3.14159265358979323846;
static const double FPS = 100;
static const double EXACT = 1e-9; // sums in another order
static const double CURVE = 2e-3; // a sine of a whole number of periods, less what the ends add
static const double LAG_S = 1e-4; // of "no lag": a hundredth of a frame

static rig_status filter(const rig_filter_params *params, double *x, int n, rig_err *err) {
    static double sigma[N];
    rig_arena scratch = {NULL};
    for (int i = 0; i < n; i++)
        sigma[i] = 0.01;
    rig_status status = rig_filter_run(params, FPS, x, sigma, 20, n, &scratch, err);
    rig_arena_release(&scratch);
    return status;
}

// The part of frequency hz in the middle third of x: amplitude, and how late it is against cos(2 pi hz t).
static void tone(const double *x, double hz, double *amplitude, double *late_s) {
    double c = 0, s = 0;
    for (int i = N / 3; i < 2 * N / 3; i++) {
        c += x[i] * cos(2 * PI * hz * i / FPS);
        s += x[i] * sin(2 * PI * hz * i / FPS);
    }
    *amplitude = 2 * sqrt(c * c + s * s) / (N / 3);
    *late_s = atan2(s, c) / (2 * PI * hz);
}

static void cosine(double hz, double *x) {
    for (int i = 0; i < N; i++)
        x[i] = cos(2 * PI * hz * i / FPS);
}

// |H|^2 of two passes of second order is 1 / (1 + w^4), w the warped frequency over the passes' own cutoff; half of the
// power is left, 0.7071 of the amplitude, at the cutoff that was asked for.
static void butterworth_passes_what_it_says_without_lag(void **state) {
    (void)state;
    const double hz[] = {1, 3, 6, 12, 24}, cutoff = 6;
    for (int k = 0; k < 5; k++) {
        double x[N], amplitude, late;
        rig_err err;
        rig_filter_params params = rig_filter_defaults(RIG_FILTER_BUTTERWORTH);
        params.cutoff_hz = cutoff;
        cosine(hz[k], x);
        assert_ok(filter(&params, x, N, &err));
        tone(x, hz[k], &amplitude, &late);
        double w = tan(PI * hz[k] / FPS) / tan(PI * cutoff / FPS), expected = 1 / (1 + (sqrt(2) - 1) * w * w * w * w);
        assert_near(amplitude, expected, CURVE);
        assert_near(late, 0, LAG_S);
        if (hz[k] == cutoff)
            assert_near(amplitude, sqrt(0.5), CURVE);
    }
}

static void straight_lines_stay(void **state) {
    (void)state;
    const rig_filter kinds[] = {RIG_FILTER_NONE, RIG_FILTER_BUTTERWORTH, RIG_FILTER_SAVITZKY_GOLAY};
    for (int k = 0; k < 3; k++) {
        double x[N];
        rig_err err;
        rig_filter_params params = rig_filter_defaults(kinds[k]);
        for (int i = 0; i < N; i++)
            x[i] = 3 - 0.02 * i;
        assert_ok(filter(&params, x, N, &err));
        for (int i = 0; i < N; i++)
            assert_near(x[i], 3 - 0.02 * i, k == 1 ? 1e-4 : EXACT); // the passes start as if at rest
    }
}

// Five samples and degree 2: (-3, 12, 17, 12, -3) / 35, as Savitzky and Golay printed it.
static void savitzky_golay_has_the_printed_weights(void **state) {
    (void)state;
    double x[N] = {0};
    const double expected[5] = {-3, 12, 17, 12, -3};
    rig_err err;
    rig_filter_params params = {.kind = RIG_FILTER_SAVITZKY_GOLAY, .window_s = 4 / FPS, .degree = 2};
    x[100] = 35;
    assert_ok(filter(&params, x, N, &err));
    for (int i = 0; i < N; i++)
        assert_near(x[i], i >= 98 && i <= 102 ? expected[i - 98] : 0, EXACT);
}

static void savitzky_golay_keeps_polynomials_to_the_ends(void **state) {
    (void)state;
    double x[60];
    rig_err err;
    rig_filter_params params = {.kind = RIG_FILTER_SAVITZKY_GOLAY, .window_s = 0.2, .degree = 3};
    for (int i = 0; i < 60; i++)
        x[i] = 1 + 0.1 * i - 0.02 * i * i + 3e-4 * i * i * i;
    assert_ok(filter(&params, x, 60, &err));
    for (int i = 0; i < 60; i++)
        assert_near(x[i], 1 + 0.1 * i - 0.02 * i * i + 3e-4 * i * i * i, 1e-8);
}

// By hand: a step of 1 after the first sample. Speed's share is 1 / (1 + 100 / 2 pi).
static void one_euro_follows_its_recursion(void **state) {
    (void)state;
    double x[3] = {0, 1, 1};
    rig_err err;
    rig_filter_params params = {.kind = RIG_FILTER_ONE_EURO, .cutoff_hz = 2, .cutoff_hz_per_m_s = 0.5};
    assert_ok(filter(&params, x, 3, &err));
    double share = 1 / (1 + FPS / (2 * PI)), speed = share * 1 * FPS, cutoff = 2 + 0.5 * speed;
    double first = 1 / (1 + FPS / (2 * PI * cutoff));
    assert_near(x[0], 0, 0);
    assert_near(x[1], first, EXACT);
    speed -= share * speed;
    cutoff = 2 + 0.5 * speed;
    assert_near(x[2], first + (1 - first) / (1 + FPS / (2 * PI * cutoff)), EXACT);
}

// The smoother's answer is that of one least squares problem over all positions and velocities.
static void kalman_is_least_squares(void **state) {
    (void)state;
    enum { n = 12, M = 2 * n };
    double x[n], sigma[n], H[M * M] = {0}, g[M] = {0}, accel = 15, dt = 1 / FPS, start = 10; // filter.c's START_SPEED
    rig_rng rng = rig_rng_seed(3, 1);
    rig_err err;
    rig_arena scratch = {NULL};
    for (int i = 0; i < n; i++) {
        sigma[i] = 0.01 + 0.002 * i;
        x[i] = sin(9 * i * dt) + sigma[i] * rig_rng_normal(&rng);
        H[2 * i * M + 2 * i] += 1 / (sigma[i] * sigma[i]);
        g[2 * i] += x[i] / (sigma[i] * sigma[i]);
    }
    H[M + 1] += 1 / (start * start);
    // Each step's noise is one acceleration: its covariance has rank 1, so a little is added on the velocity's place.
    const double soft = 1e-6;
    double q[3] = {dt * dt * dt * dt / 4 * accel * accel, dt * dt * dt / 2 * accel * accel, dt * dt * accel * accel};
    double det = q[0] * (q[2] * (1 + soft)) - q[1] * q[1];
    double info[2][2] = {{q[2] * (1 + soft) / det, -q[1] / det}, {-q[1] / det, q[0] / det}};
    for (int i = 0; i + 1 < n; i++) { // x' - x - dt v, v' - v
        const double J[2][4] = {{-1, -dt, 1, 0}, {0, -1, 0, 1}};
        for (int r = 0; r < 4; r++)
            for (int c = 0; c < 4; c++)
                for (int a = 0; a < 2; a++)
                    for (int b = 0; b < 2; b++)
                        H[(2 * i + r) * M + 2 * i + c] += J[a][r] * info[a][b] * J[b][c];
    }
    assert_true(rig_cholesky(H, M));
    rig_cholesky_solve(H, M, g, 1);
    rig_filter_params params = rig_filter_defaults(RIG_FILTER_KALMAN);
    assert_ok(rig_filter_run(&params, FPS, x, sigma, accel, n, &scratch, &err));
    for (int i = 0; i < n; i++)
        assert_near(x[i], g[2 * i], 2e-5); // the softening's part
    rig_arena_release(&scratch);
}

// A slow sine and 2 cm of noise: every filter brings it nearer to the truth; one euro, which lags, by less.
static void noise_falls(void **state) {
    (void)state;
    for (int kind = RIG_FILTER_BUTTERWORTH; kind < RIG_FILTERS; kind++) {
        double x[N], before = 0, after = 0;
        rig_rng rng = rig_rng_seed(8, (uint64_t)kind);
        rig_err err;
        rig_filter_params params = rig_filter_defaults((rig_filter)kind);
        for (int i = 0; i < N; i++) {
            double noise = 0.02 * rig_rng_normal(&rng);
            x[i] = 0.1 * sin(2 * PI * 0.5 * i / FPS) + noise;
            before += noise * noise;
        }
        assert_ok(filter(&params, x, N, &err));
        for (int i = 0; i < N; i++)
            after += pow(x[i] - 0.1 * sin(2 * PI * 0.5 * i / FPS), 2);
        print_message("%s: %.2f of the noise is left\n", rig_filter_name((rig_filter)kind), sqrt(after / before));
        assert_true(after < (kind == RIG_FILTER_ONE_EURO ? 0.6 : 0.25) * before);
    }
}

static void short_stretches_do_not_break(void **state) {
    (void)state;
    for (int kind = 0; kind < RIG_FILTERS; kind++)
        for (int n = 0; n < 12; n++) {
            double x[12];
            rig_err err;
            rig_filter_params params = rig_filter_defaults((rig_filter)kind);
            for (int i = 0; i < n; i++)
                x[i] = 2;
            assert_ok(filter(&params, x, n, &err));
            for (int i = 0; i < n; i++)
                assert_near(x[i], 2, EXACT);
        }
}

// What is farther from a sample than the reach changes it by less than a billionth part.
static void what_is_out_of_reach_does_not_count(void **state) {
    (void)state;
    enum { LONG = 2000, MIDDLE = LONG / 2 };
    static double x[LONG], changed[LONG], sigma[LONG];
    for (int kind = 1; kind < RIG_FILTERS; kind++) {
        const rig_filter_params params = rig_filter_defaults((rig_filter)kind);
        const int reach = rig_filter_reach(&params, FPS, 20);
        rig_arena scratch = {NULL};
        rig_err err = {""};
        assert_true(reach > 5 && reach < MIDDLE);
        for (int i = 0; i < LONG; i++) {
            x[i] = changed[i] = cos(0.05 * i), sigma[i] = 0.01;
            changed[i] += abs(i - MIDDLE) > reach ? 0.1 : 0;
        }
        assert_ok(rig_filter_run(&params, FPS, x, sigma, 20, LONG, &scratch, &err));
        assert_ok(rig_filter_run(&params, FPS, changed, sigma, 20, LONG, &scratch, &err));
        print_message("%s: reach %d, changed by %.1e\n", rig_filter_name(params.kind), reach,
                      fabs(changed[MIDDLE] - x[MIDDLE]));
        assert_near(changed[MIDDLE], x[MIDDLE], 1e-10);
        rig_arena_release(&scratch);
    }
}

static void what_the_rate_does_not_carry_is_refused(void **state) {
    (void)state;
    double x[N] = {0};
    rig_err err;
    rig_filter_params params = rig_filter_defaults(RIG_FILTER_BUTTERWORTH);
    params.cutoff_hz = 50;
    assert_int_equal(filter(&params, x, N, &err), RIG_ERR_DATA);
    assert_contains(err.text, "cutoff_hz 50 at 100 frames/s: expected less than 50");
    params = rig_filter_defaults(RIG_FILTER_SAVITZKY_GOLAY);
    params.window_s = 0.02;
    assert_int_equal(filter(&params, x, N, &err), RIG_ERR_DATA);
    assert_contains(err.text, "degree 3 needs more than 3");
}

static rig_status all_filters(void *self, rig_err *err) {
    (void)self;
    double x[N] = {0};
    for (int kind = 0; kind < RIG_FILTERS; kind++) {
        rig_filter_params params = rig_filter_defaults((rig_filter)kind);
        RIG_TRY(filter(&params, x, N, err));
    }
    return RIG_OK;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    assert_true(rig_test_each_allocation_fails(all_filters, NULL) >= 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(butterworth_passes_what_it_says_without_lag),
        cmocka_unit_test(straight_lines_stay),
        cmocka_unit_test(savitzky_golay_has_the_printed_weights),
        cmocka_unit_test(savitzky_golay_keeps_polynomials_to_the_ends),
        cmocka_unit_test(one_euro_follows_its_recursion),
        cmocka_unit_test(kalman_is_least_squares),
        cmocka_unit_test(noise_falls),
        cmocka_unit_test(short_stretches_do_not_break),
        cmocka_unit_test(what_is_out_of_reach_does_not_count),
        cmocka_unit_test(what_the_rate_does_not_carry_is_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
