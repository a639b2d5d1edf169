// Chessboard corners of one image: search, then a sub-pixel fit at the board's own scale.
#ifndef RIG_CALIB_CORNERS_H
#define RIG_CALIB_CORNERS_H

#include "calib/saddle_fit.h"
#include "core/board.h"
#include "core/markers.h"

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

// Find the board in a grey image and its corners to sub-pixel: calib/saddles.h, lattice.h and saddle_fit.h say how, and
// marked.h for boards with markers. Squares of 6 pixels and more between their sides are found, those with markers from
// 20 pixels on.
// Of a chessboard all corners must lie in the picture, and the board have no more of them than is said; of several
// boards that one counts which covers most of the picture. Of a board with markers what is seen is enough.
//   markers  rig_cv_markers_load; NULL for a chessboard
//   found    ready by rig_found_board_init. The board as printed, not mirrored: x along a row, y down the rows.
//            Markers say which corner is which. Where a chessboard's cols + rows is odd the square between corners 0,
//            1, cols and cols + 1 is dark (and so is the board's own corner next to corner 0), which settles corner 0.
//            Else half a turn leaves the colours as they are, and the reading whose corner 0 is farther up is taken: it
//            may change from view to view (calib/extrinsics.h)
//   scratch  empty; clear it after every picture (rig_arena_clear), so that the next one finds its memory ready
// No board is a normal result: found->n_seen = 0. Fails with RIG_ERR_MEMORY.
// Cost at 1920x1080: 5 to 15 ms with a board or without, 35 ms in a thicket.
RIG_CHECKED rig_status rig_corners_find(const rig_image *grey, const rig_board *board, const rig_markers *markers,
                                        rig_found_board *found, rig_arena *scratch, rig_err *err);

// The same in a part of a picture, for a sequence of pictures: where nothing else has changed since a picture without a
// board, none can be elsewhere.
//   p      the whole picture's pyramid
//   part   in it; of boards with markers the whole picture is searched
//   quick  only on the level where most boards are found, at most 1000 pixels long
// Cost: in proportion to part; quick, a third at most.
RIG_CHECKED rig_status rig_corners_find_in(const rig_pyramid *p, rig_rect part, bool quick, const rig_board *board,
                                           const rig_markers *markers, rig_found_board *found, rig_arena *scratch,
                                           rig_err *err);

// Find a chessboard where it was in a picture shortly before: its corners are fitted from `before` on, which they may
// have left by a third of a square; each must fit as the others do, or it may be the next one.
//   before  q of the board; what is found has the same order, but where a picture does not tell (see above)
// found->n_seen = 0: not found so, search it. Fails with RIG_ERR_MEMORY. Cost: the fit alone, 5 us a corner.
RIG_CHECKED rig_status rig_corners_follow(const rig_pyramid *p, const double (*before)[2], const rig_board *board,
                                          rig_found_board *found, rig_arena *scratch, rig_err *err);

#endif
