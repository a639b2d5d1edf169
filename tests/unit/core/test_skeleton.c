#include "core/skeleton.h"

#include "tests/support/support.h"

static const rig_skeleton body = {.n = 3, .names = {"nose", "left_eye", "right_eye"}};
static const rig_skeleton face = {.n = 4, .names = {"right_eye", "chin", "nose", "left_eye"}};

static void test_find(void **state) {
    (void)state;
    assert_int_equal(rig_skeleton_find(&body, "nose"), 0);
    assert_int_equal(rig_skeleton_find(&body, "right_eye"), 2);
    assert_int_equal(rig_skeleton_find(&body, "chin"), -1);
    assert_int_equal(rig_skeleton_find(&body, ""), -1); // the names beyond n are empty
}

static void test_map_goes_by_name(void **state) {
    (void)state;
    int source_of[RIG_JOINTS_MAX];
    assert_int_equal(rig_skeleton_map(&body, &face, source_of), 3);
    const int expected[5] = {2, -1, 0, 1, -1};
    for (int i = 0; i < 5; i++)
        assert_int_equal(source_of[i], expected[i]);
    assert_int_equal(rig_skeleton_map(&face, &body, source_of), 3);
    assert_int_equal(source_of[0], 2);
    assert_int_equal(source_of[3], -1);
}

static void test_map_reads_no_name_beyond_the_count(void **state) {
    (void)state;
    rig_skeleton two = body;
    two.n = 2; // right_eye still stands behind
    int source_of[RIG_JOINTS_MAX];
    assert_int_equal(rig_skeleton_map(&body, &two, source_of), 2);
    assert_int_equal(source_of[2], -1);
    assert_int_equal(rig_skeleton_find(&two, "right_eye"), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_find), cmocka_unit_test(test_map_goes_by_name),
                                       cmocka_unit_test(test_map_reads_no_name_beyond_the_count)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
