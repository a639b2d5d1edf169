// The hypothesis tests of one view: did its camera move, is its clock late?
//
// Of each null hypothesis (no motion; no offset) two statistics are taken, and the smaller one counts. The first is
// what the parameters under test take off chi squared, divided by an overdispersion factor: residuals of neighbouring
// frames err together, so fits to one second, or three, take more off than their 7 degrees of freedom; how much more,
// in the median over the take's seconds, is the factor (McCullagh and Nelder 1989, "Generalized linear models", 4.5).
// The second is Wald's d^T C^-1 d with the cluster-robust covariance C of the estimate d, scaled as Hotelling's T
// squared is for C being an estimate from few groups. A test that rejects must also find an effect that is large
// enough: errors of detectors that depend on where people stand look like small motions.
#include "checks/changepoint.h"
#include "core/linalg.h"
#include "core/median.h"

#include <limits.h>
#include <string.h>

enum { P = RIG_CHANGEPOINT_P, Q = RIG_CHANGEPOINT_Q, REWEIGHTS = 3 };
enum { RESIDUALS_LEAST = 200, BLOCKS_LEAST = 4 }; // fewer are not tested

static const double MEDIAN7 = 0.9065; // of chi squared of 7 degrees of freedom, over 7
static const double CHI2_MOVE = 60;   // of 6 degrees of freedom: 1e-9 is at 53
static const double CHI2_OFFSET = 30; // of one: 1e-7 is at 28
// The least effects. Of a motion: the rms change of the directions of people's joints, and its share of the residuals'
// rms. A motion before the take must be larger, as the bias of the detector in a view looks the same.
static const double CHANGE_LEAST_RAD = 7e-4, BEFORE_LEAST_RAD = 3.5e-3; // 0.04 and 0.2 degrees
static const double CHANGE_LEAST = 0.4, BEFORE_LEAST = 0.5;
static const double OFFSET_LEAST = 0.2; // frames

// The frames of a second.
static int block_frames(const rig_watch *watch) {
    return (int)fmax(10, watch->fps);
}

