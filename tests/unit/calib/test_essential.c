#include "calib/essential.h"

#include "core/epipolar.h"
#include "tests/support/support.h"

enum { PAIRS = 200 };
static const double SIGMA = 0.001;    // of a normalised coordinate: a pixel at a focal length of 1000
static const double EXACT_RAD = 1e-6; // without noise, what the refinement leaves
static const double NOISY_RAD = 0.01; // ten sigmas, over 200 points that fill a third of the view

typedef struct made_pairs {
    rig_pose Rt_b_a;
    rig_point_pair pairs[PAIRS];
    double z_a[PAIRS];
} made_pairs;

static void pairs_make(made_pairs *made, double sigma, double wrong, uint64_t seed) {
    const double turn[3] = {0.1, -1.1, 0.2}, t[3] = {0.9, 0.1, 0.42};
    rig_rng rng = rig_rng_seed(seed, 1);
    made->Rt_b_a = rig_pose_from_rvec(turn, t);
    const double length = rig_norm3(t);
    for (int k = 0; k < 3; k++)
        made->Rt_b_a.t[k] /= length;
    for (int i = 0; i < PAIRS; i++) {
        double p_b[3];
        const double z = rig_rng_uniform(&rng, 0.6, 1.4);
        const double p[3] = {z * rig_rng_uniform(&rng, -0.35, 0.35), z * rig_rng_uniform(&rng, -0.35, 0.35), z};
        rig_pose_apply(&made->Rt_b_a, p, p_b);
        made->z_a[i] = z;
        for (int k = 0; k < 2; k++) {
            made->pairs[i].a[k] = p[k] / p[2] + sigma * rig_rng_normal(&rng);
            made->pairs[i].b[k] = p_b[k] / p_b[2] + sigma * rig_rng_normal(&rng);
        }
        if (rig_rng_uniform(&rng, 0, 1) < wrong)
            made->pairs[i].b[0] = rig_rng_uniform(&rng, -0.5, 0.5),
            made->pairs[i].b[1] = rig_rng_uniform(&rng, -0.5, 0.5);
    }
}

static double poses_apart(const rig_pose *a, const rig_pose *b) {
    return fmax(rig_rotation_angle_between(a->R, b->R), acos(fmin(1, rig_dot3(a->t, b->t))));
}

static void the_pose_is_one_of_four(void **state) {
    (void)state;
    made_pairs made;
    rig_pose pose;
    double E[9];
    int front;
    pairs_make(&made, 0, 0, 1);
    rig_essential_from_pose(&made.Rt_b_a, E);
    for (int sign = 0; sign < 2; sign++) {
        for (int k = 0; k < 9; k++)
            E[k] *= -3;
        assert_true(rig_essential_pose(E, made.pairs, PAIRS, &pose, &front));
        assert_int_equal(front, PAIRS);
        assert_near(poses_apart(&pose, &made.Rt_b_a), 0, EXACT_RAD);
    }
}

static void depths_are_those_of_the_points(void **state) {
    (void)state;
    made_pairs made;
    double z_a, z_b;
    pairs_make(&made, 0, 0, 1);
    for (int i = 0; i < PAIRS; i++) {
        assert_true(rig_point_pair_depths(&made.Rt_b_a, &made.pairs[i], &z_a, &z_b));
        assert_near(z_a, made.z_a[i], 1e-9);
        assert_true(z_b > 0);
    }
    const rig_pose same = rig_pose_identity();
    const rig_point_pair parallel = {{0.1, 0.2}, {0.1, 0.2}};
    assert_false(rig_point_pair_depths(&same, &parallel, &z_a, &z_b));
}

static void residuals_are_in_sigmas(void **state) {
    (void)state;
    made_pairs made;
    const rig_pair_sigma sigma = {SIGMA, SIGMA};
    double E[9], sum = 0;
    pairs_make(&made, SIGMA, 0, 2);
    rig_essential_from_pose(&made.Rt_b_a, E);
    for (int i = 0; i < PAIRS; i++) {
        const double r = rig_point_pair_residual(E, &made.pairs[i], sigma);
        sum += r * r / PAIRS;
    }
    assert_near(sum, 1, 0.3); // three standard deviations of the mean of 200 squares
}

static void a_third_of_the_pairs_may_be_wrong(void **state) {
    (void)state;
    made_pairs made;
    rig_rng rng = rig_rng_seed(3, 3);
    rig_pose pose;
    int inliers;
    pairs_make(&made, SIGMA, 0.33, 3);
    assert_true(rig_essential_search(made.pairs, PAIRS, (rig_pair_sigma){SIGMA, SIGMA}, 200, &rng, &pose, &inliers));
    assert_near(poses_apart(&pose, &made.Rt_b_a), 0, NOISY_RAD);
    assert_true(inliers > PAIRS * 0.6 && inliers < PAIRS * 0.8);
    assert_false(rig_essential_search(made.pairs, 7, (rig_pair_sigma){SIGMA, SIGMA}, 200, &rng, &pose, &inliers));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pose_is_one_of_four),
        cmocka_unit_test(depths_are_those_of_the_points),
        cmocka_unit_test(residuals_are_in_sigmas),
        cmocka_unit_test(a_third_of_the_pairs_may_be_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
