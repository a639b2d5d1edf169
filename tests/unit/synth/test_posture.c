#include "tools/synth/posture.h"

#include "core/rng.h"

#include "tests/support/support.h"

static const double EXACT_M = 1e-9;

static double distance(const double a[3], const double b[3]) {
    const double d[3] = {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
    return rig_norm3(d);
}

static rig_posture standing(const rig_build *build) {
    rig_posture posture = {.Rt_world_pelvis = rig_pose_identity()};
    posture.Rt_world_pelvis.t[2] = build->at[RIG_SEGMENT_PELVIS][2];
    return posture;
}

static void test_people_have_people_s_proportions(void **state) {
    (void)state;
    double least = 9, most = 0;
    for (uint64_t seed = 0; seed < 200; seed++) {
        rig_rng rng = rig_rng_seed(seed, 1);
        const rig_build build = rig_build_draw(&rng);
        const rig_posture posture = standing(&build);
        rig_pose segments[RIG_SEGMENTS];
        rig_posture_segments(&build, &posture, segments);
        const double h = build.stature_m;
        least = fmin(least, h), most = fmax(most, h);
        assert_near(segments[RIG_SEGMENT_FOOT].t[2] / h, 0.039, EXACT_M); // stands on the floor
        assert_near(segments[RIG_SEGMENT_THIGH].t[2] / h, 0.53, 0.03);
        assert_near(segments[RIG_SEGMENT_UPPER_ARM].t[2] / h, 0.81, 0.04);
        assert_near(segments[RIG_SEGMENT_HAND].t[2] / h, 0.48, 0.05);
        for (int b = RIG_SEGMENT_UPPER_ARM; b < RIG_SEGMENTS; b += 2) { // left is +y, right its mirror
            assert_true(segments[b].t[1] > 0);
            assert_near(segments[b].t[1], -segments[b + 1].t[1], EXACT_M);
            assert_near(segments[b].t[2], segments[b + 1].t[2], EXACT_M);
        }
    }
    assert_true(least > 1.45 && least < 1.62 && most > 1.8 && most < 2.0);
}

static void test_a_leg_reaches_what_it_can(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(2, 1);
    const rig_build build = rig_build_draw(&rng);
    rig_posture posture = standing(&build);
    const double forward[3] = {1, 0, 0}, rvec[3] = {0, 0.3, 0.1};
    double R_foot[9];
    rig_rotation_from_rvec(rvec, R_foot, NULL);
    for (int round = 0; round < 200; round++) {
        const int side = round % 2;
        const double ankle[3] = {rig_rng_uniform(&rng, -0.3, 0.3), rig_rng_uniform(&rng, -0.1, 0.2) * (side ? -1 : 1),
                                 rig_rng_uniform(&rng, 0.25, 0.5)};
        rig_pose segments[RIG_SEGMENTS];
        rig_posture_reach(&build, &posture, side, ankle, R_foot, forward);
        rig_posture_segments(&build, &posture, segments);
        assert_near(distance(segments[RIG_SEGMENT_FOOT + side].t, ankle), 0, 1e-7);
        assert_near(rig_rotation_angle_between(segments[RIG_SEGMENT_FOOT + side].R, R_foot), 0, 1e-7);
        // The knee bends forward: it is ahead of the line from hip to ankle.
        const double *hip = segments[RIG_SEGMENT_THIGH + side].t, *knee = segments[RIG_SEGMENT_SHANK + side].t;
        const double share = (hip[2] - knee[2]) / (hip[2] - ankle[2]);
        assert_true(knee[0] > hip[0] + share * (ankle[0] - hip[0]) - 1e-9);
    }
}

static void test_what_is_out_of_reach_leaves_the_leg_straight(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(3, 1);
    const rig_build build = rig_build_draw(&rng);
    rig_posture posture = standing(&build);
    const double forward[3] = {1, 0, 0}, ankle[3] = {1.5, 0.1, 0.1}, R[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    rig_pose segments[RIG_SEGMENTS];
    rig_posture_reach(&build, &posture, 0, ankle, R, forward);
    rig_posture_segments(&build, &posture, segments);
    const double length = rig_norm3(build.at[RIG_SEGMENT_SHANK]) + rig_norm3(build.at[RIG_SEGMENT_FOOT]);
    assert_near(distance(segments[RIG_SEGMENT_THIGH].t, segments[RIG_SEGMENT_FOOT].t), length, 0.001 * length);
}

static void test_turns_go_the_way_their_names_say(void **state) {
    (void)state;
    double rvec[3], R[9];
    rig_posture_turn(0, 0.5, 0, rvec);
    rig_rotation_from_rvec(rvec, R, NULL);
    assert_true(R[2] > 0); // up leans to x: forward
    rig_posture_turn(0, 0, 0.5, rvec);
    rig_rotation_from_rvec(rvec, R, NULL);
    assert_true(R[3] > 0); // forward turns to y: left
}

static const double TWIST = 0.05; // sine: how much a forearm may turn about itself against the upper arm's hinge

// Whatever the elbow's way, the wrist comes there and the elbow bends about its own y axis, forward.
static void test_a_hand_reaches_and_its_elbow_bends_forward(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(12, 1);
    const rig_build build = rig_build_draw(&rng);
    for (int i = 0; i < 300; i++) {
        rig_posture posture = {.Rt_world_pelvis = rig_pose_identity()};
        rig_pose segments[RIG_SEGMENTS];
        const int side = i % 2;
        double to[3], out[3], forearm[3];
        rig_posture_segments(&build, &posture, segments);
        for (int k = 0; k < 3; k++) {
            to[k] = segments[RIG_SEGMENT_UPPER_ARM + side].t[k] + rig_rng_uniform(&rng, -0.28, 0.28);
            out[k] = rig_rng_normal(&rng);
        }
        const double norm = rig_norm3(out);
        for (int k = 0; k < 3; k++)
            out[k] /= norm;
        rig_posture_reach_hand(&build, &posture, side, to, out);
        rig_posture_segments(&build, &posture, segments);
        const rig_pose *upper = &segments[RIG_SEGMENT_UPPER_ARM + side], *lower = &segments[RIG_SEGMENT_FOREARM + side];
        const double *wrist = segments[RIG_SEGMENT_HAND + side].t;
        double apart[3], far = 0;
        for (int k = 0; k < 3; k++) {
            forearm[k] = wrist[k] - lower->t[k];
            apart[k] = wrist[k] - to[k];
            far = fmax(far, fabs(to[k] - upper->t[k]));
        }
        if (far > 0.2) // not so near that the elbow would have to fold up
            assert_true(rig_norm3(apart) < 1e-3);
        const double x[3] = {upper->R[0], upper->R[3], upper->R[6]}, y[3] = {upper->R[1], upper->R[4], upper->R[7]};
        const double y_lower[3] = {lower->R[1], lower->R[4], lower->R[7]};
        assert_true(rig_dot3(forearm, x) > -1e-6);
        assert_near(rig_dot3(y, y_lower), 1, TWIST);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_people_have_people_s_proportions),
        cmocka_unit_test(test_a_leg_reaches_what_it_can),
        cmocka_unit_test(test_what_is_out_of_reach_leaves_the_leg_straight),
        cmocka_unit_test(test_a_hand_reaches_and_its_elbow_bends_forward),
        cmocka_unit_test(test_turns_go_the_way_their_names_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
