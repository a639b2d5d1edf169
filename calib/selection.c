#include "calib/selection.h"

#include "calib/homography.h"
#include "core/geom.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// What a board may show, in a view: cells, then a direction and size of tilt, then a distance.
enum { COLS = 8, ROWS = 6, CELLS = COLS * ROWS, WAYS = 8, SIZES = 3, TILTS = WAYS * SIZES, DEPTHS = 12 };
enum { TRAITS = CELLS + TILTS + DEPTHS };
static const double TILT_WEIGHT = 8, DEPTH_WEIGHT = 4;  // beside a cell's 1: a board covers some ten of them
static const double TILT_STEP = 0.25, DEPTH_STEP = 1.2; // rad of a size of tilt; times of a distance
static const double DEPTH_FIRST = 2;                    // of the board's own length

typedef struct board_traits {
    int frame, view, at;
    uint64_t cells;
    int tilt, depth; // -1: not known
} board_traits;

typedef struct selection {
    const rig_board *board;
    board_traits *boards; // by frame, in a frame by view
    int n, n_moments;
    int *first;   // boards of a moment, n_moments + 1
    bool *chosen; // a moment
    int *seen;    // a view: how often each trait was chosen
    double (*a)[2], (*b)[2], *w;
} selection;

static int cell_of(double q, int size, int n) {
    int cell = (int)floor((q + 0.5) / size * n);
    return cell < 0 ? 0 : cell < n ? cell : n - 1;
}

static void traits_of(selection *s, const rig_view_corners *view, const rig_board_view *seen, board_traits *to) {
    const int n = rig_board_n(s->board);
    const double focal = view->width > view->height ? view->width : view->height;
    double H[9];
    rig_pose pose;
    int n_seen = 0;
    for (int i = 0; i < n; i++) {
        double p[3];
        if (seen->seen && !seen->seen[i])
            continue;
        rig_board_point(s->board, i, p);
        memcpy(s->a[n_seen], p, sizeof *s->a);
        s->b[n_seen][0] = (seen->q[i][0] - (view->width - 1) / 2.0) / focal;
        s->b[n_seen++][1] = (seen->q[i][1] - (view->height - 1) / 2.0) / focal;
        to->cells |= (uint64_t)1 << (cell_of(seen->q[i][1], view->height, ROWS) * COLS +
                                     cell_of(seen->q[i][0], view->width, COLS));
    }
    to->tilt = to->depth = -1;
    if (!rig_homography_fit((const double(*)[2])s->a, (const double(*)[2])s->b, n_seen, s->w, H) ||
        !rig_homography_pose(H, &pose))
        return;
    const double tilt = acos(fmax(-1, fmin(1, fabs(pose.R[8])))),
                 way = atan2(pose.R[5], pose.R[2]) / 6.283185307179586 + 0.5;
    const int size = (int)(tilt / TILT_STEP);
    to->tilt = (size < SIZES ? size : SIZES - 1) * WAYS + (int)(way * WAYS) % WAYS;
    const double length = rig_board_along(s->board, s->board->cols - 1), far = pose.t[2] / (DEPTH_FIRST * length);
    const int depth = (int)floor(log(fmax(far, 1e-9)) / log(DEPTH_STEP)) + DEPTHS / 3;
    to->depth = depth < 0 ? 0 : depth < DEPTHS ? depth : DEPTHS - 1;
}

static int by_frame_and_view(const void *a, const void *b) {
    const board_traits *x = a, *y = b;
    return x->frame != y->frame ? (x->frame > y->frame) - (x->frame < y->frame) : x->view - y->view;
}

