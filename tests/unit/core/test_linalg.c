#include "core/linalg.h"

#include "tests/support/support.h"

#include <string.h>

static const double CLOSE = 1e-12; // roundings of small well conditioned systems

static void assert_numbers(const double *a, const double *b, int n) {
    for (int i = 0; i < n; i++)
        assert_near(a[i], b[i], CLOSE);
}

static const double positive[9] = {4, 2, 2, 2, 10, 4, 2, 4, 9}; // L = {2; 1 3; 1 1 sqrt 7}

static void test_cholesky_reads_the_lower_triangle(void **state) {
    (void)state;
    double A[9];
    memcpy(A, positive, sizeof A);
    A[1] = A[2] = A[5] = 1e9; // not to be read
    assert_true(rig_cholesky(A, 3));
    const double L[6] = {A[0], A[3], A[4], A[6], A[7], A[8]};
    assert_numbers(L, (const double[]){2, 1, 3, 1, 1, sqrt(7)}, 6);
}

static void test_cholesky_solves_several_columns(void **state) {
    (void)state;
    double A[9], B[6] = {4, 4, 2, 14, 2, 13}; // A times {1 0; 0 1; 0 1}
    memcpy(A, positive, sizeof A);
    assert_true(rig_cholesky(A, 3));
    A[1] = A[2] = A[5] = NAN; // only L counts
    rig_cholesky_solve(A, 3, B, 2);
    assert_numbers(B, (const double[]){1, 0, 0, 1, 0, 1}, 6);
}

static void test_cholesky_inverse_is_full(void **state) {
    (void)state;
    double A[9], product[9];
    memcpy(A, positive, sizeof A);
    assert_true(rig_cholesky(A, 3));
    assert_true(rig_cholesky_invert(A, 3));
    rig_gemm(product, 3, 3, 3, 1, positive, false, A, 0);
    assert_numbers(product, (const double[]){1, 0, 0, 0, 1, 0, 0, 0, 1}, 9);
}

static void test_cholesky_refuses_what_is_not_positive(void **state) {
    (void)state;
    assert_false(rig_cholesky((double[]){1, 2, 2, 1}, 2));
    assert_false(rig_cholesky((double[]){0}, 1));
    assert_false(rig_cholesky((double[]){NAN, 0, 0, 1}, 2));
}

static void test_null_vector_of_tall_and_square(void **state) {
    (void)state;
    double x[3];
    double tall[12] = {1, 1, 0, 0, 1, 1, 1, 2, 1, 1, 0, -1}; // all rows are across (1, -1, 1)
    assert_true(rig_null_vector(tall, 4, 3, x));
    assert_near(fabs(x[0] - x[1] + x[2]), sqrt(3), CLOSE);
    double square[9] = {2, 0, 0, 0, 1, 0, 0, 0, 0.5};
    assert_true(rig_null_vector(square, 3, 3, x));
    assert_near(fabs(x[2]), 1, CLOSE);
}

static void test_null_vector_without_numbers(void **state) {
    (void)state;
    double x[3], broken[9] = {NAN, 0, 0, 0, 1, 0, 0, 0, 1};
    assert_false(rig_null_vector(broken, 3, 3, x));
}

static void test_eigenvalues_rise_and_vectors_are_rows(void **state) {
    (void)state;
    double A[9] = {2, 1, 0, 1, 2, 0, 0, 0, 5}, values[3];
    assert_true(rig_eigen_sym(A, 3, values));
    assert_numbers(values, (const double[]){1, 3, 5}, 3);
    assert_near(fabs(A[0] - A[1]), sqrt(2), CLOSE);
    assert_near(fabs(A[3] + A[4]), sqrt(2), CLOSE);
    assert_near(fabs(A[8]), 1, CLOSE);
}

static void test_syrk_adds_to_the_lower_triangle(void **state) {
    (void)state;
    double C[4] = {1, 77, 2, 3};
    rig_syrk_add(C, 2, (const double[]){1, 2, 3, 4, 5, 6}, 3, 2);
    assert_numbers(C, (const double[]){71, 77, 90, 115}, 4);
}

static void test_gemm_straight_and_transposed(void **state) {
    (void)state;
    const double A[6] = {1, 2, 3, 4, 5, 6}, B[6] = {1, 0, 2, 1, 0, 3};
    double C[4] = {1, 1, 1, 1}, D[9] = {0};
    rig_gemm(C, 2, 2, 3, 2, A, false, B, 10);
    assert_numbers(C, (const double[]){20, 32, 38, 56}, 4);
    rig_gemm(D, 3, 3, 2, 1, A, true, B, 0); // A^T is 3 x 2, B read as 2 x 3
    assert_numbers(D, (const double[]){5, 0, 14, 7, 0, 19, 9, 0, 24}, 9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cholesky_reads_the_lower_triangle),
        cmocka_unit_test(test_cholesky_solves_several_columns),
        cmocka_unit_test(test_cholesky_inverse_is_full),
        cmocka_unit_test(test_cholesky_refuses_what_is_not_positive),
        cmocka_unit_test(test_null_vector_of_tall_and_square),
        cmocka_unit_test(test_null_vector_without_numbers),
        cmocka_unit_test(test_eigenvalues_rise_and_vectors_are_rows),
        cmocka_unit_test(test_syrk_adds_to_the_lower_triangle),
        cmocka_unit_test(test_gemm_straight_and_transposed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
