#include "core/geom.h"
#include "core/rng.h"

#include "tests/support/support.h"

enum { ROUNDS = 2000 };
static const double PI = 3.14159265358979323846;
static const double EXACT = 4e-15;  // a few roundings of numbers near 1
static const double CLOSE = 1e-12;  // roundings of numbers near 10, and of a fit
static const double NUMERIC = 1e-8; // central differences with DELTA: DELTA^2 and rounding over DELTA
static const double DELTA = 1e-5;

static void random_axis(rig_rng *rng, double axis[3]) {
    double length;
    do {
        for (int i = 0; i < 3; i++)
            axis[i] = rig_rng_normal(rng);
        length = rig_norm3(axis);
    } while (length < 1e-3);
    for (int i = 0; i < 3; i++)
        axis[i] /= length;
}

// Angles of all sizes: even ones, ones near 0, and ones near pi.
static double random_angle(rig_rng *rng, int round) {
    double tiny = pow(10, rig_rng_uniform(rng, -16, -1));
    return round % 3 == 0 ? rig_rng_uniform(rng, 0, PI) : round % 3 == 1 ? tiny : PI - tiny;
}

static void random_rvec(rig_rng *rng, double angle, double rvec[3]) {
    random_axis(rng, rvec);
    for (int i = 0; i < 3; i++)
        rvec[i] *= angle;
}

static rig_pose random_pose(rig_rng *rng) {
    double rvec[3], t[3];
    random_rvec(rng, rig_rng_uniform(rng, 0, PI), rvec);
    for (int i = 0; i < 3; i++)
        t[i] = rig_rng_uniform(rng, -5, 5);
    return rig_pose_from_rvec(rvec, t);
}

static void assert_numbers(const double *a, const double *b, int n, double tolerance) {
    for (int i = 0; i < n; i++)
        assert_near(a[i], b[i], tolerance);
}

static void test_rvec_there_and_back(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(1, 0);
    for (int round = 0; round < ROUNDS; round++) {
        double rvec[3], back[3], R[9], again[9], Rt[9], product[9];
        double angle = random_angle(&rng, round);
        random_rvec(&rng, angle, rvec);
        rig_rotation_from_rvec(rvec, R, NULL);
        rig_rotation_to_rvec(R, back);
        rig_rotation_from_rvec(back, again, NULL);
        assert_numbers(R, again, 9, EXACT);
        assert_true(rig_norm3(back) <= PI + EXACT);
        if (angle < PI - 1e-12) // at pi both signs are the same rotation
            assert_numbers(rvec, back, 3, EXACT);
        if (angle < 0.1) // small angles keep their relative digits
            assert_numbers(rvec, back, 3, EXACT * angle);
        rig_mat3_transpose(R, Rt);
        rig_mat3_mul(R, Rt, product);
        assert_numbers(product, rig_pose_identity().R, 9, EXACT);
        assert_near(rig_mat3_det(R), 1, EXACT);
    }
}

static void test_rvec_derivative_is_the_numeric_one(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(2, 0);
    for (int round = 0; round < ROUNDS; round++) {
        double rvec[3], R[9], plus[9], minus[9], dR_dr[27];
        random_rvec(&rng, random_angle(&rng, round) * (round % 5 ? 1 : 2), rvec); // and beyond pi
        rig_rotation_from_rvec(rvec, R, dR_dr);
        for (int j = 0; j < 3; j++) {
            double moved[3] = {rvec[0], rvec[1], rvec[2]};
            moved[j] = rvec[j] + DELTA;
            rig_rotation_from_rvec(moved, plus, NULL);
            moved[j] = rvec[j] - DELTA;
            rig_rotation_from_rvec(moved, minus, NULL);
            for (int i = 0; i < 9; i++)
                assert_near(dR_dr[3 * i + j], (plus[i] - minus[i]) / (2 * DELTA), NUMERIC);
        }
    }
}

static void test_derivative_has_no_step_where_the_series_ends(void **state) {
    (void)state;
    double below[27], above[27], R[9];
    const double axis[3] = {2.0 / 3, -1.0 / 3, 2.0 / 3};
    double inner[3], outer[3];
    for (int i = 0; i < 3; i++) {
        inner[i] = axis[i] * (0.1 - 1e-14);
        outer[i] = axis[i] * (0.1 + 1e-14);
    }
    rig_rotation_from_rvec(inner, R, below);
    rig_rotation_from_rvec(outer, R, above);
    assert_numbers(below, above, 27, 1e-13);
}

static void test_poses_cancel(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(3, 0);
    for (int round = 0; round < ROUNDS; round++) {
        const rig_pose Rt_b_a = random_pose(&rng), Rt_c_b = random_pose(&rng);
        const rig_pose Rt_c_a = rig_pose_mul(&Rt_c_b, &Rt_b_a), Rt_a_b = rig_pose_invert(&Rt_b_a);
        const rig_pose none = rig_pose_mul(&Rt_a_b, &Rt_b_a);
        const double p_a[3] = {rig_rng_normal(&rng), rig_rng_normal(&rng), rig_rng_normal(&rng)};
        double p_b[3], p_c[3], direct[3], centre[3], origin[3];
        rig_pose_apply(&Rt_b_a, p_a, p_b);
        rig_pose_apply(&Rt_c_b, p_b, p_c);
        rig_pose_apply(&Rt_c_a, p_a, direct);
        assert_numbers(p_c, direct, 3, CLOSE);
        assert_numbers(none.R, rig_pose_identity().R, 9, EXACT);
        assert_numbers(none.t, (const double[3]){0}, 3, CLOSE);
        rig_pose_centre(&Rt_b_a, centre);
        rig_pose_apply(&Rt_b_a, centre, origin);
        assert_numbers(origin, (const double[3]){0}, 3, CLOSE);
    }
}

