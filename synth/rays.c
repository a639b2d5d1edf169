#include "synth/rays.h"

enum { STEP = 8 }; // pixels between the nodes where the lens is undone exactly

// Weights of four neighbouring nodes, at -1, 0, 1, 2, for a place t in [0, 1): the cubic through all four.
static void cubic_weights(double t, double w[4]) {
    w[0] = -t * (t - 1) * (t - 2) / 6;
    w[1] = (t + 1) * (t - 1) * (t - 2) / 2;
    w[2] = -(t + 1) * t * (t - 2) / 2;
    w[3] = (t + 1) * t * (t - 1) / 6;
}

static int n_nodes(int pixels) {
    return (pixels - 1) / STEP + 4; // one before the first pixel, two after the last pixel's own
}

static rig_status nodes_make(const rig_camera *camera, double (*nodes)[2], rig_err *err) {
    const int cols = n_nodes(camera->width), rows = n_nodes(camera->height);
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < cols; c++) {
            const double q[2] = {(c - 1) * STEP, (r - 1) * STEP};
            if (!rig_camera_unproject(camera, q, nodes[r * cols + c]))
                return rig_fail(err, RIG_ERR_NUMERIC, "the lens does not reach pixel (%g, %g) of %d x %d", q[0], q[1],
                                camera->width, camera->height);
        }
    return RIG_OK;
}

// One row of pixels: the nodes' rows are mixed first, then along the row.
static void row_fill(rig_rays *rays, int y, const double (*nodes)[2], double (*mixed)[2]) {
    const int cols = n_nodes(rays->width), at = y / STEP;
    double w[4];
    cubic_weights((double)(y % STEP) / STEP, w);
    for (int c = 0; c < cols; c++)
        for (int axis = 0; axis < 2; axis++) {
            mixed[c][axis] = 0;
            for (int i = 0; i < 4; i++)
                mixed[c][axis] += w[i] * nodes[(at + i) * cols + c][axis];
        }
    float(*n)[2] = rays->n + (size_t)y * (size_t)rays->width;
    for (int x = 0; x < rays->width; x++) {
        cubic_weights((double)(x % STEP) / STEP, w);
        for (int axis = 0; axis < 2; axis++) {
            double sum = 0;
            for (int i = 0; i < 4; i++)
                sum += w[i] * mixed[x / STEP + i][axis];
            n[x][axis] = (float)sum;
            rays->n_least[axis] = fmin(rays->n_least[axis], sum);
            rays->n_most[axis] = fmax(rays->n_most[axis], sum);
        }
    }
}

rig_status rig_rays_make(const rig_camera *camera, rig_rays *rays, rig_arena *out, rig_err *err) {
    rig_arena scratch = {NULL};
    const int cols = n_nodes(camera->width), rows = n_nodes(camera->height);
    double(*nodes)[2] = rig_arena_alloc(&scratch, (size_t)cols * (size_t)(rows + 1), sizeof *nodes);
    *rays = (rig_rays){.width = camera->width, .height = camera->height};
    rays->n = rig_arena_alloc(out, (size_t)camera->width * (size_t)camera->height, sizeof *rays->n);
    rig_status status = nodes && rays->n ? nodes_make(camera, nodes, err) : rig_fail_memory(err, "a camera's rays");
    if (status == RIG_OK)
        for (int y = 0; y < rays->height; y++)
            row_fill(rays, y, (const double(*)[2])nodes, nodes + cols * rows);
    rig_arena_release(&scratch);
    return status;
}

// Central differences; at the border the difference to the one neighbour.
rig_ray rig_rays_slope(const rig_rays *rays, int x, int y) {
    const int left = x > 0 ? x - 1 : x, right = x + 1 < rays->width ? x + 1 : x;
    const int up = y > 0 ? y - 1 : y, down = y + 1 < rays->height ? y + 1 : y;
    rig_ray ray = {.v = rig_rays_at(rays, x, y)};
    if (right > left)
        ray.dv_dx = rig_vec3_scale(rig_vec3_sub(rig_rays_at(rays, right, y), rig_rays_at(rays, left, y)),
                                   1 / (float)(right - left));
    if (down > up)
        ray.dv_dy =
            rig_vec3_scale(rig_vec3_sub(rig_rays_at(rays, x, down), rig_rays_at(rays, x, up)), 1 / (float)(down - up));
    return ray;
}
