// What is black on a calibration board: for whoever prints one.
#ifndef RIG_CORE_BOARD_PATTERN_H
#define RIG_CORE_BOARD_PATTERN_H

#include "core/markers.h"

// A rectangle in the board's frame (core/board.h), metres: x to the right, y down, corner 0 at (0, 0).
typedef struct rig_board_box {
    double x, y, width, height;
} rig_board_box;

// The whole pattern: the outermost squares, or the small black squares at a grid's rim, included.
rig_board_box rig_board_extent(const rig_board *board);

// The rectangles that are black; together they are the pattern, and no two overlap. Tags have a black border two cells
// wide, as Kalibr prints and expects them, ChArUco's markers one of one cell.
//   markers  the board's; NULL for a chessboard
//   boxes    out: NULL counts them only
// Returns how many there are.
int rig_board_pattern(const rig_board *board, const rig_markers *markers, rig_board_box *boxes);

#endif
