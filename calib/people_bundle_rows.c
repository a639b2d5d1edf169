// The equations of the bundle of people's joints.
#include "calib/people_bundle_work.h"

#include "core/linalg.h"

#include <string.h>

enum { CAMERAS_MOST = 64 };
static const double GAUGE = 10;        // of the largest diagonal: holds the rig's size, which no pixel shows
static const double FAR_SIGMAS = 1e3;  // a point behind a camera
static const double SHARE_LEAST = 0.4; // where the point is all but the sight's own

// Two sights are left with one number, the distance across the epipolar line, which each has half of: its median is
// 0.81 of what a 2D normal error's would be for the same squares, and the distances that 4 % and 0.2 % exceed are 1.14
// and 1.24 times as large.
static const double PAIR_MEDIAN = 0.81, PAIR_LIMIT = 1.2;

static double rho(double r2, double huber) {
    return r2 <= huber * huber ? r2 / 2 : huber * sqrt(r2) - huber * huber / 2;
}

bool rig_point_residual(const rig_point_bundle *b, const rig_bundle_point *point, const rig_point_sight *s, double r[2],
                        double p_cam[3], double dq_dp[6]) {
    const double late_s = b->late_s ? b->late_s[s->camera] : 0;
    double q[2];
    rig_pose_apply(&b->Rt_cam_world[s->camera], point->p, p_cam);
    if (!rig_camera_project(&b->cameras[s->camera], p_cam, q, dq_dp, NULL))
        return false;
    for (int k = 0; k < 2; k++)
        r[k] = (q[k] + s->dq_dt[k] * late_s - s->q[k]) / s->sigma_px;
    return true;
}

double rig_point_expected(const rig_point_work *w, const rig_bundle_point *point, int sight,
                          rig_point_measure measure) {
    int n = 0;
    for (int k = point->first; k < point->first + point->n; k++)
        n += !w->b->sights[k].left_out;
    return w->share[sight] * (n != 2 ? 1 : measure == RIG_POINT_BY_MEDIAN ? PAIR_MEDIAN : PAIR_LIMIT);
}

static void row_set(const rig_point_work *w, const rig_bundle_point *point, const rig_point_sight *s, double huber,
                    rig_point_row *to) {
    const double *R = w->b->Rt_cam_world[s->camera].R, *t = w->b->Rt_cam_world[s->camera].t;
    double p[3], dq[6];
    to->used = rig_point_residual(w->b, point, s, to->r, p, dq);
    if (!to->used)
        return;
    const double size = hypot(to->r[0], to->r[1]), weight = sqrt(size > huber ? huber / size : 1);
    const double x[3] = {p[0] - t[0], p[1] - t[1], p[2] - t[2]}; // turns are about the world's origin: R' = exp(w) R
    for (int k = 0; k < 2; k++) {
        const double *d = dq + (ptrdiff_t)3 * k, by = weight / s->sigma_px;
        to->Jc[k][RIG_POINT_TURN] = by * (d[2] * x[1] - d[1] * x[2]);
        to->Jc[k][RIG_POINT_TURN + 1] = by * (d[0] * x[2] - d[2] * x[0]);
        to->Jc[k][RIG_POINT_TURN + 2] = by * (d[1] * x[0] - d[0] * x[1]);
        for (int i = 0; i < 3; i++) {
            to->Jc[k][RIG_POINT_SHIFT + i] = by * d[i];
            to->Jp[k][i] = by * (d[0] * R[i] + d[1] * R[3 + i] + d[2] * R[6 + i]);
        }
        to->Jc[k][RIG_POINT_LATE] = by * s->dq_dt[k];
        to->r[k] *= weight;
    }
    rig_point_lens_row(w, s->camera, p, weight / s->sigma_px, to);
}

// What is known of the clocks beforehand.
static double clocks_cost(const rig_point_bundle *b) {
    double cost = 0;
    for (int c = 0; c < b->n_cameras && b->late_s; c++)
        if (b->late_sigma_s[c] > 0)
            cost += b->late_s[c] * b->late_s[c] / (2 * b->late_sigma_s[c] * b->late_sigma_s[c]);
    return cost;
}

