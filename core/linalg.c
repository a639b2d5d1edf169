// A row-major matrix is the column-major matrix of its transpose. Every call of LAPACKE below is put in column-major
// words, so that it copies and transposes nothing: "lower" becomes 'U'.
//
// OpenBLAS takes a block of 128 MiB of address space for each thread that is in it, and where there is none it looks
// for one for ever. So small systems, which threads solve by the thousand, never go there, and others only as many at a
// time as got a block at the first call; where none did, they are solved here too.
#define _GNU_SOURCE // MAP_ANONYMOUS
#include "core/linalg.h"

#include <assert.h>
#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

enum { OWN_MAX = 40, SVD_MAX = 24, SWEEPS_MAX = 60, BLOCKS_MAX = 64 };
static const size_t PROBE =
    (size_t)512 << 20; // what must be free for a block to be taken: threads and pictures need some too

// OpenBLAS's own: a block stays with it when it is given back.
void *blas_memory_alloc(int who);
void blas_memory_free(void *block);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t given_back = PTHREAD_COND_INITIALIZER;
static int n_blocks, n_taken; // guarded by lock

static bool address_space_is_left(void) {
    void *probe = mmap(NULL, PROBE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return probe != MAP_FAILED && munmap(probe, PROBE) == 0;
}

static void blocks_take(void) {
    void *blocks[BLOCKS_MAX];
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    openblas_set_num_threads(1);
    while (n_blocks < BLOCKS_MAX && (n_blocks == 0 || n_blocks < cores) && address_space_is_left())
        blocks[n_blocks++] = blas_memory_alloc(0);
    for (int i = 0; i < n_blocks; i++)
        blas_memory_free(blocks[i]);
}

// Wait until a block is free; false where there is none at all. n: of the system.
static bool blas_enter(int n) {
    pthread_once(&once, blocks_take);
    if (n <= OWN_MAX || n_blocks == 0)
        return false;
    pthread_mutex_lock(&lock);
    while (n_taken == n_blocks)
        pthread_cond_wait(&given_back, &lock);
    n_taken++;
    pthread_mutex_unlock(&lock);
    return true;
}

static void blas_leave(void) {
    pthread_mutex_lock(&lock);
    n_taken--;
    pthread_cond_signal(&given_back);
    pthread_mutex_unlock(&lock);
}

void rig_linalg_one_thread(void) {
    pthread_once(&once, blocks_take);
}

// --- Cholesky ----------------------------------------------------------------------------------------

static bool own_cholesky(double *A, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        double *row = A + i * n;
        for (ptrdiff_t j = 0; j <= i; j++) {
            const double *up = A + j * n;
            double sum = row[j];
            for (ptrdiff_t k = 0; k < j; k++)
                sum -= row[k] * up[k];
            if (j < i)
                row[j] = sum / up[j];
            else if (sum > 0 && isfinite(sum))
                row[i] = sqrt(sum);
            else
                return false;
        }
    }
    return true;
}

bool rig_cholesky(double *A, int n) {
    if (!blas_enter(n))
        return own_cholesky(A, n);
    const bool done = LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'U', n, A, n) == 0;
    blas_leave();
    return done;
}

static void own_solve(const double *L, ptrdiff_t n, double *B, ptrdiff_t nrhs) {
    for (ptrdiff_t i = 0; i < n; i++) {
        for (ptrdiff_t k = 0; k < i; k++)
            for (ptrdiff_t c = 0; c < nrhs; c++)
                B[i * nrhs + c] -= L[i * n + k] * B[k * nrhs + c];
        for (ptrdiff_t c = 0; c < nrhs; c++)
            B[i * nrhs + c] /= L[i * n + i];
    }
    for (ptrdiff_t i = n - 1; i >= 0; i--) {
        for (ptrdiff_t c = 0; c < nrhs; c++)
            B[i * nrhs + c] /= L[i * n + i];
        for (ptrdiff_t k = 0; k < i; k++)
            for (ptrdiff_t c = 0; c < nrhs; c++)
                B[k * nrhs + c] -= L[i * n + k] * B[i * nrhs + c];
    }
}

