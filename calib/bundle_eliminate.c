// One damped step: the boards' poses are eliminated (Schur complement), the cameras' unknowns solved densely, the
// boards' found by going back. A board's share costs what its own views cost, whatever the number of boards.
#include "calib/bundle_work.h"
#include "core/linalg.h"

#include <string.h>

enum { M = RIG_VIEW_COLUMNS };

// core/lm starts at a damping meant for poor starts; ours are good, and lens and distance hang together so closely that
// a damping worth mentioning would creep.
static const double DAMPING_SHARE = 1e-4;

// A Cholesky factor of six, without the call: it is taken once a board and step.
static bool cholesky6(double L[36]) {
    for (int j = 0; j < 6; j++) {
        for (int k = 0; k < j; k++)
            L[7 * j] -= L[6 * j + k] * L[6 * j + k];
        if (!(L[7 * j] > 0) || !isfinite(L[7 * j]))
            return false;
        L[7 * j] = sqrt(L[7 * j]);
        for (int i = j + 1; i < 6; i++) {
            for (int k = 0; k < j; k++)
                L[6 * i + j] -= L[6 * i + k] * L[6 * j + k];
            L[6 * i + j] /= L[7 * j];
        }
    }
    return true;
}

static void forward6(const double L[36], const double b[6], double y[6]) {
    for (int i = 0; i < 6; i++) {
        double sum = b[i];
        for (int k = 0; k < i; k++)
            sum -= L[6 * i + k] * y[k];
        y[i] = sum / L[7 * i];
    }
}

