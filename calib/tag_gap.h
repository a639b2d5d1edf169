// How wide the gaps of a grid of tags are, by pictures of it.
//
// Two tags side by side give four corners on a line, a tag's edge, a gap and an edge apart. Their cross-ratio is the
// same in every picture: with the gap g in edges, (1 + g)^2 / (g (2 + g)). So each such four tell g by themselves,
// without a lens or a pose; a lens's distortion hardly changes over so short a line.
#ifndef RIG_CALIB_TAG_GAP_H
#define RIG_CALIB_TAG_GAP_H

#include "core/arena.h"
#include "core/board.h"

// *share: the median of g over all fours of all boards; 0: too few whose gap is some pixels wide. Fails with
// RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_tag_gap_measure(const rig_board *board, const rig_view_corners *seen, int n_views,
                                           double *share, rig_arena *scratch, rig_err *err);
// Whether that is not the board's, by more than a twentieth.
bool rig_tag_gap_differs(const rig_board *board, double share);
// The text of such a finding, from out; NULL: no memory.
const char *rig_tag_gap_says(const rig_board *board, double share, rig_arena *out);

#endif