static void test_matrices_times_their_inverse(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(4, 0);
    for (int round = 0; round < ROUNDS; round++) {
        double A[9], inverse[9], product[9];
        for (int i = 0; i < 9; i++)
            A[i] = rig_rng_normal(&rng) + (i % 4 == 0 ? 4 : 0);
        if (fabs(rig_mat3_det(A)) < 1) // keep what is well conditioned
            continue;
        assert_true(rig_mat3_invert(A, inverse));
        rig_mat3_mul(A, inverse, product);
        assert_numbers(product, rig_pose_identity().R, 9, CLOSE);
    }
}

// R is the polar factor of M: R^T M is symmetric, with positive diagonal minors.
static void test_nearest_rotation_is_the_polar_factor(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(5, 0);
    for (int round = 0; round < ROUNDS; round++) {
        double M[9], R[9], Rt[9], S[9];
        for (int i = 0; i < 9; i++)
            M[i] = rig_rng_normal(&rng);
        if (rig_mat3_det(M) < 0.05)
            continue;
        rig_rotation_nearest(M, R);
        rig_mat3_transpose(R, Rt);
        rig_mat3_mul(Rt, M, S);
        assert_near(rig_mat3_det(R), 1, EXACT);
        assert_near(S[1], S[3], CLOSE);
        assert_near(S[2], S[6], CLOSE);
        assert_near(S[5], S[7], CLOSE);
        assert_true(S[0] > 0 && S[0] * S[4] - S[1] * S[3] > 0 && rig_mat3_det(S) > 0);
    }
}

static double misfit(const double (*a)[3], const double (*b)[3], int n, const rig_pose *Rt, double scale) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
        double moved[3];
        rig_mat3_mul_vec(Rt->R, a[i], moved);
        for (int k = 0; k < 3; k++)
            sum += pow(scale * moved[k] + Rt->t[k] - b[i][k], 2);
    }
    return sum;
}

enum { POINTS = 6 };

static void random_pair(rig_rng *rng, int round, double noise, rig_pose *truth, double *scale, double (*a)[3],
                        double (*b)[3]) {
    *truth = random_pose(rng);
    *scale = round % 2 ? rig_rng_uniform(rng, 0.1, 10) : 1;
    for (int i = 0; i < POINTS; i++) {
        for (int k = 0; k < 3; k++)
            a[i][k] = k == 2 && round % 3 == 0 ? 2 : rig_rng_uniform(rng, -3, 3); // a third of them on a plane
        rig_mat3_mul_vec(truth->R, a[i], b[i]);
        for (int k = 0; k < 3; k++)
            b[i][k] = *scale * b[i][k] + truth->t[k] + noise * rig_rng_normal(rng);
    }
}

static void test_align_finds_the_motion(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(6, 0);
    for (int round = 0; round < ROUNDS; round++) {
        double a[POINTS][3], b[POINTS][3], scale, found;
        rig_pose truth, Rt;
        random_pair(&rng, round, 0, &truth, &scale, a, b);
        assert_true(
            rig_pose_align((const double(*)[3])a, (const double(*)[3])b, POINTS, &Rt, round % 2 ? &found : NULL));
        assert_numbers(Rt.R, truth.R, 9, 100 * CLOSE); // points may come near to a line
        assert_numbers(Rt.t, truth.t, 3, 1000 * CLOSE);
        if (round % 2)
            assert_near(found / scale, 1, CLOSE);
    }
}

static void test_align_is_the_least_of_all(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(7, 0);
    for (int round = 0; round < ROUNDS; round++) {
        double a[POINTS][3], b[POINTS][3], scale, found = 1, rvec[3];
        rig_pose truth, Rt;
        random_pair(&rng, round, 0.1, &truth, &scale, a, b);
        const double(*from)[3] = (const double(*)[3])a, (*to)[3] = (const double(*)[3])b;
        assert_true(rig_pose_align(from, to, POINTS, &Rt, round % 2 ? &found : NULL));
        const double least = misfit(from, to, POINTS, &Rt, found);
        random_rvec(&rng, 1e-3, rvec);
        rig_pose other = rig_pose_from_rvec(rvec, (const double[3]){0});
        other = rig_pose_mul(&other, &Rt);
        assert_true(misfit(from, to, POINTS, &other, found) > least);
        other = Rt;
        other.t[round % 3] += 1e-3;
        assert_true(misfit(from, to, POINTS, &other, found) > least);
        if (round % 2)
            assert_true(misfit(from, to, POINTS, &Rt, found * 1.001) > least);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rvec_there_and_back),
        cmocka_unit_test(test_rvec_derivative_is_the_numeric_one),
        cmocka_unit_test(test_derivative_has_no_step_where_the_series_ends),
        cmocka_unit_test(test_poses_cancel),
        cmocka_unit_test(test_matrices_times_their_inverse),
        cmocka_unit_test(test_nearest_rotation_is_the_polar_factor),
        cmocka_unit_test(test_align_finds_the_motion),
        cmocka_unit_test(test_align_is_the_least_of_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
