// Two views: essential and fundamental matrices, and epipolar distances.
#ifndef RIG_CORE_EPIPOLAR_H
#define RIG_CORE_EPIPOLAR_H

#include "core/camera.h"

// E with n_b^T E n_a = 0 for normalised points; E = [t]x R of Rt_b_a, scaled as t is.
void rig_essential_from_pose(const rig_pose *Rt_b_a, double E[9]);
// F with q_b^T F q_a = 0 for undistorted pixels: K_b^-T E K_a^-1, scaled to F[8] = 1 where F[8] is not 0.
void rig_fundamental_from_essential(const double E[9], const double K_a[4], const double K_b[4], double F[9]);
// Signed distance of x_b from the line M x_a (M = E or F), in the units of x_b; 0 where x_a is the epipole.
double rig_epipolar_distance(const double M[9], const double x_a[2], const double x_b[2]);

#endif
