#include "core/linalg.h"
#include "core/rng.h"

#include "tests/support/support.h"

#include <string.h>

enum { ROUNDS = 300, MOST = 24, LARGE = 64 }; // large ones are solved by OpenBLAS
static const double CLOSE = 1e-9;             // roundings over the condition numbers that random matrices have

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
        const int n = round % 10 ? random_size(&rng) : LARGE - rig_rng_below(&rng, 30),
                  nrhs = 1 + rig_rng_below(&rng, 3), m = n + 4;
        double J[(LARGE + 4) * LARGE], A[LARGE * LARGE] = {0}, L[LARGE * LARGE], X[LARGE * 3], B[LARGE * 3],
                                                 E[LARGE * LARGE];
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

static void test_null_vector_attains_the_least_singular_value(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(3, 0);
    for (int round = 0; round < ROUNDS; round++) {
        const int n = random_size(&rng), m = n + rig_rng_below(&rng, 4);
        double A[(MOST + 4) * MOST], work[(MOST + 4) * MOST], ATA[MOST * MOST], values[MOST], x[MOST], Ax[MOST + 4];
        double length = 0, least = 0;
        fill(&rng, A, m * n);
        rig_gemm(ATA, n, n, m, 1, A, true, A, 0);
        assert_true(rig_eigen_sym(ATA, n, values));
        memcpy(work, A, sizeof work);
        assert_true(rig_null_vector(work, m, n, x));
        rig_gemm(Ax, m, 1, n, 1, A, false, x, 0);
        for (int i = 0; i < n; i++)
            length += x[i] * x[i];
        for (int i = 0; i < m; i++)
            least += Ax[i] * Ax[i];
        assert_near(length, 1, CLOSE);
        assert_near(least, values[0], CLOSE);
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
        cmocka_unit_test(test_null_vector_attains_the_least_singular_value),
        cmocka_unit_test(test_eigenvectors_belong_to_their_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
