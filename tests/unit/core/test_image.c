#include "core/image.h"

#include "tests/support/support.h"

#include <string.h>

// 3 x 2 grey:  0 1 2
//              3 4 5
static rig_image small_grey(unsigned char pixels[6]) {
    for (int i = 0; i < 6; i++)
        pixels[i] = (unsigned char)i;
    return (rig_image){3, 2, 1, 3, pixels};
}

static void assert_pixels(const rig_image *image, int width, int height, const unsigned char *expected) {
    assert_int_equal(image->width, width);
    assert_int_equal(image->height, height);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            assert_int_equal(image->data[y * image->stride + x], expected[y * width + x]);
}

static void test_quarter_turns_are_clockwise(void **state) {
    (void)state;
    rig_err err;
    unsigned char pixels[6];
    const rig_image src = small_grey(pixels);
    rig_image dst = {0};
    assert_ok(rig_image_rotate(&src, 0, &dst, &err));
    assert_pixels(&dst, 3, 2, (const unsigned char[]){0, 1, 2, 3, 4, 5});
    assert_ok(rig_image_rotate(&src, 1, &dst, &err));
    assert_pixels(&dst, 2, 3, (const unsigned char[]){3, 0, 4, 1, 5, 2});
    assert_ok(rig_image_rotate(&src, 2, &dst, &err));
    assert_pixels(&dst, 3, 2, (const unsigned char[]){5, 4, 3, 2, 1, 0});
    assert_ok(rig_image_rotate(&src, 3, &dst, &err));
    assert_pixels(&dst, 2, 3, (const unsigned char[]){2, 5, 1, 4, 0, 3});
    rig_image_release(&dst);
}

// Turned, then mirrored left to right.
static void test_mirrors_come_after_turns(void **state) {
    (void)state;
    static const unsigned char expected[4][6] = {
        {2, 1, 0, 5, 4, 3}, {0, 3, 1, 4, 2, 5}, {3, 4, 5, 0, 1, 2}, {5, 2, 4, 1, 3, 0}};
    rig_err err;
    unsigned char pixels[6];
    const rig_image src = small_grey(pixels);
    rig_image dst = {0};
    for (int turns = 0; turns < 4; turns++) {
        assert_ok(rig_image_orient(&src, (rig_orientation){turns, true}, &dst, &err));
        assert_pixels(&dst, turns % 2 ? 2 : 3, turns % 2 ? 3 : 2, expected[turns]);
    }
    rig_image_release(&dst);
}

static void test_colours_turn_as_one_pixel(void **state) {
    (void)state;
    rig_err err;
    unsigned char pixels[6] = {1, 2, 3, 4, 5, 6};
    const rig_image src = {2, 1, 3, 6, pixels};
    rig_image dst = {0};
    assert_ok(rig_image_rotate(&src, 2, &dst, &err));
    assert_memory_equal(dst.data, ((const unsigned char[]){4, 5, 6, 1, 2, 3}), 6);
    rig_image_release(&dst);
}

static void test_windows_share_pixels(void **state) {
    (void)state;
    rig_err err;
    unsigned char pixels[6];
    const rig_image src = small_grey(pixels);
    rig_image window = rig_image_window(&src, (rig_rect){1, 0, 2, 2}), dst = {0};
    assert_pixels(&window, 2, 2, (const unsigned char[]){1, 2, 4, 5});
    assert_ptr_equal(window.data, pixels + 1);
    assert_ok(rig_image_rotate(&window, 1, &dst, &err));
    assert_pixels(&dst, 2, 2, (const unsigned char[]){4, 1, 5, 2});
    rig_image_release(&dst);
}

static void test_rect_inside(void **state) {
    (void)state;
    assert_true(rig_rect_inside((rig_rect){0, 0, 3, 2}, 3, 2));
    assert_true(rig_rect_inside((rig_rect){2, 1, 1, 1}, 3, 2));
    assert_false(rig_rect_inside((rig_rect){2, 1, 2, 1}, 3, 2));
    assert_false(rig_rect_inside((rig_rect){2, 1, 1, 2}, 3, 2));
    assert_false(rig_rect_inside((rig_rect){-1, 0, 2, 2}, 3, 2));
    assert_false(rig_rect_inside((rig_rect){0, 0, 0, 2}, 3, 2));
    assert_false(rig_rect_inside((rig_rect){1, 0, INT32_MAX, 1}, 3, 2));
}

