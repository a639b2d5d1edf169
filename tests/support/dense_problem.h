// A small dense least squares problem for core/lm: x(b) and its Jacobian by a function.
#ifndef RIG_TESTS_DENSE_PROBLEM_H
#define RIG_TESTS_DENSE_PROBLEM_H

#include "core/linalg.h"
#include "core/lm.h"

#include <math.h>
#include <string.h>

enum { DENSE_ROWS_MAX = 32, DENSE_COLS_MAX = 4 };

// Fill x (m) and, where J is not NULL, J (m x n) at b (n). Returns false where b is not allowed.
typedef bool (*dense_residuals)(void *self, const double *b, double *x, double *J);

typedef struct dense_problem {
    dense_residuals residuals;
    void *self;
    int m, n;
    double *b, b_old[DENSE_COLS_MAX], x[DENSE_ROWS_MAX], J[DENSE_ROWS_MAX * DENSE_COLS_MAX];
    double H[DENSE_COLS_MAX * DENSE_COLS_MAX], g[DENSE_COLS_MAX], step[DENSE_COLS_MAX];
} dense_problem;

static inline double dense_cost(const dense_problem *d) {
    double sum = 0;
    for (int i = 0; i < d->m; i++)
        sum += d->x[i] * d->x[i];
    return sum / 2;
}

static inline double dense_linearize(void *self) {
    dense_problem *d = self;
    if (!d->residuals(d->self, d->b, d->x, d->J))
        return INFINITY;
    memset(d->H, 0, sizeof d->H);
    rig_syrk_add(d->H, d->n, d->J, d->m, 1);
    rig_gemm(d->g, d->n, 1, d->m, 1, d->J, true, d->x, 0);
    return dense_cost(d);
}

static inline double dense_solve(void *self, double lambda) {
    dense_problem *d = self;
    double L[DENSE_COLS_MAX * DENSE_COLS_MAX], foreseen = 0;
    memcpy(L, d->H, sizeof L);
    for (int i = 0; i < d->n; i++) {
        L[i * (d->n + 1)] *= 1 + lambda;
        d->step[i] = -d->g[i];
    }
    if (!rig_cholesky(L, d->n))
        return -1;
    rig_cholesky_solve(L, d->n, d->step, 1);
    for (int i = 0; i < d->n; i++) // 1/2 step^T (lambda diag(H) step - g)
        foreseen += d->step[i] * (lambda * d->H[i * (d->n + 1)] * d->step[i] - d->g[i]) / 2;
    return foreseen;
}

static inline double dense_try(void *self) {
    dense_problem *d = self;
    for (int i = 0; i < d->n; i++) {
        d->b_old[i] = d->b[i];
        d->b[i] += d->step[i];
    }
    return d->residuals(d->self, d->b, d->x, NULL) ? dense_cost(d) : INFINITY;
}

static inline void dense_accept(void *self) {
    (void)self; // the tried state already stands in b
}

static inline void dense_reject(void *self) {
    dense_problem *d = self;
    memcpy(d->b, d->b_old, (size_t)d->n * sizeof *d->b);
}

// rig_lm_run from b (n, in and out). covariance, where not NULL: n x n, the inverse of J^T J at the end.
static inline rig_status dense_run(dense_residuals residuals, void *self, int m, int n, double *b, int max_iterations,
                                   double *covariance, rig_lm_report *report, rig_err *err) {
    dense_problem d = {.residuals = residuals, .self = self, .m = m, .n = n, .b = b};
    const rig_lm_problem problem = {&d, dense_linearize, dense_solve, dense_try, dense_accept, dense_reject};
    RIG_TRY(rig_lm_run(&problem, max_iterations, report, err));
    if (!covariance)
        return RIG_OK;
    memcpy(covariance, d.H, (size_t)(n * n) * sizeof *covariance);
    return rig_cholesky(covariance, n) && rig_cholesky_invert(covariance, n)
               ? RIG_OK
               : rig_fail(err, RIG_ERR_NUMERIC, "no covariance");
}

#endif
