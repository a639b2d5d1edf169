#include "app/plot.h"
#include "cv/cv.h"
#include "tests/support/support.h"

#include <string.h>

static const double EXACT = 1e-9; // pixels, and relative

static void test_places_of_numbers(void **state) {
    (void)state;
    const rig_plot plot = {.panel = {100, 50, 200, 400}, .low = {-1, 10}, .high = {3, -10}};
    double q[2];
    rig_plot_place(&plot, (const double[]){-1, 10}, q); // the lower left corner of the pixel in that corner
    assert_near(q[0], 99.5, EXACT);
    assert_near(q[1], 449.5, EXACT);
    rig_plot_place(&plot, (const double[]){3, -10}, q);
    assert_near(q[0], 299.5, EXACT);
    assert_near(q[1], 49.5, EXACT);
}

static void test_scales_leave_out_a_few_at_both_ends_and_what_is_not_known(void **state) {
    (void)state;
    double values[1100];
    for (int i = 0; i < 1000; i++)
        values[i] = pow(10, 3.0 * ((i * 7919) % 1000) / 999); // 1 to 1000, in no order
    for (int i = 1000; i < 1100; i++)
        values[i] = -1;
    const rig_plot_scale scale = rig_plot_scale_of(values, 1100);
    assert_near(scale.low, pow(10, 3 * 0.019), 0.02);
    assert_near(scale.high, pow(10, 3 * 0.98), 20);
    assert_memory_equal(rig_plot_colour(&scale, 0.5).bgr, rig_ramp_colour(0).bgr, 3);
    assert_memory_equal(rig_plot_colour(&scale, 5000).bgr, rig_ramp_colour(1).bgr, 3);
    const double middle = sqrt(scale.low * scale.high);
    assert_memory_equal(rig_plot_colour(&scale, middle).bgr, rig_ramp_colour(0.5).bgr, 3);
}

// Numbers that hardly differ are of about one colour.
static void test_scales_are_wide_enough(void **state) {
    (void)state;
    double alike[] = {1.00, 1.01, 1.02, 1.03}, none[] = {-1, -1, 0};
    const rig_plot_scale scale = rig_plot_scale_of(alike, 4);
    assert_near(scale.high / scale.low, 3, 1e-6);
    assert_true(scale.low < 1 && scale.high > 1.03);
    const rig_plot_scale unknown = rig_plot_scale_of(none, 3);
    assert_near(unknown.low, 0, 0);
    assert_memory_equal(rig_plot_colour(&unknown, 1).bgr, rig_ramp_colour(0).bgr, 3);
}

// Ticks, numbers and the scale lie around the panel and in the picture; the panel itself is left alone.
static void test_axes_lie_around_the_panel(void **state) {
    (void)state;
    static const char *const UNITS[] = {"x, m", "y, m"};
    rig_image image = {0};
    rig_err err;
    const int w = RIG_PLOT_LEFT + 200 + RIG_PLOT_RIGHT, h = RIG_PLOT_ABOVE + 150 + RIG_PLOT_BELOW;
    assert_ok(rig_image_resize(&image, w, h, 3, &err));
    rig_plot_fill(&image, (rig_rect){0, 0, w, h}, rig_white);
    const rig_plot plot = {&image, {RIG_PLOT_LEFT, RIG_PLOT_ABOVE, 200, 150}, {-2.5, -1}, {2.5, 3}};
    const rig_plot_scale scale = {0.2, 30};
    rig_plot_axes_draw(&plot, UNITS, "what it shows");
    rig_plot_scale_draw(&plot, &scale, "mm");
    int inside = 0, around = 0, edge = 0;
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            const bool inked = memcmp(image.data + y * image.stride + 3 * x, rig_white.bgr, 3) != 0;
            const bool in =
                x > RIG_PLOT_LEFT && x < RIG_PLOT_LEFT + 199 && y > RIG_PLOT_ABOVE && y < RIG_PLOT_ABOVE + 149;
            inside += inked && in;
            around += inked && !in;
            edge += inked && (x == 0 || y == 0 || x == w - 1 || y == h - 1);
        }
    assert_int_equal(inside, 0);
    assert_int_equal(edge, 0);
    assert_true(around > 1000);
    rig_image_release(&image);
}

static int setup(void **state) {
    (void)state;
    rig_cv_init();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places_of_numbers),
        cmocka_unit_test(test_scales_leave_out_a_few_at_both_ends_and_what_is_not_known),
        cmocka_unit_test(test_scales_are_wide_enough),
        cmocka_unit_test(test_axes_lie_around_the_panel),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
