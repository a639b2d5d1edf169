// The map between a plane and its picture, and the poses of a plane that a homography allows.
#ifndef RIG_CALIB_HOMOGRAPHY_H
#define RIG_CALIB_HOMOGRAPHY_H

#include "core/geom.h"

// H (row-major, H[8] = 1) with b ~ H (a, 1), least squares over n >= 4 points, both sides normalised first. Where a few
// points fit much worse than most, they are weighted down until they no longer matter.
//   a, b  n x 2, any units; the origin of a must map to a finite point: best the middle of what is seen
//   w     n, workspace
// Returns false where the points determine no homography (fewer than 4, three of four on a line). Cost O(n).
// Source: Hartley and Zisserman 2004, 4.1 and 4.4.4; weights: Holland and Welsch 1977 (Cauchy).
bool rig_homography_fit(const double (*a)[2], const double (*b)[2], int n, double *w, double H[9]);

// The pose of the plane z = 0 whose points (x, y, 0) have the normalised image points n ~ H (x, y, 1); the origin lies
// in front of the camera. Returns false where H is degenerate. Source: Zhang 2000, 3.1.
bool rig_homography_pose(const double H[9], rig_pose *Rt_cam_plane);

// The other pose under which a small plane looks almost the same: its tilt mirrored on the line of sight to `centre`
// (a point of the plane), which stays where it is. Source: Schweighofer and Pinz 2006, 3.
rig_pose rig_plane_pose_mirrored(const rig_pose *Rt_cam_plane, const double centre[3]);

#endif
