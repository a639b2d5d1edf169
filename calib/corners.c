#include "calib/corners.h"

#include "core/arena.h"
#include "cv/cv.h"

#include <math.h>
#include <string.h>

enum { HALF_MIN = 2, HALF_MAX = 24 };
// The half window over the distance to the nearest neighbour. Long edges tell more, but from 0.4 on some windows hold
// enough of a neighbour to be drawn to it, on boards seen from the side.
static const double WINDOW_SHARE = 0.3;
static const double DRIFT_SHARE = 0.5; // of that distance: a corner that moved farther went to something else

static double cross(const double a[2], const double b[2], const double c[2]) {
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

static void swap(double a[2], double b[2]) {
    for (int k = 0; k < 2; k++) {
        double old = a[k];
        a[k] = b[k], b[k] = old;
    }
}

static void turn_half(double (*q)[2], int n) {
    for (int i = 0; i < n / 2; i++)
        swap(q[i], q[n - 1 - i]);
}

// Every square's four corners go around the same way, the picture's own (x right, y down) where sign is 1.
static bool grid_regular(const rig_board *board, const double (*q)[2], double sign) {
    int cols = board->cols;
    for (int y = 0; y + 1 < board->rows; y++)
        for (int x = 0; x + 1 < cols; x++) {
            const double *a = q[y * cols + x], *b = q[y * cols + x + 1], *c = q[(y + 1) * cols + x + 1],
                         *d = q[(y + 1) * cols + x];
            if (!(sign * cross(a, b, c) > 0 && sign * cross(b, c, d) > 0 && sign * cross(c, d, a) > 0 &&
                  sign * cross(d, a, b) > 0))
                return false;
        }
    return true;
}

// The distance from a corner to its nearest neighbour on the board.
static double pitch_at(const rig_board *board, const double (*q)[2], int i) {
    int x = i % board->cols, y = i / board->cols;
    double least = INFINITY;
    for (int k = 0; k < 4; k++) {
        int to_x = x + (k == 0) - (k == 1), to_y = y + (k == 2) - (k == 3);
        if (to_x < 0 || to_y < 0 || to_x >= board->cols || to_y >= board->rows)
            continue;
        const double *to = q[to_y * board->cols + to_x];
        least = fmin(least, hypot(to[0] - q[i][0], to[1] - q[i][1]));
    }
    return least;
}

static int half_window(double pitch) {
    double half = floor(WINDOW_SHARE * pitch);
    return half < HALF_MIN ? HALF_MIN : half > HALF_MAX ? HALF_MAX : (int)half;
}

// A steep board's pitch varies across it, and the window with it: corners of one window size are refined together.
static rig_status refine(const rig_image *grey, const rig_board *board, const double (*from)[2], double (*q)[2],
                         double (*group)[2], rig_err *err) {
    int n = rig_board_n(board);
    for (int half = HALF_MIN; half <= HALF_MAX; half++) {
        int members = 0;
        for (int i = 0; i < n; i++)
            if (half_window(pitch_at(board, from, i)) == half)
                memcpy(group[members++], from[i], sizeof *group);
        if (members == 0)
            continue;
        RIG_TRY(rig_cv_corners_refine(grey, group, members, half, err));
        members = 0;
        for (int i = 0; i < n; i++)
            if (half_window(pitch_at(board, from, i)) == half)
                memcpy(q[i], group[members++], sizeof *group);
    }
    for (int i = 0; i < n; i++) // what drifted away returns
        if (!(hypot(q[i][0] - from[i][0], q[i][1] - from[i][1]) <= DRIFT_SHARE * pitch_at(board, from, i)))
            memcpy(q[i], from[i], sizeof *q);
    return RIG_OK;
}

static double grey_at(const rig_image *grey, double x, double y) {
    int column = (int)lround(x), row = (int)lround(y);
    column = column < 0 ? 0 : column >= grey->width ? grey->width - 1 : column;
    row = row < 0 ? 0 : row >= grey->height ? grey->height - 1 : row;
    return grey->data[row * grey->stride + column];
}

// How much brighter the squares of the odd colour are than that of corners 0, 1, cols, cols + 1 and its like.
static double first_square_darkness(const rig_image *grey, const rig_board *board, const double (*q)[2]) {
    double sum = 0;
    int cols = board->cols;
    for (int y = 0; y + 1 < board->rows; y++)
        for (int x = 0; x + 1 < cols; x++) {
            const double *a = q[y * cols + x], *b = q[y * cols + x + 1], *c = q[(y + 1) * cols + x],
                         *d = q[(y + 1) * cols + x + 1];
            double value = grey_at(grey, (a[0] + b[0] + c[0] + d[0]) / 4, (a[1] + b[1] + c[1] + d[1]) / 4);
            sum += (x + y) % 2 ? value : -value;
        }
    return sum;
}

// Rows run so that the board looks as printed, not mirrored. Of the two readings that a half turn leaves, the colours
// choose where cols + rows is odd; elsewhere both look the same and the one whose corner 0 is farther up is taken.
static void settle_order(const rig_image *grey, const rig_board *board, double (*q)[2]) {
    int cols = board->cols, n = rig_board_n(board);
    if (grid_regular(board, (const double(*)[2])q, -1))
        for (int y = 0; y < board->rows; y++)
            turn_half(q + y * cols, cols);
    bool turned = (board->cols + board->rows) % 2 ? first_square_darkness(grey, board, (const double(*)[2])q) < 0
                                                  : q[0][1] > q[n - 1][1];
    if (turned)
        turn_half(q, n);
}

rig_status rig_corners_find(const rig_image *grey, const rig_board *board, double (*q)[2], bool *found, rig_err *err) {
    rig_arena scratch = {0};
    size_t n = (size_t)rig_board_n(board);
    double(*from)[2] = rig_arena_alloc(&scratch, n, sizeof *from);
    double(*group)[2] = rig_arena_alloc(&scratch, n, sizeof *group);
    *found = false;
    rig_status status = from && group ? RIG_OK : rig_fail_memory(err, "a board's corners");
    bool there = false;
    if (status == RIG_OK)
        status = rig_cv_chessboard_find(grey, board->cols, board->rows, from, &there, err);
    if (status != RIG_OK || !there)
        goto done;
    const double(*rough)[2] = (const double(*)[2])from;
    if (!grid_regular(board, rough, 1) && !grid_regular(board, rough, -1))
        goto done;
    status = refine(grey, board, rough, q, group, err);
    if (status != RIG_OK)
        goto done;
    const double(*fine)[2] = (const double(*)[2])q;
    if (!grid_regular(board, fine, 1) && !grid_regular(board, fine, -1))
        memcpy(q, from, n * sizeof *q);
    settle_order(grey, board, q);
    *found = true;
done:
    rig_arena_release(&scratch);
    return status;
}
