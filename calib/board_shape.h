// The board's shape as an unknown of the bundle adjustment: how it is warped, and how large its squares are.
#ifndef RIG_CALIB_BOARD_SHAPE_H
#define RIG_CALIB_BOARD_SHAPE_H

#include "calib/adjustment.h"

// The corners of a board of a shape (core/rig.h), n = cols * rows.
void rig_board_shape_points(const rig_board *board, const rig_board_shape *shape, double (*p)[3]);

// Refine the shape that the adjustment asks for (warp, square), everything else with it: Newton steps on the few
// numbers of the shape, with all else at its optimum for each. By the envelope theorem the cost's slope there is that
// of the corners alone; its curvature comes from differences.
//   out    keeps reasons
//   adjustment  refined with a flat board; out: shape, and its bundle at the optimum, whose p are the shape's
// Fails with RIG_ERR_DATA: the square is asked for and fewer than two views are surveyed, or what was seen leaves the
// shape open; RIG_ERR_NUMERIC; RIG_ERR_MEMORY. Cost: some four to eight refinements.
RIG_CHECKED rig_status rig_adjustment_shape(rig_adjustment *adjustment, rig_arena *out, rig_arena *scratch,
                                            rig_err *err);

#endif
