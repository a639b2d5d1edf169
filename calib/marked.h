// Boards with markers (ChArUco, AprilTag grids) in one picture: the grid among saddles as a chessboard's, and which
// part of the board it is by the markers between its corners.
#ifndef RIG_CALIB_MARKED_H
#define RIG_CALIB_MARKED_H

#include "calib/found_board.h"
#include "calib/pyramid.h"
#include "core/markers.h"

// Search one level of the picture.
//   more     fewer corners than this and one more are none
//   found    out: the corners that are seen, where at least six are, in two rows and two columns; else none
//   scratch  given back
// Two markers must be read and agree, a third of those that should be there, and twice as many as say otherwise. Fails
// with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_marked_find(const rig_pyramid *pyramid, int level, const rig_board *board,
                                       const rig_markers *markers, int more, rig_found_board *found, rig_arena *scratch,
                                       rig_err *err);

#endif
