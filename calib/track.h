// A board's way through one view's pictures, also between its frames.
#ifndef RIG_CALIB_TRACK_H
#define RIG_CALIB_TRACK_H

#include "core/arena.h"
#include "core/board.h"

#ifdef __cplusplus
extern "C" {
#endif

// A view's boards at other moments than it saw them, read between its frames.
typedef struct rig_track {
    const rig_board *board;
    int n;
    const int *frame;
    double (*q)[2];          // n x corners, each board read as the one before it
    const bool *const *seen; // n; NULL: all
    int usual_gap;           // from board to board, frames
    int gap;                 // frames; no board is made across a longer one
} rig_track;

RIG_CHECKED rig_status rig_track_init(const rig_board *board, const rig_view_corners *seen, rig_track *track,
                                      rig_arena *arena, rig_err *err);
// The corners at frame x and their velocity (px a frame); seen: which of them. False where there are none.
bool rig_track_at(const rig_track *track, double x, double (*q)[2], double (*velocity)[2], bool *seen);

#ifdef __cplusplus
}
#endif
#endif
