#include "tests/support/support.h"
#include "triangulate/joint_set.h"

static void joints_come_and_go_alone(void **state) {
    (void)state;
    rig_joint_set set = {{0}};
    for (int j = 0; j < RIG_JOINTS_MAX; j++) {
        assert_true(rig_joint_set_is_empty(&set));
        rig_joint_set_add(&set, j);
        rig_joint_set_add(&set, j);
        for (int k = 0; k < RIG_JOINTS_MAX; k++)
            assert_int_equal(rig_joint_set_has(&set, k), k == j);
        rig_joint_set_remove(&set, j);
    }
}

static void common_is_what_both_have(void **state) {
    (void)state;
    rig_joint_set twos = {{0}}, threes = {{0}};
    for (int j = 0; j < RIG_JOINTS_MAX; j++) {
        if (j % 2 == 0)
            rig_joint_set_add(&twos, j);
        if (j % 3 == 0)
            rig_joint_set_add(&threes, j);
    }
    const rig_joint_set sixes = rig_joint_set_common(&twos, &threes);
    for (int j = 0; j < RIG_JOINTS_MAX; j++)
        assert_int_equal(rig_joint_set_has(&sixes, j), j % 6 == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joints_come_and_go_alone),
        cmocka_unit_test(common_is_what_both_have),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
