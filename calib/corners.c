#include "calib/corners.h"

#include "calib/lattice.h"
#include "calib/marked.h"
#include "core/median.h"

#include <math.h>
#include <string.h>

enum { LONG_SIDE = 1000, WINDOW_MIN = 16 }; // pixels; a smaller window of a level shows no board
// One step over the next, and the middle corner's distance from the line over its length, at most. Real boards, seen
// ever so steeply, stay below 1.2 and 0.011; grids in clutter begin at 2 and 0.15.
static const double UNEVEN = 1.8, BENT = 0.05;
static const double DARK_SHARE = 0.2; // of the board's mean contrast: a corner with less is none
static const double BLURRED = 5;      // times the other corners' mean blur: something lies on a corner with more
static const double UNFIT = 3; // times the corners' median misfit is that of a board's end: it is not the board's

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

static rig_status level_search(const rig_image *level, const rig_board *board, double (*q)[2], bool *found,
                               rig_arena *scratch, rig_err *err) {
    rig_saddle_map map;
    rig_saddle *saddles;
    int n;
    RIG_TRY(rig_saddle_map_init(level, &map, scratch, err));
    RIG_TRY(rig_saddles_find(&map, &saddles, &n, scratch, scratch, err));
    return rig_lattice_find(&map, saddles, n, board->cols, board->rows, q, found, scratch, err);
}

// The step to the neighbour along a row (k 0) or a column (1): the mean of both sides, where there are two.
static void step_at(const rig_board *board, const double (*q)[2], int i, int k, double step[2]) {
    int at = k ? i / board->cols : i % board->cols, n = k ? board->rows : board->cols, by = k ? board->cols : 1;
    const double *next = q[at + 1 < n ? i + by : i], *last = q[at > 0 ? i - by : i];
    double spans = (at + 1 < n) + (at > 0);
    step[0] = (next[0] - last[0]) / spans, step[1] = (next[1] - last[1]) / spans;
}

// Fit corner i; contrast is then positive where corner 0's is.
static bool corner_fit(const rig_pyramid *p, const rig_board *board, const double (*from)[2], int i,
                       rig_saddle_fit *fit) {
    double step[2][2];
    step_at(board, from, i, 0, step[0]);
    step_at(board, from, i, 1, step[1]);
    if (!rig_pyramid_fit(p, from[i], step[0], step[1], 0, fit))
        return false;
    if ((i % board->cols + i / board->cols) % 2)
        fit->contrast = -fit->contrast;
    return true;
}

