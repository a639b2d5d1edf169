#include "tools/synth/limbs.h"

#include "tests/support/support.h"

static const double SOLE_M = 0.006; // of the limbs' lowest point, standing: shoes as lines are not quite as low

static void standing(const rig_build *build, rig_limb limbs[RIG_LIMBS]) {
    rig_posture posture = {.Rt_world_pelvis = rig_pose_identity()};
    rig_pose segments[RIG_SEGMENTS];
    posture.Rt_world_pelvis.t[2] = build->at[RIG_SEGMENT_PELVIS][2];
    for (int side = 0; side < 2; side++)
        posture.turn[RIG_SEGMENT_UPPER_ARM + side][0] = side ? -0.15 : 0.15;
    rig_posture_segments(build, &posture, segments);
    rig_limbs_make(build, segments, limbs);
}

static void test_depth_of_lines_by_hand(void **state) {
    (void)state;
    const rig_limb level = {{-1, 0, 0}, {1, 0, 0}, 0.1}, upright = {{0, 0.5, -1}, {0, 0.5, 1}, 0.2};
    const rig_limb beyond = {{2, 0, 0}, {3, 0, 0}, 0.3}, point = {{0.2, 0, 0.05}, {0.2, 0, 0.05}, 0.01};
    assert_near(rig_limb_depth(&level, &upright), 0.3 - 0.5, 1e-12);
    assert_near(rig_limb_depth(&upright, &level), 0.3 - 0.5, 1e-12);
    assert_near(rig_limb_depth(&level, &beyond), 0.4 - 1, 1e-12);
    assert_near(rig_limb_depth(&level, &point), 0.11 - 0.05, 1e-12);
    assert_near(rig_limb_depth(&point, &point), 0.02, 1e-12);
}

static void test_who_stands_is_in_nothing(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        rig_rng rng = rig_rng_seed(seed, 1);
        const rig_build build = rig_build_draw(&rng);
        rig_limb limbs[RIG_LIMBS], other[RIG_LIMBS];
        standing(&build, limbs);
        assert_true(rig_limbs_depth_own(limbs) < 0.01);
        assert_near(rig_limbs_low(limbs), 0, SOLE_M);
        standing(&build, other);
        for (int i = 0; i < RIG_LIMBS; i++)
            other[i].a[1] += 0.3, other[i].b[1] += 0.3;
        assert_true(rig_limbs_depth(limbs, other) > 0); // shoulder in shoulder
        for (int i = 0; i < RIG_LIMBS; i++)
            other[i].a[1] += 0.6, other[i].b[1] += 0.6;
        assert_true(rig_limbs_depth(limbs, other) < 0);
    }
}

static void test_left_runs_into_the_body_as_right_does(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(3, 1);
    const rig_build build = rig_build_draw(&rng);
    double depth[2];
    for (int side = 0; side < 2; side++) {
        rig_posture posture = {.Rt_world_pelvis = rig_pose_identity()};
        rig_pose segments[RIG_SEGMENTS];
        rig_limb limbs[RIG_LIMBS];
        posture.turn[RIG_SEGMENT_UPPER_ARM + side][0] = side ? 0.6 : -0.6; // through the trunk
        posture.turn[RIG_SEGMENT_UPPER_ARM + 1 - side][0] = side ? 0.2 : -0.2;
        rig_posture_segments(&build, &posture, segments);
        rig_limbs_make(&build, segments, limbs);
        depth[side] = rig_limbs_depth_own(limbs);
    }
    assert_true(depth[0] > 0.05);
    assert_near(depth[0], depth[1], 1e-9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_depth_of_lines_by_hand),
        cmocka_unit_test(test_who_stands_is_in_nothing),
        cmocka_unit_test(test_left_runs_into_the_body_as_right_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
