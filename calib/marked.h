// Boards with markers (ChArUco, AprilTag grids) in one picture: the grid among saddles as a chessboard's, and which
// part of the board it is by the markers between its corners.
#ifndef RIG_CALIB_MARKED_H
#define RIG_CALIB_MARKED_H

#include "calib/corners.h"
#include "calib/saddle_fit.h"
#include "core/image.h"
#include "core/markers.h"

// Where a marker lies between its four corners, in shares of the way from one to the next.
typedef struct rig_marker_place {
    double from;  // its black border begins there, and ends at 1 - from
    double clear; // it is white there: less than from, negative where outside the corners
} rig_marker_place;

rig_marker_place rig_marker_place_of(const rig_board *board);

// Read the marker between corners q[0] q[1] (above, left to right) and q[2] q[3] (below): -1 where there is none of the
// board's, else which, and the quarter turns of rig_marker_find. Its border is black, one cell or (AprilTag grids, as
// Kalibr prints them) two wide, and it is white about it; one border cell in eight may be wrong.
int rig_marker_read(const rig_image *grey, const double (*q)[2], const rig_board *board, const rig_markers *markers,
                    int *quarters);

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
