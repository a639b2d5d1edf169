#include "calib/trajectory.h"

#include "calib/observations.h"
#include "core/median.h"

#include <math.h>
#include <string.h>

enum { GAPS = 2, GAP_LEAST = 3 }; // of the usual gap; frames

static double distance2(const double a[2], const double b[2]) {
    return (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]);
}

static bool has(const rig_board_trajectory *t, int k, int i) {
    return !t->seen[k] || t->seen[k][i];
}

// Between two frames a board moves less than it would by being read from another end: the mean over corners of both.
static int reading_as_before(const rig_board_trajectory *t, int k, const rig_board_view *board) {
    const int n = rig_board_n(t->board), step = rig_board_turn_step(t->board);
    double least = INFINITY;
    int reading = 0;
    for (int turn = 0; turn < 4 && k > 0; turn += step) {
        double sum = 0;
        int n_both = 0;
        for (int i = 0; i < n; i++) {
            const int from = rig_board_turn_corner(t->board, i, turn);
            if (!has(t, k - 1, i) || (board->seen && !board->seen[from]))
                continue;
            sum += distance2(board->q[from], t->q[(ptrdiff_t)(k - 1) * n + i]);
            n_both++;
        }
        if (n_both && sum / n_both < least)
            least = sum / n_both, reading = turn;
    }
    return reading;
}

static rig_status read_as_before(rig_board_trajectory *t, int k, const rig_board_view *board, const bool **mask,
                                 int *reading, rig_arena *arena, rig_err *err) {
    const int n = rig_board_n(t->board);
    bool *seen = board->seen ? RIG_NEW(arena, bool, n) : NULL;
    if (board->seen && !seen)
        return rig_fail_memory(err, "a board's track");
    *reading = reading_as_before(t, k, board);
    for (int i = 0; i < n; i++) {
        const int from = rig_board_turn_corner(t->board, i, *reading);
        memcpy(t->q[(ptrdiff_t)k * n + i], board->q[from], sizeof *t->q);
        if (seen)
            seen[i] = board->seen[from];
    }
    *mask = seen;
    return RIG_OK;
}

static void gap_set(rig_board_trajectory *t, int usual_gap) {
    t->usual_gap = usual_gap;
    t->gap = GAPS * usual_gap > GAP_LEAST ? GAPS * usual_gap : GAP_LEAST;
}

rig_status rig_board_trajectory_init(const rig_board *board, const rig_view_corners *seen, rig_board_trajectory *track,
                                     rig_arena *arena, rig_err *err) {
    const size_t n = (size_t)seen->n, n_points = (size_t)rig_board_n(board);
    int *frame = RIG_NEW(arena, int, n), *reading = RIG_NEW(arena, int, n);
    double *gaps = RIG_NEW(arena, double, n + 1);
    const bool **masks = RIG_NEW(arena, const bool *, n);
    *track = (rig_board_trajectory){.board = board, .n = seen->n, .frame = frame, .reading = reading, .seen = masks};
    track->q = rig_arena_alloc(arena, n, n_points * sizeof *track->q);
    if (!frame || !reading || !gaps || !masks || !track->q)
        return rig_fail_memory(err, "a board's track");
    for (int k = 0; k < track->n; k++) {
        frame[k] = seen->boards[k].frame;
        gaps[k] = k ? frame[k] - frame[k - 1] : 0;
        RIG_TRY(read_as_before(track, k, &seen->boards[k], &masks[k], &reading[k], arena, err));
    }
    gap_set(track, track->n > 1 ? (int)rig_median(gaps + 1, track->n - 1) : 1);
    return RIG_OK;
}

static bool joined(const rig_board_trajectory *t, int k) { // k to k + 1
    return k >= 0 && k + 1 < t->n && t->frame[k + 1] - t->frame[k] <= t->gap;
}

