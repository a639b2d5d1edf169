// Which boards of a long recording are worth calibrating from: those that differ.
#ifndef RIG_CALIB_SELECTION_H
#define RIG_CALIB_SELECTION_H

#include "core/arena.h"
#include "core/board.h"

// Choose at most `most` moments (frames) of n_views views, one after the other, each the one that adds most of what has
// been seen least: cells of the picture (8 x 6), directions and sizes of tilt, distances, in each view.
//   kept  n_views, out: the views with the boards of those moments, in frame order
//   out   keeps their lists; corners are shared with seen
// Fails with RIG_ERR_MEMORY. Cost O(most x boards). Equal boards: the first. Lenses are not known yet: tilt and
// distance are those under a focal length of the picture's longer side, which orders them as well.
RIG_CHECKED rig_status rig_boards_select(const rig_board *board, const rig_view_corners *seen, int n_views, int most,
                                         rig_view_corners *kept, rig_arena *out, rig_arena *scratch, rig_err *err);

#endif
