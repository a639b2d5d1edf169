#include "core/lm.h"

#include "core/linalg.h"

#include <math.h>
#include <string.h>

static const double SMALL = 1e-12;        // of the cost: a decrease that is none
static const double LAMBDA_FIRST = 1e-3;  // relative to the diagonal of H
static const double LAMBDA_LEAST = 1e-15; // below, it no longer changes H
static const double LAMBDA_MOST = 1e16;   // above, no step is left to be made
enum { SMALL_STEPS = 3 };

static bool raise(double *lambda, double *factor) {
    *lambda *= *factor;
    *factor *= 2;
    return *lambda <= LAMBDA_MOST;
}

static rig_status step_failed(rig_err *err, double lambda) {
    return rig_fail(err, RIG_ERR_NUMERIC, "normal equations are singular up to a damping of %g", lambda);
}

rig_status rig_lm_run(const rig_lm_problem *problem, int max_iterations, rig_lm_report *report, rig_err *err) {
    double cost = problem->linearize(problem->self);
    *report = (rig_lm_report){0, cost, cost, cost == 0};
    if (!isfinite(cost))
        return rig_fail(err, RIG_ERR_NUMERIC, "the cost at the start is not finite");
    double lambda = LAMBDA_FIRST, factor = 2;
    int small_steps = 0;
    while (!report->converged && report->iterations < max_iterations) {
        report->iterations++;
        double foreseen = problem->solve(problem->self, lambda);
        if (!(foreseen >= 0)) {
            if (!raise(&lambda, &factor))
                return step_failed(err, lambda);
            continue;
        }
        double decrease = cost - problem->try_step(problem->self);
        bool nothing_left = foreseen <= SMALL * cost && !(decrease > SMALL * cost);
        if (decrease > 0) {
            small_steps = decrease <= SMALL * cost ? small_steps + 1 : 0;
            problem->accept(problem->self);
            cost = report->cost_last = problem->linearize(problem->self);
            double surplus = 2 * decrease / foreseen - 1;
            lambda = fmax(LAMBDA_LEAST, lambda * fmax(1.0 / 3, 1 - surplus * surplus * surplus));
            factor = 2;
        } else {
            problem->reject(problem->self);
            nothing_left = !raise(&lambda, &factor) || nothing_left;
        }
        report->converged = nothing_left || small_steps >= SMALL_STEPS || cost == 0;
    }
    return RIG_OK;
}

typedef struct dense {
    rig_lm_residuals residuals;
    void *self;
    int m, n;
    double *b, *b_old;        // n
    double *x, *J;            // m, m x n
    double *H, *L, *g, *step; // n x n, n x n, n, n
} dense;

static double cost_of(const dense *d) {
    double sum = 0;
    for (int i = 0; i < d->m; i++)
        sum += d->x[i] * d->x[i];
    return sum / 2;
}

static double dense_linearize(void *self) {
    dense *d = self;
    if (!d->residuals(d->self, d->b, d->x, d->J))
        return INFINITY;
    memset(d->H, 0, (size_t)d->n * (size_t)d->n * sizeof *d->H);
    rig_syrk_add(d->H, d->n, d->J, d->m, 1);
    rig_gemm(d->g, d->n, 1, d->m, 1, d->J, true, d->x, 0);
    return cost_of(d);
}

static double dense_solve(void *self, double lambda) {
    dense *d = self;
    const ptrdiff_t n = d->n;
    memcpy(d->L, d->H, (size_t)(n * n) * sizeof *d->L);
    for (ptrdiff_t i = 0; i < n; i++) {
        d->L[i * n + i] *= 1 + lambda;
        d->step[i] = -d->g[i];
    }
    if (!rig_cholesky(d->L, d->n))
        return -1;
    rig_cholesky_solve(d->L, d->n, d->step, 1);
    double foreseen = 0; // 1/2 step^T (lambda diag(H) step - g)
    for (ptrdiff_t i = 0; i < n; i++)
        foreseen += d->step[i] * (lambda * d->H[i * n + i] * d->step[i] - d->g[i]) / 2;
    return foreseen;
}

static double dense_try(void *self) {
    dense *d = self;
    for (int i = 0; i < d->n; i++) {
        d->b_old[i] = d->b[i];
        d->b[i] += d->step[i];
    }
    return d->residuals(d->self, d->b, d->x, NULL) ? cost_of(d) : INFINITY;
}

static void dense_accept(void *self) {
    (void)self; // the tried state already stands in b
}

static void dense_reject(void *self) {
    dense *d = self;
    memcpy(d->b, d->b_old, (size_t)d->n * sizeof *d->b);
}

static rig_status covariance_of(const dense *d, double *covariance, rig_err *err) {
    memcpy(covariance, d->H, (size_t)d->n * (size_t)d->n * sizeof *covariance);
    if (!rig_cholesky(covariance, d->n) || !rig_cholesky_invert(covariance, d->n))
        return rig_fail(err, RIG_ERR_NUMERIC, "no covariance: %d parameters are not all determined", d->n);
    return RIG_OK;
}

rig_status rig_lm_dense(rig_lm_residuals residuals, void *self, int m, int n, double *b, int max_iterations,
                        double *covariance, rig_lm_report *report, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    const size_t rows = (size_t)m, cols = (size_t)n;
    dense d = {.residuals = residuals, .self = self, .m = m, .n = n, .b = b};
    d.b_old = RIG_NEW(scratch, double, 3 * cols + rows);
    d.J = RIG_NEW(scratch, double, rows *cols);
    d.H = RIG_NEW(scratch, double, 2 * cols * cols);
    rig_status status = RIG_OK;
    if (!d.b_old || !d.J || !d.H) {
        status = rig_fail_memory(err, "a least squares problem");
        goto done;
    }
    d.g = d.b_old + cols;
    d.step = d.g + cols;
    d.x = d.step + cols;
    d.L = d.H + cols * cols;
    const rig_lm_problem problem = {&d, dense_linearize, dense_solve, dense_try, dense_accept, dense_reject};
    status = rig_lm_run(&problem, max_iterations, report, err);
    if (status == RIG_OK && covariance)
        status = covariance_of(&d, covariance, err);
done:
    rig_arena_rewind(scratch, mark);
    return status;
}
