#include "pose/preprocess.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

static const double EXACT = 1e-9;      // px
static const double BYTE = 0.51 / 255; // rounding of a warped byte, after scaling

static rig_err err;
static rig_preprocess input;
static rig_model model;

static int start(void **state) {
    (void)state;
    model = (rig_model){.input_width = 512,
                        .input_height = 512,
                        .sizing = RIG_SIZING_SHORT_SIDE,
                        .multiple_of = 64,
                        .rgb = true,
                        .scale = 1 / 255.0,
                        .std = {1, 1, 1},
                        .pad_centre = true};
    return 0;
}

static int stop(void **state) {
    (void)state;
    rig_preprocess_release(&input);
    return 0;
}

static void apply(const double A[6], double x, double y, double q[2]) {
    q[0] = A[0] * x + A[1] * y + A[2];
    q[1] = A[3] * x + A[4] * y + A[5];
}

// The edges of the picture and where they come to lie in the input.
static void check_fit(int width, int height, int net_width, int net_height, double left, double top) {
    double q[2], back[2];
    assert_ok(rig_preprocess_fit(&input, &model, width, height, &err));
    assert_int_equal(input.width, net_width);
    assert_int_equal(input.height, net_height);
    apply(input.A_net_cam, -0.5, -0.5, q);
    assert_near(q[0], left - 0.5, EXACT);
    assert_near(q[1], top - 0.5, EXACT);
    apply(input.A_net_cam, 123.25, 45.5, q);
    apply(input.A_cam_net, q[0], q[1], back);
    assert_near(back[0], 123.25, EXACT);
    assert_near(back[1], 45.5, EXACT);
}

static void short_side(void **state) {
    (void)state;
    check_fit(640, 480, 704, 512, (704 - 640 * 512.0 / 480) / 2, 0);
    check_fit(480, 640, 512, 704, 0, (704 - 640 * 512.0 / 480) / 2);
    check_fit(512, 512, 512, 512, 0, 0);
    model.input_width = 500; // rounded up itself
    check_fit(512, 512, 512, 512, 0, 0);
}

static void long_side(void **state) {
    (void)state;
    model.sizing = RIG_SIZING_LONG_SIDE;
    check_fit(640, 480, 512, 384, 0, 0);
    model.pad_centre = false;
    check_fit(640, 400, 512, 320, 0, 0);
    model.multiple_of = 128;
    check_fit(640, 400, 512, 384, 0, 0);
    model.pad_centre = true;
    check_fit(640, 400, 512, 384, 0, 32);
}

static void fixed(void **state) {
    (void)state;
    model.sizing = RIG_SIZING_FIXED;
    model.input_height = 256;
    check_fit(1000, 1000, 512, 256, 128, 0);
    check_fit(1024, 256, 512, 256, 0, 64);
}

static void extreme_aspects_stay_small(void **state) {
    (void)state;
    check_fit(100000, 1, 2048, 64, 0, 32 - 2048 / 100000.0 / 2);
    check_fit(1, 100000, 64, 2048, 32 - 2048 / 100000.0 / 2, 0);
    check_fit(1, 1, 512, 512, 0, 0);
    model.sizing = RIG_SIZING_LONG_SIDE;
    check_fit(100000, 1, 512, 64, 0, 32 - 512 / 100000.0 / 2);
}

static void unusable_sizes_are_named(void **state) {
    (void)state;
    assert_int_equal(rig_preprocess_fit(&input, &model, 0, 480, &err), RIG_ERR_DATA);
    assert_contains(err.text, "0 x 480");
    model.input_width = model.input_height = 1000000;
    assert_int_equal(rig_preprocess_fit(&input, &model, 640, 480, &err), RIG_ERR_CONFIG);
    assert_contains(err.text, "at most 16384");
}

static unsigned char pixels[8 * 8 * 3];

static rig_image picture(int channels) {
    return (rig_image){8, 8, channels, 8 * channels, pixels};
}

static float at(int c, int x, int y) {
    return input.planar[(c * input.height + y) * input.width + x];
}

