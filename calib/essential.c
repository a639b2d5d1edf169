#include "calib/essential.h"

#include "core/epipolar.h"
#include "core/linalg.h"

#include <stddef.h>
#include <string.h>

enum { SAMPLE = 8, EIGHT_MOST = 16, KEPT = 4, POLISH = 12, REFINE = 20 };
static const double INLIER = 3;           // sigmas
static const double SOFT = 2;             // sigmas, of the loss of the refinement
static const double PARALLEL = 1e-4;      // rad^2: rays whose crossing point says nothing
static const double DAMPING_MOST = 1e9;   // no step is left to be made
static const double DAMPING_FIRST = 1e-3; // relative to the diagonal

double rig_point_pair_residual(const double E[9], const rig_point_pair *pair, rig_pair_sigma sigma) {
    const double *a = pair->a, *b = pair->b;
    const double line_b[3] = {E[0] * a[0] + E[1] * a[1] + E[2], E[3] * a[0] + E[4] * a[1] + E[5],
                              E[6] * a[0] + E[7] * a[1] + E[8]};
    const double line_a[2] = {E[0] * b[0] + E[3] * b[1] + E[6], E[1] * b[0] + E[4] * b[1] + E[7]};
    const double variance = sigma.a * sigma.a * (line_a[0] * line_a[0] + line_a[1] * line_a[1]) +
                            sigma.b * sigma.b * (line_b[0] * line_b[0] + line_b[1] * line_b[1]);
    return variance > 0 ? (b[0] * line_b[0] + b[1] * line_b[1] + line_b[2]) / sqrt(variance) : 0;
}

// x' = (x - mean) / spread, which makes the least squares well conditioned (Hartley 1997).
typedef struct norming {
    double mean[2], spread;
} norming;

static norming norming_of(const rig_point_pair *pairs, const int *picked, int n, bool of_b) {
    norming to = {{0, 0}, 0};
    for (int i = 0; i < n; i++)
        for (int k = 0; k < 2; k++)
            to.mean[k] += (of_b ? pairs[picked[i]].b : pairs[picked[i]].a)[k] / n;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < 2; k++) {
            const double d = (of_b ? pairs[picked[i]].b : pairs[picked[i]].a)[k] - to.mean[k];
            to.spread += d * d / (2 * n);
        }
    to.spread = sqrt(to.spread);
    return to;
}

static void norming_matrix(const norming *of, double T[9]) {
    const double by = 1 / of->spread, M[9] = {by, 0, -by * of->mean[0], 0, by, -by * of->mean[1], 0, 0, 1};
    memcpy(T, M, sizeof M);
}

bool rig_essential_eight(const rig_point_pair *pairs, const int *picked, int n, double E[9]) {
    double A[9 * EIGHT_MOST], T_a[9], T_b[9], Tt[9], X[9], normed[9];
    n = n < EIGHT_MOST ? n : EIGHT_MOST;
    const norming of_a = norming_of(pairs, picked, n, false), of_b = norming_of(pairs, picked, n, true);
    if (!(of_a.spread > 0) || !(of_b.spread > 0))
        return false;
    for (int i = 0; i < n; i++) {
        double a[2], b[2];
        for (int k = 0; k < 2; k++) {
            a[k] = (pairs[picked[i]].a[k] - of_a.mean[k]) / of_a.spread;
            b[k] = (pairs[picked[i]].b[k] - of_b.mean[k]) / of_b.spread;
        }
        const double row[9] = {b[0] * a[0], b[0] * a[1], b[0], b[1] * a[0], b[1] * a[1], b[1], a[0], a[1], 1};
        memcpy(A + (ptrdiff_t)9 * i, row, sizeof row);
    }
    for (; n < 9; n++)
        memset(A + (ptrdiff_t)9 * n, 0, 9 * sizeof *A);
    if (!rig_null_vector(A, n, 9, normed))
        return false;
    norming_matrix(&of_a, T_a);
    norming_matrix(&of_b, T_b);
    rig_mat3_transpose(T_b, Tt);
    rig_mat3_mul(Tt, normed, X);
    rig_mat3_mul(X, T_a, E);
    return true;
}