static void backward6(const double L[36], double x[6]) {
    for (int i = 5; i >= 0; i--) {
        for (int k = i + 1; k < 6; k++)
            x[i] -= L[6 * k + i] * x[k];
        x[i] /= L[7 * i];
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

// S (lower triangle) -= Y_a Y_b^T at the columns of two views' cameras.
static void subtract_pair(double *S, int n, const rig_bundle_slot *a, const double *Y_a, const rig_bundle_slot *b,
                          const double *Y_b) {
    double Bt[6][M]; // so that the inner loop runs along rows of S
    for (int j = 0; j < b->n; j++)
        for (int k = 0; k < 6; k++)
            Bt[k][j] = Y_b[6 * j + k];
    for (int i = 0; i < a->n; i++) {
        double *row = S + (ptrdiff_t)(a->at + i) * n + b->at;
        const double *y = Y_a + 6 * i;
        for (int j = 0; j < b->n; j++)
            row[j] -= y[0] * Bt[0][j] + y[1] * Bt[1][j] + y[2] * Bt[2][j] + y[3] * Bt[3][j] + y[4] * Bt[4][j] +
                      y[5] * Bt[5][j];
    }
}

static bool eliminate_board(const rig_bundle_work *work, int board, double lambda, double *S, double *rhs) {
    const rig_bundle_view *views = work->bundle->views;
    double *L = work->L_board + 36 * (ptrdiff_t)board, *z = work->z_board + 6 * (ptrdiff_t)board;
    memcpy(L, work->H_board + 36 * (ptrdiff_t)board, 36 * sizeof *L);
    for (int i = 0; i < 6; i++)
        L[7 * i] *= 1 + lambda;
    if (!cholesky6(L))
        return false;
    forward6(L, work->g_board + 6 * (ptrdiff_t)board, z);
    for (int j = work->first[board]; j < work->first[board + 1]; j++) {
        const rig_bundle_slot *slot = &work->slots[views[work->order[j]].camera];
        double *Y = work->Y + (ptrdiff_t)6 * M * work->order[j];
        const double *W = work->W + (ptrdiff_t)6 * M * work->order[j];
        for (int i = 0; i < slot->n && views[work->order[j]].n_used; i++) {
            forward6(L, W + 6 * i, Y + 6 * i);
            for (int k = 0; k < 6; k++)
                rhs[slot->at + i] += Y[6 * i + k] * z[k];
        }
    }
    for (int j = work->first[board]; j < work->first[board + 1]; j++)
        for (int k = work->first[board]; k < work->first[board + 1]; k++) {
            int a = work->order[j], b = work->order[k];
            const rig_bundle_slot *of_a = &work->slots[views[a].camera], *of_b = &work->slots[views[b].camera];
            if (views[a].n_used && views[b].n_used && of_b->at <= of_a->at)
                subtract_pair(S, work->n_free, of_a, work->Y + (ptrdiff_t)6 * M * a, of_b,
                              work->Y + (ptrdiff_t)6 * M * b);
        }
    return true;
}

static bool eliminate_chunk(const rig_bundle_work *work, int k, double lambda) {
    ptrdiff_t n = work->n_free;
    double *S = work->chunk_H + n * n * k, *rhs = work->chunk_g + n * k;
    memset(S, 0, sizeof *S * (size_t)(n * n));
    memset(rhs, 0, sizeof *rhs * (size_t)n);
    for (int i = work->chunks[k]; i < work->chunks[k + 1]; i++)
        if (board_used(work, i) && !eliminate_board(work, i, lambda, S, rhs))
            return false;
    return true;
}

// The reduced system: its matrix (lower triangle) in place of the first chunk's, its right side in work->step.
static bool reduce(rig_bundle_work *work, double lambda) {
    ptrdiff_t n = work->n_free;
    int failed = 0;
#pragma omp parallel for schedule(dynamic) reduction(+ : failed) if (work->threads)
    for (int k = 0; k < work->n_chunks; k++)
        failed += !eliminate_chunk(work, k, lambda);
    if (failed)
        return false;
    double *S = work->chunk_H;
    for (ptrdiff_t i = 0; i < n; i++) {
        work->step[i] = -work->g[i];
        for (ptrdiff_t k = 0; k < work->n_chunks; k++)
            work->step[i] += work->chunk_g[n * k + i];
        for (ptrdiff_t k = 1; k < work->n_chunks; k++)
            for (ptrdiff_t j = 0; j <= i; j++)
                S[n * i + j] += work->chunk_H[n * (n * k + i) + j];
        for (ptrdiff_t j = 0; j <= i; j++)
            S[n * i + j] += work->H[n * i + j] * (i == j ? 1 + lambda : 1);
    }
    return true;
}

// delta_board = -L^-T (z + Y^T delta_cameras), and its share of the foreseen decrease.
static double step_board(const rig_bundle_work *work, int board, double lambda) {
    double *step = work->step_board + 6 * (ptrdiff_t)board, decrease = 0;
    memset(step, 0, 6 * sizeof *step);
    if (!board_used(work, board))
        return 0;
    const double *H = work->H_board + 36 * (ptrdiff_t)board, *g = work->g_board + 6 * (ptrdiff_t)board;
    for (int k = 0; k < 6; k++)
        step[k] = -work->z_board[6 * (ptrdiff_t)board + k];
    for (int j = work->first[board]; j < work->first[board + 1]; j++) {
        const rig_bundle_view *view = &work->bundle->views[work->order[j]];
        const rig_bundle_slot *slot = &work->slots[view->camera];
        const double *Y = work->Y + (ptrdiff_t)6 * M * work->order[j];
        for (int i = 0; i < slot->n && view->n_used; i++)
            for (int k = 0; k < 6; k++)
                step[k] -= Y[6 * i + k] * work->step[slot->at + i];
    }
    backward6(work->L_board + 36 * (ptrdiff_t)board, step);
    for (int k = 0; k < 6; k++)
        decrease += step[k] * (lambda * H[7 * k] * step[k] - g[k]) / 2;
    return decrease;
}

double rig_bundle_eliminate(void *self, double lambda) {
    rig_bundle_work *work = self;
    ptrdiff_t n = work->n_free;
    lambda *= DAMPING_SHARE;
    if (!reduce(work, lambda))
        return -1;
    for (ptrdiff_t i = 0; i < n; i++) // what nothing that is used speaks of stays where it is
        if (work->H[(n + 1) * i] == 0)
            work->chunk_H[(n + 1) * i] = 1;
    if (n > 0) {
        if (!rig_cholesky(work->chunk_H, work->n_free))
            return -1;
        rig_cholesky_solve(work->chunk_H, work->n_free, work->step, 1);
    }
    double foreseen = 0; // 1/2 step^T (lambda diag(H) step - g)
    for (ptrdiff_t i = 0; i < n; i++)
        foreseen += work->step[i] * (lambda * work->H[n * i + i] * work->step[i] - work->g[i]) / 2;
    for (int i = 0; i < work->bundle->n_boards; i++)
        foreseen += step_board(work, i, lambda);
    return foreseen;
}

bool rig_bundle_invert(rig_bundle_work *work, double *covariance) {
    size_t n = (size_t)work->n_free;
    if (n == 0)
        return true;
    if (!reduce(work, 0))
        return false;
    memcpy(covariance, work->chunk_H, n * n * sizeof *covariance);
    return rig_cholesky(covariance, work->n_free) && rig_cholesky_invert(covariance, work->n_free);
}
