#include "checks/changepoint.h"

#include "core/linalg.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { P = RIG_CHANGEPOINT_P, Q = RIG_CHANGEPOINT_Q, COARSE = 400 };

static const double SURE = 2, LIMIT = 6; // standard deviations: from there a residual counts less, and not at all
static const double MEDIAN2 = 1.17741;   // of the length of a 2-vector of standard deviation 1
static const double SIDE_S = 0.5;        // a camera that moved stood still for so long before, and after
static const double PRIOR[P] = {0.2, 0.2, 0.2, 0.5, 0.5, 0.5, 30}; // 1 standard deviation: rad, m, frames

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// --- least squares --------------------------------------------------------------------------------------------------

double rig_changepoint_residual(const rig_changepoint *c, const rig_residual *o, double x[2]) {
    const double *theta = o->at < c->change ? c->before : c->after;
    for (int i = 0; i < 2; i++) {
        x[i] = o->r[i];
        for (int k = 0; k < P; k++)
            x[i] -= o->J[i][k] * theta[k];
    }
    return hypot(x[0], x[1]) / o->sigma;
}

// Weights by what the verdict leaves over, in units of its own median; then the sums.
rig_status rig_changepoint_reweight(rig_changepoint *c, bool redescends, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    double *sizes = RIG_NEW(scratch, double, c->x.n), x[2];
    if (!sizes)
        return rig_fail_memory(err, "residuals");
    for (int i = 0; i < c->x.n; i++)
        sizes[i] = rig_changepoint_residual(c, &c->x.all[i], x);
    qsort(sizes, (size_t)c->x.n, sizeof *sizes, by_size);
    double scale = fmax(sizes[c->x.n / 2] / MEDIAN2, 1e-6);
    rig_arena_rewind(scratch, mark);
    memset(c->upto, 0, ((size_t)c->x.n_moments + 1) * sizeof *c->upto);
    for (int i = 0; i < c->x.n; i++) {
        rig_residual *o = &c->x.all[i];
        double size = rig_changepoint_residual(c, o, x) / scale, s = o->sigma * scale;
        o->w = size <= SURE ? 1 : redescends && size > LIMIT ? 0 : SURE / size;
        o->w /= s * s;
        rig_normals *sum = &c->upto[o->at + 1];
        for (int k = 0; k < 2; k++)
            for (int r = 0; r < P; r++) {
                for (int q = 0; q <= r; q++)
                    sum->N[r][q] += o->w * o->J[k][r] * o->J[k][q];
                sum->b[r] += o->w * o->J[k][r] * o->r[k];
            }
    }
    for (int m = 0; m < c->x.n_moments; m++)
        for (int r = 0; r < P; r++) {
            for (int q = 0; q <= r; q++)
                c->upto[m + 1].N[r][q] += c->upto[m].N[r][q];
            c->upto[m + 1].b[r] += c->upto[m].b[r];
        }
    return RIG_OK;
}

rig_normals rig_changepoint_normals(const rig_changepoint *c, int from, int to) {
    rig_normals sum = c->upto[to];
    for (int r = 0; r < P; r++) {
        for (int q = 0; q <= r; q++)
            sum.N[r][q] -= c->upto[from].N[r][q];
        sum.b[r] -= c->upto[from].b[r];
    }
    return sum;
}

// Solve the symmetric N (n x n, lower triangle) theta = b; returns what it gains, b theta.
static double solve(double *N, int n, const double *b, double *theta) {
    double gain = 0;
    memcpy(theta, b, (size_t)n * sizeof *b);
    if (!rig_cholesky(N, n)) { // not with a prior
        memset(theta, 0, (size_t)n * sizeof *theta);
        return 0;
    }
    rig_cholesky_solve(N, n, theta, 1);
    for (int i = 0; i < n; i++)
        gain += b[i] * theta[i];
    return gain;
}

// Of the parameters first .. last - 1 alone.
double rig_normals_solve(const rig_normals *sum, int first, int last, double *theta) {
    double N[P * P] = {0};
    int n = last - first;
    for (int r = 0; r < n; r++) {
        for (int q = 0; q <= r; q++)
            N[r * n + q] = sum->N[first + r][first + q];
        N[r * n + r] += 1 / (PRIOR[first + r] * PRIOR[first + r]);
    }
    return solve(N, n, sum->b + first, theta);
}

// Before and after a moment, and one offset (the first n of them).
double rig_changepoint_fit(const rig_changepoint *c, int change, int n, double *theta) {
    double N[Q * Q] = {0}, b[Q] = {0};
    for (int part = 0; part < 2; part++) {
        rig_normals sum =
            part ? rig_changepoint_normals(c, change, c->x.n_moments) : rig_changepoint_normals(c, 0, change);
        for (int r = 0; r < P; r++) {
            int i = r < 6 ? 6 * part + r : 12;
            for (int q = 0; q <= r && i < n; q++)
                N[i * n + (q < 6 ? 6 * part + q : 12)] += sum.N[r][q];
            b[i] += sum.b[r];
        }
    }
    for (int i = 0; i < n; i++)
        N[i * n + i] += 1 / (PRIOR[i < 12 ? i % 6 : 6] * PRIOR[i < 12 ? i % 6 : 6]);
    return solve(N, n, b, theta);
}

