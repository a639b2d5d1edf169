#include "core/image.h"
#include "core/rng.h"

#include "tests/support/support.h"

enum { ROUNDS = 200, MOST = 40 };
static const double PX_TOLERANCE = 1e-12; // px, rounding

static void random_image(rig_rng *rng, rig_image *image) {
    rig_err err;
    assert_ok(rig_image_resize(image, 1 + rig_rng_below(rng, MOST), 1 + rig_rng_below(rng, MOST),
                               rig_rng_below(rng, 2) ? 3 : 1, &err));
    for (ptrdiff_t i = 0; i < image->stride * image->height; i++)
        image->data[i] = (unsigned char)rig_rng_below(rng, 256);
}

static void assert_same(const rig_image *a, const rig_image *b) {
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    assert_int_equal(a->channels, b->channels);
    for (int y = 0; y < a->height; y++)
        assert_memory_equal(a->data + y * a->stride, b->data + y * b->stride, (size_t)(a->width * a->channels));
}

static void test_turns_add_up(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(1, 0);
    rig_image src = {0}, first = {0}, both = {0}, direct = {0};
    rig_err err;
    for (int round = 0; round < ROUNDS; round++) {
        const int a = rig_rng_below(&rng, 4), b = rig_rng_below(&rng, 4);
        random_image(&rng, &src);
        assert_ok(rig_image_rotate(&src, a, &first, &err));
        assert_ok(rig_image_rotate(&first, b, &both, &err));
        assert_ok(rig_image_rotate(&src, (a + b) % 4, &direct, &err));
        assert_same(&both, &direct);
    }
    rig_image_release(&src);
    rig_image_release(&first);
    rig_image_release(&both);
    rig_image_release(&direct);
}

static void test_grey_is_within_a_level_of_the_formula(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(2, 0);
    rig_image src = {0}, grey = {0};
    rig_err err;
    for (int round = 0; round < ROUNDS; round++) {
        random_image(&rng, &src);
        if (src.channels != 3)
            continue;
        assert_ok(rig_image_to_grey(&src, &grey, &err));
        for (int y = 0; y < src.height; y++)
            for (int x = 0; x < src.width; x++) {
                const unsigned char *p = src.data + y * src.stride + 3 * x;
                assert_near(grey.data[y * grey.stride + x], 0.114 * p[0] + 0.587 * p[1] + 0.299 * p[2], 0.51);
            }
    }
    rig_image_release(&src);
    rig_image_release(&grey);
}

static void test_crop_there_and_back(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(3, 0);
    for (int round = 0; round < ROUNDS; round++) {
        const rig_rect rect = {rig_rng_below(&rng, 500), rig_rng_below(&rng, 500), 1 + rig_rng_below(&rng, 500),
                               1 + rig_rng_below(&rng, 500)};
        const int turns = rig_rng_below(&rng, 4);
        const double q_cam[2] = {rig_rng_uniform(&rng, -10, 600), rig_rng_uniform(&rng, -10, 600)};
        double q_src[2], back[2];
        rig_crop_to_src(rect, turns, q_cam, q_src);
        rig_crop_from_src(rect, turns, q_src, back);
        assert_near(back[0], q_cam[0], PX_TOLERANCE);
        assert_near(back[1], q_cam[1], PX_TOLERANCE);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turns_add_up),
        cmocka_unit_test(test_grey_is_within_a_level_of_the_formula),
        cmocka_unit_test(test_crop_there_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
