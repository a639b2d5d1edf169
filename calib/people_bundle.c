#include "calib/people_bundle_work.h"

#include "core/linalg.h"
#include "core/lm.h"
#include "core/median.h"

#include <string.h>

enum { ROUNDS = 3, SCALES_MOST = 200000, CAMERAS_MOST = 64 };
static const double HUBER = 2.5, LEFT_OUT = 3.5; // of the residuals' scatter
static const double MEDIAN_TO_SIGMA = 1.17741;   // the median length of a 2D normal error is that many sigmas
static const double GAUGE = 10;                  // of the largest diagonal: holds the rig's size, which no pixel shows
static const double FAR_SIGMAS = 1e3;            // a point behind a camera

// A point takes 3 of its sights' numbers for itself, so that residuals are smaller than errors: by half for two sights.
static double shrunk(const rig_point_bundle *b, const rig_bundle_point *point) {
    int n = 0;
    for (int k = point->first; k < point->first + point->n; k++)
        n += !b->sights[k].left_out;
    return n >= 2 ? sqrt((2.0 * n - 3) / (2.0 * n)) : 1;
}

static double rho(double r2, double huber) {
    return r2 <= huber * huber ? r2 / 2 : huber * sqrt(r2) - huber * huber / 2;
}

// Distance of a sight from its point, in sigmas. false: behind the camera.
static bool residual(const rig_point_bundle *b, const rig_bundle_point *point, const rig_point_sight *s, double r[2],
                     double p_cam[3], double dq_dp[6]) {
    double q[2];
    rig_pose_apply(&b->Rt_cam_world[s->camera], point->p, p_cam);
    if (!rig_camera_project(&b->cameras[s->camera], p_cam, q, dq_dp, NULL))
        return false;
    for (int k = 0; k < 2; k++)
        r[k] = (q[k] - s->q[k]) / s->sigma_px;
    return true;
}

static void row_set(const rig_point_work *w, const rig_bundle_point *point, const rig_point_sight *s, double huber,
                    rig_point_row *to) {
    const double *R = w->b->Rt_cam_world[s->camera].R, *t = w->b->Rt_cam_world[s->camera].t;
    double p[3], dq[6];
    to->used = residual(w->b, point, s, to->r, p, dq);
    if (!to->used)
        return;
    const double size = hypot(to->r[0], to->r[1]), weight = sqrt(size > huber ? huber / size : 1);
    const double x[3] = {p[0] - t[0], p[1] - t[1], p[2] - t[2]}; // turns are about the camera's own axes: R' = exp(w) R
    for (int k = 0; k < 2; k++) {
        const double *d = dq + (ptrdiff_t)3 * k, by = weight / s->sigma_px;
        to->Jc[k][0] = by * (d[2] * x[1] - d[1] * x[2]);
        to->Jc[k][1] = by * (d[0] * x[2] - d[2] * x[0]);
        to->Jc[k][2] = by * (d[1] * x[0] - d[0] * x[1]);
        for (int i = 0; i < 3; i++) {
            to->Jc[k][3 + i] = by * d[i];
            to->Jp[k][i] = by * (d[0] * R[i] + d[1] * R[3 + i] + d[2] * R[6 + i]);
        }
        to->r[k] *= weight;
    }
}

static double cost_of(const rig_point_work *w) {
    double cost = 0, r[2], p[3];
    for (int i = 0; i < w->b->n_points; i++) {
        const rig_bundle_point *point = &w->b->points[i];
        const double huber = w->huber * shrunk(w->b, point);
        for (int k = point->first; k < point->first + point->n; k++) {
            if (w->b->sights[k].left_out)
                continue;
            const bool front = residual(w->b, point, &w->b->sights[k], r, p, NULL);
            cost += rho(front ? r[0] * r[0] + r[1] * r[1] : FAR_SIGMAS * FAR_SIGMAS, huber);
        }
    }
    return cost;
}

double rig_point_bundle_linearize(void *self) {
    rig_point_work *w = self;
    for (int i = 0; i < w->b->n_points; i++) {
        const rig_bundle_point *point = &w->b->points[i];
        const double huber = w->huber * shrunk(w->b, point);
        for (int k = point->first; k < point->first + point->n; k++)
            if (w->b->sights[k].left_out)
                w->rows[k].used = false;
            else
                row_set(w, point, &w->b->sights[k], huber, &w->rows[k]);
    }
    return cost_of(w);
}

