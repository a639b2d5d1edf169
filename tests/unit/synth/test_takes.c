#include "tools/synth/takes.h"

#include "tests/support/support.h"

#include <string.h>

enum { SIZE = 96, PICTURES = 40 }; // past the first change of sessions

static rig_studio_params params_of(uint64_t seed) {
    return (rig_studio_params){.size = SIZE, .people_max = RIG_CROWD_MAX, .seed = seed};
}

static void test_same_seed_same_bytes(void **state) {
    (void)state;
    rig_err err = {""};
    rig_takes *one = NULL, *two = NULL, *other = NULL;
    const rig_studio_params same = params_of(5), different = params_of(6);
    rig_image a = {0}, b = {0}, c = {0};
    rig_labels la, lb, lc;
    int differ = 0;
    assert_ok(rig_takes_open(&same, &one, &err));
    assert_ok(rig_takes_open(&same, &two, &err));
    assert_ok(rig_takes_open(&different, &other, &err));
    for (int i = 0; i < PICTURES; i++) {
        assert_ok(rig_takes_shoot(one, &a, &la, &err));
        assert_ok(rig_takes_shoot(two, &b, &lb, &err));
        assert_ok(rig_takes_shoot(other, &c, &lc, &err));
        assert_int_equal(a.width, SIZE);
        assert_int_equal(a.height, SIZE);
        assert_int_equal(la.n, lb.n);
        assert_memory_equal(a.data, b.data, SIZE * SIZE * 3);
        assert_memory_equal(la.joints, lb.joints, (size_t)la.n * sizeof la.joints[0]);
        differ += memcmp(a.data, c.data, SIZE * SIZE * 3) != 0;
    }
    assert_int_equal(differ, PICTURES);
    rig_takes_close(one);
    rig_takes_close(two);
    rig_takes_close(other);
    rig_image_release(&a);
    rig_image_release(&b);
    rig_image_release(&c);
}

static void test_joints_lie_where_bodies_have_them(void **state) {
    (void)state;
    rig_err err = {""};
    rig_takes *takes = NULL;
    const rig_studio_params params = params_of(2);
    rig_image image = {0};
    rig_labels labels;
    int people = 0, upright = 0, hidden = 0, outside = 0;
    assert_ok(rig_takes_open(&params, &takes, &err));
    for (int i = 0; i < 2 * PICTURES; i++) {
        assert_ok(rig_takes_shoot(takes, &image, &labels, &err));
        assert_in_range(labels.n, 0, 4);
        for (int p = 0; p < labels.n; p++) {
            float(*q)[3] = labels.joints[p];
            for (int j = 0; j < RIG_FIGURE_JOINTS; j++) {
                hidden += q[j][2] == RIG_VISIBILITY_HIDDEN;
                outside += q[j][2] == RIG_VISIBILITY_OUTSIDE;
                if (q[j][2] > 0)
                    assert_true(q[j][0] >= -0.5f && q[j][1] >= -0.5f && q[j][0] < SIZE && q[j][1] < SIZE);
            }
            if (q[5][2] == 0 || q[6][2] == 0 || q[RIG_FIGURE_NECK][2] == 0 || q[RIG_FIGURE_HEAD_TOP][2] == 0)
                continue;
            people++;
            assert_true(fabsf(q[RIG_FIGURE_NECK][0] - (q[5][0] + q[6][0]) / 2) < 1.5f);
            upright += q[RIG_FIGURE_HEAD_TOP][1] < q[RIG_FIGURE_NECK][1];
        }
    }
    assert_true(people > PICTURES && upright == people); // all of them walk
    assert_true(hidden > 0 && outside > 0);
    rig_takes_close(takes);
    rig_image_release(&image);
}

static rig_status work_do(void *self, rig_err *err) {
    (void)self;
    const rig_studio_params params = params_of(3);
    rig_takes *takes = NULL;
    rig_image image = {0};
    rig_labels labels;
    rig_status status = rig_takes_open(&params, &takes, err);
    if (status == RIG_OK)
        status = rig_takes_shoot(takes, &image, &labels, err);
    rig_takes_close(takes);
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
        cmocka_unit_test(test_joints_lie_where_bodies_have_them),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