static void colours_are_ordered_and_normalised(void **state) {
    (void)state;
    const double mean[3] = {0.1, 0.2, 0.3}, std[3] = {0.5, 0.25, 2};
    for (int i = 0; i < 8 * 8; i++)
        for (int c = 0; c < 3; c++)
            pixels[3 * i + c] = (unsigned char)(10 + 50 * c); // B, G, R
    model.input_width = model.input_height = 8;
    model.multiple_of = 8;
    memcpy(model.mean, mean, sizeof mean);
    memcpy(model.std, std, sizeof std);
    rig_image bgr = picture(3);
    for (int rgb = 0; rgb < 2; rgb++) {
        model.rgb = rgb;
        assert_ok(rig_preprocess_run(&input, &model, &bgr, &err));
        for (int c = 0; c < 3; c++) {
            int byte = rgb ? 2 - c : c;
            assert_near(at(c, 3, 4), ((10 + 50 * byte) / 255.0 - mean[c]) / std[c], 1e-6);
        }
    }
}

static void padding_has_the_descriptors_colour(void **state) {
    (void)state;
    memset(pixels, 200, sizeof pixels);
    model.sizing = RIG_SIZING_FIXED;
    model.input_width = 32;
    model.input_height = 16;
    model.pad_value[0] = 50; // red, for the descriptor says RGB
    for (int channels = 1; channels <= 3; channels += 2) {
        rig_image image = picture(channels);
        assert_ok(rig_preprocess_run(&input, &model, &image, &err));
        assert_near(at(0, 1, 8), 50 / 255.0, BYTE);
        assert_near(at(2, 1, 8), 0, BYTE);
        for (int c = 0; c < 3; c++)
            assert_near(at(c, 16, 8), 200 / 255.0, BYTE);
    }
}

static void a_ramp_lands_where_the_affine_says(void **state) {
    (void)state;
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++)
            pixels[y * 8 + x] = (unsigned char)(20 * x + 10 * y);
    model.input_width = model.input_height = 32;
    model.multiple_of = 32;
    rig_image grey = picture(1);
    assert_ok(rig_preprocess_run(&input, &model, &grey, &err));
    for (int y = 4; y < 28; y++)
        for (int x = 4; x < 28; x++) {
            double q[2];
            apply(input.A_cam_net, x, y, q);
            assert_near(255 * (double)at(0, x, y), 20 * q[0] + 10 * q[1],
                        2); // the warp's own 1/32 px, and a rounded byte
        }
}

// --- a window -------------------------------------------------------------------------------------

enum { BIG = 64 };

static unsigned char big[BIG * BIG];

// Grey levels that change a little from pixel to pixel, or a lot.
static rig_image big_picture(bool smooth) {
    for (int y = 0; y < BIG; y++)
        for (int x = 0; x < BIG; x++)
            big[y * BIG + x] =
                (unsigned char)(smooth ? 120 + 60 * sin(x / 7.0) + 60 * cos(y / 9.0) : (x * 89 + y * 57) % 251);
    return (rig_image){BIG, BIG, 1, BIG, big};
}

static void run_window(int width, int height, double x, double y, double window_width, const rig_image *image) {
    const double window[4] = {x, y, window_width, window_width * height / width};
    double q[2], back[2];
    model.input_width = width;
    model.input_height = height;
    assert_ok(rig_preprocess_run_window(&input, &model, image, window, &err));
    assert_true(input.width == width && input.height == height);
    apply(input.A_net_cam, x, y, q);
    assert_near(q[0], -0.5, EXACT);
    assert_near(q[1], -0.5, EXACT);
    apply(input.A_cam_net, width - 0.5, height - 0.5, back);
    assert_near(back[0], x + window[2], EXACT);
    assert_near(back[1], y + window[3], EXACT);
}

static double byte_at(int x, int y) {
    return 255 * (double)at(0, x, y);
}

// Linear between pixel centres, `pad` outside.
static double sample(double x, double y, double pad) {
    const int x0 = (int)floor(x), y0 = (int)floor(y);
    double sum = 0;
    for (int v = y0; v <= y0 + 1; v++)
        for (int u = x0; u <= x0 + 1; u++) {
            const bool inside = u >= 0 && u < BIG && v >= 0 && v < BIG;
            sum += (1 - fabs(x - u)) * (1 - fabs(y - v)) * (inside ? big[v * BIG + u] : pad);
        }
    return sum;
}

