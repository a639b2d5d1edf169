#include "triangulate/sync_epipolar.h"

#include "core/geom.h"
#include "core/linalg.h"

#include <string.h>

static const double BLOCK_S = 1;         // moments this far apart err independently
static const double DAMPING = 1e-7;      // of the diagonal: F of people on a line or in a plane is not unique
static const double DRIFT_REACH_S = 100; // moments that a drift is to be right at, before and after the centre
enum { CLOCKS = 2, PARAMS = CLOCKS + 9 };

double rig_sampson_distance(const double F[9], const double a[2], const double b[2]) {
    const double l0 = F[0] * a[0] + F[1] * a[1] + F[2], l1 = F[3] * a[0] + F[4] * a[1] + F[5];
    const double l2 = F[6] * a[0] + F[7] * a[1] + F[8];
    const double m0 = F[0] * b[0] + F[3] * b[1] + F[6], m1 = F[1] * b[0] + F[4] * b[1] + F[7];
    const double g2 = l0 * l0 + l1 * l1 + m0 * m0 + m1 * m1;
    return g2 > 0 ? (b[0] * l0 + b[1] * l1 + l2) / sqrt(g2) : 0;
}

void rig_eight_point_add(rig_eight_point *s, const double a[2], const double b[2], double weight) {
    const double x[3] = {(a[0] - s->centre[0][0]) * s->scale[0], (a[1] - s->centre[0][1]) * s->scale[0], 1};
    const double y[3] = {(b[0] - s->centre[1][0]) * s->scale[1], (b[1] - s->centre[1][1]) * s->scale[1], 1};
    double row[9];
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            row[3 * i + j] = y[i] * x[j];
    double *m = s->moments;
    for (int i = 0; i < 9; i++)
        for (int j = 0; j <= i; j++)
            *m++ += weight * row[i] * row[j];
}

bool rig_eight_point_solve(const rig_eight_point *s, double F[9]) {
    double A[81], values[9];
    const double *m = s->moments;
    for (int i = 0; i < 9; i++)
        for (int j = 0; j <= i; j++)
            A[9 * i + j] = A[9 * j + i] = *m++;
    if (!rig_eigen_sym(A, 9, values))
        return false;
    const double *f = A; // of the least eigenvalue
    const double T_a[9] = {
        s->scale[0], 0, -s->scale[0] * s->centre[0][0], 0, s->scale[0], -s->scale[0] * s->centre[0][1], 0, 0, 1};
    const double T_b[9] = {
        s->scale[1], 0, -s->scale[1] * s->centre[1][0], 0, s->scale[1], -s->scale[1] * s->centre[1][1], 0, 0, 1};
    double T_bt[9], half[9], norm = 0;
    rig_mat3_transpose(T_b, T_bt);
    rig_mat3_mul(f, T_a, half);
    rig_mat3_mul(T_bt, half, F);
    for (int i = 0; i < 9; i++)
        norm += F[i] * F[i];
    for (int i = 0; i < 9; i++)
        F[i] /= sqrt(norm);
    return isfinite(norm) && norm > 0;
}

typedef struct normal {
    double H[PARAMS * PARAMS], g[PARAMS], spread[PARAMS * PARAMS], block[PARAMS];
    int block_at, n;
} normal;

static void block_end(normal *s) {
    for (int i = 0; i < PARAMS; i++)
        for (int j = 0; j < PARAMS; j++)
            s->spread[PARAMS * i + j] += s->block[i] * s->block[j];
    memset(s->block, 0, sizeof s->block);
}

static void match_add(normal *s, const rig_sync_match *m, double sigma, const bool *is_free, const double F[9],
                      const rig_sync_clocks *clocks) {
    const double a[3] = {m->a[0], m->a[1], 1}, b[3] = {m->b[0], m->b[1], 1};
    double l[3], J[PARAMS] = {0};
    rig_mat3_mul_vec(F, a, l);
    const double m0 = F[0] * b[0] + F[3] * b[1] + F[6], m1 = F[1] * b[0] + F[4] * b[1] + F[7];
    const double g = sqrt(l[0] * l[0] + l[1] * l[1] + m0 * m0 + m1 * m1);
    if (!(g > 0))
        return;
    const double x = rig_dot3(b, l) / g, w = 1 / (1 + x * x / (sigma * sigma));
    const double dx_dt = (m->v_b[0] * l[0] + m->v_b[1] * l[1]) / g; // t of b's clock
    J[0] = -dx_dt;
    J[1] = is_free[1] ? -dx_dt * (m->t_s - clocks->centre_s) : 0;
    for (int i = 0; i < 9 && is_free[2]; i++)
        J[CLOCKS + i] = b[i / 3] * a[i % 3] / g;
    const int block = (int)floor(m->t_s / BLOCK_S);
    if (s->n > 0 && block != s->block_at)
        block_end(s);
    s->block_at = block;
    s->n++;
    for (int i = 0; i < PARAMS; i++) {
        if (!is_free[i < CLOCKS ? i : CLOCKS])
            continue;
        s->g[i] += w * J[i] * x;
        s->block[i] += w * J[i] * x;
        for (int j = 0; j <= i; j++)
            s->H[PARAMS * i + j] += w * J[i] * J[j];
    }
}

