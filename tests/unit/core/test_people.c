#include "core/people.h"

#include "tests/support/support.h"

#include <string.h>

static void test_names_go_there_and_back(void **state) {
    (void)state;
    for (int i = 0; i < RIG_JOINT_STATES; i++) {
        rig_joint_state back = RIG_JOINT_STATES;
        assert_true(rig_joint_state_from_name(rig_joint_state_name((rig_joint_state)i), &back));
        assert_int_equal(back, i);
    }
}

static void test_words_of_the_contract(void **state) {
    (void)state;
    assert_string_equal(rig_joint_state_name(RIG_JOINT_OK), "");
    assert_string_equal(rig_joint_state_name(RIG_JOINT_MISSING), "missing");
    assert_string_equal(rig_joint_state_name(RIG_JOINT_FEW_VIEWS), "few_views");
    assert_string_equal(rig_joint_state_name(RIG_JOINT_PARALLAX), "parallax");
    assert_string_equal(rig_joint_state_name(RIG_JOINT_BEHIND), "behind");
    assert_string_equal(rig_joint_state_name(RIG_JOINT_REJECTED), "rejected");
    assert_string_equal(rig_joint_state_name(RIG_JOINT_FILLED), "filled");
}

static void test_unknown_words_are_refused(void **state) {
    (void)state;
    rig_joint_state joint_state = RIG_JOINT_BEHIND;
    assert_false(rig_joint_state_from_name("few", &joint_state));
    assert_int_equal(joint_state, RIG_JOINT_BEHIND);
}

static void test_the_box_is_of_the_joints_found(void **state) {
    (void)state;
    rig_joint2d joints[3] = {{.q = {-9, 99}}, {.found = true, .q = {2, 7}}, {.found = true, .q = {5, 3}}};
    double low[2], high[2];
    assert_true(rig_joints_box(joints, 3, low, high));
    assert_true(low[0] == 2 && low[1] == 3 && high[0] == 5 && high[1] == 7);
    assert_true(rig_joints_box(joints, 2, low, high)); // of one joint: a point
    assert_true(low[0] == 2 && high[0] == 2 && low[1] == 7 && high[1] == 7);
    assert_false(rig_joints_box(joints, 1, low, high));
}

static void test_runs_of_frames(void **state) {
    (void)state;
    const rig_frame_runs all = {0, 0}, third = {50, 3};
    for (int f = -1000; f < 1000; f++) {
        assert_true(rig_frame_runs_have(&all, f));
        assert_int_equal(rig_frame_runs_have(&third, f), (f + 1500) / 50 % 3 == 0); // 1500: ten times three runs
    }
}

static void test_a_copy_outlives_its_frame(void **state) {
    (void)state;
    rig_joint3d joints[2][2] = {{{.p = {1, 2, 3}}, {.state = RIG_JOINT_FILLED}}, {{.score = 0.5}, {.rms_px = 4}}};
    rig_person3d people[2] = {{.id = 3, .joints = joints[0]}, {.id = 7, .joints = joints[1]}};
    const rig_frame3d frame = {12, 2, people};
    rig_frame3d copy;
    rig_arena arena = {0};
    rig_err err;
    assert_ok(rig_frame3d_copy(&frame, 2, &copy, &arena, &err));
    memset(joints, 0, sizeof joints);
    memset(people, 0, sizeof people);
    assert_true(copy.frame == 12 && copy.n == 2 && copy.people[0].id == 3 && copy.people[1].id == 7);
    assert_true(copy.people[0].joints[0].p[2] == 3 && copy.people[0].joints[1].state == RIG_JOINT_FILLED);
    assert_true(copy.people[1].joints[0].score == 0.5 && copy.people[1].joints[1].rms_px == 4);
    rig_arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_go_there_and_back),
        cmocka_unit_test(test_words_of_the_contract),
        cmocka_unit_test(test_unknown_words_are_refused),
        cmocka_unit_test(test_the_box_is_of_the_joints_found),
        cmocka_unit_test(test_runs_of_frames),
        cmocka_unit_test(test_a_copy_outlives_its_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
