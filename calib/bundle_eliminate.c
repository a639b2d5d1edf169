// One damped step. With a for the unknowns of cameras and shape and b for those of the boards, the normal equations are
//   H_aa da + W^T db = -g_a,   W da + H_bb db = -g_b,   H_bb block diagonal, 6 x 6 a board.
// The boards are eliminated (Schur complement): with H_bb = L L^T of each board, R = L^-1 W and z = L^-1 g_b,
//   (H_aa - sum R^T R) da = -g_a + sum R^T z,   db = -L^-T (z + R da).
// The reduced system is solved densely. A board's share costs what its own views cost, whatever the number of boards.
// Source: Triggs et al. 2000, "Bundle adjustment: a modern synthesis", 6.1.
#include "calib/bundle_work.h"
#include "calib/threads.h"
#include "core/linalg.h"

#include <stdatomic.h>
#include <string.h>

enum { M = RIG_VIEW_COLUMNS };

// core/lm starts at a damping meant for poor starts; ours are good, and focal length and distance are correlated so
// closely that a damping worth mentioning would creep.
static const double DAMPING_SHARE = 1e-4;
// Where the normal equations are singular to the last bits, the covariance is that of ones damped by this share of
// their diagonal: what is open then has a variance beyond all use, and the others keep theirs.
static const double DAMPING_LEAST = 1e-14, DAMPING_MOST = 1e-8;
static const double INFLATION_MOST = 1e14; // of a variance by what else is unknown: beyond, nothing is known of it
static const double OPEN_LEAST = 1e-12;    // diagonal of an unknown that nothing speaks of

// A Cholesky factor of six, without the call: it is taken once a board and step. The diagonal is left inverted.
static bool cholesky6(double L[36]) {
    for (int j = 0; j < 6; j++) {
        for (int k = 0; k < j; k++)
            L[7 * j] -= L[6 * j + k] * L[6 * j + k];
        if (!(L[7 * j] > 0) || !isfinite(L[7 * j]))
            return false;
        L[7 * j] = 1 / sqrt(L[7 * j]);
        for (int i = j + 1; i < 6; i++) {
            for (int k = 0; k < j; k++)
                L[6 * i + j] -= L[6 * i + k] * L[6 * j + k];
            L[6 * i + j] *= L[7 * j];
        }
    }
    return true;
}

// Rows (6 x n, stride apart) = L^-1 rows.
static void forward6(const double L[36], double *rows, int n, ptrdiff_t stride) {
    for (int i = 0; i < 6; i++) {
        double *restrict row = rows + stride * i;
        for (int k = 0; k < i; k++) {
            const double *restrict above = rows + stride * k;
            for (int j = 0; j < n; j++)
                row[j] -= L[6 * i + k] * above[j];
        }
        for (int j = 0; j < n; j++)
            row[j] *= L[7 * i];
    }
}

static void backward6(const double L[36], double x[6]) {
    for (int i = 5; i >= 0; i--) {
        for (int k = i + 1; k < 6; k++)
            x[i] -= L[6 * k + i] * x[k];
        x[i] *= L[7 * i];
    }
}

static bool board_used(const rig_bundle_work *work, int board) {
    if (work->bundle->boards[board].held)
        return false;
    for (int j = work->first[board]; j < work->first[board + 1]; j++)
        if (work->bundle->views[work->order[j]].n_used)
            return true;
    return false;
}

// A few boards, and only the columns of the cameras that saw them and of the shape: the products of their rows are one
// call of BLAS. Blocks of columns: each camera's own, then the shape's.
typedef struct board_group {
    const rig_bundle_work *work;
    int n_rows, n;  // of boards' unknowns, of the others'
    int *at;        // a block's first column here, -1 where it has none; n_cameras + 1
    double *rows;   // RIG_ELIMINATE_BOARDS x 6 rows of n
    double *square; // n x n
    double *S, *rhs;
} board_group;

static int block_size(const rig_bundle_work *work, int block) {
    const int n_shape = work->bundle->shape.n;
    return block == work->bundle->n_cameras ? n_shape : work->slots[block].n - n_shape;
}

static int block_column(const rig_bundle_work *work, int block) {
    return block == work->bundle->n_cameras ? work->at_shape : work->slots[block].at;
}

