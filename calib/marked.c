#include "calib/marked.h"

#include "calib/lattice.h"
#include "core/median.h"

#include <math.h>
#include <string.h>

enum { SEEN_MIN = 6, READ_MIN = 2, READ_SHARE = 3, AGREE = 2 }; // markers: one in READ_SHARE of those expected
static const double UNEVEN = 1.8, BENT = 0.05;                  // as a chessboard's lines (corners.c)
static const double DARK_SHARE = 0.2, BLURRED = 5;              // likewise
static const double UNFIT = 2.5; // times the median misfit: something lies on the corner, or beside it

// Where a patch lies on the board: the column and row of its place (0, 0), and by how many quarter turns
// counterclockwise the patch stands as the board does.
typedef struct reading {
    int quarters, column, row;
} reading;

// The board's axes along the patch's.
static const int along_x[4][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}}, along_y[4][2] = {{0, 1}, {-1, 0}, {0, -1}, {1, 0}};

static void on_board(const reading *r, int i, int j, int *column, int *row) {
    *column = r->column + i * along_x[r->quarters][0] + j * along_x[r->quarters][1];
    *row = r->row + i * along_y[r->quarters][0] + j * along_y[r->quarters][1];
}

// The cell from place (i, j) on, where all its corners are there and it has the colour of those with a marker.
static bool cell_of(const rig_patch *patch, const rig_board *board, int i, int j, int level, double q[4][2]) {
    if (i + 1 >= patch->w || j + 1 >= patch->h)
        return false;
    const rig_patch_corner *first = &patch->corners[j * patch->w + i];
    for (int k = 0; k < 4; k++) {
        const rig_patch_corner *corner = first + k / 2 * patch->w + k % 2;
        if (!corner->there)
            return false;
        rig_pyramid_up(corner->q, level, q[k]);
    }
    return first->dark == (board->kind == RIG_BOARD_APRILGRID);
}

static reading reading_by(const rig_board *board, int marker, int i, int j, int quarters) {
    static const int top_left[4][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}};
    int column, row, u = i + top_left[quarters][0], v = j + top_left[quarters][1];
    rig_board_marker_corner(board, marker, &column, &row);
    reading at = {quarters, 0, 0};
    int off_column, off_row;
    on_board(&at, u, v, &off_column, &off_row);
    return (reading){quarters, column - off_column, row - off_row};
}

static bool same(const reading *a, const reading *b) {
    return a->quarters == b->quarters && a->column == b->column && a->row == b->row;
}

// How many cells of the patch should hold a marker if it lies so.
static int expected(const rig_patch *patch, const rig_board *board, const reading *r, int level) {
    int n = 0;
    double q[4][2];
    for (int j = 0; j + 1 < patch->h; j++)
        for (int i = 0; i + 1 < patch->w; i++) {
            int a[2], b[2];
            if (!cell_of(patch, board, i, j, level, q))
                continue;
            on_board(r, i, j, &a[0], &a[1]);
            on_board(r, i + 1, j + 1, &b[0], &b[1]);
            int column = a[0] < b[0] ? a[0] : b[0], row = a[1] < b[1] ? a[1] : b[1];
            n += column >= 0 && row >= 0 && column + 1 < board->cols && row + 1 < board->rows &&
                 (board->kind == RIG_BOARD_CHARUCO || (column % 2 == 0 && row % 2 == 0));
        }
    return n;
}

// Whether the patch goes on past one of the board's ends, so that it cannot lie there: three corners or more, and two
// thirds as many as stand on the last line.
static bool spills(const rig_patch *patch, const rig_board *board, const reading *r) {
    int past[4] = {0}, last[4] = {0};
    for (int k = 0; k < patch->w * patch->h; k++) {
        int column, row;
        on_board(r, k % patch->w, k / patch->w, &column, &row);
        const int beyond[4] = {-1 - column, column - board->cols, -1 - row, row - board->rows};
        for (int end = 0; patch->corners[k].there && end < 4; end++)
            past[end] += beyond[end] == 0, last[end] += beyond[end] == -1;
    }
    bool any = false;
    for (int end = 0; end < 4; end++)
        any = any || (past[end] >= 3 && 3 * past[end] >= 2 * last[end]);
    return any;
}

// The place that the patch's markers agree on. Of a board laid out otherwise than is said, rows contradict each other.
static bool patch_read(const rig_patch *patch, const rig_image *grey, int level, const rig_board *board,
                       const rig_markers *markers, reading *votes, reading *best) {
    int n = 0, most = 0;
    for (int j = 0; j + 1 < patch->h; j++)
        for (int i = 0; i + 1 < patch->w; i++) {
            double q[4][2];
            int quarters = 0;
            if (!cell_of(patch, board, i, j, level, q))
                continue;
            int marker = rig_marker_read(grey, (const double(*)[2])q, board, markers, &quarters);
            if (marker >= 0)
                votes[n++] = reading_by(board, marker, i, j, quarters);
        }
    for (int a = 0; a < n; a++) {
        int agree = 0;
        for (int b = 0; b < n; b++)
            agree += same(&votes[a], &votes[b]);
        if (agree > most)
            most = agree, *best = votes[a];
    }
    return most >= READ_MIN && most > AGREE * (n - most) && READ_SHARE * most >= expected(patch, board, best, level) &&
           !spills(patch, board, best);
}

