#include "calib/tag_gap.h"

#include "core/median.h"

#include <math.h>

enum { FOURS_LEAST = 40, FOURS_MOST = 65536 };
static const double GAP_LEAST_PX = 4; // corners are found to a fraction of a pixel
static const double OFF = 0.05;

// Of corners i, i + by, i + 2 by, i + 3 by; 0 where one is not seen or the gap is too small to tell.
static double gap_of(const rig_board_view *view, int i, int by) {
    const double *q[4];
    for (int k = 0; k < 4; k++) {
        if (view->seen && !view->seen[i + k * by])
            return 0;
        q[k] = view->q[i + k * by];
    }
    const double ac = hypot(q[2][0] - q[0][0], q[2][1] - q[0][1]), bd = hypot(q[3][0] - q[1][0], q[3][1] - q[1][1]);
    const double bc = hypot(q[2][0] - q[1][0], q[2][1] - q[1][1]), ad = hypot(q[3][0] - q[0][0], q[3][1] - q[0][1]);
    const double ratio = ac * bd / (bc * ad);
    return bc >= GAP_LEAST_PX && ratio > 1 ? sqrt(1 + 1 / (ratio - 1)) - 1 : 0;
}

static int view_measure(const rig_board *board, const rig_board_view *view, double *gaps, int n) {
    for (int i = 0; i < rig_board_n(board); i++)
        for (int axis = 0; axis < 2; axis++) {
            const int at = axis ? i / board->cols : i % board->cols, of = axis ? board->rows : board->cols;
            if (at % 2 != 0 || at + 3 >= of || n == FOURS_MOST)
                continue;
            gaps[n] = gap_of(view, i, axis ? board->cols : 1);
            n += gaps[n] > 0;
        }
    return n;
}

rig_status rig_tag_gap_measure(const rig_board *board, const rig_view_corners *seen, int n_views, double *share,
                               rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    double *gaps = RIG_NEW(scratch, double, FOURS_MOST);
    int n = 0;
    if (!gaps)
        return rig_fail_memory(err, "gaps between tags");
    for (int v = 0; v < n_views; v++)
        for (int b = 0; b < seen[v].n; b++)
            n = view_measure(board, &seen[v].boards[b], gaps, n);
    *share = n >= FOURS_LEAST ? rig_median(gaps, n) : 0;
    rig_arena_rewind(scratch, mark);
    return RIG_OK;
}

bool rig_tag_gap_differs(const rig_board *board, double share) {
    return share > 0 && fabs(share * board->square_m / board->gap_m - 1) > OFF;
}

const char *rig_tag_gap_says(const rig_board *board, double share, rig_arena *out) {
    return rig_arena_printf(out, "board.gap_m is %.4g, %.3f of a tag, but in the pictures the gaps are %.3f of a tag",
                            board->gap_m, board->gap_m / board->square_m, share);
}