static void test_windows_of_a_shape_are_in_the_middle(void **state) {
    (void)state;
    assert_true(rig_shape_same(544, 960, 1088, 1920));
    assert_true(rig_shape_same(853, 480, 1280, 720)); // rounded
    assert_false(rig_shape_same(1080, 1920, 1088, 1920));
    assert_false(rig_shape_same(1920, 1080, 1080, 1920));
    const rig_rect narrower = rig_rect_of_shape(1080, 1920, 1088, 1920), wider = rig_rect_of_shape(640, 480, 1920, 960);
    assert_true(narrower.x == 0 && narrower.y == 7 && narrower.w == 1080 && narrower.h == 1906);
    assert_true(wider.x == 0 && wider.y == 80 && wider.w == 640 && wider.h == 320);
}

static void test_resize_keeps_a_buffer_that_is_large_enough(void **state) {
    (void)state;
    rig_err err;
    rig_image image = {0};
    assert_ok(rig_image_resize(&image, 20, 10, 3, &err));
    unsigned char *data = image.data;
    memset(data, 1, 600);
    rig_arena_fail_after(1);
    assert_ok(rig_image_resize(&image, 10, 20, 3, &err));
    rig_arena_fail_after(0);
    assert_ptr_equal(image.data, data);
    assert_int_equal(image.stride, 30);
    rig_image_release(&image);
    assert_null(image.data);
    assert_int_equal(image.width, 0);
}

static void test_resize_without_memory_leaves_the_image(void **state) {
    (void)state;
    rig_err err;
    rig_image image = {0};
    assert_ok(rig_image_resize(&image, 4, 4, 1, &err));
    const rig_image before = image;
    rig_arena_fail_after(1);
    assert_int_equal(rig_image_resize(&image, 400, 400, 1, &err), RIG_ERR_MEMORY);
    assert_contains(err.text, "400 x 400");
    assert_memory_equal(&image, &before, sizeof image);
    rig_image_release(&image);
}

// Values computed by OpenCV 4.6, cvtColor BGR2GRAY.
static void test_grey_is_opencvs(void **state) {
    (void)state;
    rig_err err;
    unsigned char pixels[21] = {0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 10, 200, 30, 1, 2, 3, 250, 128, 7};
    const rig_image src = {7, 1, 3, 21, pixels};
    rig_image dst = {0};
    assert_ok(rig_image_to_grey(&src, &dst, &err));
    assert_pixels(&dst, 7, 1, (const unsigned char[]){76, 150, 29, 255, 128, 2, 106});
    rig_image_release(&dst);
}

static void test_grey_of_grey_is_a_copy(void **state) {
    (void)state;
    rig_err err;
    unsigned char pixels[6];
    const rig_image src = small_grey(pixels);
    rig_image dst = {0};
    assert_ok(rig_image_to_grey(&src, &dst, &err));
    assert_pixels(&dst, 3, 2, pixels);
    assert_ptr_not_equal(dst.data, pixels);
    rig_image_release(&dst);
}

// The mapping of points and the turning of pixels are two pieces of code: the value at q_src must stand at q_cam.
static void test_crop_maps_points_as_rotate_moves_pixels(void **state) {
    (void)state;
    rig_err err;
    unsigned char pixels[7 * 5];
    for (int i = 0; i < 35; i++)
        pixels[i] = (unsigned char)i;
    const rig_image feed = {7, 5, 1, 7, pixels};
    const rig_rect rect = {2, 1, 4, 3};
    const rig_image window = rig_image_window(&feed, rect);
    rig_image view = {0};
    for (int turns = 0; turns < 4; turns++) {
        assert_ok(rig_image_rotate(&window, turns, &view, &err));
        for (int y = 0; y < view.height; y++)
            for (int x = 0; x < view.width; x++) {
                double q_src[2], q_cam[2];
                rig_crop_to_src(rect, turns, (const double[]){x, y}, q_src);
                assert_int_equal(view.data[y * view.stride + x], pixels[(int)q_src[1] * 7 + (int)q_src[0]]);
                rig_crop_from_src(rect, turns, q_src, q_cam);
                assert_near(q_cam[0], x, 0);
                assert_near(q_cam[1], y, 0);
            }
    }
    rig_image_release(&view);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quarter_turns_are_clockwise),
        cmocka_unit_test(test_mirrors_come_after_turns),
        cmocka_unit_test(test_colours_turn_as_one_pixel),
        cmocka_unit_test(test_windows_share_pixels),
        cmocka_unit_test(test_rect_inside),
        cmocka_unit_test(test_windows_of_a_shape_are_in_the_middle),
        cmocka_unit_test(test_resize_keeps_a_buffer_that_is_large_enough),
        cmocka_unit_test(test_resize_without_memory_leaves_the_image),
        cmocka_unit_test(test_grey_is_opencvs),
        cmocka_unit_test(test_grey_of_grey_is_a_copy),
        cmocka_unit_test(test_crop_maps_points_as_rotate_moves_pixels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
