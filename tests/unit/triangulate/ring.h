// A ring of cameras that look at its middle, for the tests of this room.
#ifndef RIG_TESTS_TRIANGULATE_RING_H
#define RIG_TESTS_TRIANGULATE_RING_H

#include "core/rng.h"
#include "tests/support/support.h"
#include "triangulate/point.h"

#include <string.h>

enum { RING_MAX = 16 };

typedef struct ring {
    rig_view_camera cameras[RING_MAX];
    rig_undistorter undistorters[RING_MAX];
    rig_calibration rig;
} ring;

// A camera at `centre` that looks at `target`, 1000 px of focal length, 1280 x 960, a mild lens; up is z.
static inline rig_view_camera ring_camera(const double centre[3], const double target[3]) {
    const rig_camera lens = {1280, 960, RIG_LENS_PINHOLE5, {1000, 1000, 640, 480}, {-0.1, 0.05, 0.001, -0.001, 0.01}};
    rig_view_camera made;
    memset(&made, 0, sizeof made);
    made.camera = lens;
    made.has_pose = true;
    double z[3] = {target[0] - centre[0], target[1] - centre[1], target[2] - centre[2]}, up[3] = {0, 0, 1}, x[3], y[3];
    double length = rig_norm3(z);
    for (int i = 0; i < 3; i++)
        z[i] /= length;
    rig_cross3(z, up, x);
    length = rig_norm3(x);
    for (int i = 0; i < 3; i++)
        x[i] /= length;
    rig_cross3(z, x, y);
    double *R = made.Rt_cam_world.R;
    for (int i = 0; i < 3; i++)
        R[i] = x[i], R[3 + i] = y[i], R[6 + i] = z[i];
    rig_mat3_mul_vec(R, centre, made.Rt_cam_world.t);
    for (int i = 0; i < 3; i++)
        made.Rt_cam_world.t[i] = -made.Rt_cam_world.t[i];
    return made;
}

// n cameras on a circle of that radius, 2.2 m up, looking at (0, 0, 1). *made must not move afterwards.
static inline void ring_init(ring *made, int n, double radius) {
    memset(made, 0, sizeof *made);
    for (int i = 0; i < n; i++) {
        double angle = 0.3 + 6.283185307179586 * i / n, target[3] = {0, 0, 1};
        double centre[3] = {radius * cos(angle), radius * sin(angle), 2.2};
        made->cameras[i] = ring_camera(centre, target);
        made->undistorters[i] = rig_undistorter_plain(&made->cameras[i]);
        snprintf(made->cameras[i].view, sizeof made->cameras[i].view, "c%d", i + 1);
    }
    made->rig.n = n;
    made->rig.cameras = made->cameras;
}

static inline bool ring_project(const ring *from, int view, const double p[3], double q[2]) {
    double p_cam[3];
    rig_pose_apply(&from->cameras[view].Rt_cam_world, p, p_cam);
    return rig_camera_project(&from->cameras[view].camera, p_cam, q, NULL, NULL);
}

static inline double ring_distance(const double a[3], const double b[3]) {
    double d[3] = {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
    return rig_norm3(d);
}

// rig_point_solve from observations; those that rig_ray_init refuses are not used. undistorters: by view.
static inline void ring_triangulate(const rig_undistorter *undistorters, const rig_point_observation *observations,
                                    int n, const rig_point_params *params, rig_joint3d *joint) {
    rig_ray rays[RIG_VIEWS_MAX];
    int n_rays = 0;
    for (int i = 0; i < n; i++)
        n_rays += rig_ray_init(&undistorters[observations[i].view], &observations[i], params->gate_px, &rays[n_rays]);
    rig_point_solve(rays, n_rays, NULL, params->min_parallax_rad, joint);
}

#endif