double rig_point_bundle_cost(const rig_point_work *w) {
    double cost = clocks_cost(w->b) + rig_point_lens_cost(w->b), r[2], p[3];
    for (int i = 0; i < w->b->n_points; i++) {
        const rig_bundle_point *point = &w->b->points[i];
        for (int k = point->first; k < point->first + point->n; k++) {
            if (w->b->sights[k].left_out)
                continue;
            const bool front = rig_point_residual(w->b, point, &w->b->sights[k], r, p, NULL);
            cost += rho(front ? r[0] * r[0] + r[1] * r[1] : FAR_SIGMAS * FAR_SIGMAS,
                        w->huber * rig_point_expected(w, point, k, RIG_POINT_BY_LIMIT));
        }
    }
    return cost;
}

double rig_point_bundle_linearize(void *self) {
    rig_point_work *w = self;
    for (int i = 0; i < w->b->n_points; i++) {
        const rig_bundle_point *point = &w->b->points[i];
        for (int k = point->first; k < point->first + point->n; k++)
            if (w->b->sights[k].left_out)
                w->rows[k].used = false;
            else
                row_set(w, point, &w->b->sights[k], w->huber * rig_point_expected(w, point, k, RIG_POINT_BY_LIMIT),
                        &w->rows[k]);
    }
    return rig_point_bundle_cost(w);
}

bool rig_point_normal(const rig_point_work *w, const rig_bundle_point *point, double lambda, double V[9], double g[3]) {
    memset(V, 0, 9 * sizeof *V);
    memset(g, 0, 3 * sizeof *g);
    for (int k = point->first; k < point->first + point->n; k++) {
        const rig_point_row *of = &w->rows[k];
        for (int c = 0; c < 2 && of->used; c++)
            for (int i = 0; i < 3; i++) {
                g[i] += of->Jp[c][i] * of->r[c];
                for (int j = 0; j < 3; j++)
                    V[3 * i + j] += of->Jp[c][i] * of->Jp[c][j];
            }
    }
    for (int i = 0; i < 3; i++)
        V[4 * i] *= 1 + lambda;
    return rig_cholesky(V, 3) && rig_cholesky_invert(V, 3);
}

// By how much the point follows each sight: the trace of Jp V Jp^T, of 2.
void rig_point_shares_set(rig_point_work *w) {
    const double huber = w->huber;
    w->huber = INFINITY;
    rig_point_bundle_linearize(w);
    w->huber = huber;
    for (int i = 0; i < w->b->n_points; i++) {
        const rig_bundle_point *point = &w->b->points[i];
        double V[9], g[3];
        const bool known = rig_point_normal(w, point, 0, V, g);
        for (int k = point->first; k < point->first + point->n; k++) {
            double follows = 0;
            for (int e = 0; e < 18 && known && w->rows[k].used; e++)
                follows += w->rows[k].Jp[e / 9][e / 3 % 3] * V[e % 9] * w->rows[k].Jp[e / 9][e % 3];
            w->share[k] = fmax(SHARE_LEAST, sqrt(fmax(0, 2 - follows) / 2));
        }
    }
}

// --- points eliminated -----------------------------------------------------------------------------------------------

// What a sight's camera and the point share, of each unknown that is not held.
typedef struct cross {
    int n, at[RIG_POINT_UNKNOWNS];
    double W[RIG_POINT_UNKNOWNS][3], Y[RIG_POINT_UNKNOWNS][3]; // Y = W V
} cross;

static void cross_set(const rig_point_work *w, int sight, const double V[9], cross *to) {
    const rig_point_row *of = &w->rows[sight];
    const int *column = w->column[w->b->sights[sight].camera];
    to->n = 0;
    for (int u = 0; u < RIG_POINT_UNKNOWNS; u++) {
        double *W = to->W[to->n], *Y = to->Y[to->n];
        if (column[u] < 0)
            continue;
        for (int j = 0; j < 3; j++)
            W[j] = of->Jc[0][u] * of->Jp[0][j] + of->Jc[1][u] * of->Jp[1][j];
        for (int j = 0; j < 3; j++)
            Y[j] = W[0] * V[j] + W[1] * V[3 + j] + W[2] * V[6 + j];
        to->at[to->n++] = column[u];
    }
}