bool rig_point_pair_depths(const rig_pose *Rt_b_a, const rig_point_pair *pair, double *z_a, double *z_b) {
    const double v_a[3] = {pair->a[0], pair->a[1], 1}, v_b[3] = {pair->b[0], pair->b[1], 1};
    double d[3];
    rig_mat3_mul_vec(Rt_b_a->R, v_a, d); // z_a d + t = z_b v_b
    const double dd = rig_dot3(d, d), bb = rig_dot3(v_b, v_b), db = rig_dot3(d, v_b);
    const double dt = rig_dot3(d, Rt_b_a->t), bt = rig_dot3(v_b, Rt_b_a->t), det = dd * bb - db * db;
    if (!(det > PARALLEL * dd * bb))
        return false;
    *z_a = (db * bt - bb * dt) / det;
    *z_b = (dd * bt - db * dt) / det;
    return true;
}

static int in_front(const rig_pose *pose, const rig_point_pair *pairs, int n) {
    int front = 0;
    double z_a, z_b;
    for (int i = 0; i < n; i++)
        front += rig_point_pair_depths(pose, &pairs[i], &z_a, &z_b) && z_a > 0 && z_b > 0;
    return front;
}

static void cofactors(const double E[9], double C[9]) {
    rig_cross3(E + 3, E + 6, C);
    rig_cross3(E + 6, E, C + 3);
    rig_cross3(E, E + 3, C + 6);
}

bool rig_essential_pose(const double E[9], const rig_point_pair *pairs, int n, rig_pose *Rt_b_a, int *front) {
    double V[9], values[3], Et[9], unit[9], C[9], TE[9];
    rig_mat3_transpose(E, Et);
    rig_mat3_mul(E, Et, V);
    if (!rig_eigen_sym(V, 3, values) || !(values[1] > 0))
        return false;
    const double scale = sqrt((values[1] + values[2]) / 2), *t = V;
    const double T[9] = {0, -t[2], t[1], t[2], 0, -t[0], -t[1], t[0], 0};
    for (int k = 0; k < 9; k++)
        unit[k] = E[k] / scale;
    cofactors(unit, C);
    rig_mat3_mul(T, unit, TE);
    *front = -1;
    for (int i = 0; i < 4; i++) {
        rig_pose pose;
        double M[9];
        for (int k = 0; k < 9; k++)
            M[k] = C[k] + (i / 2 ? 1 : -1) * TE[k];
        for (int k = 0; k < 3; k++)
            pose.t[k] = i % 2 ? -t[k] : t[k];
        if (!(rig_mat3_det(M) > 0))
            continue;
        rig_rotation_nearest(M, pose.R);
        const int n_front = in_front(&pose, pairs, n);
        if (n_front > *front)
            *front = n_front, *Rt_b_a = pose;
    }
    return *front >= 0;
}

// --- refinement ------------------------------------------------------------------------------------------------------

static double loss_of(const rig_pose *pose, const rig_point_pair *pairs, int n, rig_pair_sigma sigma, double soft) {
    double E[9], sum = 0;
    rig_essential_from_pose(pose, E);
    for (int i = 0; i < n; i++) {
        const double r = rig_point_pair_residual(E, &pairs[i], sigma) / soft;
        sum += log1p(r * r);
    }
    return sum;
}

// Two directions across t.
static void across(const double t[3], double x[3], double y[3]) {
    const double e[3] = {fabs(t[0]) < 0.6, fabs(t[0]) >= 0.6, 0};
    rig_cross3(t, e, x);
    const double n = rig_norm3(x);
    for (int k = 0; k < 3; k++)
        x[k] /= n;
    rig_cross3(t, x, y);
}

// Turn by w, and t along the two directions.
static rig_pose moved(const rig_pose *pose, const double d[5]) {
    double dR[9], x[3], y[3];
    rig_pose to;
    rig_rotation_from_rvec(d, dR, NULL);
    rig_mat3_mul(dR, pose->R, to.R);
    across(pose->t, x, y);
    for (int k = 0; k < 3; k++)
        to.t[k] = pose->t[k] + d[3] * x[k] + d[4] * y[k];
    const double n = rig_norm3(to.t);
    for (int k = 0; k < 3; k++)
        to.t[k] /= n;
    return to;
}

