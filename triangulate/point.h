// One 3D point from its pixels in several calibrated views: robust, weighted, with a reason where there is none.
#ifndef RIG_TRIANGULATE_POINT_H
#define RIG_TRIANGULATE_POINT_H

#include "core/people.h"
#include "triangulate/undistorter.h"

// A view's sight of a point.
typedef struct rig_point_observation {
    int view;        // index of the camera in the rig
    double q[2];     // q_cam, with distortion
    double sigma_px; // 1 standard deviation a coordinate, > 0
} rig_point_observation;

typedef struct rig_point_params {
    double gate_px;          // a sight farther than this from the point's projection is not of this point
    double min_parallax_rad; // the largest angle between two rays must reach this
} rig_point_params;

rig_point_params rig_point_defaults(void); // 25 px, 0.02 rad

// A sight made ready: distortion removed once, so that its residual at a point p of the world, in standard deviations,
// is (M p + m) / z with z = r p + t. Exact at the sight's own pixel; away from it the lens's curvature is left out,
// which is of second order in the residual.
typedef struct rig_ray {
    int view;
    double sigma_px, gate; // gate: in standard deviations; see rig_point_solve
    double n[2];           // normalised image point
    double v[3];           // along the ray, world, length 1
    double M[6], m[2];     // 2x3 row-major, 2
    double r[3], t;        // depth in the camera's frame, m
} rig_ray;

// false where the pixel is not finite, sigma is not > 0, or the lens maps no ray there.
//   eye      of the sight's camera, which has a pose
//   gate_px  the farthest that a sight of this point may be from its projection
bool rig_ray_init(const rig_undistorter *eye, const rig_point_observation *sight, double gate_px, rig_ray *ray);

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

// Where a point is expected: chooses between answers that the sights support alike, and does not move the chosen one.
typedef struct rig_point_prior {
    double p[3];    // world, m
    double sigma_m; // > 0
} rig_point_prior;

// Triangulate from n rays, of different views or not, leaving out those that disagree.
//   prior   NULL: none
//   joint   out: state, p, sigma_m, cov, rms_px, views; score is left alone
// A ray is left out where its residual is beyond its gate or beyond 9 standard deviations; from 3 on its weight falls
// with the square of the residual. Where the least squares fit of all rays has none beyond 3 it is the answer.
// Otherwise every pair of the (at most) 6 surest rays proposes a point, the one that most rays support is refined.
// Normal absences are states, never failures: FEW_VIEWS, PARALLAX, BEHIND, REJECTED, MISSING (n = 0).
// Cost: linear in n; no allocation. Source: Hartley and Sturm 1997 for the refinement's start; Torr and Zisserman 2000
// (MSAC) for the choice.
void rig_point_solve(const rig_ray *rays, int n, const rig_point_prior *prior, double min_parallax_rad,
                     rig_joint3d *joint);

// The same from sights. eyes: by view. n <= RIG_VIEWS_MAX; sights that rig_ray_init refuses are not used.
void rig_point_triangulate(const rig_undistorter *eyes, const rig_point_observation *sights, int n,
                           const rig_point_params *params, rig_joint3d *joint);

#endif