static void patch_place(const rig_patch *patch, const reading *r, int level, const rig_board *board,
                        rig_found_board *found) {
    for (int k = 0; k < patch->w * patch->h; k++) {
        int column, row;
        on_board(r, k % patch->w, k / patch->w, &column, &row);
        if (!patch->corners[k].there || column < 0 || row < 0 || column >= board->cols || row >= board->rows)
            continue;
        int at = row * board->cols + column;
        if (found->seen[at])
            continue;
        rig_pyramid_up(patch->corners[k].q, level, found->q[at]);
        found->seen[at] = true, found->n_seen++;
    }
}

static void forget(rig_found_board *found, int i) {
    found->n_seen -= found->seen[i];
    found->seen[i] = false;
    found->q[i][0] = found->q[i][1] = found->sigma_px[i] = 0;
}

// The neighbour of corner i by so many columns or rows (axis 0, 1); -1: none, or not seen.
static int neighbour(const rig_board *board, const rig_found_board *found, int i, int axis, int by) {
    int at = axis ? i / board->cols : i % board->cols, n = axis ? board->rows : board->cols;
    int to = i + by * (axis ? board->cols : 1);
    return at + by >= 0 && at + by < n && found->seen[to] ? to : -1;
}

// What a step of `unit` metres along a row (axis 0) or column (1) is in pixels at corner i. False: no neighbour tells.
static bool step_at(const rig_board *board, const rig_found_board *found, int i, int axis, double unit,
                    double step[2]) {
    int from = neighbour(board, found, i, axis, -1), to = neighbour(board, found, i, axis, 1);
    if (from < 0 && to < 0)
        return false;
    from = from < 0 ? i : from, to = to < 0 ? i : to;
    double a[3], b[3];
    rig_board_point(board, from, a);
    rig_board_point(board, to, b);
    for (int k = 0; k < 2; k++)
        step[k] = (found->q[to][k] - found->q[from][k]) * unit / (b[axis] - a[axis]);
    return true;
}

// How wide the surely plain stripe along the edges is, in steps of `unit`: a ChArUco marker's own corner lies behind
// it, or the nearest cell of a tag's code.
static double clear_of(const rig_board *board, const rig_markers *markers, double unit) {
    return board->kind == RIG_BOARD_APRILGRID ? board->square_m / (markers->side + 2) / unit
                                              : rig_marker_place_of(board).from;
}

// Fit what is seen; a corner without a fit has no contrast, others are positive where corner 0's is. Returns how many
// have one.
static int corners_fit(const rig_pyramid *p, const rig_board *board, const rig_markers *markers,
                       const rig_found_board *found, rig_saddle_fit *fits) {
    const double unit = board->kind == RIG_BOARD_APRILGRID ? board->gap_m : board->square_m;
    double clear = clear_of(board, markers, unit);
    int n_fitted = 0;
    for (int i = 0; i < rig_board_n(board); i++) {
        double step[2][2];
        if (!found->seen[i] || !step_at(board, found, i, 0, unit, step[0]) ||
            !step_at(board, found, i, 1, unit, step[1]) ||
            !rig_pyramid_fit(p, found->q[i], step[0], step[1], clear, &fits[i])) {
            fits[i] = (rig_saddle_fit){.contrast = 0};
            continue;
        }
        if ((i % board->cols + i / board->cols) % 2)
            fits[i].contrast = -fits[i].contrast;
        n_fitted++;
    }
    return n_fitted;
}

// Keep the corners whose fits are as the others'.
static void fits_take(const rig_board *board, const rig_saddle_fit *fits, int n_fitted, double *sorted,
                      rig_found_board *found) {
    double contrast = 0, blur = 0;
    int n = rig_board_n(board), n_sorted = 0;
    for (int i = 0; i < n; i++)
        if (fits[i].contrast != 0) {
            contrast += fits[i].contrast / n_fitted, blur += fits[i].blur;
            sorted[n_sorted++] = fits[i].misfit;
        }
    double misfit_max = n_sorted ? UNFIT * rig_median(sorted, n_sorted) : 0;
    for (int i = 0; i < n; i++) {
        double others = n_fitted > 1 ? (blur - fits[i].blur) / (n_fitted - 1) : 0;
        bool alike = fits[i].contrast != 0 && fits[i].contrast * contrast >= DARK_SHARE * contrast * contrast &&
                     fits[i].blur <= BLURRED * others && fits[i].misfit <= misfit_max;
        if (!alike) {
            forget(found, i);
            continue;
        }
        memcpy(found->q[i], fits[i].q, sizeof *found->q);
        found->sigma_px[i] = fits[i].sigma;
    }
}

