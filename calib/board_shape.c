#include "calib/board_shape.h"

#include "core/linalg.h"

#include <string.h>

enum { NUMBERS = 3, STEPS = 5 };                            // warp along x, along y, relative change of the square
static const double TRIED_WARP = 0.01, TRIED_SQUARE = 1e-4; // of a square; relative: steps for differences
static const double ENOUGH = 1e-2;                          // of a standard deviation
static const rig_bundle_options OPTIONS = {.corner_sigmas = 5, .view_ratio = 3};

// From -1 to 1 over the board.
static double across(double x, double longest) {
    return longest > 0 ? 2 * x / longest - 1 : 0;
}

static void bend(const rig_board *board, const double p[3], double slope[2]) {
    const double u = across(p[0], rig_board_along(board, board->cols - 1));
    const double v = across(p[1], rig_board_along(board, board->rows - 1));
    slope[0] = 1 - u * u;
    slope[1] = 1 - v * v;
}

void rig_board_shape_points(const rig_board *board, const rig_board_shape *shape, double (*p)[3]) {
    const double scale = shape->square_m / board->square_m;
    for (int i = 0; i < rig_board_n(board); i++) {
        double slope[2];
        rig_board_point(board, i, p[i]);
        bend(board, p[i], slope);
        p[i][0] *= scale, p[i][1] *= scale;
        p[i][2] = shape->warp_m[0] * slope[0] + shape->warp_m[1] * slope[1];
    }
}

typedef struct search {
    rig_adjustment *adjustment;
    double (*p)[3];
    int n, which[NUMBERS]; // the numbers that are asked for
    double variance_px2;
} search;

static void shape_at(const search *s, const double x[NUMBERS], rig_board_shape *shape) {
    for (int k = 0; k < 2; k++)
        shape->warp_m[k] = x[k];
    shape->square_m = s->adjustment->board->square_m * (1 + x[2]);
}

// How a corner moves with each number, board frame.
static void moves(const rig_board *board, int i, double dp[NUMBERS][3]) {
    double flat[3], slope[2];
    rig_board_point(board, i, flat);
    bend(board, flat, slope);
    memset(dp, 0, NUMBERS * sizeof *dp);
    dp[0][2] = slope[0];
    dp[1][2] = slope[1];
    dp[2][0] = flat[0], dp[2][1] = flat[1];
}

// The slope of 1/2 sum of squares over the corners used, everything else at its optimum.
static void slopes(const search *s, double g[NUMBERS]) {
    const rig_bundle *b = &s->adjustment->bundle;
    memset(g, 0, NUMBERS * sizeof *g);
    for (int v = 0; v < b->n_views; v++) {
        const rig_bundle_view *view = &b->views[v];
        const rig_bundle_board *board = &b->boards[view->board];
        const rig_bundle_camera *camera = &b->cameras[view->camera];
        const rig_pose pose =
            board->own ? board->Rt_world_board : rig_pose_mul(&camera->Rt_cam_world, &board->Rt_world_board);
        for (int i = 0; i < b->n_points && !view->left_out; i++) {
            double at[3], q[2], J[6], dp[NUMBERS][3], turned[3];
            rig_pose_apply(&pose, b->p[i], at);
            if ((view->used && !view->used[i]) || (view->seen && !view->seen[i]) ||
                !rig_camera_project(&camera->camera, at, q, J, NULL))
                continue;
            moves(s->adjustment->board, i, dp);
            for (int k = 0; k < s->n; k++) {
                rig_mat3_mul_vec(pose.R, dp[s->which[k]], turned);
                for (int axis = 0; axis < 2; axis++)
                    g[k] += (q[axis] - view->q[i][axis]) * rig_dot3(J + 3 * axis, turned);
            }
        }
    }
}

// All else at its optimum for a shape; what was left out is asked again.
static rig_status settle(search *s, const double x[NUMBERS], double g[NUMBERS], rig_arena *out, rig_arena *scratch,
                         rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_bundle *b = &s->adjustment->bundle;
    rig_bundle_report report;
    shape_at(s, x, &s->adjustment->shape);
    rig_board_shape_points(s->adjustment->board, &s->adjustment->shape, s->p);
    for (int v = 0; v < b->n_views; v++)
        if (b->views[v].left_out && b->views[v].why) {
            b->views[v].left_out = false;
            b->views[v].doubtful = true;
            b->views[v].why = NULL;
        }
    rig_status status = rig_bundle_solve(b, &OPTIONS, false, &report, out, scratch, err);
    s->variance_px2 = report.variance_px2;
    if (status == RIG_OK)
        slopes(s, g);
    rig_arena_rewind(scratch, mark);
    return status;
}

