#include "core/epipolar.h"

#include "tests/support/support.h"

static const double CLOSE = 1e-12; // roundings of numbers near 1

static rig_pose some_pose(void) {
    return rig_pose_from_rvec((const double[]){0.1, -0.4, 0.05}, (const double[]){-1.2, 0.1, 0.3});
}

static void test_essential_of_a_step_to_the_side(void **state) {
    (void)state;
    rig_pose Rt = rig_pose_identity();
    Rt.t[0] = 1;
    double E[9];
    rig_essential_from_pose(&Rt, E);
    const double expected[9] = {0, 0, 0, 0, 0, -1, 0, 1, 0}; // rows stay rows
    for (int i = 0; i < 9; i++)
        assert_near(E[i], expected[i], 0);
}

static void test_the_same_point_lies_on_its_line(void **state) {
    (void)state;
    const rig_pose Rt = some_pose();
    const double K_a[4] = {900, 880, 640, 360}, K_b[4] = {1200, 1190, 950, 540}, p_a[3] = {0.3, -0.2, 4};
    double p_b[3], E[9], F[9];
    rig_pose_apply(&Rt, p_a, p_b);
    const double n_a[2] = {p_a[0] / p_a[2], p_a[1] / p_a[2]}, n_b[2] = {p_b[0] / p_b[2], p_b[1] / p_b[2]};
    const double q_a[2] = {900 * n_a[0] + 640, 880 * n_a[1] + 360}, q_b[2] = {1200 * n_b[0] + 950, 1190 * n_b[1] + 540};
    rig_essential_from_pose(&Rt, E);
    rig_fundamental_from_essential(E, K_a, K_b, F);
    assert_near(rig_epipolar_distance(E, n_a, n_b), 0, CLOSE);
    assert_near(rig_epipolar_distance(F, q_a, q_b), 0, 1e-9); // px
    assert_near(F[8], 1, 0);
    assert_near(rig_mat3_det(E), 0, CLOSE);
}

static void test_distance_has_the_units_of_the_second_point(void **state) {
    (void)state;
    rig_pose Rt = rig_pose_identity();
    Rt.t[0] = 1;
    double E[9], F[9];
    const double K[4] = {500, 500, 320, 240};
    rig_essential_from_pose(&Rt, E);
    rig_fundamental_from_essential(E, K, K, F); // F[8] is 0 here
    assert_near(fabs(rig_epipolar_distance(F, (const double[]){10, 20}, (const double[]){300, 23})), 3, 1e-9);
}

static void test_at_the_epipole_every_point_is_on_the_line(void **state) {
    (void)state;
    rig_pose Rt = rig_pose_identity();
    Rt.t[2] = 1; // the epipole of a is its centre
    double E[9];
    rig_essential_from_pose(&Rt, E);
    assert_near(rig_epipolar_distance(E, (const double[]){0, 0}, (const double[]){0.3, 0.4}), 0, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_essential_of_a_step_to_the_side),
        cmocka_unit_test(test_the_same_point_lies_on_its_line),
        cmocka_unit_test(test_distance_has_the_units_of_the_second_point),
        cmocka_unit_test(test_at_the_epipole_every_point_is_on_the_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
