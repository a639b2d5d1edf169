// One view against the people as all others have them: did its camera move, is its clock late?
#include "checks/changepoint.h"
#include "core/linalg.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { P = RIG_CHANGEPOINT_P, Q = RIG_CHANGEPOINT_Q, REWEIGHTS = 3 };
enum { OBS_LEAST = 200, BLOCKS_LEAST = 4 }; // fewer say too little

static const double MEDIAN7 = 0.9065;          // of chi squared over its 7 degrees
static const double CHANCE_MOVE = 60;          // chi squared of 6 degrees: 1e-9 is at 53
static const double CHANCE_OFFSET = 30;        // of one
static const double CHANGE_LEAST_RAD = 7e-4;   // rms, of the directions of people's joints: 0.04 degrees
static const double BEFORE_LEAST_RAD = 3.5e-3; // so, since the calibration: detectors have a view of their own
// Of the residuals' own size: less may be how the detector sees people who stand elsewhere, or all the time.
static const double CHANGE_LEAST = 0.4, BEFORE_LEAST = 0.5;
static const double OFFSET_LEAST = 0.2; // frames

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// A second of moments.
static int block_moments(const rig_watch *watch) {
    return (int)fmax(10, watch->fps);
}

// How much more than by themselves residuals scatter together, over blocks of that many moments; 0: not known.
static double scatter(const rig_changepoint *c, int length, double *ratios) {
    int n = 0;
    for (int from = 0; from + length <= c->x.n_moments; from += length) {
        rig_normals block = rig_changepoint_normals(c, from, from + length);
        const double *theta = from + length / 2 < c->change ? c->before : c->after;
        double x[P];
        if (!(block.N[0][0] > 0))
            continue;
        for (int r = 0; r < P; r++)
            for (int q = 0; q < P; q++)
                block.b[r] -= (q <= r ? block.N[r][q] : block.N[q][r]) * theta[q];
        ratios[n++] = rig_normals_solve(&block, 0, P, x) / P;
    }
    if (n < BLOCKS_LEAST)
        return 0;
    qsort(ratios, (size_t)n, sizeof *ratios, by_size);
    return ratios[n / 2] / MEDIAN7;
}

static rig_status kappa_find(const rig_changepoint *c, double *kappa, rig_arena *scratch, rig_err *err) {
    double *ratios = RIG_NEW(scratch, double, c->x.n_moments);
    if (!ratios)
        return rig_fail_memory(err, "residuals");
    int second = block_moments(c->watch);
    *kappa = fmax(1, fmax(scatter(c, second, ratios), scatter(c, 3 * second, ratios)));
    return RIG_OK;
}

// --- the verdict ----------------------------------------------------------------------------------------------------

static double focal_px(const rig_watch *watch, int view) {
    const double *K = watch->rig->cameras[view].camera.K;
    return (K[0] + K[1]) / 2;
}

double rig_view_test_least_px(const rig_watch *watch, int view, const rig_view_test *told) {
    return fmax(CHANGE_LEAST_RAD * focal_px(watch, view), CHANGE_LEAST * told->figures.rms_px);
}

// How far a motion displaces the joints, rms, on the plane z = 1.
static double displacement(const rig_changepoint *c, const double delta[6]) {
    double sum = 0;
    int n = 0;
    for (int i = 0; i < c->x.n; i++) {
        if (!(c->x.all[i].w > 0))
            continue;
        for (int k = 0; k < 2; k++) {
            double d = 0;
            for (int r = 0; r < 6; r++)
                d += c->x.all[i].J[k][r] * delta[r];
            sum += d * d;
        }
        n++;
    }
    return n ? sqrt(sum / n) : 0;
}

static void figures_tell(const rig_changepoint *c, const double constant[P], double sigma, rig_watch_view *figures) {
    const double focal = focal_px(c->watch, c->view);
    double sum = 0, x[2];
    int n = 0;
    for (int i = 0; i < c->x.n; i++)
        if (c->x.all[i].w > 0) {
            rig_changepoint_residual(c, &c->x.all[i], x);
            sum += x[0] * x[0] + x[1] * x[1];
            n++;
        }
    *figures = (rig_watch_view){.n = c->x.n,
                                .rms_px = n ? focal * sqrt(sum / n) : 0,
                                .displaced_px = focal * displacement(c, constant),
                                .offset_frames = constant[6],
                                .offset_sigma = sigma};
}

// Squared standard deviations of d (n), whose covariance is C (n x n, destroyed); with few groups behind it C is not
// sure itself, and that much less is said.
static double chance_of(const double *d, int n, double *C, int groups) {
    double x[6], sum = 0;
    memcpy(x, d, (size_t)n * sizeof *d);
    if (groups <= n + 1 || !rig_cholesky(C, n))
        return 0;
    rig_cholesky_solve(C, n, x, 1);
    for (int i = 0; i < n; i++)
        sum += d[i] * x[i];
    return sum * (groups - n) / (groups - 1); // Hotelling 1931
}

// What is said of the camera, of a change or of all the take, and of the offset beside it.
typedef struct claim {
    double delta[6], move, offset, sigma, late; // chi squared: move, late
} claim;

