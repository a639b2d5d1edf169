// Cameras: lens models in OpenCV's coefficient order, exact projection with derivatives, exact removal of distortion.
#ifndef RIG_CORE_CAMERA_H
#define RIG_CORE_CAMERA_H

#include "core/geom.h"
#include "core/status.h"

enum { RIG_DIST_MAX = 12, RIG_INTRINSICS_MAX = 4 + RIG_DIST_MAX };

// pinhole: k1 k2 p1 p2 k3 k4 k5 k6 s1 s2 s3 s4, the first 0, 2, 4, 5, 8 or 12. fisheye: Kannala-Brandt k1..k4.
typedef enum rig_lens {
    RIG_LENS_PINHOLE0,
    RIG_LENS_PINHOLE2,
    RIG_LENS_PINHOLE4,
    RIG_LENS_PINHOLE5,
    RIG_LENS_PINHOLE8,
    RIG_LENS_PINHOLE12,
    RIG_LENS_FISHEYE4,
    RIG_LENS_COUNT
} rig_lens;

typedef struct rig_camera {
    int width, height; // pixels of the view
    rig_lens lens;
    double K[4];               // fx fy cx cy, pixels
    double dist[RIG_DIST_MAX]; // 0 beyond the lens's own
} rig_camera;

const char *rig_lens_name(rig_lens lens);                  // "pinhole5"
bool rig_lens_from_name(const char *name, rig_lens *lens); // false: no such lens
int rig_lens_n_dist(rig_lens lens);

// The denominator of pinhole8 and pinhole12 is 1 in the middle. Where it comes this near to zero, or below, the lens
// shows nothing: a fit with a pole inside the picture would suit the corners around it and no place between them.
#define RIG_POLE_NEAR 0.05

// Project a point of the camera frame.
//   p       3, m, camera frame
//   q       2, pixel
//   dq_dp   2x3 row-major or NULL
//   dq_db   2x(4 + n_dist) row-major or NULL; columns fx fy cx cy, then the coefficients
// Returns false, and leaves the outputs alone, where p is not in front (z <= 1e-9; fisheye: p at the origin or straight
// behind; where RIG_POLE_NEAR says so). A point far outside the view may still
// land in the picture where the lens model folds back: unproject tells.
bool rig_camera_project(const rig_camera *camera, const double p[3], double q[2], double *dq_dp, double *dq_db);

// The same of a normalised point, p = (n, 1); dq_dn is 2x2. Half the work.
bool rig_camera_project_plane(const rig_camera *camera, const double n[2], double q[2], double dq_dn[4]);

// The normalised point n (x/z, y/z) that projects to q: Newton on the exact model, to 1e-12.
// Returns false, and leaves n alone, where it does not converge (q lies outside what the lens model maps to), where the
// model folds between the centre and n, and for a fisheye at 90 degrees and more, which n cannot hold.
bool rig_camera_unproject(const rig_camera *camera, const double q[2], double n[2]);

// The same camera for pictures scaled to width x height (pixel centres: cx' = (cx + 0.5) s - 0.5).
rig_camera rig_camera_rescale(const rig_camera *camera, int width, int height);

#endif
