#include "calib/corners.h"

#include "calib/lattice.h"
#include "calib/saddle_fit.h"

#include <math.h>
#include <string.h>

enum { LEVELS_MAX = 6, LONG_SIDE = 1000, SHORT_SIDE_MIN = 160 };
static const double FIT_PITCH = 24; // pixels: a larger square's corners are fitted on a reduced picture: as exact there
// One step over the next, and the middle corner's distance from the line over its length, at most. Real boards, seen
// ever so steeply, stay below 1.2 and 0.011; grids in clutter begin at 2 and 0.15.
static const double UNEVEN = 1.8, BENT = 0.05;
static const double DARK_SHARE = 0.2; // of the board's mean contrast: a corner with less is none
static const double BLURRED = 5;      // times the other corners' mean blur: something lies on a corner with more

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

static void to_level(const double q[2], double scale, double at[2]) {
    at[0] = (q[0] + 0.5) * scale - 0.5, at[1] = (q[1] + 0.5) * scale - 0.5;
}

// The step to the neighbour along a row (k 0) or a column (1): the mean of both sides, where there are two.
static void step_at(const rig_board *board, const double (*q)[2], int i, int k, double step[2]) {
    int at = k ? i / board->cols : i % board->cols, n = k ? board->rows : board->cols, by = k ? board->cols : 1;
    const double *next = q[at + 1 < n ? i + by : i], *last = q[at > 0 ? i - by : i];
    double spans = (at + 1 < n) + (at > 0);
    step[0] = (next[0] - last[0]) / spans, step[1] = (next[1] - last[1]) / spans;
}

// Fit corner i on the level that suits its squares; contrast is then positive where corner 0's is, blur of that level.
static bool corner_fit(const pyramid *p, const rig_board *board, const double (*from)[2], int i, rig_saddle_fit *fit) {
    double step[2][2], at[2], scale = 1;
    int level = 0;
    step_at(board, from, i, 0, step[0]);
    step_at(board, from, i, 1, step[1]);
    double pitch = fmin(hypot(step[0][0], step[0][1]), hypot(step[1][0], step[1][1]));
    for (; level + 1 < p->n && pitch * scale > FIT_PITCH; scale /= 2)
        level++;
    to_level(from[i], scale, at);
    for (int k = 0; k < 4; k++)
        step[k / 2][k % 2] *= scale;
    if (!rig_saddle_fit_at(&p->level[level], at, step[0], step[1], fit))
        return false;
    to_level(fit->q, 1 / scale, fit->q);
    if ((i % board->cols + i / board->cols) % 2)
        fit->contrast = -fit->contrast;
    return true;
}

// Every corner to sub-pixel; false where one is no saddle or not as the others are, or they are no even grid.
static bool refine(const pyramid *p, const rig_board *board, const double (*from)[2], double (*q)[2],
                   rig_saddle_fit *fits) {
    double contrast = 0, blur = 0;
    int n = rig_board_n(board);
    for (int i = 0; i < n; i++) {
        if (!corner_fit(p, board, from, i, &fits[i]))
            return false;
        memcpy(q[i], fits[i].q, sizeof *q);
        contrast += fits[i].contrast / n, blur += fits[i].blur;
    }
    for (int i = 0; i < n; i++) {
        double others = (blur - fits[i].blur) / (n - 1);
        if (!(fits[i].contrast * contrast >= DARK_SHARE * contrast * contrast && fits[i].blur <= BLURRED * others))
            return false;
    }
    const double(*fine)[2] = (const double(*)[2])q;
    return (grid_regular(board, fine, 1) || grid_regular(board, fine, -1)) && lines_even(board, fine);
}

// First the largest level with a longer side of at most LONG_SIDE, then the smaller ones, at last the larger ones: most
// boards have squares of more than 10 pixels in a picture that large, and blur and noise hide fewer of their corners.
static rig_status search(const pyramid *p, const rig_board *board, double (*q)[2], bool *found, rig_arena *scratch,
                         rig_err *err) {
    int first = 0, n = rig_board_n(board);
    double(*rough)[2] = rig_arena_alloc(scratch, (size_t)n, sizeof *rough);
    rig_saddle_fit *fits = RIG_NEW(scratch, rig_saddle_fit, n);
    if (!rough || !fits)
        return rig_fail_memory(err, "a board's corners");
    while (first + 1 < p->n && (p->level[first].width > LONG_SIDE || p->level[first].height > LONG_SIDE))
        first++;
    for (int k = 0; !*found && k < p->n; k++) {
        rig_arena_mark mark = rig_arena_tell(scratch);
        int level = first + k < p->n ? first + k : p->n - 1 - k;
        RIG_TRY(level_search(&p->level[level], board, rough, found, scratch, err));
        rig_arena_rewind(scratch, mark);
        for (int i = 0; *found && i < n; i++)
            to_level(rough[i], ldexp(1, level), rough[i]);
        *found = *found && refine(p, board, (const double(*)[2])rough, q, fits);
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

rig_status rig_corners_find(const rig_image *grey, const rig_board *board, double (*q)[2], bool *found,
                            rig_arena *scratch, rig_err *err) {
    pyramid p;
    *found = false;
    RIG_TRY(pyramid_init(grey, &p, scratch, err));
    RIG_TRY(search(&p, board, q, found, scratch, err));
    if (*found)
        settle_order(grey, board, q);
    return RIG_OK;
}