// A point's own normal equations: V (inverted, with damping) and gradient. false: its sights leave it open.
static bool point_normal(const rig_point_work *w, const rig_bundle_point *point, double lambda, double V[9],
                         double g[3]) {
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

static void cross_block(const rig_point_row *of, double W[18]) {
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 3; j++)
            W[3 * i + j] = of->Jc[0][i] * of->Jp[0][j] + of->Jc[1][i] * of->Jp[1][j];
}

// Add a point's part of the cameras' equations, the point eliminated: H (n x n, lower triangle) and g.
void rig_point_eliminate(const rig_point_work *w, const rig_bundle_point *point, double lambda, double *H, double *g) {
    double V[9], gp[3], W[CAMERAS_MOST][18], Y[18];
    int at[CAMERAS_MOST], n = 0;
    if (!point_normal(w, point, lambda, V, gp))
        return;
    for (int k = point->first; k < point->first + point->n && n < CAMERAS_MOST; k++) {
        const rig_point_row *of = &w->rows[k];
        const int c = 6 * (w->b->sights[k].camera - 1);
        if (!of->used || c < 0)
            continue;
        for (int i = 0; i < 6; i++) {
            g[c + i] += of->Jc[0][i] * of->r[0] + of->Jc[1][i] * of->r[1];
            for (int j = 0; j < 6 && H; j++)
                H[(ptrdiff_t)(c + i) * w->n + c + j] += of->Jc[0][i] * of->Jc[0][j] + of->Jc[1][i] * of->Jc[1][j];
        }
        at[n] = c;
        cross_block(of, W[n++]);
    }
    for (int a = 0; a < n; a++) {
        for (int i = 0; i < 6; i++)
            for (int j = 0; j < 3; j++)
                Y[3 * i + j] = W[a][3 * i] * V[j] + W[a][3 * i + 1] * V[3 + j] + W[a][3 * i + 2] * V[6 + j];
        for (int i = 0; i < 6; i++)
            g[at[a] + i] -= Y[3 * i] * gp[0] + Y[3 * i + 1] * gp[1] + Y[3 * i + 2] * gp[2];
        for (int b = 0; b < n && H; b++)
            for (int i = 0; i < 6 && at[b] <= at[a]; i++)
                for (int j = 0; j < 6; j++)
                    H[(ptrdiff_t)(at[a] + i) * w->n + at[b] + j] -=
                        Y[3 * i] * W[b][3 * j] + Y[3 * i + 1] * W[b][3 * j + 1] + Y[3 * i + 2] * W[b][3 * j + 2];
    }
}

static void gauge_add(rig_point_work *w, double *H) {
    double largest = 0, norm = 0;
    for (int i = 0; i < w->n; i++) {
        const rig_pose *pose = &w->b->Rt_cam_world[1 + i / 6];
        largest = fmax(largest, H[(ptrdiff_t)i * w->n + i]);
        w->gauge[i] = i % 6 < 3 ? 0 : pose->t[i % 6 - 3];
        norm += w->gauge[i] * w->gauge[i];
    }
    for (int i = 0; i < w->n; i++)
        for (int j = 0; j <= i && norm > 0; j++)
            H[(ptrdiff_t)i * w->n + j] += GAUGE * largest * w->gauge[i] * w->gauge[j] / norm;
}

void rig_point_bundle_build(rig_point_work *w, double lambda) {
    memset(w->H, 0, sizeof *w->H * (size_t)w->n * (size_t)w->n);
    memset(w->g, 0, sizeof *w->g * (size_t)w->n);
    for (int i = 0; i < w->b->n_points; i++)
        rig_point_eliminate(w, &w->b->points[i], lambda, w->H, w->g);
    gauge_add(w, w->H);
}

