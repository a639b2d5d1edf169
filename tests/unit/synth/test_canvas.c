#include "tools/synth/canvas.h"

#include "tests/support/support.h"

static const double SIGMA = 1.6;         // grey levels
static const double MEAN_LEVELS = 0.02;  // of 30000 pixels with that noise: 3 sigma
static const double SIGMA_LEVELS = 0.04; // with rounding to whole levels

static void canvas_fill(rig_canvas *canvas, float light) {
    for (int i = 0; i < canvas->width * canvas->height; i++) {
        const float ink[3] = {rig_ink(light), rig_ink(light), rig_ink(light)};
        rig_canvas_put(canvas, (size_t)i, ink);
    }
}

static void test_ink_is_the_root_of_light_and_saturates(void **state) {
    (void)state;
    assert_near((double)rig_ink(0.25f), 0.5 * RIG_INK_MAX, 1);
    assert_near((double)rig_ink(-1), 0, 0);
    assert_near((double)rig_ink(7), RIG_INK_MAX, 0);
}

static void test_noise_has_the_sigma_it_was_made_with_and_no_mean(void **state) {
    (void)state;
    rig_arena arena = {0};
    rig_err err = {""};
    rig_canvas canvas;
    rig_noise noise;
    rig_image image = {0};
    assert_ok(rig_canvas_make(&canvas, 200, 150, &arena, &err));
    assert_ok(rig_noise_make(&noise, 200, SIGMA, 1, &arena, &err));
    canvas_fill(&canvas, 0.25f);
    assert_ok(rig_canvas_develop(&canvas, &noise, 3, &image, &err));
    double sum = 0, square = 0;
    const int n = 200 * 150 * 3;
    for (int i = 0; i < n; i++) {
        sum += image.data[i];
        square += (image.data[i] - 127.5) * (image.data[i] - 127.5);
    }
    assert_near(sum / n, 127.5, MEAN_LEVELS * 2);
    assert_near(sqrt(square / n), sqrt(SIGMA * SIGMA + 1.0 / 12), SIGMA_LEVELS);
    rig_image_release(&image);
    rig_arena_release(&arena);
}

static void test_pictures_differ_by_their_number_alone(void **state) {
    (void)state;
    rig_arena arena = {0};
    rig_err err = {""};
    rig_canvas canvas;
    rig_noise noise;
    rig_image a = {0}, b = {0}, c = {0};
    assert_ok(rig_canvas_make(&canvas, 64, 48, &arena, &err));
    assert_ok(rig_noise_make(&noise, 64, SIGMA, 1, &arena, &err));
    canvas_fill(&canvas, 0.5f);
    assert_ok(rig_canvas_develop(&canvas, &noise, 1, &a, &err));
    assert_ok(rig_canvas_develop(&canvas, &noise, 1, &b, &err));
    assert_ok(rig_canvas_develop(&canvas, &noise, 2, &c, &err));
    assert_memory_equal(a.data, b.data, 64 * 48 * 3);
    assert_memory_not_equal(a.data, c.data, 64 * 48 * 3);
    rig_image_release(&a);
    rig_image_release(&b);
    rig_image_release(&c);
    rig_arena_release(&arena);
}

static void test_bytes_do_not_wrap_around(void **state) {
    (void)state;
    rig_arena arena = {0};
    rig_err err = {""};
    rig_canvas canvas;
    rig_noise noise;
    rig_image image = {0};
    assert_ok(rig_canvas_make(&canvas, 64, 48, &arena, &err));
    assert_ok(rig_noise_make(&noise, 64, 5, 1, &arena, &err));
    assert_ok(rig_canvas_develop(&canvas, &noise, 1, &image, &err));
    for (int i = 0; i < 64 * 48 * 3; i++)
        assert_true(image.data[i] < 60);
    canvas_fill(&canvas, 1);
    assert_ok(rig_canvas_develop(&canvas, &noise, 1, &image, &err));
    for (int i = 0; i < 64 * 48 * 3; i++)
        assert_true(image.data[i] > 200);
    rig_image_release(&image);
    rig_arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ink_is_the_root_of_light_and_saturates),
        cmocka_unit_test(test_noise_has_the_sigma_it_was_made_with_and_no_mean),
        cmocka_unit_test(test_pictures_differ_by_their_number_alone),
        cmocka_unit_test(test_bytes_do_not_wrap_around),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