// A corner's velocity at its own frame k: over both neighbours where they are, else to the one there is.
static double slope(const rig_board_trajectory *t, int k, int i, int axis) {
    const ptrdiff_t n = rig_board_n(t->board);
    int from = joined(t, k - 1) && has(t, k - 1, i) ? k - 1 : k, to = joined(t, k) && has(t, k + 1, i) ? k + 1 : k;
    return from == to ? 0 : (t->q[to * n + i][axis] - t->q[from * n + i][axis]) / (t->frame[to] - t->frame[from]);
}

bool rig_board_trajectory_at(const rig_board_trajectory *t, double x, double (*q)[2], double (*velocity)[2],
                             bool *seen) {
    const ptrdiff_t n = rig_board_n(t->board);
    int low = 0, high = t->n; // the first frame after x
    while (low < high) {
        int middle = (low + high) / 2;
        if (t->frame[middle] <= x)
            low = middle + 1;
        else
            high = middle;
    }
    const int k = low - 1;
    if (k < 0 || (t->frame[k] < x && !joined(t, k)))
        return false;
    const bool between = t->frame[k] < x;
    const double h = between ? t->frame[k + 1] - t->frame[k] : 1, u = (x - t->frame[k]) / h;
    const double h00 = (1 + 2 * u) * (1 - u) * (1 - u), h10 = u * (1 - u) * (1 - u), h01 = 1 - h00;
    const double h11 = u * u * (u - 1), d00 = 6 * u * (u - 1), d10 = (1 - u) * (1 - 3 * u), d11 = u * (3 * u - 2);
    for (int i = 0; i < n; i++) {
        seen[i] = has(t, k, i) && (!between || has(t, k + 1, i));
        for (int axis = 0; axis < 2 && seen[i]; axis++) {
            const double a = t->q[k * n + i][axis], m = slope(t, k, i, axis);
            if (!between) {
                q[i][axis] = a;
                velocity[i][axis] = m;
                continue;
            }
            const double b = t->q[(k + 1) * n + i][axis], mb = slope(t, k + 1, i, axis); // cubic Hermite
            q[i][axis] = h00 * a + h01 * b + h * (h10 * m + h11 * mb);
            velocity[i][axis] = d00 * (a - b) / h + d10 * m + d11 * mb;
        }
    }
    return true;
}

// Every second board of a trajectory, from the one at `first` on.
static rig_status halve(const rig_board_trajectory *t, int first, rig_board_trajectory *half, rig_arena *arena,
                        rig_err *err) {
    const ptrdiff_t n = rig_board_n(t->board);
    const size_t room = (size_t)t->n / 2 + 1;
    int *frame = RIG_NEW(arena, int, room);
    const bool **masks = RIG_NEW(arena, const bool *, room);
    *half = (rig_board_trajectory){.board = t->board, .frame = frame, .seen = masks};
    half->q = rig_arena_alloc(arena, room, (size_t)n * sizeof *half->q);
    if (!frame || !masks || !half->q)
        return rig_fail_memory(err, "a board's track");
    for (int k = first; k < t->n; k += 2, half->n++) {
        memcpy(half->q + half->n * n, t->q + k * n, (size_t)n * sizeof *half->q);
        frame[half->n] = t->frame[k], masks[half->n] = t->seen[k];
    }
    gap_set(half, 2 * t->usual_gap);
    return RIG_OK;
}

// The root mean square of how far the corners, as board k has them, lie from q; 0: none of them is in both.
static double distance_from(const rig_board_trajectory *t, int k, double (*q)[2], const bool *seen) {
    const int n = rig_board_n(t->board);
    double sum = 0;
    int n_both = 0;
    for (int i = 0; i < n; i++)
        if (seen[i] && has(t, k, i))
            sum += distance2(q[i], t->q[(ptrdiff_t)k * n + i]), n_both++;
    return n_both ? sqrt(sum / n_both) : 0;
}