// The overdispersion over blocks of that many frames; 0: not known.
static double block_overdispersion(const rig_changepoint *c, int length, double *ratios) {
    int n = 0;
    for (int from = 0; from + length <= c->x.n_frames; from += length) {
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
    return rig_median(ratios, n) / MEDIAN7;
}

static rig_status overdispersion_find(const rig_changepoint *c, double *overdispersion, rig_arena *scratch,
                                      rig_err *err) {
    double *ratios = RIG_NEW(scratch, double, c->x.n_frames);
    if (!ratios)
        return rig_fail_memory(err, "residuals");
    int second = block_frames(c->watch);
    *overdispersion =
        fmax(1, fmax(block_overdispersion(c, second, ratios), block_overdispersion(c, 3 * second, ratios)));
    return RIG_OK;
}

static double focal_px(const rig_watch *watch, int view) {
    const double *K = watch->rig->cameras[view].camera.K;
    return (K[0] + K[1]) / 2;
}

double rig_view_test_least_px(const rig_watch *watch, int view, const rig_view_test *test) {
    return fmax(CHANGE_LEAST_RAD * focal_px(watch, view), CHANGE_LEAST * test->figures.rms_px);
}

// How far a motion moves the joints in the picture, rms, on the plane z = 1.
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

static rig_watch_view figures_of(const rig_changepoint *c, const double constant[P], double sigma) {
    const double focal = focal_px(c->watch, c->view);
    double sum = 0, x[2];
    int n = 0;
    for (int i = 0; i < c->x.n; i++)
        if (c->x.all[i].w > 0) {
            rig_changepoint_residual(c, &c->x.all[i], x);
            sum += x[0] * x[0] + x[1] * x[1];
            n++;
        }
    return (rig_watch_view){.n = c->x.n,
                            .rms_px = n ? focal * sqrt(sum / n) : 0,
                            .displaced_px = focal * displacement(c, constant),
                            .offset_frames = constant[6],
                            .offset_sigma = sigma};
}

// Wald's statistic of d (n), whose covariance C (n x n, destroyed) was estimated from so many groups.
static double wald(const double *d, int n, double *C, int groups) {
    double x[6], sum = 0;
    memcpy(x, d, (size_t)n * sizeof *d);
    if (groups <= n + 1 || !rig_cholesky(C, n))
        return 0;
    rig_cholesky_solve(C, n, x, 1);
    for (int i = 0; i < n; i++)
        sum += d[i] * x[i];
    return sum * (groups - n) / (groups - 1); // Hotelling 1931
}

// The motion and the offset by one of the fits, and their test statistics.
typedef struct estimate {
    double delta[6], chi2_move;
    double offset, sigma, chi2_offset;
} estimate;

static rig_status estimate_make(const rig_changepoint *c, bool change, double overdispersion, estimate *made,
                                rig_arena *scratch, rig_err *err) {
    int n = change ? Q : P, n_groups;
    double theta[Q], part[Q], constant[P], cov[Q * Q], C[36];
    rig_normals all = rig_changepoint_normals(c, 0, c->x.n_frames);
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
    RIG_TRY(rig_changepoint_covariance(c, n, cov, &n_groups, scratch, err));
    for (int r = 0; r < 6; r++) {
        made->delta[r] = change ? theta[6 + r] - theta[r] : theta[r];
        for (int q = 0; q < 6; q++)
            C[r * 6 + q] = change
                               ? cov[r * n + q] + cov[(6 + r) * n + 6 + q] - cov[r * n + 6 + q] - cov[(6 + r) * n + q]
                               : cov[r * n + q];
    }
    made->chi2_move = fmin((gain - without_move) / overdispersion, wald(made->delta, 6, C, n_groups));
    made->offset = theta[n - 1];
    made->sigma = n_groups ? sqrt(cov[n * n - 1]) : INFINITY;
    made->chi2_offset =
        fmin((gain - without_offset) / overdispersion, wald(&made->offset, 1, &cov[n * n - 1], n_groups));
    return RIG_OK;
}

// Test by the fit with the change point first, then by the constant one.
static rig_status tests_decide(const rig_changepoint *c, double overdispersion, rig_view_test *test, rig_arena *scratch,
                               rig_err *err) {
    estimate constant = {{0}, 0, 0, 0, 0}, changed = constant;
    RIG_TRY(estimate_make(c, false, overdispersion, &constant, scratch, err));
    if (c->change < c->x.n_frames)
        RIG_TRY(estimate_make(c, true, overdispersion, &changed, scratch, err));
    double theta[P];
    rig_normals all = rig_changepoint_normals(c, 0, c->x.n_frames);
    test->misfit = rig_normals_solve(&all, 0, P, theta) / overdispersion;
    test->figures = figures_of(c, theta, constant.sigma);
    const estimate *best = &constant;
    double rms = test->figures.rms_px / focal_px(c->watch, c->view);
    double change_least = rig_view_test_least_px(c->watch, c->view, test) / focal_px(c->watch, c->view);
    double before_least = fmax(BEFORE_LEAST_RAD, BEFORE_LEAST * rms);
    if (changed.chi2_move > CHI2_MOVE && displacement(c, changed.delta) > change_least) {
        best = &changed;
        test->from = c->x.frames[c->change];
    } else if (constant.chi2_move > CHI2_MOVE && displacement(c, constant.delta) > before_least)
        test->before = true;
    if (best == &changed || test->before) {
        test->chi2_move = best->chi2_move;
        memcpy(test->delta, best->delta, sizeof test->delta);
    }
    test->offset_frames = best->offset;
    test->chi2_offset = best->chi2_offset > CHI2_OFFSET && fabs(best->offset) > OFFSET_LEAST ? best->chi2_offset : 0;
    return RIG_OK;
}

// Set delta and offset_frames by the fit with a change at `from`, significant or not.
static void estimate_left(const rig_changepoint *c, int from, rig_view_test *test) {
    double theta[Q];
    rig_normals all = rig_changepoint_normals(c, 0, c->x.n_frames);
    rig_normals_solve(&all, 0, P, theta);
    test->offset_frames = theta[6];
    test->from = from, test->before = from == INT_MIN;
    memcpy(test->delta, theta, sizeof test->delta);
    if (from != INT_MIN && from != INT_MAX && c->change > 0 && c->change < c->x.n_frames) {
        rig_changepoint_fit(c, c->change, Q, theta);
        for (int i = 0; i < 6; i++)
            test->delta[i] = theta[6 + i] - theta[i];
        test->offset_frames = theta[12];
    }
}

// from: NULL: the change point is searched for.
static rig_status view_test(const rig_watch *watch, int view, const rig_loo_point *points, const int *from,
                            rig_view_test *test, rig_arena *scratch, rig_err *err) {
    rig_changepoint c = {.watch = watch, .view = view};
    double overdispersion = 1;
    *test = (rig_view_test){.chi2_move = 0};
    RIG_TRY(rig_residuals_collect(watch, view, points, &c.x, scratch, err));
    test->figures.n = c.x.n;
    if (c.x.n < RESIDUALS_LEAST || c.x.n_frames < BLOCKS_LEAST * block_frames(watch))
        return RIG_OK;
    c.prefix = RIG_NEW(scratch, rig_normals, c.x.n_frames + 1);
    if (!c.prefix)
        return rig_fail_memory(err, "frames");
    for (int i = 0; i <= REWEIGHTS; i++) {
        RIG_TRY(rig_changepoint_reweight(&c, i > 0, scratch, err));
        if (from)
            rig_changepoint_set(&c, *from);
        else
            rig_changepoint_search(&c);
    }
    RIG_TRY(overdispersion_find(&c, &overdispersion, scratch, err));
    RIG_TRY(tests_decide(&c, overdispersion, test, scratch, err));
    if (from)
        estimate_left(&c, *from, test);
    return RIG_OK;
}

rig_status rig_view_test_run(const rig_watch *watch, int view, const rig_loo_point *points, rig_view_test *test,
                             rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_status status = view_test(watch, view, points, NULL, test, scratch, err);
    rig_arena_rewind(scratch, mark);
    return status;
}

rig_status rig_view_test_refine(const rig_watch *watch, int view, const rig_loo_point *points, int from,
                                rig_view_test *test, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_status status = view_test(watch, view, points, &from, test, scratch, err);
    rig_arena_rewind(scratch, mark);
    return status;
}
