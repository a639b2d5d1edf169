// The board in a view's picture between the frames that show it.
#ifndef RIG_CALIB_TRAJECTORY_H
#define RIG_CALIB_TRAJECTORY_H

#include "core/arena.h"
#include "core/board.h"

// A view's boards at other moments than it saw them, read between its frames.
typedef struct rig_board_trajectory {
    const rig_board *board;
    int n;
    const int *frame;
    const int *reading;      // n, quarter turns of each board's reading from the given one
    double (*q)[2];          // n x corners, each board read as the one before it
    const bool *const *seen; // n; NULL: all
    int usual_gap;           // from board to board, frames
    int gap;                 // frames; no board is made across a longer one
} rig_board_trajectory;

RIG_CHECKED rig_status rig_board_trajectory_init(const rig_board *board, const rig_view_corners *seen,
                                                 rig_board_trajectory *track, rig_arena *arena, rig_err *err);
// The corners at frame x and their velocity (px a frame); seen: which of them. False where there are none.
bool rig_board_trajectory_at(const rig_board_trajectory *track, double x, double (*q)[2], double (*velocity)[2],
                             bool *seen);

// The boards of a view at other moments nearby: board k as it was at frame x[k]. Only where the board goes about
// smoothly: where boards that are left out lie less far from where the others have them, over twice the gap, than they
// moved until x, in sum. A board that rests, or was put here and there, stays as it was seen.
//   x       n of seen, within a frame of the boards' own
//   made    out: with the frames of seen; without boards that have no others near them, where smooth
//   smooth  out: false: made is as seen
//   out     keeps the corners; scratch is given back
// Fails with RIG_ERR_MEMORY. Cost O(corners).
RIG_CHECKED rig_status rig_boards_at(const rig_board *board, const rig_view_corners *seen, const double *x,
                                     rig_view_corners *made, bool *smooth, rig_arena *out, rig_arena *scratch,
                                     rig_err *err);

#endif