static void group_columns(board_group *g, int first, int last) {
    const rig_bundle_work *work = g->work;
    const rig_bundle *b = work->bundle;
    for (int c = 0; c <= b->n_cameras; c++)
        g->at[c] = -1;
    for (int j = work->first[first]; j < work->first[last]; j++)
        if (b->views[work->order[j]].n_used)
            g->at[b->views[work->order[j]].camera] = g->at[b->n_cameras] = 0;
    g->n = g->n_rows = 0;
    for (int c = 0; c <= b->n_cameras; c++)
        if (g->at[c] == 0) {
            g->at[c] = g->n;
            g->n += block_size(work, c);
        }
}

// rows (6 x g->n) += W of a view.
static void group_add_view(const board_group *g, int v, double *rows) {
    const rig_bundle_work *work = g->work;
    const int camera = work->bundle->views[v].camera;
    const rig_bundle_slot *slot = &work->slots[camera];
    const double *W = work->at.W + (ptrdiff_t)6 * M * v;
    const int own = g->at[camera], shape = g->at[work->bundle->n_cameras] - slot->n_lens;
    const int pose = own - (slot->n_inner - slot->n_lens);
    for (int k = 0; k < 6; k++, rows += g->n, W += M) {
        for (int i = 0; i < slot->n_lens; i++)
            rows[own + i] += W[i];
        for (int i = slot->n_lens; i < slot->n_inner; i++)
            rows[shape + i] += W[i];
        for (int i = slot->n_inner; i < slot->n; i++)
            rows[pose + i] += W[i];
    }
}

// L^-1 W of one board, and its share of the right side.
static bool group_add(board_group *g, int board, double lambda) {
    const rig_bundle_work *work = g->work;
    double *L = work->L_board + 36 * (ptrdiff_t)board, *z = work->z_board + 6 * (ptrdiff_t)board;
    memcpy(L, work->at.H_board + 36 * (ptrdiff_t)board, 36 * sizeof *L);
    memcpy(z, work->at.g_board + 6 * (ptrdiff_t)board, 6 * sizeof *z);
    for (int i = 0; i < 6; i++)
        L[7 * i] *= 1 + lambda;
    if (!cholesky6(L))
        return false;
    forward6(L, z, 1, 1);
    double *rows = g->rows + (ptrdiff_t)g->n_rows * g->n;
    memset(rows, 0, sizeof *rows * 6 * (size_t)g->n);
    for (int j = work->first[board]; j < work->first[board + 1]; j++)
        if (work->bundle->views[work->order[j]].n_used)
            group_add_view(g, work->order[j], rows);
    forward6(L, rows, g->n, g->n);
    for (int c = 0; c <= work->bundle->n_cameras; c++)
        for (int k = 0; k < 6 && g->at[c] >= 0; k++)
            for (int i = 0; i < block_size(work, c); i++)
                g->rhs[block_column(work, c) + i] += rows[g->n * k + g->at[c] + i] * z[k];
    g->n_rows += 6;
    return true;
}

// S (lower triangle) -= rows^T rows.
static void group_subtract(board_group *g) {
    const rig_bundle_work *work = g->work;
    const ptrdiff_t n = work->n_free;
    if (g->n_rows == 0 || g->n == 0)
        return;
    memset(g->square, 0, sizeof *g->square * (size_t)(g->n * g->n));
    rig_syrk_add(g->square, g->n, g->rows, g->n_rows, 1);
    for (int a = 0; a <= work->bundle->n_cameras; a++)
        for (int b = 0; b <= a && g->at[a] >= 0; b++)
            for (int i = 0; i < block_size(work, a) && g->at[b] >= 0; i++) {
                double *row = g->S + n * (block_column(work, a) + i) + block_column(work, b);
                const double *from = g->square + g->n * (g->at[a] + i) + g->at[b];
                for (int j = 0; j < (a == b ? i + 1 : block_size(work, b)); j++)
                    row[j] -= from[j];
            }
}

typedef struct elimination {
    const rig_bundle_work *work;
    double lambda;
    atomic_int failed;
} elimination;

