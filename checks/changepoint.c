// Least squares over frames with prefix sums; the search for the change point.
#include "checks/changepoint.h"

#include "core/linalg.h"
#include "core/median.h"

#include <limits.h>
#include <string.h>

enum { P = RIG_CHANGEPOINT_P, Q = RIG_CHANGEPOINT_Q, COARSE = 400 };

static const double HUBER = 2, LIMIT = 6; // standard deviations: beyond, a residual counts less, and not at all
static const double MEDIAN2 = 1.17741;    // of the length of a normal 2-vector of standard deviation 1
static const double SIDE_S = 0.5;         // no change is sought nearer to the take's ends
static const double PRIOR[P] = {0.2, 0.2, 0.2, 0.5, 0.5, 0.5, 30}; // 1 standard deviation: rad, m, frames

void rig_normals_add(rig_normals *sum, const rig_normals *more, double sign) {
    for (int r = 0; r < P; r++) {
        for (int q = 0; q <= r; q++)
            sum->N[r][q] += sign * more->N[r][q];
        sum->b[r] += sign * more->b[r];
    }
}

void rig_normals_add_residual(rig_normals *sum, const rig_residual *o) {
    for (int k = 0; k < 2; k++)
        for (int r = 0; r < P; r++) {
            for (int q = 0; q <= r; q++)
                sum->N[r][q] += o->w * o->J[k][r] * o->J[k][q];
            sum->b[r] += o->w * o->J[k][r] * o->r[k];
        }
}

double rig_changepoint_residual(const rig_changepoint *fit, const rig_residual *o, double x[2]) {
    const double *theta = o->at < fit->change ? fit->before : fit->after;
    for (int i = 0; i < 2; i++) {
        x[i] = o->r[i];
        for (int k = 0; k < P; k++)
            x[i] -= o->J[i][k] * theta[k];
    }
    return hypot(x[0], x[1]) / o->sigma;
}

rig_status rig_changepoint_reweight(rig_changepoint *fit, bool redescending, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    double *sizes = RIG_NEW(scratch, double, fit->x.n), x[2];
    if (!sizes)
        return rig_fail_memory(err, "residuals");
    for (int i = 0; i < fit->x.n; i++)
        sizes[i] = rig_changepoint_residual(fit, &fit->x.all[i], x);
    double scale = fmax(rig_median(sizes, fit->x.n) / MEDIAN2, 1e-6);
    rig_arena_rewind(scratch, mark);
    memset(fit->prefix, 0, ((size_t)fit->x.n_frames + 1) * sizeof *fit->prefix);
    for (int i = 0; i < fit->x.n; i++) {
        rig_residual *o = &fit->x.all[i];
        double size = rig_changepoint_residual(fit, o, x) / scale, s = o->sigma * scale;
        o->w = size <= HUBER ? 1 : redescending && size > LIMIT ? 0 : HUBER / size;
        o->w /= s * s;
        rig_normals_add_residual(&fit->prefix[o->at + 1], o);
    }
    for (int m = 0; m < fit->x.n_frames; m++)
        rig_normals_add(&fit->prefix[m + 1], &fit->prefix[m], 1);
    return RIG_OK;
}

rig_normals rig_changepoint_normals(const rig_changepoint *fit, int from, int to) {
    rig_normals sum = fit->prefix[to];
    rig_normals_add(&sum, &fit->prefix[from], -1);
    return sum;
}

// Solve the symmetric N (n x n, lower triangle) theta = b; returns b^T theta.
static double normals_cholesky(double *N, int n, const double *b, double *theta) {
    double gain = 0;
    memcpy(theta, b, (size_t)n * sizeof *b);
    if (!rig_cholesky(N, n)) { // cannot be, with a prior
        memset(theta, 0, (size_t)n * sizeof *theta);
        return 0;
    }
    rig_cholesky_solve(N, n, theta, 1);
    for (int i = 0; i < n; i++)
        gain += b[i] * theta[i];
    return gain;
}

double rig_normals_solve(const rig_normals *sum, int first, int last, double *theta) {
    double N[P * P] = {0};
    int n = last - first;
    for (int r = 0; r < n; r++) {
        for (int q = 0; q <= r; q++)
            N[r * n + q] = sum->N[first + r][first + q];
        N[r * n + r] += 1 / (PRIOR[first + r] * PRIOR[first + r]);
    }
    return normals_cholesky(N, n, sum->b + first, theta);
}

double rig_normals_solve_parts(const rig_normals parts[2], double *theta) {
    double N[Q * Q] = {0}, b[Q] = {0};
    for (int part = 0; part < 2; part++)
        for (int r = 0; r < P; r++) {
            int i = r < 6 ? 6 * part + r : 12;
            for (int q = 0; q <= r; q++)
                N[i * Q + (q < 6 ? 6 * part + q : 12)] += parts[part].N[r][q];
            b[i] += parts[part].b[r];
        }
    for (int i = 0; i < Q; i++)
        N[i * Q + i] += 1 / (PRIOR[i < 12 ? i % 6 : 6] * PRIOR[i < 12 ? i % 6 : 6]);
    return normals_cholesky(N, Q, b, theta);
}

static double gain_of_change(const rig_changepoint *fit, int change) {
    double theta[P];
    rig_normals first = rig_changepoint_normals(fit, 0, change),
                last = rig_changepoint_normals(fit, change, fit->x.n_frames);
    return rig_normals_solve(&first, 0, P, theta) + rig_normals_solve(&last, 0, P, theta);
}

static void fit_with_change(rig_changepoint *fit, int change) {
    double theta[Q];
    rig_normals all = rig_changepoint_normals(fit, 0, fit->x.n_frames);
    fit->change = change;
    if (change == fit->x.n_frames) {
        rig_normals_solve(&all, 0, P, fit->before);
        return;
    }
    const rig_normals parts[2] = {rig_changepoint_normals(fit, 0, change),
                                  rig_changepoint_normals(fit, change, fit->x.n_frames)};
    rig_normals_solve_parts(parts, theta);
    memcpy(fit->before, theta, 6 * sizeof *theta), memcpy(fit->after, theta + 6, 6 * sizeof *theta);
    fit->before[6] = fit->after[6] = theta[12];
}

// On a coarse grid of frames, then on finer ones around the best.
void rig_changepoint_search(rig_changepoint *fit) {
    int side = (int)fmax(10, SIDE_S * fit->watch->fps), low = side, high = fit->x.n_frames - side;
    int step = 1 + (high - low) / COARSE, best = fit->x.n_frames;
    double most = -1;
    for (;;) {
        for (int m = low; m <= high; m += step) {
            double gain = gain_of_change(fit, m);
            if (gain > most)
                most = gain, best = m;
        }
        if (step == 1 || high < low)
            break;
        low = (int)fmax(side, best - step), high = (int)fmin(fit->x.n_frames - side, best + step);
        step = (step + 3) / 4;
    }
    fit_with_change(fit, best);
}

void rig_changepoint_set(rig_changepoint *fit, int from) {
    int at = 0;
    while (at < fit->x.n_frames && fit->x.frames[at] < from)
        at++;
    fit_with_change(fit, from == INT_MIN || at == 0 ? fit->x.n_frames : at);
}