static double gain_of_change(const rig_changepoint *c, int change) {
    double theta[P];
    rig_normals first = rig_changepoint_normals(c, 0, change),
                last = rig_changepoint_normals(c, change, c->x.n_moments);
    return rig_normals_solve(&first, 0, P, theta) + rig_normals_solve(&last, 0, P, theta);
}

static void take_change(rig_changepoint *c, int change) {
    double theta[Q];
    rig_normals all = rig_changepoint_normals(c, 0, c->x.n_moments);
    c->change = change;
    if (change == c->x.n_moments) {
        rig_normals_solve(&all, 0, P, c->before);
        return;
    }
    rig_changepoint_fit(c, change, Q, theta);
    memcpy(c->before, theta, 6 * sizeof *theta), memcpy(c->after, theta + 6, 6 * sizeof *theta);
    c->before[6] = c->after[6] = theta[12];
}

// The moment that gains most, coarsely and then one by one.
void rig_changepoint_search(rig_changepoint *c) {
    int side = (int)fmax(10, SIDE_S * c->watch->fps), low = side, high = c->x.n_moments - side;
    int step = 1 + (high - low) / COARSE, best = c->x.n_moments;
    double most = -1;
    for (;;) {
        for (int m = low; m <= high; m += step) {
            double gain = gain_of_change(c, m);
            if (gain > most)
                most = gain, best = m;
        }
        if (step == 1 || high < low)
            break;
        low = (int)fmax(side, best - step), high = (int)fmin(c->x.n_moments - side, best + step);
        step = (step + 3) / 4;
    }
    take_change(c, best);
}

// The change is at `from`, or there is none.
void rig_changepoint_set(rig_changepoint *c, int from) {
    int at = 0;
    while (at < c->x.n_moments && c->x.moments[at] < from)
        at++;
    take_change(c, from == INT_MIN || at == 0 ? c->x.n_moments : at);
}

// --- how sure -------------------------------------------------------------------------------------------------------

// The residual's derivatives by the n parameters.
static void spread_row(const rig_changepoint *c, const rig_residual *o, int k, int n, double *row) {
    memset(row, 0, (size_t)n * sizeof *row);
    memcpy(row + (n == Q && o->at >= c->change ? 6 : 0), o->J[k], 6 * sizeof *row);
    row[n - 1] = o->J[k][6];
}

// The constant fit's own residual where n = P: the best fit may have a change.
static void residual_of(const rig_changepoint *c, const rig_residual *o, const double *constant, double x[2]) {
    if (!constant) {
        rig_changepoint_residual(c, o, x);
        return;
    }
    for (int k = 0; k < 2; k++) {
        x[k] = o->r[k];
        for (int i = 0; i < P; i++)
            x[k] -= o->J[k][i] * constant[i];
    }
}

static bool inverse_of_normals(const rig_changepoint *c, int n, double *H) {
    double row[Q];
    memset(H, 0, (size_t)n * (size_t)n * sizeof *H);
    for (int i = 0; i < c->x.n; i++)
        for (int k = 0; k < 2; k++) {
            spread_row(c, &c->x.all[i], k, n, row);
            for (int r = 0; r < n; r++)
                for (int q = 0; q <= r && row[r] != 0; q++)
                    H[r * n + q] += c->x.all[i].w * row[r] * row[q];
        }
    for (int i = 0; i < n; i++) {
        double prior = PRIOR[i == n - 1 ? 6 : i % 6];
        H[i * n + i] += 1 / (prior * prior);
    }
    return rig_cholesky(H, n) && rig_cholesky_invert(H, n);
}

rig_status rig_changepoint_covariance(const rig_changepoint *court, int n, double *cov, int *groups, rig_arena *scratch,
                                      rig_err *err) {
    const rig_changepoint *c = court;
    rig_normals all = rig_changepoint_normals(c, 0, c->x.n_moments);
    double H[Q * Q], S[Q * Q] = {0}, HS[Q * Q], constant[P], row[Q], x[2];
    rig_arena_mark mark = rig_arena_tell(scratch);
    double *g = RIG_NEW(scratch, double, (size_t)c->x.n_groups *(size_t)n);
    if (!g)
        return rig_fail_memory(err, "residuals");
    *groups = 0;
    rig_normals_solve(&all, 0, P, constant);
    for (int i = 0; i < c->x.n; i++) {
        const rig_residual *o = &c->x.all[i];
        residual_of(c, o, n == P ? constant : NULL, x);
        for (int k = 0; k < 2; k++) {
            spread_row(c, o, k, n, row);
            for (int r = 0; r < n; r++)
                g[o->group * n + r] += o->w * row[r] * x[k];
        }
    }
    for (int i = 0; i < c->x.n_groups; i++) {
        const double *at = g + (size_t)i * (size_t)n;
        *groups += at[0] != 0 || (n == Q && at[6] != 0); // before the change, or after it
        for (int r = 0; r < n; r++)
            for (int q = 0; q < n; q++)
                S[r * n + q] += at[r] * at[q];
    }
    rig_arena_rewind(scratch, mark);
    if (*groups <= n || !inverse_of_normals(c, n, H)) {
        *groups = 0;
        return RIG_OK;
    }
    rig_gemm(HS, n, n, n, (double)*groups / (*groups - n), H, false, S, 0);
    rig_gemm(cov, n, n, n, 1, HS, false, H, 0);
    return RIG_OK;
}
