// Where each pixel of a camera looks: its lens undone once, for all frames.
#ifndef RIG_TOOLS_SYNTH_RAYS_H
#define RIG_TOOLS_SYNTH_RAYS_H

#include "core/arena.h"
#include "core/camera.h"
#include "tools/synth/vec.h"

typedef struct rig_rays {
    int width, height;
    float (*n)[2];                // width * height normalised points, row by row
    double n_least[2], n_most[2]; // the field that they span
} rig_rays;

// The rays of a camera: the lens is undone exactly at every eighth pixel and by cubics between, to 1e-4 px.
// Fails with RIG_ERR_NUMERIC where the lens does not reach all of the picture, RIG_ERR_MEMORY. Cost O(pixels).
RIG_CHECKED rig_status rig_rays_make(const rig_camera *camera, rig_rays *rays, rig_arena *out, rig_err *err);

// The ray through q = (x + dx, y + dy), z = 1, by the table's slope at pixel (x, y); right to 1e-3 px for |d| <= 1.
typedef struct rig_ray_differential {
    rig_vec3 v, dv_dx, dv_dy; // at the pixel's centre, and for one pixel right and down
} rig_ray_differential;

static inline rig_vec3 rig_rays_at(const rig_rays *rays, int x, int y) {
    const float *n = rays->n[(size_t)y * (size_t)rays->width + (size_t)x];
    rig_vec3 v = {n[0], n[1], 1};
    return v;
}
rig_ray_differential rig_rays_slope(const rig_rays *rays, int x, int y);
static inline rig_vec3 rig_ray_differential_at(const rig_ray_differential *ray, float dx, float dy) {
    return rig_vec3_along(rig_vec3_along(ray->v, dx, ray->dv_dx), dy, ray->dv_dy);
}

#endif
