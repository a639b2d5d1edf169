#include "core/linalg.h"
#include "core/rng.h"

#include "tests/support/support.h"

#include <string.h>

enum { ROUNDS = 300, MOST = 24 };
static const double CLOSE = 1e-9; // roundings over the condition numbers that random matrices have

static int random_size(rig_rng *rng) {
    return 1 + rig_rng_below(rng, MOST);
}

static void fill(rig_rng *rng, double *A, int count) {
    for (int i = 0; i < count; i++)
        A[i] = rig_rng_normal(rng);
}

static void test_cholesky_solves_and_inverts(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(1, 0);
    for (int round = 0; round < ROUNDS; round++) {
        const int n = random_size(&rng), nrhs = 1 + rig_rng_below(&rng, 3), m = n + 4;
        double J[(MOST + 4) * MOST], A[MOST * MOST] = {0}, L[MOST * MOST], X[MOST * 3], B[MOST * 3], E[MOST * MOST];
        fill(&rng, J, m * n);
        rig_syrk_add(A, n, J, m, 1);
        memcpy(L, A, sizeof L);
        for (int i = 0; i < n; i++)
            for (int j = i + 1; j < n; j++)
                A[i * n + j] = A[j * n + i];
        fill(&rng, X, n * nrhs);
        rig_gemm(B, n, nrhs, n, 1, A, false, X, 0);
        assert_true(rig_cholesky(L, n));
        rig_cholesky_solve(L, n, B, nrhs);
        for (int i = 0; i < n * nrhs; i++)
            assert_near(B[i], X[i], CLOSE);
        assert_true(rig_cholesky_invert(L, n));
        rig_gemm(E, n, n, n, 1, A, true, L, 0);
        for (int i = 0; i < n * n; i++)
            assert_near(E[i], i % (n + 1) == 0, CLOSE);
    }
}

// A^T A V = V S^2, whatever the shape.
static void test_svd_belongs_to_its_matrix(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(2, 0);
    for (int round = 0; round < ROUNDS; round++) {
        const int m = random_size(&rng), n = random_size(&rng);
        double A[MOST * MOST], work[MOST * MOST], s[MOST], Vt[MOST * MOST], ATA[MOST * MOST], product[MOST * MOST];
        fill(&rng, A, m * n);
        memcpy(work, A, sizeof work);
        assert_true(rig_svd(work, m, n, s, Vt));
        rig_gemm(ATA, n, n, m, 1, A, true, A, 0);
        rig_gemm(product, n, n, n, 1, Vt, false, ATA, 0);
        for (int i = 0; i < n; i++) {
            const double square = i < m ? s[i] * s[i] : 0;
            assert_true(i == 0 || i >= m || s[i] <= s[i - 1]);
            for (int j = 0; j < n; j++)
                assert_near(product[i * n + j], square * Vt[i * n + j], CLOSE);
        }
    }
}

static void test_null_vector_attains_the_least_singular_value(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(3, 0);
    for (int round = 0; round < ROUNDS; round++) {
        const int m = random_size(&rng), n = random_size(&rng);
        double A[MOST * MOST], work[MOST * MOST], s[MOST], x[MOST], Ax[MOST], length = 0, least = 0;
        fill(&rng, A, m * n);
        memcpy(work, A, sizeof work);
        assert_true(rig_svd(work, m, n, s, NULL));
        memcpy(work, A, sizeof work);
        assert_true(rig_null_vector(work, m, n, x));
        rig_gemm(Ax, m, 1, n, 1, A, false, x, 0);
        for (int i = 0; i < n; i++)
            length += x[i] * x[i];
        for (int i = 0; i < m; i++)
            least += Ax[i] * Ax[i];
        assert_near(length, 1, CLOSE);
        assert_near(sqrt(least), m < n ? 0 : s[n - 1], CLOSE);
    }
}

// The residual of a least squares solution is across all columns.
static void test_least_squares_leaves_no_gradient(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(4, 0);
    for (int round = 0; round < ROUNDS; round++) {
        const int n = random_size(&rng), m = n + 2 + rig_rng_below(&rng, 4);
        double A[(MOST + 6) * MOST], work[(MOST + 6) * MOST], b[MOST + 6], r[MOST + 6], x[MOST], g[MOST];
        fill(&rng, A, m * n);
        fill(&rng, b, m);
        memcpy(work, A, sizeof work);
        memcpy(r, b, sizeof r);
        assert_true(rig_least_squares(work, m, n, b, x));
        rig_gemm(r, m, 1, n, 1, A, false, x, -1);
        rig_gemm(g, n, 1, m, 1, A, true, r, 0);
        for (int i = 0; i < n; i++)
            assert_near(g[i], 0, CLOSE);
    }
}

static void test_eigenvectors_belong_to_their_values(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(5, 0);
    for (int round = 0; round < ROUNDS; round++) {
        const int n = random_size(&rng);
        double A[MOST * MOST], V[MOST * MOST], values[MOST], product[MOST * MOST];
        for (int i = 0; i < n; i++)
            for (int j = 0; j <= i; j++)
                A[i * n + j] = A[j * n + i] = rig_rng_normal(&rng);
        memcpy(V, A, sizeof V);
        assert_true(rig_eigen_sym(V, n, values));
        rig_gemm(product, n, n, n, 1, V, false, A, 0);
        for (int i = 0; i < n; i++) {
            assert_true(i == 0 || values[i] >= values[i - 1]);
            for (int j = 0; j < n; j++)
                assert_near(product[i * n + j], values[i] * V[i * n + j], CLOSE);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cholesky_solves_and_inverts),
        cmocka_unit_test(test_svd_belongs_to_its_matrix),
        cmocka_unit_test(test_null_vector_attains_the_least_singular_value),
        cmocka_unit_test(test_least_squares_leaves_no_gradient),
        cmocka_unit_test(test_eigenvectors_belong_to_their_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