// The curvature by differences of slopes, and the slopes at x; the bundle is left near x.
static rig_status curve(search *s, const double x[NUMBERS], double g[NUMBERS], double H[NUMBERS * NUMBERS],
                        rig_arena *out, rig_arena *scratch, rig_err *err) {
    const double by[NUMBERS] = {TRIED_WARP * s->adjustment->board->square_m,
                                TRIED_WARP * s->adjustment->board->square_m, TRIED_SQUARE};
    double rows[NUMBERS][NUMBERS];
    RIG_TRY(settle(s, x, g, out, scratch, err));
    for (int k = 0; k < s->n; k++) {
        double tried[NUMBERS];
        memcpy(tried, x, sizeof tried);
        tried[s->which[k]] += by[s->which[k]];
        RIG_TRY(settle(s, tried, rows[k], out, scratch, err));
        for (int j = 0; j < s->n; j++)
            rows[k][j] = (rows[k][j] - g[j]) / by[s->which[k]];
    }
    for (int k = 0; k < s->n; k++)
        for (int j = 0; j < s->n; j++)
            H[k * s->n + j] = (rows[k][j] + rows[j][k]) / 2;
    return RIG_OK;
}

static rig_status find(search *s, double x[NUMBERS], double sigma[NUMBERS], rig_arena *out, rig_arena *scratch,
                       rig_err *err) {
    double g[NUMBERS], H[NUMBERS * NUMBERS], inverse[NUMBERS * NUMBERS], by[NUMBERS];
    RIG_TRY(curve(s, x, g, H, out, scratch, err));
    if (!rig_cholesky(H, s->n))
        return rig_fail(err, RIG_ERR_DATA,
                        "what was seen leaves the board's shape open: tilt it more, and nearer to the cameras");
    memcpy(inverse, H, sizeof inverse);
    if (!rig_cholesky_invert(inverse, s->n))
        return rig_fail(err, RIG_ERR_NUMERIC, "the board's shape has no covariance");
    for (int step = 0; step < STEPS; step++) {
        bool there = true;
        for (int k = 0; k < s->n; k++)
            by[k] = -g[k];
        rig_cholesky_solve(H, s->n, by, 1);
        for (int k = 0; k < s->n; k++) {
            sigma[s->which[k]] = sqrt(s->variance_px2 * inverse[k * (s->n + 1)]);
            there &= fabs(by[k]) <= ENOUGH * sigma[s->which[k]];
            x[s->which[k]] += by[k];
        }
        RIG_TRY(settle(s, x, g, out, scratch, err));
        if (there)
            break;
    }
    return RIG_OK;
}

rig_status rig_adjustment_shape(rig_adjustment *adjustment, rig_arena *out, rig_arena *scratch, rig_err *err) {
    search s = {.adjustment = adjustment,
                .p = rig_arena_alloc(scratch, (size_t)adjustment->bundle.n_points, sizeof *s.p)};
    double x[NUMBERS] = {0}, sigma[NUMBERS] = {0};
    int n_surveyed = 0;
    if (!s.p)
        return rig_fail_memory(err, "the board's shape");
    for (int v = 0; v < adjustment->n_views && adjustment->surveyed; v++)
        n_surveyed += adjustment->surveyed[v] != NULL;
    if (adjustment->square && n_surveyed < 2)
        return rig_fail(err, RIG_ERR_DATA,
                        "the square's size cannot be seen with fewer than two surveyed cameras: all lengths follow it");
    for (int k = 0; k < NUMBERS; k++)
        if (k < 2 ? adjustment->warp : adjustment->square)
            s.which[s.n++] = k;
    adjustment->bundle.p = (const double(*)[3])s.p;
    RIG_TRY(find(&s, x, sigma, out, scratch, err));
    shape_at(&s, x, &adjustment->shape);
    adjustment->shape.has_warp = adjustment->warp;
    adjustment->shape.has_square = adjustment->square;
    memcpy(adjustment->shape.sigma_warp_m, sigma, sizeof adjustment->shape.sigma_warp_m);
    adjustment->shape.sigma_square_m = sigma[2] * adjustment->board->square_m;
    return RIG_OK;
}
