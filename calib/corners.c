#include "calib/corners.h"

#include "calib/lattice.h"
#include "calib/saddle_fit.h"

#include <math.h>
#include <string.h>

enum { LEVELS_MAX = 6, LONG_SIDE = 1000, SHORT_SIDE_MIN = 160 };
static const double FIT_PITCH = 24; // pixels: larger squares are fitted on a reduced picture, which tells as much
static const double UNEVEN = 1.8; // one step over the next, at most: real boards, seen ever so steeply, stay below 1.2
static const double BENT =
    0.05; // the middle one's distance from the line over its length, at most: they stay below 0.011
static const double DARK_SHARE = 0.2; // of the board's mean contrast: a corner with less is none

// A picture and its halvings.
typedef struct pyramid {
    rig_image level[LEVELS_MAX];
    int n;
} pyramid;

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

// Corners in a line are nearly in a line, and nearly as far apart as the last two; what clutter leaves is neither.
static bool steps_even(const double a[2], const double b[2], const double c[2]) {
    double ab = hypot(b[0] - a[0], b[1] - a[1]), bc = hypot(c[0] - b[0], c[1] - b[1]);
    double ac = hypot(c[0] - a[0], c[1] - a[1]);
    return ab <= UNEVEN * bc && bc <= UNEVEN * ab && fabs(cross(a, b, c)) <= BENT * ac * ac;
}

static bool lines_even(const rig_board *board, const double (*q)[2]) {
    int cols = board->cols, rows = board->rows;
    for (int y = 0; y < rows; y++)
        for (int x = 0; x < cols; x++) {
            const double(*at)[2] = q + y * cols + x;
            if ((x + 2 < cols && !steps_even(at[0], at[1], at[2])) ||
                (y + 2 < rows && !steps_even(at[0], at[cols], at[2 * cols])))
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

// Half the size; a pixel is the mean of four.
static rig_status halve(const rig_image *from, rig_image *to, rig_arena *arena, rig_err *err) {
    *to = (rig_image){.width = from->width / 2, .height = from->height / 2, .channels = 1, .stride = from->width / 2};
    to->data = RIG_NEW(arena, unsigned char, (size_t)to->width *(size_t)to->height);
    if (!to->data)
        return rig_fail_memory(err, "a reduced picture");
    for (int y = 0; y < to->height; y++) {
        const unsigned char *a = from->data + 2 * y * from->stride, *b = a + from->stride;
        unsigned char *out = to->data + y * to->stride;
        for (int x = 0; x < to->width; x++)
            out[x] = (unsigned char)((a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1] + 2) / 4);
    }
    return RIG_OK;
}

static rig_status pyramid_init(const rig_image *grey, pyramid *p, rig_arena *arena, rig_err *err) {
    *p = (pyramid){.level = {*grey}, .n = 1};
    while (p->n < LEVELS_MAX) {
        const rig_image *last = &p->level[p->n - 1];
        if ((last->width < last->height ? last->width : last->height) < 2 * SHORT_SIDE_MIN)
            break;
        RIG_TRY(halve(last, &p->level[p->n], arena, err));
        p->n++;
    }
    return RIG_OK;
}

static rig_status level_search(const rig_image *level, const rig_board *board, double (*q)[2], bool *found,
                               rig_arena *scratch, rig_err *err) {
    rig_saddle_map map;
    rig_saddle *saddles;
    int n;
    RIG_TRY(rig_saddle_map_init(level, &map, scratch, err));
    RIG_TRY(rig_saddles_find(&map, &saddles, &n, scratch, scratch, err));
    return rig_lattice_find(&map, saddles, n, board->cols, board->rows, q, found, scratch, err);
}

static void rescale(double (*q)[2], int n, int from_level, int to_level) {
    double scale = ldexp(1, from_level - to_level);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < 2; k++)
            q[i][k] = (q[i][k] + 0.5) * scale - 0.5;
}