static double solve(void *self, double lambda) {
    rig_point_work *w = self;
    double foreseen = 0;
    w->lambda = lambda;
    rig_point_bundle_build(w, lambda);
    memcpy(w->L, w->H, sizeof *w->L * (size_t)w->n * (size_t)w->n);
    for (int i = 0; i < w->n; i++) {
        w->L[(ptrdiff_t)i * (w->n + 1)] *= 1 + lambda;
        w->step[i] = -w->g[i];
    }
    if (!rig_cholesky(w->L, w->n))
        return -1;
    rig_cholesky_solve(w->L, w->n, w->step, 1);
    for (int i = 0; i < w->n; i++)
        foreseen -= w->step[i] * w->g[i] / 2;
    for (int i = 0; i < w->b->n_points; i++) {
        double V[9], g[3];
        if (point_normal(w, &w->b->points[i], lambda, V, g))
            for (int k = 0; k < 9; k++)
                foreseen += g[k / 3] * V[k] * g[k % 3] / 2;
    }
    return foreseen;
}

static void point_step(const rig_point_work *w, rig_bundle_point *point) {
    double V[9], g[3];
    if (!point_normal(w, point, w->lambda, V, g))
        return;
    for (int k = point->first; k < point->first + point->n; k++) {
        const rig_point_row *of = &w->rows[k];
        const int c = 6 * (w->b->sights[k].camera - 1);
        for (int e = 0; e < 2 && of->used && c >= 0; e++) {
            double moved = 0;
            for (int i = 0; i < 6; i++)
                moved += of->Jc[e][i] * w->step[c + i];
            for (int i = 0; i < 3; i++)
                g[i] += of->Jp[e][i] * moved;
        }
    }
    for (int i = 0; i < 3; i++)
        point->p[i] -= V[3 * i] * g[0] + V[3 * i + 1] * g[1] + V[3 * i + 2] * g[2];
}

static double try_step(void *self) {
    rig_point_work *w = self;
    rig_point_bundle *b = w->b;
    memcpy(w->poses_old, b->Rt_cam_world, sizeof *w->poses_old * (size_t)b->n_cameras);
    for (int i = 0; i < b->n_points; i++) {
        memcpy(w->points_old[i], b->points[i].p, sizeof b->points[i].p);
        point_step(w, &b->points[i]);
    }
    for (int c = 1; c < b->n_cameras; c++) {
        const double *d = w->step + (ptrdiff_t)6 * (c - 1);
        double dR[9], R[9];
        rig_rotation_from_rvec(d, dR, NULL);
        rig_mat3_mul(dR, b->Rt_cam_world[c].R, R);
        rig_rotation_nearest(R, b->Rt_cam_world[c].R);
        for (int k = 0; k < 3; k++)
            b->Rt_cam_world[c].t[k] += d[3 + k];
    }
    return cost_of(w);
}

static void accept(void *self) {
    (void)self;
}

static void reject(void *self) {
    rig_point_work *w = self;
    memcpy(w->b->Rt_cam_world, w->poses_old, sizeof *w->poses_old * (size_t)w->b->n_cameras);
    for (int i = 0; i < w->b->n_points; i++)
        memcpy(w->b->points[i].p, w->points_old[i], sizeof w->points_old[i]);
}

// --- rounds ----------------------------------------------------------------------------------------------------------

static double scatter(const rig_point_work *w, double *values) {
    double r[2], p[3];
    int n = 0;
    for (int i = 0; i < w->b->n_points; i++)
        for (int k = w->b->points[i].first; k < w->b->points[i].first + w->b->points[i].n; k++)
            if (!w->b->sights[k].left_out && n < SCALES_MOST &&
                residual(w->b, &w->b->points[i], &w->b->sights[k], r, p, NULL))
                values[n++] = hypot(r[0], r[1]) / shrunk(w->b, &w->b->points[i]);
    return n > 0 ? fmax(rig_median(values, n) / MEDIAN_TO_SIGMA, 1e-6) : 1;
}

// Leave out what is far from its point, and points that fewer than two cameras are left of.
static void far_leave_out(rig_point_work *w, double limit) {
    double r[2], p[3];
    for (int i = 0; i < w->b->n_points; i++) {
        const rig_bundle_point *point = &w->b->points[i];
        const double own = limit * shrunk(w->b, point);
        int n = 0;
        for (int k = point->first; k < point->first + point->n; k++) {
            rig_point_sight *s = &w->b->sights[k];
            const bool front = residual(w->b, point, s, r, p, NULL);
            s->left_out = s->left_out || !front || hypot(r[0], r[1]) > own;
            n += !s->left_out;
        }
        for (int k = point->first; k < point->first + point->n && n < 2; k++)
            w->b->sights[k].left_out = true;
    }
}

