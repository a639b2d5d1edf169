// What is known of a calibration's own errors: from a refinement's covariance to that of the numbers in the files, and
// on through a change of the world frame.
//
// A least squares fit with the residuals' variance s^2 has the covariance s^2 (J^T J)^-1 of its unknowns. A bundle's
// unknowns are small turns and shifts (w, v) in each camera's frame, the files' are (rvec, t): with T = d(rvec, t)/d(w,
// v), C_files = T C T^T. A new world whose place in the old one follows the cameras' errors e as G e + own noise moves
// every pose by B (G e + noise), B the adjoint of its pose: C_new = (I + B G) C (I + B G)^T + B noise B^T. Source:
// first-order propagation, Hartley and Zisserman 2004, 5.2; T: Chirikjian 2012, 10.8.
#ifndef RIG_CALIB_COVARIANCE_H
#define RIG_CALIB_COVARIANCE_H

#include "calib/bundle.h"
#include "core/rig.h"

// Set the rig's covariance and every camera's sigma by a refinement's covariance, scaled by its residual variance. The
// gauge is the refinement's: what it held is exact.
//   camera_of  bundle->n_cameras: places in rig->cameras, whose lens and pose are the refinement's
//   out        keeps the covariance
// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_covariance_set(const rig_bundle *bundle, const rig_bundle_report *report,
                                          const int *camera_of, rig_calibration *rig, rig_arena *out, rig_err *err);

// Move every pose into a new world, Rt_old_new, whose place was itself measured: with a covariance, every camera's pose
// takes the part of the measurement's error that it does not share.
//   G      6 x rig->n_covariance: how the new frame in the old world (turn about the origin, shift) follows errors of
//          the cameras (intrinsics; turn and shift in the camera's frame), or NULL: not at all
//   noise  6 x 6, its own part, or NULL: none
// Fails with RIG_ERR_MEMORY, the rig being as it was.
RIG_CHECKED rig_status rig_covariance_move(rig_calibration *rig, const rig_pose *Rt_old_new, const double *G,
                                           const double *noise, rig_err *err);

// The same where the new world is that of a bundle's first board, refined with the cameras held.
//   camera_of     bundle->n_cameras: places in rig->cameras
//   variance_px2  of the board's corners
RIG_CHECKED rig_status rig_covariance_move_to_board(const rig_bundle *bundle, const int *camera_of, double variance_px2,
                                                    rig_calibration *rig, const rig_pose *Rt_old_new,
                                                    rig_arena *scratch, rig_err *err);

// From derivatives by the files' numbers, G (rows x rig->n_covariance), to those that rig_covariance_move takes.
void rig_covariance_localize(const rig_calibration *rig, int rows, double *G);

// Set the covariance of one camera's own numbers, whose errors have nothing in common with the others', and its sigma.
// A rig without a covariance gets one.
//   own  n x n, n = 4 + n_dist + 6: intrinsics; small turn and shift in the camera's frame
//   out  keeps the covariance
// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_covariance_set_camera(rig_calibration *rig, int camera, const double *own, rig_arena *out,
                                                 rig_err *err);

// How a pose's small motions (turn, shift) show in front of it: Ad (6 x 6) with T exp(x) = exp(Ad x) T.
void rig_pose_adjoint(const rig_pose *T, double Ad[36]);

#endif
