#include "tools/synth/arms.h"

#include "tests/support/support.h"

static const double PI = 3.14159265358979323846;
static const double NEAR_M = 0.09; // of what a hand is sent to

static rig_build build_make(void) {
    rig_rng rng = rig_rng_seed(9, 1);
    return rig_build_draw(&rng);
}

static void test_angles_go_the_way_their_names_say(void **state) {
    (void)state;
    const rig_build build = build_make();
    for (int side = 0; side < 2; side++) {
        const double out = side ? -1 : 1;
        rig_posture posture = {.Rt_world_pelvis = rig_pose_identity()};
        rig_pose segments[RIG_SEGMENTS];
        rig_arm_turn(&posture, side, PI / 2, 0, 0, 0);
        rig_posture_segments(&build, &posture, segments);
        const double *shoulder = segments[RIG_SEGMENT_UPPER_ARM + side].t, *wrist = segments[RIG_SEGMENT_HAND + side].t;
        assert_true(wrist[0] - shoulder[0] > 0.4); // forward
        rig_arm_turn(&posture, side, PI / 2, PI / 2, 0, PI / 2);
        rig_posture_segments(&build, &posture, segments);
        const double *elbow = segments[RIG_SEGMENT_FOREARM + side].t;
        assert_true(out * (elbow[1] - shoulder[1]) > 0.25); // outward, the forearm forward
        assert_true(wrist[0] - elbow[0] > 0.2);
        rig_arm_turn(&posture, side, PI / 2, PI / 2, PI / 2, PI / 2);
        rig_posture_segments(&build, &posture, segments);
        assert_true(wrist[2] - elbow[2] > 0.2); // twisted outward: up
        rig_arm_turn(&posture, side, 0, 0, 0, PI / 2);
        rig_posture_segments(&build, &posture, segments);
        assert_true(wrist[0] - elbow[0] > 0.2);
    }
}

static void test_a_hand_comes_where_it_is_sent(void **state) {
    (void)state;
    const rig_build build = build_make();
    rig_rng rng = rig_rng_seed(2, 2);
    for (int i = 0; i < 40; i++) {
        rig_posture posture = {.Rt_world_pelvis = rig_pose_identity()};
        rig_pose segments[RIG_SEGMENTS];
        const int side = i % 2;
        const double to[3] = {rig_rng_uniform(&rng, 0.2, 0.35), (side ? -0.2 : 0.2), rig_rng_uniform(&rng, 0.2, 0.6)};
        rig_arm_reach(&build, &posture, side, to, &rng);
        rig_posture_segments(&build, &posture, segments);
        for (int k = 0; k < 3; k++)
            assert_near(segments[RIG_SEGMENT_HAND + side].t[k], to[k], 1e-6);
    }
    const double far[3] = {5, 0, 0.5};
    rig_posture posture = {.Rt_world_pelvis = rig_pose_identity()};
    rig_pose segments[RIG_SEGMENTS];
    rig_arm_reach(&build, &posture, 0, far, &rng);
    rig_posture_segments(&build, &posture, segments);
    assert_true(segments[RIG_SEGMENT_HAND].t[0] > 0.45 && segments[RIG_SEGMENT_HAND].t[0] < 0.8); // as far as it goes
}

static void test_hands_lie_on_knees(void **state) {
    (void)state;
    const rig_build build = build_make();
    rig_rng rng = rig_rng_seed(2, 3);
    rig_posture posture = {.Rt_world_pelvis = rig_pose_identity()};
    rig_pose segments[RIG_SEGMENTS];
    for (int side = 0; side < 2; side++)
        rig_posture_turn(0, -PI / 2, 0, posture.turn[RIG_SEGMENT_THIGH + side]);
    rig_posture_turn(0, 0.5, 0, posture.turn[RIG_SEGMENT_LUMBAR]);
    rig_arms_on_knees(&build, &posture, &rng);
    rig_posture_segments(&build, &posture, segments);
    for (int side = 0; side < 2; side++) {
        const double *wrist = segments[RIG_SEGMENT_HAND + side].t, *thigh = segments[RIG_SEGMENT_THIGH + side].t;
        assert_near(wrist[1], thigh[1], NEAR_M);
        assert_near(wrist[2], thigh[2] + 0.075 * build.stature_m, NEAR_M);
        assert_true(wrist[0] > 0.1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_angles_go_the_way_their_names_say),
        cmocka_unit_test(test_a_hand_comes_where_it_is_sent),
        cmocka_unit_test(test_hands_lie_on_knees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