static void build(const rig_pose *pose, const rig_point_pair *pairs, int n, rig_pair_sigma sigma, double soft,
                  double H[25], double g[5]) {
    const double STEP = 1e-6;
    double E[9], Es[5][9];
    rig_essential_from_pose(pose, E);
    for (int k = 0; k < 5; k++) {
        double d[5] = {0};
        d[k] = STEP;
        const rig_pose to = moved(pose, d);
        rig_essential_from_pose(&to, Es[k]);
    }
    memset(H, 0, 25 * sizeof *H);
    memset(g, 0, 5 * sizeof *g);
    for (int i = 0; i < n; i++) {
        const double r = rig_point_pair_residual(E, &pairs[i], sigma) / soft, w = 1 / (1 + r * r);
        double J[5];
        for (int k = 0; k < 5; k++)
            J[k] = (rig_point_pair_residual(Es[k], &pairs[i], sigma) / soft - r) / STEP;
        for (int k = 0; k < 5; k++) {
            g[k] += w * J[k] * r;
            for (int l = 0; l <= k; l++)
                H[5 * k + l] += w * J[k] * J[l];
        }
    }
}

double rig_essential_refine(const rig_point_pair *pairs, int n, rig_pair_sigma sigma, double soft, int iterations,
                            rig_pose *Rt_b_a) {
    double loss = loss_of(Rt_b_a, pairs, n, sigma, soft), damping = DAMPING_FIRST;
    for (int i = 0; i < iterations && damping < DAMPING_MOST; i++) {
        double H[25], g[5];
        bool better = false;
        build(Rt_b_a, pairs, n, sigma, soft, H, g);
        while (!better && damping < DAMPING_MOST) {
            double L[25], d[5];
            memcpy(L, H, sizeof L);
            for (int k = 0; k < 5; k++) {
                L[6 * k] += damping * H[6 * k] + 1e-12;
                d[k] = -g[k];
            }
            if (rig_cholesky(L, 5)) {
                rig_cholesky_solve(L, 5, d, 1);
                const rig_pose to = moved(Rt_b_a, d);
                const double there = loss_of(&to, pairs, n, sigma, soft);
                better = there < loss;
                if (better) {
                    const bool done = loss - there < 1e-9 * loss;
                    *Rt_b_a = to, loss = there;
                    if (done)
                        return loss;
                }
            }
            damping *= better ? 0.2 : 10;
        }
    }
    return loss;
}

// --- search ----------------------------------------------------------------------------------------------------------

typedef struct candidate {
    rig_pose pose;
    double loss;
} candidate;

// Keep the best few, the best one first.
static void keep(candidate *kept, int *n, const rig_pose *pose, double loss) {
    int at = *n;
    while (at > 0 && kept[at - 1].loss > loss)
        at--;
    if (at == KEPT)
        return;
    *n += *n < KEPT;
    for (int i = *n - 1; i > at; i--)
        kept[i] = kept[i - 1];
    kept[at] = (candidate){*pose, loss};
}

bool rig_essential_search(const rig_point_pair *pairs, int n, rig_pair_sigma sigma, int tries, rig_rng *rng,
                          rig_pose *Rt_b_a, int *inliers) {
    candidate kept[KEPT];
    int n_kept = 0, front;
    double E[9], least = INFINITY;
    *inliers = 0;
    for (int i = 0; i < tries && n >= SAMPLE; i++) {
        int picked[EIGHT_MOST];
        rig_pose pose;
        const int size = i % 2 ? EIGHT_MOST : SAMPLE; // few are free of wrong pairs, many tell the pose better
        for (int k = 0; k < size; k++)
            picked[k] = rig_rng_below(rng, n);
        if (!rig_essential_eight(pairs, picked, size, E) || !rig_essential_pose(E, pairs, n, &pose, &front))
            continue;
        const double loss = rig_essential_refine(pairs, n, sigma, SOFT, 2, &pose);
        keep(kept, &n_kept, &pose, loss);
    }
    for (int i = 0; i < n_kept; i++) {
        rig_pose pose = kept[i].pose;
        double loss = rig_essential_refine(pairs, n, sigma, SOFT, POLISH, &pose);
        rig_essential_from_pose(&pose, E);
        if (rig_essential_pose(E, pairs, n, &pose, &front))
            loss = rig_essential_refine(pairs, n, sigma, SOFT, REFINE, &pose);
        if (loss < least)
            least = loss, *Rt_b_a = pose;
    }
    if (n_kept == 0)
        return false;
    rig_essential_from_pose(Rt_b_a, E);
    for (int i = 0; i < n; i++)
        *inliers += fabs(rig_point_pair_residual(E, &pairs[i], sigma)) < INLIER;
    return true;
}