// H's inverse in place; what is held has none. false: singular.
static bool normal_invert(normal *s, const bool *is_free, const double F[9]) {
    double trace = 0;
    for (int i = CLOCKS; i < PARAMS; i++)
        trace += s->H[PARAMS * i + i];
    for (int i = CLOCKS; i < PARAMS && is_free[2]; i++)
        for (int j = CLOCKS; j <= i; j++) // F's length is no matter
            s->H[PARAMS * i + j] += trace * F[i - CLOCKS] * F[j - CLOCKS];
    for (int i = 0; i < PARAMS; i++) {
        const bool free = is_free[i < CLOCKS ? i : CLOCKS];
        s->H[PARAMS * i + i] = free ? s->H[PARAMS * i + i] * (1 + DAMPING) : 1;
    }
    return rig_cholesky(s->H, PARAMS) && rig_cholesky_invert(s->H, PARAMS);
}

static double variance_of(const normal *s, int i, int j) {
    double sum = 0;
    for (int k = 0; k < PARAMS; k++)
        for (int m = 0; m < PARAMS; m++)
            sum += s->H[PARAMS * i + k] * s->spread[PARAMS * k + m] * s->H[PARAMS * j + m];
    return sum;
}

// Drift is about 0, give or take `loose`; sigma2: of a match.
static void drift_hold(normal *s, double sigma2, double loose, double drift) {
    const double weight = sigma2 / (loose * loose);
    s->H[PARAMS + 1] += weight;
    s->g[1] += weight * drift;
    s->spread[PARAMS + 1] += sigma2 * weight;
}

double rig_sync_step(const rig_sync_match *matches, int n, double sigma, bool F_free, double drift_loose, double F[9],
                     rig_sync_clocks *clocks) {
    const bool drift_free = drift_loose > 0, is_free[] = {true, drift_free, F_free};
    normal s = {.n = 0};
    double step[PARAMS] = {0}, norm = 0;
    for (int i = 0; i < n; i++)
        match_add(&s, &matches[i], sigma, is_free, F, clocks);
    block_end(&s);
    if (drift_free)
        drift_hold(&s, sigma * sigma / (RIG_SYNC_CAUCHY * RIG_SYNC_CAUCHY), drift_loose, clocks->drift);
    if (s.n == 0 || !(s.H[0] > 0) || !normal_invert(&s, is_free, F))
        return INFINITY;
    for (int i = 0; i < PARAMS; i++)
        for (int j = 0; j < PARAMS; j++)
            step[i] -= s.H[PARAMS * i + j] * s.g[j];
    for (int i = 0; i < 9 && F_free; i++)
        F[i] += step[CLOCKS + i];
    for (int i = 0; i < 9; i++)
        norm += F[i] * F[i];
    for (int i = 0; i < 9 && F_free; i++)
        F[i] /= sqrt(norm);
    clocks->shift_s += step[0];
    clocks->drift += step[1];
    clocks->sigma_shift_s = sqrt(variance_of(&s, 0, 0));
    clocks->sigma_drift = drift_free ? sqrt(variance_of(&s, 1, 1)) : 0;
    if (drift_free && clocks->sigma_drift > 0) { // where shift and drift err independently
        const double move = -variance_of(&s, 0, 1) / variance_of(&s, 1, 1);
        clocks->centre_s += move;
        clocks->shift_s += clocks->drift * move;
        clocks->sigma_shift_s = sqrt(fmax(0, variance_of(&s, 0, 0) + move * variance_of(&s, 0, 1)));
    }
    return fabs(step[0]) + DRIFT_REACH_S * fabs(step[1]);
}

double rig_sync_slope(const rig_sync_match *matches, int n, double sigma, const double F[9],
                      const rig_sync_clocks *clocks, double *curvature) {
    const bool is_free[] = {true, false, false};
    normal s = {.n = 0};
    for (int i = 0; i < n; i++)
        match_add(&s, &matches[i], sigma, is_free, F, clocks);
    *curvature = s.H[0];
    return s.g[0];
}