static void a_window_of_its_own_size_is_the_crop(void **state) {
    (void)state;
    const rig_image image = big_picture(false);
    static const int places[][2] = {{20, 9}, {0, 0}, {BIG - 24, BIG - 16}, {-7, 50}, {55, -9}, {200, 3}, {-90, -90}};
    for (int i = 0; i < 7; i++)
        for (int how = RIG_INTERP_LINEAR; how <= RIG_INTERP_AREA; how++) {
            model.interpolation = (rig_interpolation)how;
            model.pad_value[0] = 33;
            run_window(24, 16, places[i][0] - 0.5, places[i][1] - 0.5, 24, &image);
            for (int y = 0; y < 16; y++)
                for (int x = 0; x < 24; x++)
                    assert_near(byte_at(x, y), sample(places[i][0] + x, places[i][1] + y, 33), 1e-4);
        }
}

static void a_window_is_warped_linearly(void **state) {
    (void)state;
    const rig_image image = big_picture(true);
    static const double windows[][3] = {{20.3, 9.8, 12}, {-8.2, 40.6, 20}, {50.1, -3.7, 30}, {-40, -50, 200}};
    for (int i = 0; i < 4; i++) {
        const double *w = windows[i], step = w[2] / 32;
        run_window(32, 32, w[0], w[1], w[2], &image);
        for (int y = 0; y < 32; y++)
            for (int x = 0; x < 32; x++) // the warp's own 1/32 px, at the picture's edge of 200 levels a pixel
                assert_near(byte_at(x, y), sample(w[0] + (x + 0.5) * step, w[1] + (y + 0.5) * step, 0), 8);
    }
}

static void a_window_that_shrinks_counts_all_pixels(void **state) {
    (void)state;
    model.interpolation = RIG_INTERP_AREA;
    rig_image image = big_picture(false);
    run_window(32, 32, -0.5, -0.5, BIG, &image); // all of it: means of four, exactly
    for (int y = 0; y < 32; y++)
        for (int x = 0; x < 32; x++)
            assert_near(byte_at(x, y),
                        (sample(2 * x, 2 * y, 0) + sample(2 * x + 1, 2 * y, 0) + sample(2 * x, 2 * y + 1, 0) +
                         sample(2 * x + 1, 2 * y + 1, 0)) /
                            4,
                        0.51);
    image = big_picture(true); // a window inside: as the crop alone
    static float crop[3 * 16 * 16];
    const rig_image part = rig_image_window(&image, (rig_rect){11, 6, 48, 48});
    run_window(16, 16, -0.5, -0.5, 48, &part);
    memcpy(crop, input.planar, sizeof crop);
    run_window(16, 16, 10.5, 5.5, 48, &image);
    for (int i = 0; i < 3 * 16 * 16; i++)
        assert_near(255 * (double)input.planar[i], 255 * (double)crop[i], 3);
}

static void other_channels_are_refused(void **state) {
    (void)state;
    rig_image image = picture(2);
    assert_int_equal(rig_preprocess_run(&input, &model, &image, &err), RIG_ERR_DATA);
    assert_contains(err.text, "2 channels");
    assert_int_equal(rig_preprocess_run_window(&input, &model, &image, (double[4]){0, 0, 8, 8}, &err), RIG_ERR_DATA);
}

static rig_status run_again(void *self, rig_err *e) {
    rig_preprocess fresh = {0};
    rig_status status = rig_preprocess_run(&fresh, &model, self, e);
    rig_preprocess_release(&fresh);
    return status;
}

static void allocations_may_fail(void **state) {
    (void)state;
    rig_image grey = picture(1);
    assert_true(rig_test_each_allocation_fails(run_again, &grey) >= 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(short_side, start),
        cmocka_unit_test_setup(long_side, start),
        cmocka_unit_test_setup(fixed, start),
        cmocka_unit_test_setup(extreme_aspects_stay_small, start),
        cmocka_unit_test_setup(unusable_sizes_are_named, start),
        cmocka_unit_test_setup_teardown(colours_are_ordered_and_normalised, start, stop),
        cmocka_unit_test_setup_teardown(padding_has_the_descriptors_colour, start, stop),
        cmocka_unit_test_setup_teardown(a_ramp_lands_where_the_affine_says, start, stop),
        cmocka_unit_test_setup_teardown(a_window_of_its_own_size_is_the_crop, start, stop),
        cmocka_unit_test_setup_teardown(a_window_is_warped_linearly, start, stop),
        cmocka_unit_test_setup_teardown(a_window_that_shrinks_counts_all_pixels, start, stop),
        cmocka_unit_test_setup(other_channels_are_refused, start),
        cmocka_unit_test_setup(allocations_may_fail, start),
    };
    return cmocka_run_group_tests_name("preprocess", tests, NULL, NULL);
}
