#include "core/geom.h"

#include "tests/support/support.h"

static const double PI = 3.14159265358979323846;
static const double EXACT = 1e-15; // a few roundings of numbers near 1
static const double CLOSE = 1e-13; // a chain of them

static void assert_matrix(const double *a, const double *b, int n, double tolerance) {
    for (int i = 0; i < n; i++)
        assert_near(a[i], b[i], tolerance);
}

static void test_products_and_inverses(void **state) {
    (void)state;
    const double A[9] = {1, 2, 3, 0, 1, 4, 5, 6, 0}, B[9] = {2, 0, 1, 1, 1, 0, 0, 3, 1};
    const double AB[9] = {4, 11, 4, 1, 13, 4, 16, 6, 5}, inverse[9] = {-24, 18, 5, 20, -15, -4, -5, 4, 1};
    double C[9], y[3];
    rig_mat3_mul(A, B, C);
    assert_matrix(C, AB, 9, 0);
    rig_mat3_mul_vec(A, (const double[]){1, -1, 2}, y);
    assert_matrix(y, (const double[]){5, 7, -1}, 3, 0);
    rig_mat3_transpose(A, C);
    assert_matrix(C, (const double[]){1, 0, 5, 2, 1, 6, 3, 4, 0}, 9, 0);
    assert_near(rig_mat3_det(A), 1, 0);
    assert_true(rig_mat3_invert(A, C));
    assert_matrix(C, inverse, 9, CLOSE);
}

static void test_singular_matrices_have_no_inverse(void **state) {
    (void)state;
    double C[9];
    assert_false(rig_mat3_invert((const double[]){1, 2, 3, 4, 5, 6, 7, 8, 9}, C));
    assert_false(rig_mat3_invert((const double[]){0.1, 0.2, 0.3, 0.3, 0.6, 0.9, 7, 8, 9}, C));
    assert_false(rig_mat3_invert((const double[9]){0}, C));
    assert_false(rig_mat3_invert((const double[]){NAN, 0, 0, 0, 1, 0, 0, 0, 1}, C));
    assert_true(rig_mat3_invert((const double[]){1e-9, 0, 0, 0, 1e-9, 0, 0, 0, 1e9}, C)); // small is not singular
}

static void test_cross_may_write_over_its_input(void **state) {
    (void)state;
    double a[3] = {1, 2, 3};
    rig_cross3(a, (const double[]){4, 5, 6}, a);
    assert_matrix(a, (const double[]){-3, 6, -3}, 3, 0);
}

// A quarter turn about z takes x to y.
static void test_rvec_turns_by_the_right_hand(void **state) {
    (void)state;
    double R[9];
    rig_rotation_from_rvec((const double[]){0, 0, PI / 2}, R, NULL);
    assert_matrix(R, (const double[]){0, -1, 0, 1, 0, 0, 0, 0, 1}, 9, EXACT);
}

// Values computed by OpenCV 4.6, Rodrigues.
static void test_rvec_is_opencvs(void **state) {
    (void)state;
    const double expected[9] = {-0.80241225, -0.59609521, 0.02837399,  0.35207632, -0.51125335,
                                -0.784004,   0.48184733,  -0.61910461, 0.62010696};
    double R[9];
    rig_rotation_from_rvec((const double[]){0.4, -1.1, 2.3}, R, NULL);
    assert_matrix(R, expected, 9, 1e-8); // as many digits as stand there
}

static void test_derivative_at_zero_is_the_cross_product(void **state) {
    (void)state;
    double R[9], dR_dr[27];
    rig_rotation_from_rvec((const double[3]){0}, R, dR_dr);
    assert_matrix(R, rig_pose_identity().R, 9, 0);
    const double expected[27] = {0, 0, 0, 0, 0, -1, 0, 1, 0, 0, 0, 1, 0, 0, 0, -1, 0, 0, 0, -1, 0, 1, 0, 0, 0, 0, 0};
    assert_matrix(dR_dr, expected, 27, 0);
}

static void test_half_turns_come_back(void **state) {
    (void)state;
    const double axes[4][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0.6, 0, 0.8}};
    for (int i = 0; i < 4; i++) {
        double R[9], rvec[3], again[9];
        for (int k = 0; k < 9; k++)
            R[k] = 2 * axes[i][k / 3] * axes[i][k % 3] - (k % 4 == 0);
        rig_rotation_to_rvec(R, rvec);
        assert_near(rig_norm3(rvec), PI, EXACT);
        rig_rotation_from_rvec(rvec, again, NULL);
        assert_matrix(R, again, 9, EXACT);
    }
    double rvec[3] = {1, 1, 1};
    rig_rotation_to_rvec(rig_pose_identity().R, rvec);
    assert_matrix(rvec, (const double[3]){0}, 3, 0);
}

