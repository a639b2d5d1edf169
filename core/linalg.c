// A row-major matrix is the column-major matrix of its transpose. Every call below is put in column-major words, so
// that LAPACKE copies and transposes nothing: "lower" becomes 'U', and the left singular vectors of A^T are the right
// ones of A.
#include "core/linalg.h"

#include "core/arena.h"

#include <assert.h>
#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

static const double FULL_RANK = 1e-13; // the smallest diagonal of the triangular factor over the largest

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

bool rig_svd(double *A, int m, int n, double *s, double *Vt) {
    assert(m > 0 && n > 0);
    double *superdiagonal = A; // written last, when A is spent: it saves a buffer
    return LAPACKE_dgesvd(LAPACK_COL_MAJOR, Vt ? 'A' : 'N', 'N', n, m, A, n, s, Vt, n, NULL, 1, superdiagonal) == 0;
}

bool rig_null_vector(double *A, int m, int n, double *x) {
    assert(m > 0 && n > 0);
    double *s = x; // fit there, and are not wanted
    double *superdiagonal = x;
    const ptrdiff_t last = (ptrdiff_t)(n - 1) * n;
    if (m >= n) {
        if (LAPACKE_dgesvd(LAPACK_COL_MAJOR, 'O', 'N', n, m, A, n, s, NULL, n, NULL, 1, superdiagonal) != 0)
            return false;
        memcpy(x, A + last, (size_t)n * sizeof *x);
        return true;
    }
    double *Vt = rig_heap_resize(NULL, (size_t)n * (size_t)n, sizeof *Vt); // A has not the room for all of V^T
    bool done = Vt && rig_svd(A, m, n, s, Vt);
    if (done)
        memcpy(x, Vt + last, (size_t)n * sizeof *x);
    rig_heap_free(Vt);
    return done;
}

bool rig_least_squares(double *A, int m, int n, double *b, double *x) {
    assert(m >= n && n > 0);
    if (LAPACKE_dgels(LAPACK_COL_MAJOR, 'T', n, m, 1, A, n, b, m) != 0)
        return false;
    double least = INFINITY, most = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        least = fmin(least, fabs(A[i * n + i]));
        most = fmax(most, fabs(A[i * n + i]));
    }
    memcpy(x, b, (size_t)n * sizeof *x);
    return least > FULL_RANK * most;
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
