#include "tools/synth/legs.h"

#include "tests/support/support.h"

static const double PI = 3.14159265358979323846;

static rig_build build_make(void) {
    rig_rng rng = rig_rng_seed(4, 1);
    return rig_build_draw(&rng);
}

static void test_angles_go_the_way_their_names_say(void **state) {
    (void)state;
    const rig_build build = build_make();
    for (int side = 0; side < 2; side++) {
        const double out = side ? -1 : 1;
        rig_posture posture = {.Rt_world_pelvis = rig_pose_identity()};
        rig_pose segments[RIG_SEGMENTS];
        const double *hip = segments[RIG_SEGMENT_THIGH + side].t, *knee = segments[RIG_SEGMENT_SHANK + side].t;
        const double *ankle = segments[RIG_SEGMENT_FOOT + side].t;
        rig_leg_turn(&posture, side, PI / 2, 0, 0, PI / 2);
        rig_posture_segments(&build, &posture, segments);
        assert_true(knee[0] - hip[0] > 0.35 && knee[2] - hip[2] > -0.05); // as one sits
        assert_true(knee[2] - ankle[2] > 0.35);
        rig_leg_turn(&posture, side, PI / 4, PI / 2, 0, 0);
        rig_posture_segments(&build, &posture, segments);
        assert_true(out * (ankle[1] - hip[1]) > 0.5);
        rig_leg_turn(&posture, side, 0.4, PI, 0, 0);
        rig_posture_segments(&build, &posture, segments);
        assert_true(ankle[0] < hip[0] - 0.2);
    }
}

static void test_a_thigh_hangs_by_the_world(void **state) {
    (void)state;
    const rig_build build = build_make();
    rig_posture posture = {.Rt_world_pelvis = rig_pose_identity()};
    rig_pose segments[RIG_SEGMENTS];
    const double lean[3] = {0, 0.6, 0};
    rig_rotation_from_rvec(lean, posture.Rt_world_pelvis.R, NULL);
    rig_leg_turn_to(&posture, 0, 0, 0, PI / 2, 0);
    rig_posture_segments(&build, &posture, segments);
    assert_near(segments[RIG_SEGMENT_SHANK].t[0], segments[RIG_SEGMENT_THIGH].t[0], 1e-9);
    assert_near(segments[RIG_SEGMENT_FOOT].t[2], segments[RIG_SEGMENT_SHANK].t[2], 1e-9);
    assert_true(segments[RIG_SEGMENT_FOOT].t[0] < segments[RIG_SEGMENT_SHANK].t[0]); // kneeling, the foot behind
}

static void test_feet_stand_flat_where_they_are_put(void **state) {
    (void)state;
    const rig_build build = build_make();
    const double out = 0.4;
    rig_posture posture = {.Rt_world_pelvis = rig_pose_identity()};
    rig_pose segments[RIG_SEGMENTS];
    posture.Rt_world_pelvis.t[2] = 0.97 * build.at[RIG_SEGMENT_PELVIS][2];
    rig_legs_plant(&build, &posture, 0, 0.1, 0.12, out);
    rig_legs_plant(&build, &posture, 1, -0.1, -0.12, -out);
    rig_posture_segments(&build, &posture, segments);
    for (int side = 0; side < 2; side++) {
        const rig_pose *foot = &segments[RIG_SEGMENT_FOOT + side];
        assert_near(foot->t[0], side ? -0.1 : 0.1, 1e-6);
        assert_near(foot->t[1], side ? -0.12 : 0.12, 1e-6);
        assert_near(foot->t[2], RIG_LEGS_SOLE * build.stature_m, 1e-6);
        assert_near(foot->R[3], sin(side ? -out : out), 1e-6);
        assert_near(foot->R[8], 1, 1e-6);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_angles_go_the_way_their_names_say),
        cmocka_unit_test(test_a_thigh_hangs_by_the_world),
        cmocka_unit_test(test_feet_stand_flat_where_they_are_put),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