// Every corner to sub-pixel; false where one is no saddle or not as the others are, or they are no even grid.
static bool corners_refine(const rig_pyramid *p, const rig_board *board, const double (*from)[2], double (*q)[2],
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
static int level_at(const rig_pyramid *p, int k) {
    int first = 0;
    while (first + 1 < p->n && (p->level[first].width > LONG_SIDE || p->level[first].height > LONG_SIDE))
        first++;
    return first + k < p->n ? first + k : p->n - 1 - k;
}

// The part of a level that shows a part of the picture.
static rig_image level_window(const rig_pyramid *p, int level, rig_rect part) {
    const rig_image *whole = &p->level[level];
    rig_rect r = {part.x >> level, part.y >> level, 0, 0};
    const int x1 = (part.x + part.w) >> level, y1 = (part.y + part.h) >> level;
    r.w = (x1 < whole->width ? x1 : whole->width) - r.x;
    r.h = (y1 < whole->height ? y1 : whole->height) - r.y;
    return rig_image_window(whole, r);
}

static rig_status search_plain(const rig_pyramid *p, rig_rect part, bool quick, const rig_board *board,
                               rig_found_board *found, rig_arena *scratch, rig_err *err) {
    int n = rig_board_n(board);
    bool is_there = false;
    double(*rough)[2] = rig_arena_alloc(scratch, (size_t)n, sizeof *rough);
    rig_saddle_fit *fits = RIG_NEW(scratch, rig_saddle_fit, n);
    if (!rough || !fits)
        return rig_fail_memory(err, "a board's corners");
    for (int k = 0; !is_there && k < (quick ? 1 : p->n); k++) {
        rig_arena_mark mark = rig_arena_tell(scratch);
        int level = level_at(p, k);
        rig_image window = level_window(p, level, part);
        if (window.width < WINDOW_MIN || window.height < WINDOW_MIN)
            continue;
        RIG_TRY(level_search(&window, board, rough, &is_there, scratch, err));
        rig_arena_rewind(scratch, mark);
        for (int i = 0; is_there && i < n; i++) {
            rough[i][0] += part.x >> level, rough[i][1] += part.y >> level;
            rig_pyramid_up(rough[i], level, rough[i]);
        }
        is_there = is_there && corners_refine(p, board, (const double(*)[2])rough, found->q, fits);
    }
    for (int i = 0; is_there && i < n; i++)
        found->sigma_px[i] = fits[i].sigma, found->seen[i] = true;
    found->n_seen = is_there ? n : 0;
    return RIG_OK;
}

void rig_found_board_copy(const rig_board *board, const rig_found_board *from, rig_found_board *to) {
    size_t n = (size_t)rig_board_n(board);
    memcpy(to->q, from->q, n * sizeof *to->q);
    memcpy(to->sigma_px, from->sigma_px, n * sizeof *to->sigma_px);
    memcpy(to->seen, from->seen, n * sizeof *to->seen);
    to->n_seen = from->n_seen;
}

// The level that shows most of the board; all are looked at where none shows all of it.
static rig_status search_marked(const rig_pyramid *p, const rig_board *board, const rig_markers *markers,
                                rig_found_board *found, rig_arena *scratch, rig_err *err) {
    rig_found_board here;
    RIG_TRY(rig_found_board_init(board, &here, scratch, err));
    for (int k = 0; k < p->n && found->n_seen < rig_board_n(board); k++) {
        RIG_TRY(rig_marked_find(p, level_at(p, k), board, markers, found->n_seen, &here, scratch, err));
        if (here.n_seen > found->n_seen)
            rig_found_board_copy(board, &here, found);
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

static void sigmas_turn_half(double *sigma_px, int n) {
    for (int i = 0; i < n / 2; i++) {
        double old = sigma_px[i];
        sigma_px[i] = sigma_px[n - 1 - i], sigma_px[n - 1 - i] = old;
    }
}

// Rows run so that the board looks as printed, not mirrored. Of the two readings that a half turn leaves, the colours
// choose where cols + rows is odd; elsewhere both look the same and the one whose corner 0 is farther up is taken.
static void settle_order(const rig_image *grey, const rig_board *board, rig_found_board *found) {
    int cols = board->cols, n = rig_board_n(board);
    double(*q)[2] = found->q;
    if (grid_regular(board, (const double(*)[2])q, -1))
        for (int y = 0; y < board->rows; y++)
            turn_half(q + y * cols, cols), sigmas_turn_half(found->sigma_px + y * cols, cols);
    bool turned = (board->cols + board->rows) % 2 ? first_square_darkness(grey, board, (const double(*)[2])q) < 0
                                                  : q[0][1] > q[n - 1][1];
    if (turned)
        turn_half(q, n), sigmas_turn_half(found->sigma_px, n);
}

rig_status rig_corners_find_in(const rig_pyramid *p, rig_rect part, bool quick, const rig_board *board,
                               const rig_markers *markers, rig_found_board *found, rig_arena *scratch, rig_err *err) {
    rig_found_board_clear(board, found);
    if (rig_board_has_markers(board))
        return search_marked(p, board, markers, found, scratch, err);
    RIG_TRY(search_plain(p, part, quick, board, found, scratch, err));
    if (found->n_seen > 0)
        settle_order(&p->level[0], board, found);
    return RIG_OK;
}

rig_status rig_corners_find(const rig_image *grey, const rig_board *board, const rig_markers *markers,
                            rig_found_board *found, rig_arena *scratch, rig_err *err) {
    rig_pyramid p;
    rig_found_board_clear(board, found);
    RIG_TRY(rig_pyramid_init(grey, &p, scratch, err));
    return rig_corners_find_in(&p, (rig_rect){0, 0, grey->width, grey->height}, false, board, markers, found, scratch,
                               err);
}

// A grid that has slipped by a square has a row or column beside the board, where nothing fits so well as elsewhere.
static bool ends_fit(const rig_saddle_fit *fits, const rig_board *board, double *sorted) {
    const int cols = board->cols, rows = board->rows, n = rig_board_n(board);
    for (int i = 0; i < n; i++)
        sorted[i] = fits[i].misfit;
    const double most = UNFIT * rig_median(sorted, n);
    for (int end = 0; end < 4; end++) {
        const int length = end < 2 ? cols : rows, step = end < 2 ? 1 : cols;
        const int first = end == 1 ? (rows - 1) * cols : end == 3 ? cols - 1 : 0;
        for (int k = 0; k < length; k++)
            sorted[k] = fits[first + k * step].misfit;
        if (rig_median(sorted, length) > most)
            return false;
    }
    return true;
}

// Where the corners should have gone, by how the board's four ends have: the others then need half the steps.
static bool ends_follow(const rig_pyramid *p, const rig_board *board, const double (*before)[2], double (*q)[2]) {
    const int cols = board->cols, rows = board->rows;
    const int ends[4] = {0, cols - 1, (rows - 1) * cols, rows * cols - 1};
    double moved[4][2];
    for (int k = 0; k < 4; k++) {
        rig_saddle_fit fit;
        if (!corner_fit(p, board, before, ends[k], &fit))
            return false;
        moved[k][0] = fit.q[0] - before[ends[k]][0], moved[k][1] = fit.q[1] - before[ends[k]][1];
    }
    for (int i = 0; i < rows * cols; i++) {
        const double u = cols > 1 ? (double)(i % cols) / (cols - 1) : 0,
                     v = rows > 1 ? (double)(i / cols) / (rows - 1) : 0;
        for (int c = 0; c < 2; c++)
            q[i][c] = before[i][c] + (1 - v) * ((1 - u) * moved[0][c] + u * moved[1][c]) +
                      v * ((1 - u) * moved[2][c] + u * moved[3][c]);
    }
    return true;
}

rig_status rig_corners_follow(const rig_pyramid *p, const double (*before)[2], const rig_board *board,
                              rig_found_board *found, rig_arena *scratch, rig_err *err) {
    const int n = rig_board_n(board);
    rig_saddle_fit *fits = RIG_NEW(scratch, rig_saddle_fit, n);
    double *sorted = RIG_NEW(scratch, double, n), (*from)[2] = rig_arena_alloc(scratch, (size_t)n, sizeof *from);
    rig_found_board_clear(board, found);
    if (!fits || !sorted || !from)
        return rig_fail_memory(err, "a board's corners");
    if (!ends_follow(p, board, before, from) || !corners_refine(p, board, (const double(*)[2])from, found->q, fits) ||
        !ends_fit(fits, board, sorted))
        return RIG_OK;
    for (int i = 0; i < n; i++)
        found->sigma_px[i] = fits[i].sigma, found->seen[i] = true;
    found->n_seen = n;
    settle_order(&p->level[0], board, found);
    return RIG_OK;
}

rig_status rig_found_board_init(const rig_board *board, rig_found_board *found, rig_arena *out, rig_err *err) {
    size_t n = (size_t)rig_board_n(board);
    *found = (rig_found_board){.q = rig_arena_alloc(out, n, sizeof *found->q),
                               .sigma_px = RIG_NEW(out, double, n),
                               .seen = RIG_NEW(out, bool, n)};
    return found->q && found->sigma_px && found->seen ? RIG_OK : rig_fail_memory(err, "a board's corners");
}

void rig_found_board_clear(const rig_board *board, rig_found_board *found) {
    size_t n = (size_t)rig_board_n(board);
    memset(found->q, 0, n * sizeof *found->q);
    memset(found->sigma_px, 0, n * sizeof *found->sigma_px);
    memset(found->seen, 0, n * sizeof *found->seen);
    found->n_seen = 0;
}