// Board k moved on to frame x, up to half a frame away: between its neighbours, or beyond the last of them as fast as
// there. False where it has none.
static bool board_move(const rig_board_trajectory *t, int k, double x, double (*q)[2], double (*velocity)[2],
                       bool *seen) {
    const ptrdiff_t n = rig_board_n(t->board);
    if (!joined(t, k - 1) && !joined(t, k))
        return false;
    if (rig_board_trajectory_at(t, x, q, velocity, seen))
        return true;
    for (int i = 0; i < n; i++) {
        seen[i] = has(t, k, i);
        for (int axis = 0; axis < 2 && seen[i]; axis++)
            q[i][axis] = t->q[k * n + i][axis] + (x - t->frame[k]) * slope(t, k, i, axis);
    }
    return true;
}

// Whether boards that are left out are told by the others better than by standing still until x.
static rig_status is_smooth(const rig_board_trajectory *t, const double *x, double (*q)[2], double (*velocity)[2],
                            bool *seen, bool *smooth, rig_arena *scratch, rig_err *err) {
    rig_board_trajectory half[2];
    double misses = 0, moves = 0;
    for (int k = 0; k < 2; k++)
        RIG_TRY(halve(t, k, &half[k], scratch, err));
    for (int k = 0; k < t->n; k++) {
        if (!rig_board_trajectory_at(&half[1 - k % 2], t->frame[k], q, velocity, seen))
            continue;
        const double miss = distance_from(t, k, q, seen);
        if (board_move(t, k, x[k], q, velocity, seen))
            misses += miss, moves += distance_from(t, k, q, seen);
    }
    *smooth = misses < moves;
    return RIG_OK;
}

static rig_status board_copy(const rig_board_trajectory *t, int k, double (*q)[2], const bool *seen,
                             rig_board_view *board, rig_arena *out, rig_err *err) {
    const size_t n = (size_t)rig_board_n(t->board);
    const float *sigma_px = board->sigma_px;
    *board = (rig_board_view){.frame = board->frame,
                              .q = rig_arena_alloc(out, n, sizeof *q),
                              .seen = RIG_NEW(out, bool, n),
                              .sigma_px = sigma_px ? RIG_NEW(out, float, n) : NULL};
    if (!board->q || !board->seen || (sigma_px && !board->sigma_px))
        return rig_fail_memory(err, "a board between frames");
    memcpy(board->q, q, n * sizeof *q);
    memcpy(board->seen, seen, n * sizeof *seen);
    for (size_t i = 0; i < n && sigma_px; i++)
        board->sigma_px[i] = sigma_px[rig_board_turn_corner(t->board, (int)i, t->reading[k])];
    return RIG_OK;
}

rig_status rig_boards_at(const rig_board *board, const rig_view_corners *seen, const double *x, rig_view_corners *made,
                         bool *smooth, rig_arena *out, rig_arena *scratch, rig_err *err) {
    const size_t n = (size_t)rig_board_n(board);
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_board_trajectory t;
    RIG_TRY(rig_board_trajectory_init(board, seen, &t, scratch, err));
    double(*q)[2] = rig_arena_alloc(scratch, n, sizeof *q), (*velocity)[2] = rig_arena_alloc(scratch, n, sizeof *q);
    bool *mask = RIG_NEW(scratch, bool, n);
    *made = *seen;
    made->boards = RIG_NEW(out, rig_board_view, seen->n);
    if (!q || !velocity || !mask || !made->boards)
        return rig_fail_memory(err, "boards between frames");
    RIG_TRY(is_smooth(&t, x, q, velocity, mask, smooth, scratch, err));
    made->n = 0;
    for (int k = 0; k < seen->n; k++) {
        rig_board_view *to = &made->boards[made->n];
        if (*smooth && !board_move(&t, k, x[k], q, velocity, mask))
            continue;
        *to = seen->boards[k], made->n++;
        if (*smooth && x[k] != t.frame[k])
            RIG_TRY(board_copy(&t, k, q, mask, to, out, err));
    }
    rig_arena_rewind(scratch, mark);
    return RIG_OK;
}