static void own_add(const rig_point_work *w, int sight, double *H, double *g) {
    const rig_point_row *of = &w->rows[sight];
    const int *column = w->column[w->b->sights[sight].camera];
    for (int u = 0; u < RIG_POINT_UNKNOWNS; u++) {
        if (column[u] < 0)
            continue;
        g[column[u]] += of->Jc[0][u] * of->r[0] + of->Jc[1][u] * of->r[1];
        for (int v = 0; v <= u && H; v++) // columns of a camera rise
            if (column[v] >= 0)
                H[(ptrdiff_t)column[u] * w->n + column[v]] += of->Jc[0][u] * of->Jc[0][v] + of->Jc[1][u] * of->Jc[1][v];
    }
}

static void product_subtract(const rig_point_work *w, const cross *a, const cross *b, bool same, double *H) {
    for (int i = 0; i < a->n; i++)
        for (int j = 0; j < (same ? i + 1 : b->n); j++) {
            const int row = a->at[i] > b->at[j] ? a->at[i] : b->at[j], column = a->at[i] + b->at[j] - row;
            H[(ptrdiff_t)row * w->n + column] -=
                a->Y[i][0] * b->W[j][0] + a->Y[i][1] * b->W[j][1] + a->Y[i][2] * b->W[j][2];
        }
}

void rig_point_eliminate(const rig_point_work *w, const rig_bundle_point *point, double lambda, double *H, double *g) {
    double V[9], gp[3];
    cross crosses[CAMERAS_MOST];
    int n = 0;
    if (!rig_point_normal(w, point, lambda, V, gp))
        return;
    for (int k = point->first; k < point->first + point->n && n < CAMERAS_MOST; k++) {
        cross *to = &crosses[n];
        if (!w->rows[k].used)
            continue;
        own_add(w, k, H, g);
        cross_set(w, k, V, to);
        n += to->n > 0;
        for (int i = 0; i < to->n; i++)
            g[to->at[i]] -= to->Y[i][0] * gp[0] + to->Y[i][1] * gp[1] + to->Y[i][2] * gp[2];
    }
    for (int a = 0; a < n && H; a++)
        for (int b = 0; b <= a; b++)
            product_subtract(w, &crosses[a], &crosses[b], a == b, H);
}

static void gauge_add(rig_point_work *w, double *H) {
    double largest = 0, norm = 0;
    for (int i = 0; i < w->n_pose; i++) {
        const rig_pose *pose = &w->b->Rt_cam_world[1 + i / 6];
        largest = fmax(largest, H[(ptrdiff_t)i * w->n + i]);
        w->gauge[i] = i % 6 < 3 ? 0 : pose->t[i % 6 - 3];
        norm += w->gauge[i] * w->gauge[i];
    }
    for (int i = 0; i < w->n_pose; i++)
        for (int j = 0; j <= i && norm > 0; j++)
            H[(ptrdiff_t)i * w->n + j] += GAUGE * largest * w->gauge[i] * w->gauge[j] / norm;
}

void rig_point_bundle_build(rig_point_work *w, double lambda) {
    const rig_point_bundle *b = w->b;
    memset(w->H, 0, sizeof *w->H * (size_t)w->n * (size_t)w->n);
    memset(w->g, 0, sizeof *w->g * (size_t)w->n);
    for (int i = 0; i < b->n_points; i++)
        rig_point_eliminate(w, &b->points[i], lambda, w->H, w->g);
    for (int c = 0; c < b->n_cameras; c++) {
        const int at = w->column[c][RIG_POINT_LATE];
        if (at < 0)
            continue;
        const double by = 1 / (b->late_sigma_s[c] * b->late_sigma_s[c]);
        w->g[at] += by * b->late_s[c];
        w->H[(ptrdiff_t)at * (w->n + 1)] += by;
    }
    rig_point_lens_build(w);
    gauge_add(w, w->H);
}