void rig_cholesky_solve(const double *L, int n, double *B, int nrhs) {
    if (!blas_enter(n)) {
        own_solve(L, n, B, nrhs);
        return;
    }
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, n, nrhs, 1, L, n, B, nrhs);
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, n, nrhs, 1, L, n, B, nrhs);
    blas_leave();
}

// L becomes its own inverse, column by column; then row i of the product needs only rows from i on.
static bool own_invert(double *A, ptrdiff_t n) {
    for (ptrdiff_t j = 0; j < n; j++) {
        if (!(A[j * n + j] != 0))
            return false;
        A[j * n + j] = 1 / A[j * n + j];
        for (ptrdiff_t i = j + 1; i < n; i++) {
            double sum = 0;
            for (ptrdiff_t k = j; k < i; k++)
                sum -= A[i * n + k] * A[k * n + j];
            A[i * n + j] = sum / A[i * n + i];
        }
    }
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t j = 0; j <= i; j++) {
            double sum = 0;
            for (ptrdiff_t k = i; k < n; k++)
                sum += A[k * n + i] * A[k * n + j];
            A[i * n + j] = sum;
        }
    return true;
}

bool rig_cholesky_invert(double *A, int n) {
    bool done;
    if (blas_enter(n)) {
        done = LAPACKE_dpotri_work(LAPACK_COL_MAJOR, 'U', n, A, n) == 0;
        blas_leave();
    } else {
        done = own_invert(A, n);
    }
    for (ptrdiff_t i = 0; done && i < n; i++)
        for (ptrdiff_t j = 0; j < i; j++)
            A[j * n + i] = A[i * n + j];
    return done;
}

// --- rotations of Jacobi -----------------------------------------------------------------------------

// Of the symmetric [a, b; b, d]: the rotation that makes b vanish.
static void rotation(double a, double b, double d, double *c, double *s) {
    const double theta = (d - a) / (2 * b), t = (theta < 0 ? -1 : 1) / (fabs(theta) + sqrt(1 + theta * theta));
    *c = 1 / sqrt(1 + t * t);
    *s = t * *c;
}

static void turn(double *x, double *y, ptrdiff_t step, int n, double c, double s) {
    for (ptrdiff_t i = 0; i < n; i++) {
        const double at = x[i * step], to = y[i * step];
        x[i * step] = c * at - s * to;
        y[i * step] = s * at + c * to;
    }
}

// Of the entries from row k on in column k of A (m x n), in shares of their sum, so that no square overflows.
static double column_norm(const double *A, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k) {
    double scale = 0, sum = 0;
    for (ptrdiff_t i = k; i < m; i++)
        scale += fabs(A[i * n + k]);
    for (ptrdiff_t i = k; i < m && scale != 0; i++)
        sum += A[i * n + k] / scale * (A[i * n + k] / scale);
    return scale * sqrt(sum);
}

// R (n x n) = what the columns of A (m x n) are to one another: A = Q R, by Householder's reflections. Row by row, for
// that is how A lies.
static void triangle(double *A, ptrdiff_t m, ptrdiff_t n, double *R) {
    for (ptrdiff_t k = 0; k < n; k++) {
        const double norm = column_norm(A, m, n, k), to = A[k * n + k] > 0 ? -norm : norm,
                     least = norm * (norm + fabs(A[k * n + k]));
        double dots[SVD_MAX] = {0};
        A[k * n + k] -= to;
        for (ptrdiff_t i = k; i < m; i++)
            for (ptrdiff_t j = k + 1; j < n; j++)
                dots[j] += A[i * n + k] * A[i * n + j];
        for (ptrdiff_t i = k; i < m && least > 0; i++)
            for (ptrdiff_t j = k + 1; j < n; j++)
                A[i * n + j] -= dots[j] / least * A[i * n + k];
        for (ptrdiff_t j = 0; j < n; j++)
            R[k * n + j] = j < k ? 0 : j == k ? to : A[k * n + j];
    }
}

