#include "calib/track.h"

#include "calib/median.h"
#include "calib/sightings.h"

#include <string.h>

enum { GAPS = 2, GAP_LEAST = 3 }; // of the usual gap; frames

static double distance2(const double a[2], const double b[2]) {
    return (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]);
}

static bool has(const rig_track *t, int k, int i) {
    return !t->seen[k] || t->seen[k][i];
}

// Between two frames a board moves less than it would by being read from another end: the mean over corners of both.
static int reading_as_before(const rig_track *t, int k, const rig_board_view *board) {
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

static rig_status read_as_before(rig_track *t, int k, const rig_board_view *board, const bool **mask, rig_arena *arena,
                                 rig_err *err) {
    const int n = rig_board_n(t->board), reading = reading_as_before(t, k, board);
    bool *seen = board->seen ? RIG_NEW(arena, bool, n) : NULL;
    if (board->seen && !seen)
        return rig_fail_memory(err, "a board's track");
    for (int i = 0; i < n; i++) {
        const int from = rig_board_turn_corner(t->board, i, reading);
        memcpy(t->q[(ptrdiff_t)k * n + i], board->q[from], sizeof *t->q);
        if (seen)
            seen[i] = board->seen[from];
    }
    *mask = seen;
    return RIG_OK;
}

rig_status rig_track_init(const rig_board *board, const rig_view_corners *seen, rig_track *track, rig_arena *arena,
                          rig_err *err) {
    const size_t n = (size_t)seen->n, n_points = (size_t)rig_board_n(board);
    int *frame = RIG_NEW(arena, int, n);
    double *gaps = RIG_NEW(arena, double, n + 1);
    const bool **masks = RIG_NEW(arena, const bool *, n);
    *track = (rig_track){.board = board, .n = seen->n, .frame = frame, .seen = masks};
    track->q = rig_arena_alloc(arena, n, n_points * sizeof *track->q);
    if (!frame || !gaps || !masks || !track->q)
        return rig_fail_memory(err, "a board's track");
    for (int k = 0; k < track->n; k++) {
        frame[k] = seen->boards[k].frame;
        gaps[k] = k ? frame[k] - frame[k - 1] : 0;
        RIG_TRY(read_as_before(track, k, &seen->boards[k], &masks[k], arena, err));
    }
    track->usual_gap = track->n > 1 ? (int)rig_median(gaps + 1, track->n - 1) : 1;
    track->gap = GAPS * track->usual_gap > GAP_LEAST ? GAPS * track->usual_gap : GAP_LEAST;
    return RIG_OK;
}

static bool joined(const rig_track *t, int k) { // k to k + 1
    return k >= 0 && k + 1 < t->n && t->frame[k + 1] - t->frame[k] <= t->gap;
}

// A corner's velocity at its own frame k: over both neighbours where they are, else to the one there is.
static double slope(const rig_track *t, int k, int i, int axis) {
    const ptrdiff_t n = rig_board_n(t->board);
    int from = joined(t, k - 1) && has(t, k - 1, i) ? k - 1 : k, to = joined(t, k) && has(t, k + 1, i) ? k + 1 : k;
    return from == to ? 0 : (t->q[to * n + i][axis] - t->q[from * n + i][axis]) / (t->frame[to] - t->frame[from]);
}

bool rig_track_at(const rig_track *t, double x, double (*q)[2], double (*velocity)[2], bool *seen) {
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