// The step to the neighbour along a row (k 0) or a column (1): the mean of both sides, where there are two.
static void step_at(const rig_board *board, const double (*q)[2], int i, int k, double step[2]) {
    int at = k ? i / board->cols : i % board->cols, n = k ? board->rows : board->cols, by = k ? board->cols : 1;
    const double *next = q[at + 1 < n ? i + by : i], *last = q[at > 0 ? i - by : i];
    double spans = (at + 1 < n) + (at > 0);
    step[0] = (next[0] - last[0]) / spans, step[1] = (next[1] - last[1]) / spans;
}

// Every corner to sub-pixel; false where one is no saddle, or not of its colours.
static bool refine(const rig_image *grey, const rig_board *board, const double (*from)[2], double (*q)[2],
                   double *contrast) {
    double sum = 0;
    int n = rig_board_n(board);
    for (int i = 0; i < n; i++) {
        rig_saddle_fit fit;
        double step[2][2];
        step_at(board, from, i, 0, step[0]);
        step_at(board, from, i, 1, step[1]);
        if (!rig_saddle_fit_at(grey, from[i], step[0], step[1], &fit))
            return false;
        memcpy(q[i], fit.q, sizeof *q);
        contrast[i] = (i % board->cols + i / board->cols) % 2 ? -fit.contrast : fit.contrast;
        sum += contrast[i];
    }
    for (int i = 0; i < n; i++)
        if (!(contrast[i] * sum >= DARK_SHARE * sum * sum / n))
            return false;
    return true;
}

// From where the search saw them, in pixels of `level`, to sub-pixel in the picture's own.
static bool locate(const pyramid *p, const rig_board *board, int level, double (*from)[2], double (*q)[2],
                   double *contrast) {
    int n = rig_board_n(board), fine = level;
    double pitch = INFINITY;
    for (int i = 0; i < n; i++)
        pitch = fmin(pitch, pitch_at(board, (const double(*)[2])from, i));
    for (; fine > 0 && 2 * pitch <= FIT_PITCH; pitch *= 2)
        fine--;
    for (; fine + 1 < p->n && pitch > FIT_PITCH; pitch /= 2)
        fine++;
    rescale(from, n, level, fine);
    if (!refine(&p->level[fine], board, (const double(*)[2])from, q, contrast))
        return false;
    rescale(q, n, fine, 0);
    const double(*fitted)[2] = (const double(*)[2])q;
    return (grid_regular(board, fitted, 1) || grid_regular(board, fitted, -1)) && lines_even(board, fitted);
}

// First the largest level with a longer side of at most LONG_SIDE, then the smaller ones, at last the larger ones: most
// boards have squares of more than 10 pixels in a picture that large, and blur and noise hide fewer of their corners.
static rig_status search(const pyramid *p, const rig_board *board, double (*q)[2], bool *found, rig_arena *scratch,
                         rig_err *err) {
    int first = 0, n = rig_board_n(board);
    double(*rough)[2] = rig_arena_alloc(scratch, (size_t)n, sizeof *rough);
    double *contrast = rig_arena_alloc(scratch, (size_t)n, sizeof *contrast);
    if (!rough || !contrast)
        return rig_fail_memory(err, "a board's corners");
    while (first + 1 < p->n && (p->level[first].width > LONG_SIDE || p->level[first].height > LONG_SIDE))
        first++;
    for (int k = 0; !*found && k < p->n; k++) {
        rig_arena_mark mark = rig_arena_tell(scratch);
        int level = first + k < p->n ? first + k : p->n - 1 - k;
        RIG_TRY(level_search(&p->level[level], board, rough, found, scratch, err));
        rig_arena_rewind(scratch, mark);
        *found = *found && locate(p, board, level, rough, q, contrast);
    }
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
    pyramid p;
    *found = false;
    rig_status status = pyramid_init(grey, &p, &scratch, err);
    if (status == RIG_OK)
        status = search(&p, board, q, found, &scratch, err);
    if (status == RIG_OK && *found)
        settle_order(grey, board, q);
    rig_arena_release(&scratch);
    return status;
}
