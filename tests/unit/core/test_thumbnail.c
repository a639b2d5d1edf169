#include "core/rng.h"
#include "core/thumbnail.h"

#include "tests/support/support.h"

#include <string.h>

enum { SIDE = 240 };
static unsigned char pixels[SIDE * SIDE];

// A picture of overlapping patches, by a seed.
static rig_image patches(unsigned char *data, uint64_t seed) {
    rig_rng rng = rig_rng_seed(seed, 0);
    memset(data, 120, SIDE * SIDE);
    for (int i = 0; i < 40; i++) {
        const int x = rig_rng_below(&rng, SIDE - 80), y = rig_rng_below(&rng, SIDE - 80);
        const int w = 20 + rig_rng_below(&rng, 60), h = 20 + rig_rng_below(&rng, 60), level = rig_rng_below(&rng, 255);
        for (int row = y; row < y + h; row++)
            memset(data + row * SIDE + x, level, (size_t)w);
    }
    return (rig_image){SIDE, SIDE, 1, SIDE, data};
}

static rig_thumbnail thumbnail_of(const rig_image *image) {
    rig_thumbnail thumbnail;
    rig_thumbnail_make(image, &thumbnail);
    return thumbnail;
}

static void test_a_picture_is_found_as_it_was_turned(void **state) {
    (void)state;
    const rig_image image = patches(pixels, 1);
    const rig_thumbnail before = thumbnail_of(&image);
    for (int k = 0; k < 8; k++) {
        const rig_orientation how = {k % 4, k >= 4};
        rig_image turned = {0};
        assert_int_equal(rig_image_orient(&image, how, &turned, NULL), RIG_OK);
        const rig_thumbnail seen = thumbnail_of(&turned);
        for (int other = 0; other < 8; other++) {
            const double likeness = rig_thumbnail_likeness(&seen, &before, (rig_placing){{other % 4, other >= 4}, 1});
            if (other == k)
                assert_true(likeness > 0.999); // the cells are the same
            else
                assert_true(likeness < 0.4); // chance, of 24 x 24 cells
        }
        rig_image_release(&turned);
    }
}

static void test_a_picture_is_found_enlarged_and_in_other_light(void **state) {
    (void)state;
    const rig_image image = patches(pixels, 2);
    const rig_image middle = rig_image_window(&image, (rig_rect){SIDE / 8, SIDE / 8, SIDE * 3 / 4, SIDE * 3 / 4});
    const rig_thumbnail before = thumbnail_of(&image);
    rig_thumbnail seen = thumbnail_of(&middle);
    const rig_placing enlarged = {{0, false}, 4.0 / 3}, as_is = {{0, false}, 1};
    assert_true(rig_thumbnail_likeness(&seen, &before, enlarged) > 0.8); // cells between cells
    assert_true(rig_thumbnail_likeness(&seen, &before, as_is) < 0.5);
    seen = before;
    for (int i = 0; i < RIG_THUMBNAIL_SIDE * RIG_THUMBNAIL_SIDE; i++)
        seen.grey[i] = (unsigned char)(40 + seen.grey[i] / 2);
    assert_true(rig_thumbnail_likeness(&seen, &before, as_is) > 0.95);
}

static void test_other_pictures_and_flat_ones_are_unlike(void **state) {
    (void)state;
    static unsigned char others[SIDE * SIDE];
    const rig_image image = patches(pixels, 3), other = patches(others, 4);
    const rig_thumbnail a = thumbnail_of(&image), b = thumbnail_of(&other);
    const rig_placing as_is = {{0, false}, 1};
    assert_true(rig_thumbnail_likeness(&a, &b, as_is) < 0.3);
    memset(others, 90, sizeof others);
    const rig_thumbnail flat = thumbnail_of(&other);
    assert_true(rig_thumbnail_likeness(&a, &flat, as_is) == 0);
}

static void test_the_median_forgets_who_passes(void **state) {
    (void)state;
    const rig_image image = patches(pixels, 5);
    const rig_thumbnail empty = thumbnail_of(&image);
    rig_thumbnail all[3] = {empty, empty, empty}, median;
    memset(all[1].grey, 255, 200);
    rig_thumbnail_median(all, 3, &median);
    assert_memory_equal(median.grey, empty.grey, sizeof median.grey);
}

static void test_a_picture_of_one_pixel(void **state) {
    (void)state;
    unsigned char one = 77;
    const rig_image image = {1, 1, 1, 1, &one};
    const rig_thumbnail thumbnail = thumbnail_of(&image);
    for (int i = 0; i < RIG_THUMBNAIL_SIDE * RIG_THUMBNAIL_SIDE; i++)
        assert_int_equal(thumbnail.grey[i], 77);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_picture_is_found_as_it_was_turned),
        cmocka_unit_test(test_a_picture_is_found_enlarged_and_in_other_light),
        cmocka_unit_test(test_other_pictures_and_flat_ones_are_unlike),
        cmocka_unit_test(test_the_median_forgets_who_passes),
        cmocka_unit_test(test_a_picture_of_one_pixel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
