// The hypothesis tests of one view: did its camera move, is its clock late?
//
// Of each null hypothesis (no motion; no offset) the jackknife tells how sure its rejection is (jackknife.c). A test
// that rejects must also find an effect that is large enough: errors of detectors that depend on where people stand
// look like small motions, and those along the way that people walk like a clock that is late.
#include "checks/changepoint.h"
#include <limits.h>
#include <string.h>

enum { P = RIG_CHANGEPOINT_P, Q = RIG_CHANGEPOINT_Q, REWEIGHTS = 3 };
enum { RESIDUALS_LEAST = 200, BLOCKS_LEAST = 4 }; // fewer are not tested

static const double SIGMAS_MOVE = 5, SIGMAS_OFFSET = 5;
// The least effects. Of a motion: the rms change of the directions of people's joints, and its share of the residuals'
// rms. A motion before the take must be larger, as the bias of the detector in a view looks the same.
static const double CHANGE_LEAST_RAD = 7e-4, BEFORE_LEAST_RAD = 3.5e-3; // 0.04 and 0.2 degrees
static const double CHANGE_LEAST = 0.4, BEFORE_LEAST = 0.5;
static const double OFFSET_LEAST = 0.2; // frames

// The frames of a second.
static int block_frames(const rig_watch *watch) {
    return (int)fmax(10, watch->fps);
}

static double focal_px(const rig_watch *watch, int view) {
    const double *K = watch->rig->cameras[view].camera.K;
    return (K[0] + K[1]) / 2;
}

double rig_view_test_least_px(const rig_watch *watch, int view, const rig_view_test *test) {
    return fmax(CHANGE_LEAST_RAD * focal_px(watch, view), CHANGE_LEAST * test->figures.rms_px);
}

static double rms_of(const rig_changepoint *c) {
    double sum = 0, x[2];
    int n = 0;
    for (int i = 0; i < c->x.n; i++)
        if (c->x.all[i].w > 0) {
            rig_changepoint_residual(c, &c->x.all[i], x);
            sum += x[0] * x[0] + x[1] * x[1];
            n++;
        }
    return n ? sqrt(sum / n) : 0;
}

// How small a move half way would not be seen.
static rig_status unseen_find(const rig_changepoint *c, double change_least, rig_watch_view *figures,
                              rig_arena *scratch, rig_err *err) {
    rig_changepoint half = *c;
    rig_fit_estimate changed;
    double squares = 0, n = 0;
    half.change = c->x.n_frames / 2;
    RIG_TRY(rig_changepoint_estimate(&half, true, SIGMAS_MOVE, &changed, scratch, err));
    for (int i = 0; i < c->x.n; i++)
        if (c->x.all[i].w > 0)
            squares += c->x.all[i].J[0][3] * c->x.all[i].J[0][3], n++; // 1 / distance
    const double unseen = fmax(changed.displaced_least, change_least);
    figures->unseen_px = focal_px(c->watch, c->view) * unseen;
    figures->unseen_m = n > 0 ? unseen / sqrt(squares / n) : INFINITY;
    return RIG_OK;
}

// Test by the fit with the change point first, then by the constant one.
static rig_status tests_decide(const rig_changepoint *c, rig_view_test *test, rig_arena *scratch, rig_err *err) {
    const double focal = focal_px(c->watch, c->view), rms = rms_of(c);
    rig_fit_estimate constant, changed = {.chi2_move = 0};
    RIG_TRY(rig_changepoint_estimate(c, false, SIGMAS_MOVE, &constant, scratch, err));
    if (isinf(constant.displaced_least))
        return RIG_OK;
    if (c->change < c->x.n_frames)
        RIG_TRY(rig_changepoint_estimate(c, true, SIGMAS_MOVE, &changed, scratch, err));
    double theta[P];
    const rig_normals all = rig_changepoint_normals(c, 0, c->x.n_frames);
    test->misfit = rig_normals_solve(&all, 0, P, theta);
    test->figures = (rig_watch_view){.n = c->x.n,
                                     .tested = true,
                                     .rms_px = focal * rms,
                                     .displaced_px = focal * constant.displaced,
                                     .offset_frames = constant.offset,
                                     .offset_sigma = constant.offset_sigma};
    const rig_fit_estimate *best = &constant;
    double change_least = rig_view_test_least_px(c->watch, c->view, test) / focal;
    double before_least = fmax(BEFORE_LEAST_RAD, BEFORE_LEAST * rms);
    if (changed.chi2_move > SIGMAS_MOVE * SIGMAS_MOVE && changed.displaced > change_least) {
        best = &changed;
        test->from = c->x.frames[c->change];
    } else if (constant.chi2_move > SIGMAS_MOVE * SIGMAS_MOVE && constant.displaced > before_least)
        test->before = true;
    if (best == &changed || test->before) {
        test->chi2_move = best->chi2_move;
        memcpy(test->delta, best->delta, sizeof test->delta);
    }
    test->offset_frames = best->offset;
    if (best->chi2_offset > SIGMAS_OFFSET * SIGMAS_OFFSET && fabs(best->offset) > OFFSET_LEAST &&
        best->offset_displaced > CHANGE_LEAST * rms)
        test->chi2_offset = best->chi2_offset;
    return unseen_find(c, change_least, &test->figures, scratch, err);
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
        const rig_normals parts[2] = {rig_changepoint_normals(c, 0, c->change),
                                      rig_changepoint_normals(c, c->change, c->x.n_frames)};
        rig_normals_solve_parts(parts, theta);
        for (int i = 0; i < 6; i++)
            test->delta[i] = theta[6 + i] - theta[i];
        test->offset_frames = theta[12];
    }
}

// from: NULL: the change point is searched for.
static rig_status view_test(const rig_watch *watch, int view, const rig_loo_point *points, const int *from,
                            rig_view_test *test, rig_arena *scratch, rig_err *err) {
    rig_changepoint c = {.watch = watch, .view = view};
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
    RIG_TRY(tests_decide(&c, test, scratch, err));
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