// Whether corners i, its neighbour and the next are nearly in a line, as far apart as they should be.
static bool line_even(const rig_board *board, const rig_found_board *found, int i, int axis) {
    int mid = neighbour(board, found, i, axis, 1), end = neighbour(board, found, i, axis, 2);
    if (mid < 0 || end < 0)
        return true;
    const double *a = found->q[i], *b = found->q[mid], *c = found->q[end];
    double p[3][3], ab = hypot(b[0] - a[0], b[1] - a[1]), bc = hypot(c[0] - b[0], c[1] - b[1]);
    double ac = hypot(c[0] - a[0], c[1] - a[1]);
    double off = fabs((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
    rig_board_point(board, i, p[0]);
    rig_board_point(board, mid, p[1]);
    rig_board_point(board, end, p[2]);
    ab /= p[1][axis] - p[0][axis], bc /= p[2][axis] - p[1][axis];
    return ab <= UNEVEN * bc && bc <= UNEVEN * ab && off <= BENT * ac * ac;
}

// Corners out of line go, the one most lines speak against first.
static void straighten(const rig_board *board, rig_found_board *found, int *against) {
    int n = rig_board_n(board), worst;
    do {
        worst = -1;
        memset(against, 0, (size_t)n * sizeof *against);
        for (int i = 0; i < n; i++)
            for (int axis = 0; axis < 2; axis++) {
                if (!found->seen[i] || line_even(board, found, i, axis))
                    continue;
                int by = axis ? board->cols : 1;
                against[i]++, against[i + by]++, against[i + 2 * by]++;
            }
        for (int i = 0; i < n; i++)
            if (against[i] && (worst < 0 || against[i] > against[worst]))
                worst = i;
        if (worst >= 0)
            forget(found, worst);
    } while (worst >= 0);
}

static bool tells(const rig_board *board, const rig_found_board *found) {
    int low[2] = {board->cols, board->rows}, high[2] = {-1, -1};
    for (int i = 0; i < rig_board_n(board); i++)
        for (int k = 0; found->seen[i] && k < 2; k++) {
            int at = k ? i / board->cols : i % board->cols;
            low[k] = at < low[k] ? at : low[k], high[k] = at > high[k] ? at : high[k];
        }
    return found->n_seen >= SEEN_MIN && high[0] > low[0] && high[1] > low[1];
}

static rig_status level_read(const rig_pyramid *pyramid, int level, const rig_board *board, const rig_markers *markers,
                             int more, rig_found_board *found, rig_arena *scratch, rig_err *err) {
    rig_saddle_map map;
    rig_saddle *saddles;
    rig_patch patches[RIG_PATCHES_MAX];
    int n, n_patches, n_corners = rig_board_n(board);
    RIG_TRY(rig_saddle_map_init(&pyramid->level[level], &map, scratch, err));
    RIG_TRY(rig_saddles_find(&map, &saddles, &n, scratch, scratch, err));
    int limit = 2 + (board->cols > board->rows ? board->cols : board->rows);
    bool even = board->kind == RIG_BOARD_CHARUCO;
    RIG_TRY(rig_lattice_patches(&map, saddles, n, limit, even, patches, &n_patches, scratch, err));
    reading *votes = RIG_NEW(scratch, reading, limit * limit), at;
    rig_saddle_fit *fits = RIG_NEW(scratch, rig_saddle_fit, n_corners);
    double *sorted = RIG_NEW(scratch, double, n_corners);
    int *against = RIG_NEW(scratch, int, n_corners);
    if (!votes || !fits || !sorted || !against)
        return rig_fail_memory(err, "a board with markers");
    for (int k = 0; k < n_patches; k++)
        if (patch_read(&patches[k], &pyramid->level[0], level, board, markers, votes, &at))
            patch_place(&patches[k], &at, level, board, found);
    if (found->n_seen > more) {
        fits_take(board, fits, corners_fit(pyramid, board, markers, found, fits), sorted, found);
        straighten(board, found, against);
    }
    return RIG_OK;
}

rig_status rig_marked_find(const rig_pyramid *pyramid, int level, const rig_board *board, const rig_markers *markers,
                           int more, rig_found_board *found, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_found_board_clear(board, found);
    rig_status status = level_read(pyramid, level, board, markers, more, found, scratch, err);
    if (found->n_seen <= more || !tells(board, found))
        rig_found_board_clear(board, found);
    rig_arena_rewind(scratch, mark);
    return status;
}
