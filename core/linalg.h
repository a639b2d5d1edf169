// Dense linear algebra: small systems here, larger ones on LAPACKE and OpenBLAS, which only this file knows. Row-major
// throughout.
#ifndef RIG_CORE_LINALG_H
#define RIG_CORE_LINALG_H

#include <stdbool.h>

// From now on each call of BLAS sums on one thread, in one order whatever the machine, and the memory that such calls
// work in is taken. Called again, or left to the first call of this file: the same. How many threads OpenBLAS starts it
// reads from its environment before main.
void rig_linalg_one_thread(void);

// In place Cholesky of a symmetric positive definite A (n x n, the lower triangle is read and replaced by L).
// false where A is not positive definite.
bool rig_cholesky(double *A, int n);
// Solve L L^T X = B in place; B is n x nrhs row-major. L from rig_cholesky.
void rig_cholesky_solve(const double *L, int n, double *B, int nrhs);
// The inverse of L L^T, full symmetric, into A (n x n), which holds L on entry.
bool rig_cholesky_invert(double *A, int n);

// The unit x (n) that minimises |A x|; A is m x n, m >= n, n <= 24, destroyed. false where A is not finite. Cost O(m
// n^2).
bool rig_null_vector(double *A, int m, int n, double *x);
// Eigenvalues (rising) and eigenvectors (rows of V, where wanted) of symmetric A (n x n, n <= 24, destroyed into V;
// the lower triangle counts). false where A is not finite.
bool rig_eigen_sym(double *A, int n, double *values);

// C (n x n, lower triangle) += alpha A^T A, A is m x n.
void rig_syrk_add(double *C, int n, const double *A, int m, double alpha);
// C (m x n) = alpha A B + beta C, or with A^T where transpose_a; A is m x k (k x m where transposed), B is k x n.
void rig_gemm(double *C, int m, int n, int k, double alpha, const double *A, bool transpose_a, const double *B,
              double beta);

#endif