static void eliminate_chunk(void *self, int k) {
    elimination *e = self;
    const rig_bundle_work *work = e->work;
    const ptrdiff_t n = work->n_free, room = n * (6 * RIG_ELIMINATE_BOARDS + n);
    board_group g = {.work = work, .at = work->chunk_at + (ptrdiff_t)(work->bundle->n_cameras + 1) * k};
    g.S = work->chunk_S + n * (n + 1) * k;
    g.rhs = g.S + n * n;
    g.rows = work->chunk_rows + room * k;
    g.square = g.rows + 6 * RIG_ELIMINATE_BOARDS * n;
    memset(g.S, 0, sizeof *g.S * (size_t)(n * (n + 1)));
    for (int first = work->chunks[k]; first < work->chunks[k + 1]; first += RIG_ELIMINATE_BOARDS) {
        int end = first + RIG_ELIMINATE_BOARDS, last = end < work->chunks[k + 1] ? end : work->chunks[k + 1];
        group_columns(&g, first, last);
        for (int i = first; i < last; i++)
            if (board_used(work, i) && !group_add(&g, i, e->lambda))
                atomic_store(&e->failed, 1);
        group_subtract(&g);
    }
}

// The cameras' and the shape's own blocks, damped, and their part of the right side.
static void add_blocks(rig_bundle_work *work, double lambda) {
    const ptrdiff_t n = work->n_free;
    memset(work->diagonal, 0, sizeof *work->diagonal * 2 * (size_t)n); // and the gradient behind it
    for (ptrdiff_t c = 0; c < work->bundle->n_cameras; c++) {
        const rig_bundle_slot *slot = &work->slots[c];
        const double *H = work->at.H + M * M * c, *g = work->at.g + M * c;
        for (int i = 0; i < slot->n; i++) {
            const int row = rig_bundle_column(work, slot, i);
            for (int j = 0; j <= i; j++) {
                const int column = rig_bundle_column(work, slot, j);
                work->S[row > column ? n * row + column : n * column + row] += H[M * i + j] * (i == j ? 1 + lambda : 1);
            }
            work->diagonal[row] += H[M * i + i];
            work->gradient[row] += g[i];
        }
    }
    for (ptrdiff_t i = 0; i < n; i++)
        work->step[i] -= work->gradient[i];
}

// The reduced system: its matrix (lower triangle) in work->S, its right side in work->step.
static bool reduce(rig_bundle_work *work, double lambda) {
    const ptrdiff_t n = work->n_free;
    elimination e = {.work = work, .lambda = lambda};
    rig_threads_run(eliminate_chunk, &e, work->n_chunks);
    if (atomic_load(&e.failed))
        return false;
    memset(work->S, 0, sizeof *work->S * (size_t)(n * n));
    memset(work->step, 0, sizeof *work->step * (size_t)n);
    for (ptrdiff_t k = 0; k < work->n_chunks; k++) {
        const double *S = work->chunk_S + n * (n + 1) * k, *rhs = S + n * n;
        for (ptrdiff_t i = 0; i < n; i++) {
            for (ptrdiff_t j = 0; j <= i; j++)
                work->S[n * i + j] += S[n * i + j];
            work->step[i] += rhs[i];
        }
    }
    add_blocks(work, lambda);
    return true;
}

// delta_board = -L^-T (z + L^-1 W delta_cameras), and its share of the foreseen decrease.
static double step_board(const rig_bundle_work *work, int board, double lambda) {
    const double *L = work->L_board + 36 * (ptrdiff_t)board, *z = work->z_board + 6 * (ptrdiff_t)board;
    double *step = work->step_board + 6 * (ptrdiff_t)board, decrease = 0;
    memset(step, 0, 6 * sizeof *step);
    if (!board_used(work, board))
        return 0;
    const double *H = work->at.H_board + 36 * (ptrdiff_t)board, *g = work->at.g_board + 6 * (ptrdiff_t)board;
    for (int j = work->first[board]; j < work->first[board + 1]; j++) {
        const rig_bundle_view *view = &work->bundle->views[work->order[j]];
        const rig_bundle_slot *slot = &work->slots[view->camera];
        const double *W = work->at.W + (ptrdiff_t)6 * M * work->order[j];
        for (int k = 0; k < 6 && view->n_used; k++)
            for (int i = 0; i < slot->n; i++)
                step[k] -= W[M * k + i] * work->step[rig_bundle_column(work, slot, i)];
    }
    forward6(L, step, 1, 1);
    for (int k = 0; k < 6; k++)
        step[k] -= z[k];
    backward6(L, step);
    for (int k = 0; k < 6; k++)
        decrease += step[k] * (lambda * H[7 * k] * step[k] - g[k]) / 2;
    return decrease;
}

