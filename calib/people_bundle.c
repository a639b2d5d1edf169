#include "calib/people_bundle_work.h"

#include "core/linalg.h"
#include "core/lm.h"
#include "core/median.h"

#include <string.h>

enum { ROUNDS = 4, VALUES_MOST = 200000 };
static const double HUBER = 2.5, LEFT_OUT = 3.5; // of the residuals' scatter
static const double MEDIAN_TO_SIGMA = 1.17741;   // the median length of a 2D normal error is that many sigmas

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
        if (rig_point_normal(w, &w->b->points[i], lambda, V, g))
            for (int k = 0; k < 9; k++)
                foreseen += g[k / 3] * V[k] * g[k % 3] / 2;
    }
    return foreseen;
}

static void point_step(const rig_point_work *w, rig_bundle_point *point) {
    double V[9], g[3];
    if (!rig_point_normal(w, point, w->lambda, V, g))
        return;
    for (int k = point->first; k < point->first + point->n; k++) {
        const rig_point_row *of = &w->rows[k];
        const int *column = w->column[w->b->sights[k].camera];
        for (int e = 0; e < 2 && of->used; e++) {
            double moved = 0;
            for (int u = 0; u < RIG_POINT_UNKNOWNS; u++)
                moved += column[u] < 0 ? 0 : of->Jc[e][u] * w->step[column[u]];
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
        const double *d = w->step + w->column[c][RIG_POINT_TURN];
        double dR[9], R[9];
        rig_rotation_from_rvec(d, dR, NULL);
        rig_mat3_mul(dR, b->Rt_cam_world[c].R, R);
        rig_rotation_nearest(R, b->Rt_cam_world[c].R);
        for (int k = 0; k < 3; k++)
            b->Rt_cam_world[c].t[k] += d[RIG_POINT_SHIFT + k];
    }
    for (int c = 0; c < b->n_cameras && b->late_s; c++) {
        w->late_old[c] = b->late_s[c];
        if (w->column[c][RIG_POINT_LATE] >= 0)
            b->late_s[c] += w->step[w->column[c][RIG_POINT_LATE]];
    }
    rig_point_lens_step(w);
    return rig_point_bundle_cost(w);
}

static void accept(void *self) {
    (void)self;
}

static void reject(void *self) {
    rig_point_work *w = self;
    memcpy(w->b->Rt_cam_world, w->poses_old, sizeof *w->poses_old * (size_t)w->b->n_cameras);
    for (int c = 0; c < w->b->n_cameras && w->b->late_s; c++)
        w->b->late_s[c] = w->late_old[c];
    rig_point_lens_undo(w);
    for (int i = 0; i < w->b->n_points; i++)
        memcpy(w->b->points[i].p, w->points_old[i], sizeof w->points_old[i]);
}

// --- rounds ----------------------------------------------------------------------------------------------------------

static double scatter(const rig_point_work *w, double *values) {
    double r[2], p[3];
    int n = 0;
    for (int i = 0; i < w->b->n_points; i++)
        for (int k = w->b->points[i].first; k < w->b->points[i].first + w->b->points[i].n; k++)
            if (!w->b->sights[k].left_out && n < VALUES_MOST &&
                rig_point_residual(w->b, &w->b->points[i], &w->b->sights[k], r, p, NULL))
                values[n++] = hypot(r[0], r[1]) / rig_point_expected(w, &w->b->points[i], k, RIG_POINT_BY_MEDIAN);
    return n > 0 ? fmax(rig_median(values, n) / MEDIAN_TO_SIGMA, 1e-6) : 1;
}

// Leave out what is far from its point, and points that fewer than two cameras are left of.
static void far_leave_out(rig_point_work *w, double limit) {
    double r[2], p[3];
    for (int i = 0; i < w->b->n_points; i++) {
        const rig_bundle_point *point = &w->b->points[i];
        int n = 0;
        for (int k = point->first; k < point->first + point->n; k++) {
            const bool front = rig_point_residual(w->b, point, &w->b->sights[k], r, p, NULL);
            const double own = limit * rig_point_expected(w, point, k, RIG_POINT_BY_LIMIT);
            w->rows[k].used = !w->b->sights[k].left_out && front && !(hypot(r[0], r[1]) > own);
            n += w->rows[k].used;
        }
        for (int k = point->first; k < point->first + point->n; k++)
            w->b->sights[k].left_out = n < 2 || !w->rows[k].used;
    }
}

static void figures_set(const rig_point_work *w, rig_point_bundle_report *report) {
    double r[2], p[3], all = 0;
    int n = 0;
    for (int i = 0; i < w->b->n_points; i++)
        for (int k = w->b->points[i].first; k < w->b->points[i].first + w->b->points[i].n; k++) {
            const rig_point_sight *s = &w->b->sights[k];
            report->n_seen[s->camera]++;
            if (s->left_out || !rig_point_residual(w->b, &w->b->points[i], s, r, p, NULL))
                continue;
            const double px2 = (r[0] * r[0] + r[1] * r[1]) * s->sigma_px * s->sigma_px;
            report->rms_px[s->camera] += px2, report->n_used[s->camera]++;
            all += px2, n++;
        }
    for (int c = 0; c < w->b->n_cameras; c++)
        report->rms_px[c] = report->n_used[c] ? sqrt(report->rms_px[c] / report->n_used[c]) : 0;
    report->rms_px_all = n ? sqrt(all / n) : 0;
}

// Poses first, which the covariance is of; then clocks, then lenses.
static void columns_set(rig_point_work *w) {
    w->n_pose = w->n = 6 * (w->b->n_cameras - 1);
    for (int c = 0; c < w->b->n_cameras; c++) {
        const bool runs = c > 0 && w->b->late_s && w->b->late_sigma_s[c] > 0;
        for (int u = 0; u < RIG_POINT_LATE; u++)
            w->column[c][u] = c > 0 ? 6 * (c - 1) + u : -1;
        w->column[c][RIG_POINT_LATE] = runs ? w->n++ : -1;
    }
    rig_point_lens_columns(w);
}

static rig_status work_init(rig_point_work *w, rig_point_bundle *b, rig_arena *scratch, rig_err *err) {
    *w = (rig_point_work){.b = b, .huber = INFINITY};
    w->column = rig_arena_alloc(scratch, (size_t)b->n_cameras, sizeof *w->column);
    if (!w->column)
        return rig_fail_memory(err, "the bundle of people");
    columns_set(w);
    const size_t n = (size_t)w->n;
    w->rows = RIG_NEW(scratch, rig_point_row, b->n_sights);
    w->share = RIG_NEW(scratch, double, b->n_sights);
    w->H = RIG_NEW(scratch, double, n *n);
    w->L = RIG_NEW(scratch, double, n *n);
    w->g = RIG_NEW(scratch, double, n);
    w->step = RIG_NEW(scratch, double, n);
    w->gauge = RIG_NEW(scratch, double, n);
    w->poses_old = RIG_NEW(scratch, rig_pose, b->n_cameras);
    w->late_old = RIG_NEW(scratch, double, b->n_cameras);
    w->lenses_old = RIG_NEW(scratch, rig_bundle_lens, b->n_cameras);
    w->cameras_old = RIG_NEW(scratch, rig_camera, b->n_cameras);
    w->points_old = rig_arena_alloc(scratch, (size_t)b->n_points, sizeof *w->points_old);
    return w->rows && w->share && w->H && w->L && w->g && w->step && w->gauge && w->poses_old && w->late_old &&
                   w->lenses_old && w->cameras_old && w->points_old
               ? RIG_OK
               : rig_fail_memory(err, "the bundle of people");
}

static rig_status bundle_solve(rig_point_bundle *bundle, bool covariance, int max_iterations,
                               rig_point_bundle_report *report, rig_arena *out, rig_arena *scratch, rig_err *err) {
    rig_point_work w;
    rig_lm_report lm;
    RIG_TRY(work_init(&w, bundle, scratch, err));
    double *values = RIG_NEW(scratch, double, VALUES_MOST);
    *report = (rig_point_bundle_report){.rms_px = RIG_NEW(out, double, bundle->n_cameras),
                                        .n_used = RIG_NEW(out, int, bundle->n_cameras),
                                        .n_seen = RIG_NEW(out, int, bundle->n_cameras)};
    if (!values || !report->rms_px || !report->n_used || !report->n_seen)
        return rig_fail_memory(err, "the bundle of people");
    const rig_lm_problem problem = {&w, rig_point_bundle_linearize, solve, try_step, accept, reject};
    for (int round = 0; round < ROUNDS; round++) {
        rig_point_shares_set(&w);
        if (round > 0 && round < ROUNDS - 1) {
            rig_point_bundle_weigh(&w, values, VALUES_MOST);
            rig_point_shares_set(&w);
        }
        report->scale = scatter(&w, values);
        if (round == ROUNDS - 1) {
            far_leave_out(&w, LEFT_OUT * bundle->reach * report->scale);
            rig_point_shares_set(&w);
        }
        w.huber = HUBER * bundle->reach * report->scale;
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
