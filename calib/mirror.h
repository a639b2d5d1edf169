// Mirrored pictures: cameras, drivers and converters that exchange left and right.
//
// A chessboard's mirror image is a chessboard, and so each camera by itself is calibrated without a fault. Only
// together do views tell: of two whose pictures are not both mirrored, or both not, no place of one camera before the
// other explains the boards of several moments; once one view's corners (and lens) are mirrored, one does. Pairs of
// views say so; the fewer views of two kinds are the mirrored ones. That all of them are, boards without markers do not
// tell.
#ifndef RIG_CALIB_MIRROR_H
#define RIG_CALIB_MIRROR_H

#include "core/arena.h"
#include "core/board.h"
#include "core/camera.h"

// Which views are mirrored.
//   cameras   n_views, their lenses as calibrated from these pictures
//   mirrored  n_views, out
//   n         out: how many; where they are half of the views, it may as well be the others
// Boards with markers are not found in mirrored pictures: of them none is. Fails with RIG_ERR_MEMORY. Cost: as
// rig_relative_pose_find for each pair of views, twice where a pair does not fit as it is.
RIG_CHECKED rig_status rig_mirrored_find(const rig_board *board, const rig_view_corners *seen, int n_views,
                                         const rig_camera *const *cameras, bool *mirrored, int *n, rig_arena *scratch,
                                         rig_err *err);

// The text of such a finding, from out: "the picture of 'c2' is mirrored", "the picture of 'c1' or of 'c2' is
// mirrored".
const char *rig_mirrored_says(const rig_view_corners *seen, int n_views, const bool *mirrored, rig_arena *out);

#endif
