#include "cv/cv.h"
#include "tests/unit/cv/pictures.h"

static const unsigned char red[3] = {10, 20, 200};
static const double CENTRE_TOLERANCE = 0.1; // pixels: fixed point of 1/16 and grey levels

enum { W = 60, H = 40 };

static rig_err err;

static int setup(void **state) {
    (void)state;
    rig_cv_init();
    return 0;
}

static rig_image black(void) {
    rig_image image = {0};
    assert_ok(rig_image_resize(&image, W, H, 3, &err));
    picture_fill(&image, 0);
    return image;
}

static int value(const rig_image *image, int x, int y) {
    return image->data[y * image->stride + 3 * x + 2];
}

// Where the ink is, and how much of it.
static double centre(const rig_image *image, double c[2]) {
    double sum = 0;
    c[0] = c[1] = 0;
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            sum += value(image, x, y);
            c[0] += x * value(image, x, y), c[1] += y * value(image, x, y);
        }
    c[0] /= sum, c[1] /= sum;
    return sum / red[2];
}

static void test_discs_are_where_they_are_put(void **state) {
    (void)state;
    for (int i = 0; i < 8; i++) {
        rig_image image = black();
        double q[2] = {30 + 0.25 * i, 20 - 0.125 * i}, c[2];
        rig_draw_disc(&image, q, 6, red);
        double area = centre(&image, c);
        assert_near(c[0], q[0], CENTRE_TOLERANCE);
        assert_near(c[1], q[1], CENTRE_TOLERANCE);
        assert_near(area, 3.14159 * 36, 25); // OpenCV's edge is soft
        for (int k = 0; k < 3; k++)
            assert_int_equal(image.data[20 * image.stride + 3 * 30 + k], red[k]);
        rig_image_release(&image);
    }
}

static void test_lines_go_from_point_to_point(void **state) {
    (void)state;
    rig_image image = black();
    rig_draw_line(&image, (double[]){10, 12}, (double[]){50, 12}, red, 1);
    assert_true(value(&image, 11, 12) > 150 && value(&image, 30, 12) > 150 && value(&image, 49, 12) > 150);
    assert_true(value(&image, 8, 12) == 0 && value(&image, 52, 12) == 0 && value(&image, 30, 16) == 0);
    rig_image_release(&image);
}

// A joint that projects far outside must not bend the limb's visible part, nor overflow.
static void test_far_ends_do_not_bend_a_line(void **state) {
    (void)state;
    static const double ends[] = {1e3, 1e5, 1e9, 1e15, 1e30};
    rig_image near = black(), far = {0};
    rig_draw_line(&near, (double[]){10, 10}, (double[]){110, 60}, red, 2);
    for (int i = 0; i < 5; i++) {
        far = black();
        rig_draw_line(&far, (double[]){10, 10}, (double[]){10 + ends[i], 10 + ends[i] / 2}, red, 2);
        for (int x = 12; x < W; x += 4)
            assert_true(value(&far, x, 10 + (x - 10) / 2) > 150);
        assert_near(picture_mean(&far), picture_mean(&near), 0.5);
        rig_image_release(&far);
    }
    rig_image_release(&near);
}

static void test_what_is_outside_or_nowhere_is_left_out(void **state) {
    (void)state;
    static const double places[][2] = {{-1e9, 5}, {5, 1e300}, {NAN, 5}, {5, INFINITY}, {-1e4, -1e4}, {1e5, 20}};
    enum { N = sizeof places / sizeof *places };
    rig_image image = black();
    for (int i = 0; i < N; i++) {
        rig_draw_disc(&image, places[i], 3, red);
        rig_draw_text(&image, places[i], "far", 0.5, red);
        rig_draw_line(&image, places[i], places[i], red, 3);
    }
    rig_draw_line(&image, (double[]){-1e6, -10}, (double[]){1e6, -10}, red, 1);
    rig_draw_line(&image, (double[]){NAN, 10}, (double[]){20, 10}, red, 1);
    assert_near(picture_mean(&image), 0, 0);
    rig_image_release(&image);
}

static void test_text_stands_on_its_point(void **state) {
    (void)state;
    rig_image image = black();
    int above = 0, elsewhere = 0;
    rig_draw_text(&image, (double[]){10, 30}, "H", 0.5, red);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            *(x >= 9 && x < 25 && y > 15 && y <= 31 ? &above : &elsewhere) += value(&image, x, y) > 50;
    assert_true(above > 15);
    assert_int_equal(elsewhere, 0);
    rig_image_release(&image);
}

static void test_a_window_is_drawn_into_and_nothing_beside_it(void **state) {
    (void)state;
    rig_image image = black();
    rig_image window = rig_image_window(&image, (rig_rect){20, 10, 20, 20});
    rig_draw_disc(&window, (double[]){10, 10}, 100, red);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            assert_int_equal(value(&image, x, y), x >= 20 && x < 40 && y >= 10 && y < 30 ? red[2] : 0);
    rig_image_release(&image);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_discs_are_where_they_are_put),
        cmocka_unit_test(test_lines_go_from_point_to_point),
        cmocka_unit_test(test_far_ends_do_not_bend_a_line),
        cmocka_unit_test(test_what_is_outside_or_nowhere_is_left_out),
        cmocka_unit_test(test_text_stands_on_its_point),
        cmocka_unit_test(test_a_window_is_drawn_into_and_nothing_beside_it),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
