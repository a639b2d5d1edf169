// A row-major matrix is the column-major matrix of its transpose. Every call below is put in column-major words, so
// that LAPACKE copies and transposes nothing: "lower" becomes 'U', and the left singular vectors of A^T are the right
// ones of A.
#include "core/linalg.h"

#include <assert.h>
#include <cblas.h>
#include <lapacke.h>
#include <stddef.h>
#include <string.h>

void rig_linalg_one_thread(void) {
    openblas_set_num_threads(1);
}

bool rig_cholesky(double *A, int n) {
    return LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'U', n, A, n) == 0;
}

void rig_cholesky_solve(const double *L, int n, double *B, int nrhs) {
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, n, nrhs, 1, L, n, B, nrhs);
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, n, nrhs, 1, L, n, B, nrhs);
}

bool rig_cholesky_invert(double *A, int n) {
    if (LAPACKE_dpotri(LAPACK_COL_MAJOR, 'U', n, A, n) != 0)
        return false;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t j = 0; j < i; j++)
            A[j * n + i] = A[i * n + j];
    return true;
}

bool rig_null_vector(double *A, int m, int n, double *x) {
    assert(m >= n && n > 0);
    double *s = x, *superdiagonal = x; // fit there, and are not wanted
    if (LAPACKE_dgesvd(LAPACK_COL_MAJOR, 'O', 'N', n, m, A, n, s, NULL, n, NULL, 1, superdiagonal) != 0)
        return false;
    memcpy(x, A + (ptrdiff_t)(n - 1) * n, (size_t)n * sizeof *x);
    return true;
}

bool rig_eigen_sym(double *A, int n, double *values) {
    return LAPACKE_dsyev(LAPACK_COL_MAJOR, 'V', 'U', n, A, n, values) == 0;
}

void rig_syrk_add(double *C, int n, const double *A, int m, double alpha) {
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, n, m, alpha, A, n, 1, C, n);
}

void rig_gemm(double *C, int m, int n, int k, double alpha, const double *A, bool transpose_a, const double *B,
              double beta) {
    cblas_dgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, CblasNoTrans, m, n, k, alpha, A,
                transpose_a ? m : k, B, n, beta, C, n);
}
