#include "pose/peaks.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

enum { W = 24, H = 16, MAX = 8 };

// A Gaussian sampled on the grid is a parabola in its logarithm; float values leave this much of a cell.
static const double GAUSSIAN_CELLS = 1e-4;

static rig_err err;
static rig_arena scratch;
static float cells[W * H];
static rig_peak peaks[MAX];

static rig_map map(void) {
    return (rig_map){cells, W, H};
}

static int find(int window, double threshold, int max) {
    int n = -1;
    assert_ok(rig_peaks_find(map(), window, threshold, max, peaks, &n, &scratch, &err));
    return n;
}

static void fill(float value) {
    for (int i = 0; i < W * H; i++)
        cells[i] = value;
}

static void blob(double x, double y, double height, double sigma) {
    for (int v = 0; v < H; v++)
        for (int u = 0; u < W; u++)
            cells[v * W + u] += (float)(height * exp(-((u - x) * (u - x) + (v - y) * (v - y)) / (2 * sigma * sigma)));
}

static void highest_come_first(void **state) {
    (void)state;
    fill(0);
    blob(5, 4, 0.5, 1.5);
    blob(18, 10, 0.9, 1.5);
    blob(3, 13, 0.05, 1.5); // under the threshold
    assert_int_equal(find(5, 0.1, MAX), 2);
    assert_int_equal(peaks[0].x, 18);
    assert_int_equal(peaks[0].y, 10);
    assert_int_equal(peaks[1].x, 5);
    assert_int_equal(peaks[1].y, 4);
    assert_near(peaks[0].score, 0.9, 1e-6);
    assert_int_equal(find(5, 0.1, 1), 1);
    assert_int_equal(peaks[0].x, 18);
}

static void window_decides_between_neighbours(void **state) {
    (void)state;
    fill(0);
    cells[5 * W + 5] = 0.8f;
    cells[5 * W + 7] = 0.7f;
    assert_int_equal(find(5, 0.1, MAX), 1);
    assert_int_equal(find(3, 0.1, MAX), 2);
}

static void corners_are_searched(void **state) {
    (void)state;
    fill(0);
    cells[0] = cells[W - 1] = cells[(H - 1) * W] = cells[H * W - 1] = 1;
    assert_int_equal(find(5, 0.1, MAX), 4);
    assert_int_equal(peaks[0].x + peaks[0].y, 0); // equal ones in raster order
    assert_int_equal(peaks[1].x, W - 1);
    assert_int_equal(peaks[3].y, H - 1);
}

static void plateau_gives_one_peak(void **state) {
    (void)state;
    fill(0.5f);
    assert_int_equal(find(5, 0.1, MAX), 1);
    assert_near(peaks[0].q[0], (W - 1) / 2.0, 1e-9);
    // Two legs of one plateau, farther apart than the window is wide.
    fill(0);
    for (int x = 2; x < 20; x++)
        cells[9 * W + x] = 1;
    for (int y = 3; y < 9; y++)
        cells[y * W + 2] = cells[y * W + 19] = 1;
    assert_int_equal(find(5, 0.1, MAX), 1);
    assert_true(peaks[0].flat);
    assert_near(peaks[0].q[0], 10.5, 1e-9);
}

// A peak half way between two cells gives two equal ones; the offset along the other axis is still due.
static void two_equal_cells_are_no_plateau(void **state) {
    (void)state;
    double offset[2];
    fill(0);
    blob(10.5, 8.25, 0.9, 2);
    assert_int_equal(find(5, 0.1, MAX), 1);
    assert_false(peaks[0].flat);
    rig_peak_offset(map(), peaks[0].x, peaks[0].y, RIG_SUBPIXEL_LOG_PARABOLA, offset);
    assert_near(peaks[0].q[0] + offset[0], 10.5, GAUSSIAN_CELLS);
    assert_near(peaks[0].q[1] + offset[1], 8.25, GAUSSIAN_CELLS);
}

static void plateau_below_a_peak_is_none(void **state) {
    (void)state;
    fill(0);
    for (int x = 2; x < 20; x++)
        cells[9 * W + x] = 0.5f;
    cells[9 * W + 20] = 0.6f;
    assert_int_equal(find(3, 0.1, MAX), 1);
    assert_int_equal(peaks[0].x, 20);
}