// 1/2 step^T (lambda diag(H) step - g)
static double foreseen_by(const rig_bundle_work *work, double lambda) {
    double sum = 0;
    for (int i = 0; i < work->n_free; i++)
        sum += work->step[i] * (lambda * work->diagonal[i] * work->step[i] - work->gradient[i]) / 2;
    for (int i = 0; i < work->bundle->n_boards; i++)
        sum += step_board(work, i, lambda);
    return sum;
}

double rig_bundle_eliminate(void *self, double lambda) {
    rig_bundle_work *work = self;
    lambda *= DAMPING_SHARE;
    if (!reduce(work, lambda))
        return -1;
    for (ptrdiff_t i = 0; i < work->n_free; i++) // what nothing that is used speaks of stays where it is
        if (work->diagonal[i] == 0)
            work->S[(work->n_free + 1) * i] = 1;
    if (work->n_free > 0) {
        if (!rig_cholesky(work->S, work->n_free))
            return -1;
        rig_cholesky_solve(work->S, work->n_free, work->step, 1);
    }
    double foreseen = foreseen_by(work, lambda);
    work->stopped = foreseen <= work->enough * work->at.cost;
    return work->stopped ? 0 : foreseen;
}

// What nothing that is used speaks of has a diagonal of zero, and would leave the others without an answer.
static bool invert_damped(rig_bundle_work *work, double lambda, double *covariance) {
    const ptrdiff_t n = work->n_free;
    if (n > 0 && !reduce(work, lambda))
        return false;
    memcpy(covariance, work->S, (size_t)(n * n) * sizeof *covariance);
    for (ptrdiff_t i = 0; i < n; i++)
        if (work->diagonal[i] == 0)
            covariance[(n + 1) * i] = OPEN_LEAST;
    return n == 0 || (rig_cholesky(covariance, work->n_free) && rig_cholesky_invert(covariance, work->n_free));
}

// Where there is no covariance: the cameras to which it is owed, those with a corner at a pole of their lens, or all.
static bool no_answer(const rig_bundle_work *work, bool *open) {
    const rig_bundle *b = work->bundle;
    bool any = false;
    memset(open, 0, sizeof *open * (size_t)work->n_free);
    for (int pass = 0; pass < 2 && !any; pass++)
        for (int v = 0; v < b->n_views; v++) {
            const rig_bundle_slot *slot = &work->slots[b->views[v].camera];
            const rig_pose pose = rig_bundle_view_pose(&b->views[v], b->cameras, b->boards);
            const rig_view_points points = rig_bundle_points(work, v, b->p);
            if (pass == 0 && (b->views[v].n_used == 0 ||
                              isfinite(rig_view_cost(&b->cameras[b->views[v].camera].camera, &pose, &points))))
                continue;
            for (int i = 0; i < slot->n_lens; i++)
                open[slot->at + i] = any = true;
        }
    return false;
}

bool rig_bundle_invert(rig_bundle_work *work, double *covariance, bool *open) {
    work->huber_px = 0;
    const rig_bundle_state state = rig_bundle_state_of(work->bundle);
    rig_bundle_normal_build(work, &state, &work->at);
    if (!isfinite(work->at.cost))
        return no_answer(work, open);
    double lambda = 0;
    while (!invert_damped(work, lambda, covariance)) {
        lambda = lambda > 0 ? 10 * lambda : DAMPING_LEAST;
        if (lambda > DAMPING_MOST)
            return no_answer(work, open);
    }
    for (ptrdiff_t i = 0; i < work->n_free; i++) // how much surer it would be, were all others known
        open[i] = !(covariance[(work->n_free + 1) * i] * work->diagonal[i] < INFLATION_MOST) || work->diagonal[i] == 0;
    return true;
}
