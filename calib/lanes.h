// Two corners at a time: where a pinhole camera puts them, and how that moves. The same arithmetic as core/camera, on
// vectors of the width that every machine has. Wider ones are not faster here, and gcc 12 breaks them up badly.
#ifndef RIG_CALIB_LANES_H
#define RIG_CALIB_LANES_H

#include "core/camera.h"

enum { RIG_LANES = 2 };
typedef double rig_lanes __attribute__((vector_size(16)));

// Points on the plane z = 1 before K: distorted, d d / d n (2x2), d d / d coefficient.
typedef struct rig_lanes_image {
    rig_lanes d[2], dd_dn[4], dd_dk[2][RIG_DIST_MAX];
} rig_lanes_image;

static inline double rig_lanes_sum(rig_lanes a) {
    return a[0] + a[1];
}

// n distorted by a pinhole lens; slopes: d d / d n too. False where RIG_POLE_NEAR says so. Source: as core/camera.
static inline bool rig_lanes_distort(const rig_camera *camera, const rig_lanes n[2], bool slopes,
                                     rig_lanes_image *out) {
    const double *k = camera->dist;
    const bool rational = camera->lens >= RIG_LENS_PINHOLE8, prism = camera->lens == RIG_LENS_PINHOLE12;
    const rig_lanes x = n[0], y = n[1], s = x * x + y * y, xy = 2 * x * y;
    rig_lanes radial = 1 + s * (k[0] + s * (k[1] + s * k[4])), slope = k[0] + s * (2 * k[1] + s * (3 * k[4]));
    if (rational) {
        const rig_lanes below = 1 + s * (k[5] + s * (k[6] + s * k[7]));
        if (!(below[0] > RIG_POLE_NEAR && below[1] > RIG_POLE_NEAR))
            return false;
        radial /= below;
        slope = (slope - radial * (k[5] + s * (2 * k[6] + s * (3 * k[7])))) / below;
    }
    out->d[0] = x * radial + k[2] * xy + k[3] * (s + 2 * x * x);
    out->d[1] = y * radial + k[3] * xy + k[2] * (s + 2 * y * y);
    if (prism) {
        out->d[0] += s * (k[8] + s * k[9]);
        out->d[1] += s * (k[10] + s * k[11]);
    }
    if (!slopes)
        return true;
    const rig_lanes cross = xy * slope + 2 * (k[2] * x + k[3] * y);
    out->dd_dn[0] = radial + 2 * x * x * slope + 2 * k[2] * y + 6 * k[3] * x;
    out->dd_dn[1] = out->dd_dn[2] = cross;
    out->dd_dn[3] = radial + 2 * y * y * slope + 6 * k[2] * y + 2 * k[3] * x;
    for (int i = 0; prism && i < 4; i++)
        out->dd_dn[i] += 2 * (k[8 + i / 2 * 2] + 2 * k[9 + i / 2 * 2] * s) * n[i % 2];
    return true;
}

// d d / d coefficient at n, the first n_dist.
static inline void rig_lanes_coefficients(const rig_camera *camera, const rig_lanes n[2], int n_dist,
                                          rig_lanes_image *out) {
    const double *k = camera->dist;
    const rig_lanes s = n[0] * n[0] + n[1] * n[1], s2 = s * s, s3 = s2 * s, zero = {0, 0};
    const rig_lanes below = 1 + s * (k[5] + s * (k[6] + s * k[7])), above = 1 + s * (k[0] + s * (k[1] + s * k[4]));
    const rig_lanes power[3] = {s, s2, s3};
    const bool rational = n_dist > 5;
    for (int axis = 0; axis < 2; axis++) {
        rig_lanes *dk = out->dd_dk[axis];
        const rig_lanes scaled = rational ? n[axis] / below : n[axis];
        dk[0] = scaled * s, dk[1] = scaled * s2, dk[4] = scaled * s3;
        dk[2 + axis] = 2 * n[0] * n[1];
        dk[3 - axis] = s + 2 * n[axis] * n[axis];
        for (int i = 0; rational && i < 3; i++)
            dk[5 + i] = -scaled * power[i] * above / below;
        for (int i = 8; i < n_dist; i++)
            dk[i] = i / 2 - 4 == axis ? power[i % 2] : zero;
    }
}

#endif