static void values_not_finite_count_as_nothing(void **state) {
    (void)state;
    fill(0);
    blob(10, 8, 0.9, 1.5);
    cells[8 * W + 12] = NAN;
    cells[2 * W + 2] = INFINITY;
    cells[13 * W + 20] = -INFINITY;
    assert_int_equal(find(5, 0.1, MAX), 1);
    assert_int_equal(peaks[0].x, 10);
    fill(NAN);
    assert_int_equal(find(5, 0.1, MAX), 0);
}

static void maps_smaller_than_the_window(void **state) {
    (void)state;
    float one[3] = {0.3f, 0.4f, 0.2f};
    int n = 0;
    assert_ok(rig_peaks_find((rig_map){one, 1, 1}, 5, 0.1, MAX, peaks, &n, &scratch, &err));
    assert_int_equal(n, 1);
    assert_ok(rig_peaks_find((rig_map){one, 1, 3}, 5, 0.1, MAX, peaks, &n, &scratch, &err));
    assert_int_equal(n, 1);
    assert_int_equal(peaks[0].y, 1);
    assert_ok(rig_peaks_find((rig_map){one, 3, 1}, 5, 0.1, MAX, peaks, &n, &scratch, &err));
    assert_int_equal(n, 1);
    assert_int_equal(peaks[0].x, 1);
}

static void log_parabola_is_exact_for_a_gaussian(void **state) {
    (void)state;
    double offset[2];
    for (double shift = -0.45; shift < 0.5; shift += 0.15) {
        fill(0);
        blob(10 + shift, 8 - shift, 0.7, 2);
        rig_peak_offset(map(), 10, 8, RIG_SUBPIXEL_LOG_PARABOLA, offset);
        assert_near(offset[0], shift, GAUSSIAN_CELLS);
        assert_near(offset[1], -shift, GAUSSIAN_CELLS);
        rig_peak_offset(map(), 10, 8, RIG_SUBPIXEL_NONE, offset);
        assert_near(offset[0], 0, 0);
    }
}

static void quarter_goes_to_the_higher_side(void **state) {
    (void)state;
    double offset[2];
    fill(0);
    blob(10.3, 8, 0.7, 2);
    rig_peak_offset(map(), 10, 8, RIG_SUBPIXEL_QUARTER, offset);
    assert_near(offset[0], 0.25, 0);
    assert_near(offset[1], 0, 0); // equal neighbours
    // The parabola needs positive neighbours; without them the quarter stands in.
    cells[8 * W + 9] = 0;
    rig_peak_offset(map(), 10, 8, RIG_SUBPIXEL_LOG_PARABOLA, offset);
    assert_near(offset[0], 0.25, 0);
}

static void borders_have_no_offset(void **state) {
    (void)state;
    double offset[2];
    fill(0);
    blob(0.3, 8.2, 0.7, 2);
    rig_peak_offset(map(), 0, 8, RIG_SUBPIXEL_LOG_PARABOLA, offset);
    assert_near(offset[0], 0, 0);
    assert_near(offset[1], 0.2, GAUSSIAN_CELLS);
}

static rig_status find_plateau(void *self, rig_err *e) {
    (void)self;
    int n = 0;
    rig_arena fresh = {0};
    rig_status status = rig_peaks_find(map(), 5, 0.1, MAX, peaks, &n, &fresh, e);
    rig_arena_release(&fresh);
    return status;
}

static void allocations_may_fail(void **state) {
    (void)state;
    fill(0.5f);
    assert_true(rig_test_each_allocation_fails(find_plateau, NULL) >= 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(highest_come_first),
        cmocka_unit_test(window_decides_between_neighbours),
        cmocka_unit_test(corners_are_searched),
        cmocka_unit_test(plateau_gives_one_peak),
        cmocka_unit_test(two_equal_cells_are_no_plateau),
        cmocka_unit_test(plateau_below_a_peak_is_none),
        cmocka_unit_test(values_not_finite_count_as_nothing),
        cmocka_unit_test(maps_smaller_than_the_window),
        cmocka_unit_test(log_parabola_is_exact_for_a_gaussian),
        cmocka_unit_test(quarter_goes_to_the_higher_side),
        cmocka_unit_test(borders_have_no_offset),
        cmocka_unit_test(allocations_may_fail),
    };
    int failed = cmocka_run_group_tests_name("peaks", tests, NULL, NULL);
    rig_arena_release(&scratch);
    return failed;
}
