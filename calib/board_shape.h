// The board's shape: how it is warped, and how large its squares are; given, or unknowns of a bundle.
//
// The board is a plane bent by two parabolas: with u and v from -1 to 1 along its rows and columns, corner i is at
//   p_i = ((1 + s) x_i, (1 + s) y_i, w_0 (1 - u_i^2) + w_1 (1 - v_i^2)),   s the relative change of the squares' edge.
// That is linear in w_0, w_1 and s, so that they are three columns of the bundle like any other: d p_i / d w_0 =
// (0, 0, 1 - u^2), d p_i / d s = (x, y, 0), and p moves exactly as the columns say. Source of the two parabolas: mrcal
// (Kogan 2021), "calobject warp". The squares' edge alone is the scale of everything; poses that are held must fix it.
#ifndef RIG_CALIB_BOARD_SHAPE_H
#define RIG_CALIB_BOARD_SHAPE_H

#include "calib/bundle.h"
#include "core/board.h"
#include "core/rig.h"

// Give a bundle the shape as unknowns, from a flat board with squares as they are said to be.
//   warp, square  which
//   out           keeps the points and how they move; bundle->p is these points from now on
// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_board_shape_free(const rig_board *board, bool warp, bool square, rig_bundle *bundle,
                                            rig_arena *out, rig_err *err);

// The shape that such a bundle found, with its standard deviations.
//   report  of the bundle's last refinement, with a covariance
rig_board_shape rig_board_shape_found(const rig_board *board, bool warp, bool square, const rig_bundle *bundle,
                                      const rig_bundle_report *report);

#endif
