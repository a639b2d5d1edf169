// Dictionaries of square black and white markers, as ChArUco boards and AprilTag grids carry them.
#ifndef RIG_CORE_MARKERS_H
#define RIG_CORE_MARKERS_H

#include "core/board.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A board's markers. What is inside the black border: side x side cells, row by row from the marker's own top left, the
// first one in bit side * side - 1; 1 is white.
typedef struct rig_markers {
    int side, n;
    int correct; // cells that may be wrong without one marker being taken for another, at most RIG_MARKERS_CORRECT
    const uint64_t *codes;
} rig_markers;

enum { RIG_MARKERS_CORRECT = 3 };

// How many markers a board has: a ChArUco board's white squares, a grid's tags.
int rig_board_markers(const rig_board *board);
// The corner at marker i's own top left, its column and row: of a ChArUco board that of the marker's square, which at
// the board's rim may lie outside the corners.
void rig_board_marker_corner(const rig_board *board, int i, int *column, int *row);

// The dictionaries that a kind of board may use, ended by NULL; rig_board.dictionary counts in this list. NULL: boards
// of this kind carry no markers.
const char *const *rig_markers_names(rig_board_kind kind);

// Such a code after a quarter turn of the marker, counterclockwise as one looks at it.
uint64_t rig_marker_turn(uint64_t code, int side);

// How many cells of n codes may be wrong: half of what tells the two most alike, in any of their turns, apart.
int rig_markers_correctable(const uint64_t *codes, int n, int side);

// The marker that a code is, as it is or turned; or -1.
//   quarters  out: so many quarter turns counterclockwise of what was read show the marker upright
int rig_marker_find(const rig_markers *markers, uint64_t code, int *quarters);

#ifdef __cplusplus
}
#endif
#endif
