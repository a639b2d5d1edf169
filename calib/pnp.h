// A camera's pose from points whose places are known: of a flat board, and of any points.
#ifndef RIG_CALIB_PNP_H
#define RIG_CALIB_PNP_H

#include "calib/bundle_view.h"
#include "core/arena.h"
#include "core/camera.h"

// A plane seen from far away looks the same under two tilts (Schweighofer and Pinz 2006). Both are kept where both fit.
typedef struct rig_plane_poses {
    int n; // 0..2, the better first
    rig_pose Rt_cam_board[2];
    double rms_px[2]; // square root of the mean of dx^2 + dy^2
} rig_plane_poses;

// Workspace for n points; n each.
typedef struct rig_plane_work {
    double (*a)[2], (*b)[2], *w;
} rig_plane_work;

// A homography of the undistorted corners gives a pose (Zhang 2000, 3.1), its mirror image about the line of sight
// (Schweighofer and Pinz 2006, 3) the second; both are refined by Levenberg-Marquardt on the pixels, with Huber's loss
// beyond four median distances.
// Find the poses by a homography of the undistorted corners, its mirror image, refinement of both; allocates nothing.
//   points  their p has z = 0; huber_px is ignored: corners far off the rest are weighed down
//   work    room for points->n
// n = 0 in poses where fewer than 4 corners can be used or they leave the pose open. Cost O(n) a refinement step.
void rig_plane_poses_find(const rig_camera *camera, const rig_view_points *points, const rig_plane_work *work,
                          rig_plane_poses *poses);

// Refine a pose by all its points (LM); returns the cost at the end, infinite where the start has points behind.
double rig_pose_refine(const rig_camera *camera, const rig_view_points *points, int max_iterations, rig_pose *pose);

// The pose Rt_cam_obj that takes n known points (object frame, m) to their pixels, by a linear start (a homography for
// points in a plane, else DLT; every start that puts the points in front is refined, the best kept) and LM.
//   rms_px  out or NULL: square root of the mean of dx^2 + dy^2
// Fails with RIG_ERR_DATA: n < 4, points on a line, fewer than 6 and not in a plane; RIG_ERR_NUMERIC: no start has
// the points in front; RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_pnp_solve(const rig_camera *camera, const double (*p)[3], const double (*q)[2], int n,
                                     rig_pose *Rt_cam_obj, double *rms_px, rig_arena *scratch, rig_err *err);

#endif
