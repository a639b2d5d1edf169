// Where errors come out: a calibration's own, in pixels and in space, and those of keypoints.
#ifndef RIG_CALIB_UNCERTAINTY_H
#define RIG_CALIB_UNCERTAINTY_H

#include "core/rig.h"

enum { RIG_UNCERTAINTY_CAMERAS_MAX = 64 };

// Whether a posed camera has a point of the world in its picture.
bool rig_camera_sees(const rig_view_camera *camera, const double p[3]);

// Covariance (2 x 2, px^2) of the pixel at which a camera sees a point of the world, by the calibration's errors alone.
// rig has a covariance. Returns false where the camera has no pose or does not see p.
bool rig_uncertainty_pixel(const rig_calibration *rig, int camera, const double p[3], double C[4]);

// Covariances (3 x 3, m^2) of a point that is triangulated by least squares of pixels from n >= 2 of the rig's cameras:
//   keypoints    by errors of sigma_px of each coordinate of each pixel
//   calibration  by the cameras' own; 0 where the rig has no covariance
// Returns false where a camera does not see p, or the rays do not determine it. To first order.
// Cost O(n^2 unknowns of a camera^2). Source: Hartley and Zisserman 2004, 5.2 and 12.6.
bool rig_uncertainty_point(const rig_calibration *rig, const int *cameras, int n, const double p[3], double sigma_px,
                           double keypoints[9], double calibration[9]);

// How the same point follows errors of the cameras' numbers: G, 3 x rig->n_covariance. Returns false likewise.
bool rig_uncertainty_follow(const rig_calibration *rig, const int *cameras, int n, const double p[3], double *G);

// One standard deviation, root mean of the axes, of a 3 x 3 covariance.
double rig_uncertainty_sigma(const double C[9]);

// The box around the posed cameras' centres and the point that their axes come nearest to. Returns false where fewer
// than two cameras have poses or all axes are parallel.
bool rig_uncertainty_volume(const rig_calibration *rig, double low[3], double high[3]);

#endif