static rig_status claim_make(const rig_changepoint *c, bool change, double kappa, claim *made, rig_arena *scratch,
                             rig_err *err) {
    int n = change ? Q : P, groups;
    double theta[Q], part[Q], constant[P], cov[Q * Q], C[36];
    rig_normals all = rig_changepoint_normals(c, 0, c->x.n_moments);
    double gain = rig_normals_solve(&all, 0, P, constant), without_move = rig_normals_solve(&all, 6, P, part),
           without_offset;
    if (change) {
        without_move = gain;
        gain = rig_changepoint_fit(c, c->change, Q, theta);
        without_offset = rig_changepoint_fit(c, c->change, Q - 1, part);
    } else {
        memcpy(theta, constant, sizeof constant);
        without_offset = rig_normals_solve(&all, 0, 6, part);
    }
    RIG_TRY(rig_changepoint_covariance(c, n, cov, &groups, scratch, err));
    for (int r = 0; r < 6; r++) {
        made->delta[r] = change ? theta[6 + r] - theta[r] : theta[r];
        for (int q = 0; q < 6; q++)
            C[r * 6 + q] = change
                               ? cov[r * n + q] + cov[(6 + r) * n + 6 + q] - cov[r * n + 6 + q] - cov[(6 + r) * n + q]
                               : cov[r * n + q];
    }
    made->move = fmin((gain - without_move) / kappa, chance_of(made->delta, 6, C, groups));
    made->offset = theta[n - 1];
    made->sigma = groups ? sqrt(cov[n * n - 1]) : INFINITY;
    made->late = fmin((gain - without_offset) / kappa, chance_of(&made->offset, 1, &cov[n * n - 1], groups));
    return RIG_OK;
}

static rig_status judge(const rig_changepoint *c, double kappa, rig_view_test *told, rig_arena *scratch, rig_err *err) {
    claim constant = {{0}, 0, 0, 0, 0}, changed = constant;
    RIG_TRY(claim_make(c, false, kappa, &constant, scratch, err));
    if (c->change < c->x.n_moments)
        RIG_TRY(claim_make(c, true, kappa, &changed, scratch, err));
    double theta[P];
    rig_normals all = rig_changepoint_normals(c, 0, c->x.n_moments);
    told->unrest = rig_normals_solve(&all, 0, P, theta) / kappa;
    figures_tell(c, theta, constant.sigma, &told->figures);
    const claim *best = &constant;
    double rms = told->figures.rms_px / focal_px(c->watch, c->view);
    double change_least = rig_view_test_least_px(c->watch, c->view, told) / focal_px(c->watch, c->view);
    double before_least = fmax(BEFORE_LEAST_RAD, BEFORE_LEAST * rms);
    if (changed.move > CHANCE_MOVE && displacement(c, changed.delta) > change_least) {
        best = &changed;
        told->from = c->x.moments[c->change];
    } else if (constant.move > CHANCE_MOVE && displacement(c, constant.delta) > before_least)
        told->before = true;
    if (best == &changed || told->before) {
        told->chance_move = best->move;
        memcpy(told->delta, best->delta, sizeof told->delta);
    }
    told->offset_frames = best->offset;
    told->chance_offset = best->late > CHANCE_OFFSET && fabs(best->offset) > OFFSET_LEAST ? best->late : 0;
    return RIG_OK;
}

// What is left of a move at `from`; an offset beside it.
static void judge_again(const rig_changepoint *c, int from, rig_view_test *told) {
    double theta[Q];
    rig_normals all = rig_changepoint_normals(c, 0, c->x.n_moments);
    rig_normals_solve(&all, 0, P, theta);
    told->offset_frames = theta[6];
    told->from = from, told->before = from == INT_MIN;
    memcpy(told->delta, theta, sizeof told->delta);
    if (from != INT_MIN && from != INT_MAX && c->change > 0 && c->change < c->x.n_moments) {
        rig_changepoint_fit(c, c->change, Q, theta);
        for (int i = 0; i < 6; i++)
            told->delta[i] = theta[6 + i] - theta[i];
        told->offset_frames = theta[12];
    }
}

static rig_status suspect(const rig_watch *watch, int view, const rig_loo_point *points, const int *from,
                          rig_view_test *told, rig_arena *scratch, rig_err *err) {
    rig_changepoint c = {.watch = watch, .view = view};
    double kappa = 1;
    *told = (rig_view_test){.chance_move = 0};
    RIG_TRY(rig_residuals_collect(watch, view, points, &c.x, scratch, err));
    told->figures.n = c.x.n;
    if (c.x.n < OBS_LEAST || c.x.n_moments < BLOCKS_LEAST * block_moments(watch))
        return RIG_OK;
    c.upto = RIG_NEW(scratch, rig_normals, c.x.n_moments + 1);
    if (!c.upto)
        return rig_fail_memory(err, "moments");
    for (int i = 0; i <= REWEIGHTS; i++) {
        RIG_TRY(rig_changepoint_reweight(&c, i > 0, scratch, err));
        if (from)
            rig_changepoint_set(&c, *from);
        else
            rig_changepoint_search(&c);
    }
    RIG_TRY(kappa_find(&c, &kappa, scratch, err));
    RIG_TRY(judge(&c, kappa, told, scratch, err));
    if (from)
        judge_again(&c, *from, told);
    return RIG_OK;
}

rig_status rig_view_test_run(const rig_watch *watch, int view, const rig_loo_point *points, rig_view_test *told,
                             rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_status status = suspect(watch, view, points, NULL, told, scratch, err);
    rig_arena_rewind(scratch, mark);
    return status;
}

rig_status rig_view_test_refine(const rig_watch *watch, int view, const rig_loo_point *points, int from,
                                rig_view_test *told, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_status status = suspect(watch, view, points, &from, told, scratch, err);
    rig_arena_rewind(scratch, mark);
    return status;
}
