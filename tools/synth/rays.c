#include "tools/synth/rays.h"

enum { STEP_MOST = 8, NODES_LEAST = 4 }; // pixels between the nodes where the lens is undone exactly

// Weights of four neighbouring nodes, at -1, 0, 1, 2, for a place t between them: the cubic through all four.
static void cubic_weights(double t, double w[4]) {
    w[0] = -t * (t - 1) * (t - 2) / 6;
    w[1] = (t + 1) * (t - 1) * (t - 2) / 2;
    w[2] = -(t + 1) * t * (t - 2) / 2;
    w[3] = (t + 1) * t * (t - 1) / 6;
}

// The first node is the first pixel and the last one the last: outside the picture the lens may have folded.
static int n_nodes(int pixels) {
    const int n = (pixels + STEP_MOST - 2) / STEP_MOST + 1;
    return n < NODES_LEAST ? NODES_LEAST : n;
}

static double node_step(int pixels) {
    return (double)(pixels - 1) / (n_nodes(pixels) - 1);
}

// The first of the four nodes around a pixel (at the border: beside it), and their weights.
static int nodes_around(int x, int pixels, double w[4]) {
    const double place = pixels > 1 ? x / node_step(pixels) : 0;
    int first = (int)place - 1;
    first = first < 0 ? 0 : first > n_nodes(pixels) - 4 ? n_nodes(pixels) - 4 : first;
    cubic_weights(place - first - 1, w);
    return first;
}

static rig_status nodes_make(const rig_camera *camera, double (*nodes)[2], rig_err *err) {
    const int cols = n_nodes(camera->width), rows = n_nodes(camera->height);
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < cols; c++) {
            const double q[2] = {c * node_step(camera->width), r * node_step(camera->height)};
            if (!rig_camera_unproject(camera, q, nodes[r * cols + c]))
                return rig_fail(err, RIG_ERR_NUMERIC, "the lens does not reach pixel (%g, %g) of %d x %d", q[0], q[1],
                                camera->width, camera->height);
        }
    return RIG_OK;
}

// One row of pixels: the nodes' rows are mixed first, then along the row.
static void row_fill(rig_rays *rays, int y, const double (*nodes)[2], double (*mixed)[2]) {
    double w[4];
    const int cols = n_nodes(rays->width), at = nodes_around(y, rays->height, w);
    for (int c = 0; c < cols; c++)
        for (int axis = 0; axis < 2; axis++) {
            mixed[c][axis] = 0;
            for (int i = 0; i < 4; i++)
                mixed[c][axis] += w[i] * nodes[(at + i) * cols + c][axis];
        }
    float(*n)[2] = rays->n + (size_t)y * (size_t)rays->width;
    for (int x = 0; x < rays->width; x++) {
        const int from = nodes_around(x, rays->width, w);
        for (int axis = 0; axis < 2; axis++) {
            double sum = 0;
            for (int i = 0; i < 4; i++)
                sum += w[i] * mixed[from + i][axis];
            n[x][axis] = (float)sum;
            rays->n_least[axis] = fmin(rays->n_least[axis], sum);
            rays->n_most[axis] = fmax(rays->n_most[axis], sum);
        }
    }
}

// Without a lens the rays are a straight line along each row.
static void straight_fill(const rig_camera *camera, rig_rays *rays) {
    for (int axis = 0; axis < 2; axis++) {
        const double last = (axis ? rays->height : rays->width) - 1;
        rays->n_least[axis] = fmin(0, -camera->K[2 + axis] / camera->K[axis]);
        rays->n_most[axis] = fmax(0, (last - camera->K[2 + axis]) / camera->K[axis]);
    }
    for (int y = 0; y < rays->height; y++) {
        float(*n)[2] = rays->n + (size_t)y * (size_t)rays->width;
        for (int x = 0; x < rays->width; x++) {
            n[x][0] = (float)((x - camera->K[2]) / camera->K[0]);
            n[x][1] = (float)((y - camera->K[3]) / camera->K[1]);
        }
    }
}

rig_status rig_rays_make(const rig_camera *camera, rig_rays *rays, rig_arena *out, rig_err *err) {
    if (camera->lens == RIG_LENS_PINHOLE0) {
        *rays = (rig_rays){.width = camera->width, .height = camera->height};
        rays->n = rig_arena_alloc(out, (size_t)camera->width * (size_t)camera->height, sizeof *rays->n);
        if (!rays->n)
            return rig_fail_memory(err, "a camera's rays");
        straight_fill(camera, rays);
        return RIG_OK;
    }
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
rig_ray_differential rig_rays_slope(const rig_rays *rays, int x, int y) {
    const int left = x > 0 ? x - 1 : x, right = x + 1 < rays->width ? x + 1 : x;
    const int up = y > 0 ? y - 1 : y, down = y + 1 < rays->height ? y + 1 : y;
    rig_ray_differential ray = {.v = rig_rays_at(rays, x, y)};
    if (right > left)
        ray.dv_dx = rig_vec3_scale(rig_vec3_sub(rig_rays_at(rays, right, y), rig_rays_at(rays, left, y)),
                                   1 / (float)(right - left));
    if (down > up)
        ray.dv_dy =
            rig_vec3_scale(rig_vec3_sub(rig_rays_at(rays, x, down), rig_rays_at(rays, x, up)), 1 / (float)(down - up));
    return ray;
}
