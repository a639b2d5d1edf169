// The pinhole lens: where it puts a point, and how that moves. It is written once for numbers of type rig_real: a
// double, or, where a file defines RIG_REAL before it includes this, a vector of doubles (GCC's vector extension), one
// point an element. Model and order of the coefficients: OpenCV's calib3d documentation, "Detailed description". With
// s = |n|^2 and the denominator b = 1 + k4 s + k5 s^2 + k6 s^3 (in the order of the array: k[5], k[6], k[7]),
//   d = n (1 + k[0] s + k[1] s^2 + k[4] s^3) / b                   radial
//     + (2 k[2] x y + k[3] (s + 2 x^2), k[2] (s + 2 y^2) + 2 k[3] x y)   tangential
//     + (k[8] s + k[9] s^2, k[10] s + k[11] s^2)                         thin prism
// Lenses of 5 coefficients and fewer have b = 1 and no prism. This header is for core/camera.c and calib/bundle_view.c.
#ifndef RIG_CORE_LENS_H
#define RIG_CORE_LENS_H

#include "core/camera.h"

#ifndef RIG_REAL
#define RIG_REAL double
#endif
typedef RIG_REAL rig_real;

#define RIG_Z_LEAST 1e-9 // m: what is no farther in front of a pinhole is not seen

// A point as the lens shows it. dd_dk: of the coefficients asked for.
typedef struct rig_lens_image {
    rig_real d[2];     // distorted, on the plane z = 1 before K
    rig_real below;    // the denominator b: RIG_POLE_NEAR and less shows nothing
    rig_real dd_dn[4]; // 2 x 2
    rig_real dd_dk[2][RIG_DIST_MAX];
    rig_real q[2], dq_dp[6]; // by rig_lens_project: pixels; 2 x 3, p in the camera frame
} rig_lens_image;

static inline bool rig_lens_is_rational(const rig_camera *camera) {
    return camera->lens >= RIG_LENS_PINHOLE8;
}

// d and below of a normalised point n; slopes: dd_dn too.
static inline void rig_lens_distort(const rig_camera *camera, const rig_real n[2], bool slopes, rig_lens_image *out) {
    const double *k = camera->dist;
    const bool prism = camera->lens == RIG_LENS_PINHOLE12;
    const rig_real x = n[0], y = n[1], s = x * x + y * y, xy = 2 * x * y;
    out->below = s * 0 + 1;
    rig_real radial = 1 + s * (k[0] + s * (k[1] + s * k[4])), slope = k[0] + s * (2 * k[1] + s * (3 * k[4]));
    if (rig_lens_is_rational(camera)) {
        out->below = 1 + s * (k[5] + s * (k[6] + s * k[7]));
        radial /= out->below;
        slope = (slope - radial * (k[5] + s * (2 * k[6] + s * (3 * k[7])))) / out->below;
    }
    out->d[0] = x * radial + k[2] * xy + k[3] * (s + 2 * x * x);
    out->d[1] = y * radial + k[3] * xy + k[2] * (s + 2 * y * y);
    if (prism) {
        out->d[0] += s * (k[8] + s * k[9]);
        out->d[1] += s * (k[10] + s * k[11]);
    }
    if (!slopes)
        return;
    const rig_real cross = xy * slope + 2 * (k[2] * x + k[3] * y);
    out->dd_dn[0] = radial + 2 * x * x * slope + 2 * k[2] * y + 6 * k[3] * x;
    out->dd_dn[1] = out->dd_dn[2] = cross;
    out->dd_dn[3] = radial + 2 * y * y * slope + 6 * k[2] * y + 2 * k[3] * x;
    for (int i = 0; prism && i < 4; i++)
        out->dd_dn[i] += 2 * (k[8 + i / 2 * 2] + 2 * k[9 + i / 2 * 2] * s) * n[i % 2];
}

// d d / d coefficient at n, the first n_dist.
static inline void rig_lens_coefficients(const rig_camera *camera, const rig_real n[2], int n_dist,
                                         rig_lens_image *out) {
    const double *k = camera->dist;
    const rig_real s = n[0] * n[0] + n[1] * n[1], s2 = s * s, s3 = s2 * s;
    const rig_real below = 1 + s * (k[5] + s * (k[6] + s * k[7])), above = 1 + s * (k[0] + s * (k[1] + s * k[4]));
    const rig_real power[3] = {s, s2, s3};
    const bool rational = n_dist > 5;
    for (int axis = 0; axis < 2; axis++) {
        rig_real *dk = out->dd_dk[axis];
        const rig_real scaled = rational ? n[axis] / below : n[axis];
        dk[0] = scaled * s, dk[1] = scaled * s2, dk[4] = scaled * s3;
        dk[2 + axis] = 2 * n[0] * n[1];
        dk[3 - axis] = s + 2 * n[axis] * n[axis];
        for (int i = 0; rational && i < 3; i++)
            dk[5 + i] = -scaled * power[i] * above / below;
        for (int i = 8; i < n_dist; i++)
            dk[i] = i / 2 - 4 == axis ? power[i % 2] : s * 0;
    }
}

// All of the image of a point p of the camera frame whose z is not 0; slopes: the derivatives by p, and, where n_dist
// is not 0, by the first n_dist coefficients.
static inline void rig_lens_project(const rig_camera *camera, const rig_real p[3], bool slopes, int n_dist,
                                    rig_lens_image *out) {
    const rig_real by_z = 1 / p[2], n[2] = {p[0] * by_z, p[1] * by_z};
    rig_lens_distort(camera, n, slopes, out);
    if (n_dist)
        rig_lens_coefficients(camera, n, n_dist, out);
    for (int axis = 0; axis < 2; axis++) {
        out->q[axis] = camera->K[axis] * out->d[axis] + camera->K[2 + axis];
        if (!slopes)
            continue;
        const rig_real scale = camera->K[axis] * by_z;
        rig_real *row = out->dq_dp + 3 * axis; // dn/dp = (I, -n) / z
        row[0] = scale * out->dd_dn[2 * axis];
        row[1] = scale * out->dd_dn[2 * axis + 1];
        row[2] = -(row[0] * n[0] + row[1] * n[1]);
    }
}

#endif
