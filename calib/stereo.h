// A stereo pair: its relative pose from boards both saw, epipolar geometry, rectification.
#ifndef RIG_CALIB_STEREO_H
#define RIG_CALIB_STEREO_H

#include "core/arena.h"
#include "core/board.h"
#include "core/rig.h"

// Calibrate the pair from the frames in which both saw the board (lenses kept as given; pose and board poses refined).
//   left, right    the two views' corners in one recording
//   cam_left, ...  their calibrated lenses
//   alpha          of the rectification: 0 keeps only valid pixels, 1 keeps all
//   stereo         out, all fields; rms_px over both views' corners as defined in core/rig.h; epipolar_rms_px: root
//                  mean square distance of undistorted pixels from the epipolar line, over both directions
// Fails with RIG_ERR_DATA: fewer than 3 frames in common, sizes differ; RIG_ERR_NUMERIC; RIG_ERR_MEMORY; RIG_ERR_CV.
RIG_CHECKED rig_status rig_stereo_solve(const rig_board *board, const rig_view_corners *left,
                                        const rig_view_corners *right, const rig_view_camera *cam_left,
                                        const rig_view_camera *cam_right, double alpha, rig_stereo *stereo,
                                        rig_arena *scratch, rig_err *err);

#endif