static void test_tiny_angles_keep_their_digits(void **state) {
    (void)state;
    const double rvec[3] = {3e-12, -2e-12, 1e-12};
    double R[9], back[3];
    rig_rotation_from_rvec(rvec, R, NULL);
    rig_rotation_to_rvec(R, back);
    assert_matrix(rvec, back, 3, 1e-25); // 1e-13 of the angle
}

static void test_centre_is_where_the_camera_stands(void **state) {
    (void)state;
    const double rvec[3] = {0.1, -0.7, 0.3}, where[3] = {1, 2, 3};
    rig_pose Rt = rig_pose_from_rvec(rvec, (const double[3]){0});
    double moved[3], centre[3];
    rig_mat3_mul_vec(Rt.R, where, moved);
    for (int i = 0; i < 3; i++)
        Rt.t[i] = -moved[i];
    rig_pose_centre(&Rt, centre);
    assert_matrix(centre, where, 3, CLOSE);
}

static void test_nearest_rotation_drops_scale_and_stretch(void **state) {
    (void)state;
    double R[9], stretched[9], nearest[9];
    rig_rotation_from_rvec((const double[]){0.4, -1.1, 2.3}, R, NULL);
    for (int i = 0; i < 9; i++) // R S with S symmetric positive: the polar factor is R
        stretched[i] = 7 * (R[i] + (i % 3 == 0 ? R[i] : 0));
    rig_rotation_nearest(stretched, nearest);
    assert_matrix(nearest, R, 9, CLOSE);
    rig_rotation_nearest((const double[]){1e-30, 0, 0, 0, 1e-30, 0, 0, 0, 1e-30}, nearest);
    assert_matrix(nearest, rig_pose_identity().R, 9, EXACT);
}

static void test_angle_between(void **state) {
    (void)state;
    double Ra[9], Rb[9];
    rig_rotation_from_rvec((const double[]){0, 0, 0.5}, Ra, NULL);
    rig_rotation_from_rvec((const double[]){0, 0, -0.7}, Rb, NULL);
    assert_near(rig_rotation_angle_between(Ra, Rb), 1.2, EXACT);
    assert_near(rig_rotation_angle_between(Ra, Ra), 0, EXACT);
    rig_rotation_from_rvec((const double[]){0, 0, 0.5 + 1e-9}, Rb, NULL);
    assert_near(rig_rotation_angle_between(Ra, Rb), 1e-9, EXACT); // arc cosine would have lost it
}

static const double corner[4][3] = {{0, 0, 0}, {1, 0, 0}, {0, 2, 0}, {0, 0, 3}};

static void test_align_needs_three_points_off_a_line(void **state) {
    (void)state;
    const double line[3][3] = {{0.1, 0.3, 0.7}, {0.2, 0.6, 1.4}, {0.3, 0.9, 2.1}};
    rig_pose Rt = {.t = {5, 5, 5}};
    assert_false(rig_pose_align(corner, corner, 2, &Rt, NULL));
    assert_false(rig_pose_align(line, line, 3, &Rt, NULL));
    assert_false(rig_pose_align(corner, line, 3, &Rt, NULL));
    assert_near(Rt.t[0], 5, 0);
    assert_true(rig_pose_align(corner, corner, 3, &Rt, NULL));
    assert_matrix(Rt.R, rig_pose_identity().R, 9, CLOSE);
}

static void test_align_never_mirrors(void **state) {
    (void)state;
    double mirrored[4][3];
    for (int i = 0; i < 12; i++)
        mirrored[i / 3][i % 3] = corner[i / 3][i % 3] * (i % 3 == 2 ? -1 : 1);
    rig_pose Rt;
    assert_true(rig_pose_align(corner, (const double(*)[3])mirrored, 4, &Rt, NULL));
    assert_near(rig_mat3_det(Rt.R), 1, CLOSE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_products_and_inverses),
        cmocka_unit_test(test_singular_matrices_have_no_inverse),
        cmocka_unit_test(test_cross_may_write_over_its_input),
        cmocka_unit_test(test_rvec_turns_by_the_right_hand),
        cmocka_unit_test(test_rvec_is_opencvs),
        cmocka_unit_test(test_derivative_at_zero_is_the_cross_product),
        cmocka_unit_test(test_half_turns_come_back),
        cmocka_unit_test(test_tiny_angles_keep_their_digits),
        cmocka_unit_test(test_centre_is_where_the_camera_stands),
        cmocka_unit_test(test_nearest_rotation_drops_scale_and_stretch),
        cmocka_unit_test(test_angle_between),
        cmocka_unit_test(test_align_needs_three_points_off_a_line),
        cmocka_unit_test(test_align_never_mirrors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