static rig_status selection_init(selection *s, const rig_view_corners *seen, int n_views, rig_arena *scratch,
                                 rig_err *err) {
    int n = 0;
    for (int v = 0; v < n_views; v++)
        n += seen[v].n;
    const size_t n_points = (size_t)rig_board_n(s->board);
    s->boards = RIG_NEW(scratch, board_traits, n);
    s->first = RIG_NEW(scratch, int, n + 1);
    s->chosen = RIG_NEW(scratch, bool, n);
    s->seen = RIG_NEW(scratch, int, n_views *TRAITS);
    s->a = rig_arena_alloc(scratch, n_points, sizeof *s->a);
    s->b = rig_arena_alloc(scratch, n_points, sizeof *s->b);
    s->w = RIG_NEW(scratch, double, n_points);
    if (!s->boards || !s->first || !s->chosen || !s->seen || !s->a || !s->b || !s->w)
        return rig_fail_memory(err, "the boards' traits");
    for (int v = 0; v < n_views; v++)
        for (int i = 0; i < seen[v].n; i++) {
            s->boards[s->n] = (board_traits){.frame = seen[v].boards[i].frame, .view = v, .at = i};
            traits_of(s, &seen[v], &seen[v].boards[i], &s->boards[s->n++]);
        }
    qsort(s->boards, (size_t)s->n, sizeof *s->boards, by_frame_and_view);
    for (int i = 0; i < s->n; i++)
        if (i == 0 || s->boards[i].frame != s->boards[i - 1].frame)
            s->first[s->n_moments++] = i;
    s->first[s->n_moments] = s->n;
    return RIG_OK;
}

// What a moment adds: each trait the less, the more often it was seen.
static double worth(const selection *s, int moment) {
    double sum = 0;
    for (int i = s->first[moment]; i < s->first[moment + 1]; i++) {
        const board_traits *x = &s->boards[i];
        const int *seen = s->seen + TRAITS * x->view;
        for (int k = 0; k < CELLS; k++)
            sum += x->cells >> k & 1 ? 1.0 / (1 + seen[k]) : 0;
        sum += x->tilt >= 0 ? TILT_WEIGHT / (1 + seen[CELLS + x->tilt]) : 0;
        sum += x->depth >= 0 ? DEPTH_WEIGHT / (1 + seen[CELLS + TILTS + x->depth]) : 0;
    }
    return sum;
}

static void moment_choose(selection *s, int moment) {
    s->chosen[moment] = true;
    for (int i = s->first[moment]; i < s->first[moment + 1]; i++) {
        const board_traits *x = &s->boards[i];
        int *seen = s->seen + TRAITS * x->view;
        for (int k = 0; k < CELLS; k++)
            seen[k] += (int)(x->cells >> k & 1);
        if (x->tilt >= 0)
            seen[CELLS + x->tilt]++, seen[CELLS + TILTS + x->depth]++;
    }
}

static rig_status chosen_keep(const selection *s, const rig_view_corners *seen, int n_views, rig_view_corners *kept,
                              rig_arena *out, rig_err *err) {
    for (int v = 0; v < n_views; v++) {
        kept[v] = seen[v];
        kept[v].n = 0;
        kept[v].boards = RIG_NEW(out, rig_board_view, seen[v].n);
        if (!kept[v].boards)
            return rig_fail_memory(err, "the boards chosen");
    }
    for (int m = 0; m < s->n_moments; m++)
        for (int i = s->first[m]; i < s->first[m + 1] && s->chosen[m]; i++) {
            const board_traits *x = &s->boards[i];
            kept[x->view].boards[kept[x->view].n++] = seen[x->view].boards[x->at];
        }
    return RIG_OK;
}

rig_status rig_boards_select(const rig_board *board, const rig_view_corners *seen, int n_views, int most,
                             rig_view_corners *kept, rig_arena *out, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    selection s = {.board = board};
    rig_status status = selection_init(&s, seen, n_views, scratch, err);
    for (int n = 0; n < most && n < s.n_moments && status == RIG_OK; n++) {
        int best = -1;
        double most_worth = -1;
        for (int m = 0; m < s.n_moments; m++) {
            const double w = s.chosen[m] ? -1 : worth(&s, m);
            if (w > most_worth)
                most_worth = w, best = m;
        }
        moment_choose(&s, best);
    }
    if (status == RIG_OK)
        status = chosen_keep(&s, seen, n_views, kept, out, err);
    rig_arena_rewind(scratch, mark);
    return status;
}