// One-sided: the columns of R are turned until they stand upright on one another; V collects the turns.
bool rig_null_vector(double *A, int m, int n, double *x) {
    assert(m >= n && n > 0 && n <= SVD_MAX);
    double R[SVD_MAX * SVD_MAX], V[SVD_MAX * SVD_MAX] = {0};
    bool turned = true;
    triangle(A, m, n, R);
    for (int i = 0; i < n; i++)
        V[i * n + i] = 1;
    for (int sweep = 0; turned && sweep < SWEEPS_MAX; sweep++) {
        turned = false;
        for (int p = 0; p < n; p++)
            for (int q = p + 1; q < n; q++) {
                double a = 0, b = 0, d = 0, c, s;
                for (int i = 0; i < n; i++)
                    a += R[i * n + p] * R[i * n + p], b += R[i * n + p] * R[i * n + q],
                        d += R[i * n + q] * R[i * n + q];
                if (!(fabs(b) > 1e-16 * sqrt(a) * sqrt(d)))
                    continue;
                rotation(a, b, d, &c, &s);
                turn(R + p, R + q, n, n, c, s);
                turn(V + p, V + q, n, n, c, s);
                turned = true;
            }
    }
    double least = INFINITY;
    int at = 0;
    for (int j = 0; j < n; j++) {
        double norm = 0;
        for (int i = 0; i < n; i++)
            norm += R[i * n + j] * R[i * n + j];
        if (!isfinite(norm))
            return false;
        if (norm < least)
            least = norm, at = j;
    }
    for (int i = 0; i < n; i++)
        x[i] = V[i * n + at];
    return true;
}

bool rig_eigen_sym(double *A, int n, double *values) {
    assert(n > 0 && n <= SVD_MAX);
    double D[SVD_MAX * SVD_MAX];
    bool turned = true;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) // the lower triangle is what counts
            if (!isfinite(D[i * n + j] = A[i > j ? i * n + j : j * n + i]))
                return false;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            A[i * n + j] = i == j; // its rows will be the vectors
    for (int sweep = 0; turned && sweep < SWEEPS_MAX; sweep++) {
        turned = false;
        for (int p = 0; p < n; p++)
            for (int q = p + 1; q < n; q++) {
                const double a = D[p * n + p], b = D[q * n + p], d = D[q * n + q];
                double c, s;
                if (!(fabs(b) > 1e-17 * (fabs(a) + fabs(d))))
                    continue;
                rotation(a, b, d, &c, &s);
                turn(D + p * n, D + q * n, 1, n, c, s);
                turn(D + p, D + q, n, n, c, s);
                turn(A + p * n, A + q * n, 1, n, c, s);
                D[p * n + q] = D[q * n + p] = 0;
                turned = true;
            }
    }
    for (int k = 0; k < n; k++) {
        int least = k;
        for (int i = k + 1; i < n; i++)
            if (D[i * n + i] < D[least * n + least])
                least = i;
        turn(A + k * n, A + least * n, 1, least == k ? 0 : n, 0, 1); // exchanges them
        values[k] = D[least * n + least];
        D[least * n + least] = D[k * n + k];
        if (!isfinite(values[k]))
            return false;
    }
    return !turned;
}

// --- products ----------------------------------------------------------------------------------------

void rig_syrk_add(double *C, int n, const double *A, int m, double alpha) {
    if (blas_enter(n)) {
        cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, n, m, alpha, A, n, 1, C, n);
        blas_leave();
        return;
    }
    for (ptrdiff_t k = 0; k < m; k++, A += n)
        for (ptrdiff_t i = 0; i < n; i++)
            for (ptrdiff_t j = 0; j <= i; j++)
                C[i * n + j] += alpha * A[i] * A[j];
}

void rig_gemm(double *C, int m, int n, int k, double alpha, const double *A, bool transpose_a, const double *B,
              double beta) {
    if (blas_enter(n < k ? n : k)) {
        cblas_dgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, CblasNoTrans, m, n, k, alpha, A,
                    transpose_a ? m : k, B, n, beta, C, n);
        blas_leave();
        return;
    }
    for (ptrdiff_t i = 0; i < m; i++) {
        double *row = C + i * n;
        for (ptrdiff_t j = 0; j < n; j++)
            row[j] = beta == 0 ? 0 : beta * row[j];
        for (ptrdiff_t l = 0; l < k; l++)
            for (ptrdiff_t j = 0; j < n; j++)
                row[j] += alpha * A[transpose_a ? l * m + i : i * k + l] * B[l * n + j];
    }
}