static void figures_set(const rig_point_work *w, rig_point_bundle_report *report) {
    double r[2], p[3], all = 0;
    int n = 0;
    for (int i = 0; i < w->b->n_points; i++)
        for (int k = w->b->points[i].first; k < w->b->points[i].first + w->b->points[i].n; k++) {
            const rig_point_sight *s = &w->b->sights[k];
            report->n_seen[s->camera]++;
            if (s->left_out || !residual(w->b, &w->b->points[i], s, r, p, NULL))
                continue;
            const double px2 = (r[0] * r[0] + r[1] * r[1]) * s->sigma_px * s->sigma_px;
            report->rms_px[s->camera] += px2, report->n_used[s->camera]++;
            all += px2, n++;
        }
    for (int c = 0; c < w->b->n_cameras; c++)
        report->rms_px[c] = report->n_used[c] ? sqrt(report->rms_px[c] / report->n_used[c]) : 0;
    report->rms_px_all = n ? sqrt(all / n) : 0;
}

static rig_status work_init(rig_point_work *w, rig_point_bundle *b, rig_arena *scratch, rig_err *err) {
    *w = (rig_point_work){.b = b, .huber = INFINITY, .n = 6 * (b->n_cameras - 1)};
    const size_t n = (size_t)w->n;
    w->rows = RIG_NEW(scratch, rig_point_row, b->n_sights);
    w->H = RIG_NEW(scratch, double, n *n);
    w->L = RIG_NEW(scratch, double, n *n);
    w->g = RIG_NEW(scratch, double, n);
    w->step = RIG_NEW(scratch, double, n);
    w->gauge = RIG_NEW(scratch, double, n);
    w->poses_old = RIG_NEW(scratch, rig_pose, b->n_cameras);
    w->points_old = rig_arena_alloc(scratch, (size_t)b->n_points, sizeof *w->points_old);
    return w->rows && w->H && w->L && w->g && w->step && w->gauge && w->poses_old && w->points_old
               ? RIG_OK
               : rig_fail_memory(err, "the bundle of people");
}

static rig_status bundle_solve(rig_point_bundle *bundle, bool covariance, int max_iterations,
                               rig_point_bundle_report *report, rig_arena *out, rig_arena *scratch, rig_err *err) {
    rig_point_work w;
    rig_lm_report lm;
    RIG_TRY(work_init(&w, bundle, scratch, err));
    double *values = RIG_NEW(scratch, double, SCALES_MOST);
    *report = (rig_point_bundle_report){.rms_px = RIG_NEW(out, double, bundle->n_cameras),
                                        .n_used = RIG_NEW(out, int, bundle->n_cameras),
                                        .n_seen = RIG_NEW(out, int, bundle->n_cameras)};
    if (!values || !report->rms_px || !report->n_used || !report->n_seen)
        return rig_fail_memory(err, "the bundle of people");
    const rig_lm_problem problem = {&w, rig_point_bundle_linearize, solve, try_step, accept, reject};
    for (int round = 0; round < ROUNDS; round++) {
        report->scale = scatter(&w, values);
        if (round == ROUNDS - 1)
            far_leave_out(&w, LEFT_OUT * report->scale);
        w.huber = HUBER * report->scale;
        RIG_TRY(rig_lm_run(&problem, max_iterations, &lm, err));
    }
    report->scale = scatter(&w, values);
    figures_set(&w, report);
    return covariance ? rig_point_bundle_sigma(&w, report, out, scratch, err) : RIG_OK;
}

rig_status rig_point_bundle_solve(rig_point_bundle *bundle, bool covariance, int max_iterations,
                                  rig_point_bundle_report *report, rig_arena *out, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    const rig_status status = bundle_solve(bundle, covariance, max_iterations, report, out, scratch, err);
    rig_arena_rewind(scratch, mark);
    return status;
}
