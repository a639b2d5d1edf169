// A lens from homographies: the closed-form start of one camera's calibration.
#ifndef RIG_CALIB_INTRINSICS_START_H
#define RIG_CALIB_INTRINSICS_START_H

#include "core/camera.h"

#ifdef __cplusplus
extern "C" {
#endif

// Focal lengths from n homographies board plane -> pixels (9 each), the centre taken at the picture's and the lens as
// free of distortion; where they do not determine two focal lengths, one; where not that, a common one.
//   camera  width and height set; out: K, no distortion
// Source: Zhang 2000, 3.1, with the centre known.
void rig_intrinsics_start(const double (*H)[9], int n, rig_camera *camera);

#ifdef __cplusplus
}
#endif
#endif
