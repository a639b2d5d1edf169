#include "calib/board_shape.h"

enum { WARP_X, WARP_Y, SQUARE };

// From -1 to 1 over the board.
static double across(double x, double longest) {
    return longest > 0 ? 2 * x / longest - 1 : 0;
}

// How high a warp of 1 along x, and one along y, lift a point of the flat board.
static void bend(const rig_board *board, const double p[3], double height[2]) {
    const double u = across(p[0], rig_board_along(board, board->cols - 1));
    const double v = across(p[1], rig_board_along(board, board->rows - 1));
    height[0] = 1 - u * u;
    height[1] = 1 - v * v;
}

// Which unknowns are asked for.
static int unknowns(bool warp, bool square, int which[RIG_SHAPE_MAX]) {
    int n = 0;
    for (int k = WARP_X; k <= SQUARE; k++)
        if (k == SQUARE ? square : warp)
            which[n++] = k;
    return n;
}

rig_status rig_board_shape_free(const rig_board *board, bool warp, bool square, rig_bundle *bundle, rig_arena *out,
                                rig_err *err) {
    const size_t n_points = (size_t)rig_board_n(board);
    int which[RIG_SHAPE_MAX];
    double(*p)[3] = rig_arena_alloc(out, n_points, sizeof *p);
    double(*dp)[RIG_SHAPE_MAX][3] = rig_arena_alloc(out, n_points, sizeof *dp);
    if (!p || !dp)
        return rig_fail_memory(err, "the board's shape");
    bundle->shape = (rig_bundle_shape){.n = unknowns(warp, square, which), .p = p};
    bundle->shape.dp = (const double(*)[RIG_SHAPE_MAX][3])dp;
    bundle->p = (const double(*)[3])p;
    for (int i = 0; i < rig_board_n(board); i++) {
        double height[2];
        rig_board_point(board, i, p[i]);
        bend(board, p[i], height);
        for (int k = 0; k < bundle->shape.n; k++)
            if (which[k] == SQUARE)
                dp[i][k][0] = p[i][0], dp[i][k][1] = p[i][1];
            else
                dp[i][k][2] = height[which[k]];
    }
    return RIG_OK;
}

rig_board_shape rig_board_shape_found(const rig_board *board, bool warp, bool square, const rig_bundle *bundle,
                                      const rig_bundle_report *report) {
    rig_board_shape shape = {.has_warp = warp, .has_square = square, .square_m = board->square_m};
    int which[RIG_SHAPE_MAX];
    const int n = unknowns(warp, square, which);
    for (int k = 0; k < n; k++) {
        const ptrdiff_t at = report->n_free - n + k;
        const double x = bundle->shape.x[k],
                     sigma = sqrt(report->variance_px2 * report->covariance[at * (report->n_free + 1)]);
        if (which[k] == SQUARE)
            shape.square_m *= 1 + x, shape.sigma_square_m = board->square_m * sigma;
        else
            shape.warp_m[which[k]] = x, shape.sigma_warp_m[which[k]] = sigma;
    }
    return shape;
}
