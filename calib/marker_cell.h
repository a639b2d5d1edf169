// What a marker between four corners of a board says.
#ifndef RIG_CALIB_MARKER_CELL_H
#define RIG_CALIB_MARKER_CELL_H

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

#endif
