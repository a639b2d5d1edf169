// Chessboard corners of one image: search, then sub-pixel refinement at the board's own scale.
#ifndef RIG_CALIB_CORNERS_H
#define RIG_CALIB_CORNERS_H

#include "core/board.h"
#include "core/image.h"

#ifdef __cplusplus
extern "C" {
#endif

// Find the board in a grey image and its corners to sub-pixel. The refinement window follows the smallest distance
// between neighbouring corners, so that it never reaches a neighbour.
//   q      cols * rows, out, row by row, q_cam, the board as printed, not mirrored: x along a row, y down the rows.
//          Where cols + rows is odd the square between corners 0, 1, cols and cols + 1 is dark (and so is the board's
//          own corner next to corner 0), which settles corner 0. Else half a turn leaves the colours as they are, and
//          the reading whose corner 0 is farther up is taken: it may change from view to view (calib/extrinsics.h)
//   found  out; false is a normal result
// Fails with RIG_ERR_CV, RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_corners_find(const rig_image *grey, const rig_board *board, double (*q)[2], bool *found,
                                        rig_err *err);

#ifdef __cplusplus
}
#endif
#endif
