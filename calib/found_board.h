// A board as it was found in a picture.
#ifndef RIG_CALIB_FOUND_BOARD_H
#define RIG_CALIB_FOUND_BOARD_H

#include "core/arena.h"
#include "core/board.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rig_found_board {
    double (*q)[2];   // cols * rows, row by row, q_cam
    double *sigma_px; // of each, per axis, if the pixels' misfit to a corner is noise
    bool *seen;       // which of them were found; the others' q and sigma_px are 0
    int n_seen;       // 0: no board
} rig_found_board;

// Room for a board's corners, none seen. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_found_board_init(const rig_board *board, rig_found_board *found, rig_arena *out,
                                            rig_err *err);
// None seen.
void rig_found_board_clear(const rig_board *board, rig_found_board *found);
void rig_found_board_copy(const rig_board *board, const rig_found_board *from, rig_found_board *to);

#ifdef __cplusplus
}
#endif
#endif
