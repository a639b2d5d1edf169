#include "core/epipolar.h"
#include "core/rng.h"

#include "tests/support/support.h"

enum { ROUNDS = 2000 };
static const double N_TOLERANCE = 1e-11; // of normalised points
static const double PX_TOLERANCE = 1e-7; // px; F mixes numbers of size 1 and 1e-6

// A point seen by two cameras lies on its epipolar line, and a pixel moved along the normal by d lies d beside it.
static void test_points_lie_on_their_lines(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(1, 0);
    for (int round = 0; round < ROUNDS; round++) {
        const double rvec[3] = {rig_rng_uniform(&rng, -0.5, 0.5), rig_rng_uniform(&rng, -0.5, 0.5),
                                rig_rng_uniform(&rng, -3, 3)};
        const double t[3] = {rig_rng_uniform(&rng, 0.5, 2), rig_rng_uniform(&rng, -1, 1), rig_rng_uniform(&rng, -1, 1)};
        const rig_pose Rt = rig_pose_from_rvec(rvec, t);
        const double K_a[4] = {800, 810, 640, 360}, K_b[4] = {1500, 1490, 950, 540};
        const double p_a[3] = {rig_rng_normal(&rng), rig_rng_normal(&rng), rig_rng_uniform(&rng, 5, 9)};
        double p_b[3], E[9], F[9];
        rig_pose_apply(&Rt, p_a, p_b);
        if (p_b[2] < 1)
            continue;
        const double n_a[2] = {p_a[0] / p_a[2], p_a[1] / p_a[2]}, n_b[2] = {p_b[0] / p_b[2], p_b[1] / p_b[2]};
        const double q_a[2] = {K_a[0] * n_a[0] + K_a[2], K_a[1] * n_a[1] + K_a[3]};
        const double q_b[2] = {K_b[0] * n_b[0] + K_b[2], K_b[1] * n_b[1] + K_b[3]};
        rig_essential_from_pose(&Rt, E);
        rig_fundamental_from_essential(E, K_a, K_b, F);
        assert_near(rig_epipolar_distance(E, n_a, n_b), 0, N_TOLERANCE);
        assert_near(rig_epipolar_distance(F, q_a, q_b), 0, PX_TOLERANCE);
        double line[3];
        rig_mat3_mul_vec(F, (const double[]){q_a[0], q_a[1], 1}, line);
        const double d = rig_rng_uniform(&rng, -50, 50), length = hypot(line[0], line[1]);
        const double beside[2] = {q_b[0] + d * line[0] / length, q_b[1] + d * line[1] / length};
        assert_near(rig_epipolar_distance(F, q_a, beside), d, PX_TOLERANCE);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_points_lie_on_their_lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
