// One 3D point from its pixels in several calibrated views: robust, weighted, with a reason where there is none.
//
// A pixel q of view i is a ray. With A = dq/dn / sigma, the camera's derivative at the ray's normalised point n in
// units of the pixel's standard deviation, its residual at a point p of the world is x = (M p + m) / z, where M = A [I
// | -n] R and m = A [I | -n] t for the camera's pose (R, t), and z is p's depth. Setting all depths equal leaves a
// linear least squares problem, M p = -m (the linear method of Hartley and Sturm 1997): the start. Gauss-Newton steps
// on x, with J = (M - x r) / z for the depth's row r, do the rest. As x is in standard deviations, the covariance of p
// is (sum w J^T J)^-1. Outliers: where the least squares fit of all rays leaves a residual beyond 3, each pair of the 6
// surest rays proposes a point, the proposal of least truncated cost wins (MSAC, Torr and Zisserman 2000), and it is
// refined with weights that fall with the square of the residual beyond 3 and are 0 beyond 9 or the ray's gate.
#ifndef RIG_TRIANGULATE_POINT_H
#define RIG_TRIANGULATE_POINT_H

#include "core/people.h"
#include "triangulate/undistorter.h"

// A point as a view saw it.
typedef struct rig_point_observation {
    int view;        // index of the camera in the rig
    double q[2];     // q_cam, with distortion
    double sigma_px; // 1 standard deviation a coordinate, > 0
} rig_point_observation;

typedef struct rig_point_params {
    double gate_px;          // an observation farther than this from the point's projection is not of this point
    double min_parallax_rad; // the largest angle between two rays must reach this
} rig_point_params;

rig_point_params rig_point_defaults(void); // 25 px, 0.02 rad

// The viewing ray of an observation, and its residual as above. The residual is exact at the observation's own pixel;
// away from it the lens's curvature is left out, which is of second order in the residual.
typedef struct rig_ray {
    int view;
    double sigma_px, gate; // gate: in standard deviations
    double n[2];           // normalised image point
    double v[3];           // along the ray, world, length 1
    double M[6], m[2];     // 2x3 row-major, 2
    double r[3], t;        // depth in the camera's frame, m: r p + t
} rig_ray;

// false where the pixel is not finite, sigma is not > 0, or the lens maps no ray there.
//   undistorter  of the observation's camera, which has a pose
//   gate_px      the farthest that an observation of this point may be from its projection
bool rig_ray_init(const rig_undistorter *undistorter, const rig_point_observation *observation, double gate_px,
                  rig_ray *ray);

// Residual of the ray at p, in standard deviations; false where p is not in front of the camera.
static inline bool rig_ray_residual(const rig_ray *ray, const double p[3], double x[2], double *z) {
    double depth = rig_dot3(ray->r, p) + ray->t;
    if (!(depth > 1e-9))
        return false;
    const double per_depth = 1 / depth;
    x[0] = (rig_dot3(ray->M, p) + ray->m[0]) * per_depth;
    x[1] = (rig_dot3(ray->M + 3, p) + ray->m[1]) * per_depth;
    *z = depth;
    return true;
}

// A symmetric 3x3, positive definite: xx xy xz yy yz zz.
bool rig_sym3_invert(const double A[6], double inverse[6]); // false where A is not positive definite

static inline void rig_sym3_mul(const double A[6], const double x[3], double y[3]) {
    y[0] = A[0] * x[0] + A[1] * x[1] + A[2] * x[2];
    y[1] = A[1] * x[0] + A[3] * x[1] + A[4] * x[2];
    y[2] = A[2] * x[0] + A[4] * x[1] + A[5] * x[2];
}

// Where a point is expected. It is one more proposal, and a term of every proposal's cost: it chooses between points
// that the rays support alike, and does not move the chosen one.
typedef struct rig_point_prior {
    double p[3];    // world, m
    double sigma_m; // > 0
} rig_point_prior;

// Triangulate from n rays, of different views or not, leaving out those that disagree.
//   prior   NULL: none
//   joint   out: state, p, sigma_m, cov, rms_px, views; score is left alone
// Normal absences are states, never failures: MISSING (n = 0), FEW_VIEWS (one ray), PARALLAX (the rays, or those left,
// are nearly parallel), BEHIND (every pair meets behind a camera), REJECTED (fewer than two rays agree on a point).
// Cost: linear in n; no allocation.
void rig_point_solve(const rig_ray *rays, int n, const rig_point_prior *prior, double min_parallax_rad,
                     rig_joint3d *joint);

#endif
