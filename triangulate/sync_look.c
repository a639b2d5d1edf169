#include "triangulate/sync_look.h"

#include "core/linalg.h"
#include "core/median.h"

#include <string.h>

// A joint's products of coordinates: x x, x y, y y, x, y, 1. Those of two views, multiplied, are the moments of the
// eight-point algorithm.
enum { PRODUCTS = 6, PADDED = 8, ITERATIONS = 3 };
static const int PRODUCT_OF[3][3] = {{0, 1, 3}, {1, 2, 4}, {3, 4, 5}};
static const double DAMPING = 1e-6; // of the trace

typedef float row[PADDED];

static void products(const rig_sync_joint *joint, const double centre[2], double scale, row made) {
    const float x = (joint->n[0] - (float)centre[0]) * (float)scale,
                y = (joint->n[1] - (float)centre[1]) * (float)scale;
    const row all = {x * x, x * y, y * y, x, y, 1, 0, 0};
    memcpy(made, all, sizeof all);
}

// The mean square of the distances from f, to first order: of the moments, over those of the gradients, which are
// moments where the other point's factor is 1.
static double distance(const double f[9], const double M[81], const double scale[2]) {
    double residual = 0, gradient = 0;
    for (int i = 0; i < 9; i++)
        for (int j = 0; j < 9; j++)
            residual += f[i] * M[9 * i + j] * f[j];
    for (int r = 0; r < 2; r++)
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++) {
                gradient += scale[1] * scale[1] * f[3 * r + i] * f[3 * r + j] * M[9 * (6 + i) + 6 + j];
                gradient += scale[0] * scale[0] * f[3 * i + r] * f[3 * j + r] * M[9 * (3 * i + 2) + 3 * j + 2];
            }
    return gradient > 0 ? fmax(0, residual) / gradient : INFINITY;
}

static double nearly_solve(row sums[PRODUCTS], const double scale[2]) {
    double M[81], L[81], f[9] = {0.31, -0.27, 0.35, 0.33, 0.29, -0.37, 0.36, 0.34, -0.39}, trace = 0;
    for (int i = 0; i < 9; i++)
        for (int j = 0; j < 9; j++)
            M[9 * i + j] = (double)sums[PRODUCT_OF[i % 3][j % 3]][PRODUCT_OF[i / 3][j / 3]];
    memcpy(L, M, sizeof L);
    for (int i = 0; i < 9; i++)
        trace += M[10 * i];
    for (int i = 0; i < 9; i++)
        L[10 * i] += DAMPING * trace;
    if (!rig_cholesky(L, 9))
        return INFINITY;
    for (int i = 0; i < ITERATIONS; i++) {
        double norm = 0;
        rig_cholesky_solve(L, 9, f, 1);
        for (int k = 0; k < 9; k++)
            norm += f[k] * f[k];
        for (int k = 0; k < 9; k++)
            f[k] /= sqrt(norm);
    }
    return distance(f, M, scale);
}

// The sums of one shift; returns for how many moments.
static int sums_make(const rig_sync_look *look, const rig_sync_samples *samples, int n_joints, row *of_a, int lag,
                     const rig_eight_point *empty, row sums[PRODUCTS]) {
    const int step = rig_sync_joints_step(n_joints);
    row of_b;
    int n = 0;
    memset(sums, 0, PRODUCTS * sizeof *sums);
    for (int i = 0; i < samples->n; i++) {
        const rig_sync_joint *p = samples->of[i].joints;
        const rig_sync_joint *q = rig_sync_joints_at(look->b, look->track, samples->of[i].node - lag);
        n += q != NULL;
        for (int j = i % step; q && j < n_joints; j += step) {
            if (!p[j].known || !q[j].known)
                continue;
            products(&q[j], empty->centre[1], empty->scale[1], of_b);
            for (int r = 0; r < PRODUCTS; r++)
                for (int c = 0; c < PADDED; c++)
                    sums[r][c] += of_a[i * n_joints + j][r] * of_b[c];
        }
    }
    return n;
}

rig_status rig_sync_look_free(const rig_sync_look *look, const rig_sync_samples *samples, int n_joints,
                              const rig_eight_point *empty, double *scores, rig_arena *scratch, rig_err *err) {
    const rig_arena_mark mark = rig_arena_tell(scratch);
    row *of_a = RIG_NEW(scratch, row, (long)samples->n * n_joints), sums[PRODUCTS];
    double *seconds = RIG_NEW(scratch, double, look->n_lags), *sorted = RIG_NEW(scratch, double, look->n_lags);
    int n_sorted = 0;
    if (!of_a || !seconds || !sorted) {
        rig_arena_rewind(scratch, mark);
        return rig_fail_memory(err, "moments");
    }
    for (int i = 0; i < samples->n; i++)
        for (int j = 0; j < n_joints; j++)
            products(&samples->of[i].joints[j], empty->centre[0], empty->scale[0], of_a[i * n_joints + j]);
    for (int l = 0; l < look->n_lags; l++) {
        const int lag = (look->first_lag + l) * look->lag_nodes;
        seconds[l] = sums_make(look, samples, n_joints, of_a, lag, empty, sums) * samples->spacing_s;
        scores[l] = seconds[l] < look->seconds_least ? INFINITY : nearly_solve(sums, empty->scale);
        if (isfinite(scores[l]))
            sorted[n_sorted++] = scores[l];
    }
    const double usual = n_sorted ? rig_median(sorted, n_sorted) : 0;
    for (int l = 0; l < look->n_lags; l++)
        scores[l] = isfinite(scores[l]) && usual > 0 ? fmax(0, 1 - sqrt(scores[l] / usual)) * sqrt(seconds[l]) : -1;
    rig_arena_rewind(scratch, mark);
    return RIG_OK;
}
