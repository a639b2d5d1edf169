#include "tools/synth/studio.h"

#include "tests/support/support.h"

#include <string.h>

static rig_studio_params params_of(int size, uint64_t seed) {
    return (rig_studio_params){.size = size, .people_max = RIG_CROWD_MAX, .seed = seed};
}

static void test_same_seed_same_bytes(void **state) {
    (void)state;
    rig_err err = {""};
    rig_studio *one = NULL, *two = NULL, *other = NULL;
    const rig_studio_params same = params_of(96, 5), different = params_of(96, 6);
    rig_image a = {0}, b = {0}, c = {0};
    rig_labels la, lb, lc;
    int differ = 0;
    assert_ok(rig_studio_open(&same, &one, &err));
    assert_ok(rig_studio_open(&same, &two, &err));
    assert_ok(rig_studio_open(&different, &other, &err));
    for (int i = 0; i < 40; i++) { // past the first changes of scenes
        assert_ok(rig_studio_shoot(one, &a, &la, &err));
        assert_ok(rig_studio_shoot(two, &b, &lb, &err));
        assert_ok(rig_studio_shoot(other, &c, &lc, &err));
        assert_int_equal(la.n, lb.n);
        assert_memory_equal(a.data, b.data, 96 * 96 * 3);
        assert_memory_equal(la.joints, lb.joints, (size_t)la.n * sizeof la.joints[0]);
        differ += memcmp(a.data, c.data, 96 * 96 * 3) != 0;
    }
    assert_int_equal(differ, 40);
    rig_studio_close(one);
    rig_studio_close(two);
    rig_studio_close(other);
    rig_image_release(&a);
    rig_image_release(&b);
    rig_image_release(&c);
}

static void test_labels_are_what_they_say(void **state) {
    (void)state;
    rig_err err = {""};
    rig_studio *studio = NULL;
    const rig_studio_params params = params_of(128, 2);
    rig_image image = {0};
    rig_labels labels;
    int seen = 0, hidden = 0, outside = 0, crowds = 0, empty = 0;
    assert_ok(rig_studio_open(&params, &studio, &err));
    for (int i = 0; i < 200; i++) {
        assert_ok(rig_studio_shoot(studio, &image, &labels, &err));
        crowds += labels.n > 3;
        empty += labels.n == 0;
        for (int p = 0; p < labels.n; p++) {
            int shown = 0;
            for (int j = 0; j < RIG_FIGURE_JOINTS; j++) {
                const float *q = labels.joints[p][j];
                if (q[2] > 0)
                    assert_true(q[0] >= -0.5f && q[1] >= -0.5f && q[0] < 127.5f && q[1] < 127.5f);
                assert_true(isfinite(q[0]) && isfinite(q[1]));
                seen += q[2] == RIG_VISIBILITY_SEEN;
                hidden += q[2] == RIG_VISIBILITY_HIDDEN;
                outside += q[2] == RIG_VISIBILITY_OUTSIDE;
                shown += q[2] == RIG_VISIBILITY_SEEN;
            }
            assert_true(shown > 0);
        }
    }
    assert_true(seen > hidden && hidden > outside / 4 && outside > 0);
    assert_true(crowds > 8 && crowds < 60 && empty < 12);
    rig_studio_close(studio);
    rig_image_release(&image);
}

static void test_sizes_and_people_within_their_range(void **state) {
    (void)state;
    const int sizes[] = {64, 200, 512};
    for (int i = 0; i < 3; i++) {
        rig_err err = {""};
        rig_studio *studio = NULL;
        rig_image image = {0};
        rig_labels labels;
        rig_studio_params params = params_of(sizes[i], 1);
        params.people_max = 1;
        assert_ok(rig_studio_open(&params, &studio, &err));
        for (int k = 0; k < 4; k++) {
            assert_ok(rig_studio_shoot(studio, &image, &labels, &err));
            assert_int_equal(image.width, sizes[i]);
            assert_int_equal(image.height, sizes[i]);
            assert_true(labels.n <= 1);
        }
        rig_studio_close(studio);
        rig_image_release(&image);
    }
    rig_studio *studio = NULL;
    rig_err err = {""};
    rig_studio_params small = params_of(63, 1), large = params_of(513, 1), nobody = params_of(128, 1), many = nobody;
    nobody.people_max = 0;
    many.people_max = RIG_CROWD_MAX + 1;
    assert_int_equal(rig_studio_open(&small, &studio, &err), RIG_ERR_USAGE);
    assert_contains(err.text, "63");
    assert_int_equal(rig_studio_open(&large, &studio, &err), RIG_ERR_USAGE);
    assert_int_equal(rig_studio_open(&nobody, &studio, &err), RIG_ERR_USAGE);
    assert_int_equal(rig_studio_open(&many, &studio, &err), RIG_ERR_USAGE);
    assert_null(studio);
    rig_studio_close(NULL);
}

static rig_status work_do(void *self, rig_err *err) {
    (void)self;
    rig_studio *studio = NULL;
    rig_image image = {0};
    rig_labels labels;
    const rig_studio_params params = params_of(64, 3);
    rig_status status = rig_studio_open(&params, &studio, err);
    for (int i = 0; i < 3 && status == RIG_OK; i++)
        status = rig_studio_shoot(studio, &image, &labels, err);
    rig_studio_close(studio);
    rig_image_release(&image);
    return status;
}

static void test_every_allocation_may_fail(void **state) {
    (void)state;
    assert_true(rig_test_each_allocation_fails(work_do, NULL) > 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_seed_same_bytes),
        cmocka_unit_test(test_labels_are_what_they_say),
        cmocka_unit_test(test_sizes_and_people_within_their_range),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
