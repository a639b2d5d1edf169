// A camera's pose from points whose places are known.
#ifndef RIG_CALIB_PNP_H
#define RIG_CALIB_PNP_H

#include "core/arena.h"
#include "core/camera.h"

#ifdef __cplusplus
extern "C" {
#endif

// The pose Rt_cam_obj that takes n known points (object frame, m) to their pixels, by a linear start (a homography for
// points in a plane, else DLT; every start that puts the points in front is refined, the best kept) and LM.
//   rms_px  out or NULL: square root of the mean of dx^2 + dy^2
// Fails with RIG_ERR_DATA: n < 4, points on a line, fewer than 6 and not in a plane; RIG_ERR_NUMERIC: no start has
// the points in front; RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_pnp_solve(const rig_camera *camera, const double (*p)[3], const double (*q)[2], int n,
                                     rig_pose *Rt_cam_obj, double *rms_px, rig_arena *scratch, rig_err *err);

#ifdef __cplusplus
}
#endif
#endif
