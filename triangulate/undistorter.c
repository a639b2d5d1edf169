#include "triangulate/undistorter.h"

enum { CELLS = RIG_UNDISTORTER_CELLS, NODES = RIG_UNDISTORTER_NODES };

// What the net may be off before the Newton step, which squares it; of the normalised plane.
static const double OFF = 5e-6;

rig_undistorter rig_undistorter_plain(const rig_view_camera *camera) {
    return (rig_undistorter){.camera = camera};
}

// The point at (u, v), in cells, of the net: a parabola through three nodes each way.
static inline void net_at(const rig_undistorter *eye, int i, int k, double u, double v, double n[2]) {
    const double s = 2 * (u - i) - 1, t = 2 * (v - k) - 1;
    const double a[3] = {s * (s - 1) / 2, 1 - s * s, s * (s + 1) / 2};
    const double b[3] = {t * (t - 1) / 2, 1 - t * t, t * (t + 1) / 2};
    n[0] = n[1] = 0;
    for (int row = 0; row < 3; row++) {
        const double(*at)[2] = eye->n + (2 * k + row) * NODES + 2 * i;
        n[0] += b[row] * (a[0] * at[0][0] + a[1] * at[1][0] + a[2] * at[2][0]);
        n[1] += b[row] * (a[0] * at[0][1] + a[1] * at[1][1] + a[2] * at[2][1]);
    }
}

static void node_pixel(const rig_undistorter *eye, double u, double v, double q[2]) {
    q[0] = eye->corner_px[0] + u / eye->cells_per_px[0];
    q[1] = eye->corner_px[1] + v / eye->cells_per_px[1];
}

// Whether the net is near enough half way between the cell's nodes, where parabolas are farthest off.
static bool cell_is_even(const rig_undistorter *eye, const bool *known, int i, int k) {
    for (int row = 0; row < 3; row++)
        for (int col = 0; col < 3; col++)
            if (!known[(2 * k + row) * NODES + 2 * i + col])
                return false;
    for (int corner = 0; corner < 2; corner++) {
        double u = i + 0.25 + 0.5 * corner, v = k + 0.25 + 0.5 * corner, q[2], n[2], exact[2];
        node_pixel(eye, u, v, q);
        net_at(eye, i, k, u, v, n);
        if (!rig_camera_unproject(&eye->camera->camera, q, exact) ||
            !(fabs(n[0] - exact[0]) < OFF && fabs(n[1] - exact[1]) < OFF))
            return false;
    }
    return true;
}

rig_status rig_undistorter_init(const rig_view_camera *camera, rig_undistorter *eye, rig_arena *out, rig_err *err) {
    *eye = rig_undistorter_plain(camera);
    if (camera->camera.lens == RIG_LENS_PINHOLE0)
        return RIG_OK;
    double(*n)[2] = rig_arena_alloc(out, NODES * NODES, sizeof *n);
    bool *known = RIG_NEW(out, bool, NODES *NODES), *uneven = RIG_NEW(out, bool, CELLS *CELLS);
    if (!n || !known || !uneven)
        return rig_fail_memory(err, "a net of pixels");
    eye->corner_px[0] = eye->corner_px[1] = -0.5;
    eye->cells_per_px[0] = (double)CELLS / camera->camera.width;
    eye->cells_per_px[1] = (double)CELLS / camera->camera.height;
    for (int i = 0; i < NODES * NODES; i++) {
        double q[2];
        node_pixel(eye, i % NODES / 2.0, i / NODES / 2.0, q);
        known[i] = rig_camera_unproject(&camera->camera, q, n[i]);
    }
    eye->n = (const double(*)[2])n;
    for (int i = 0; i < CELLS * CELLS; i++)
        uneven[i] = !cell_is_even(eye, known, i % CELLS, i / CELLS);
    eye->uneven = uneven;
    return RIG_OK;
}

bool rig_undistorter_unproject(const rig_undistorter *eye, const double q[2], double n[2], double dq_dn[4]) {
    const rig_camera *camera = &eye->camera->camera;
    double at[2];
    if (eye->n) {
        double u = (q[0] - eye->corner_px[0]) * eye->cells_per_px[0];
        double v = (q[1] - eye->corner_px[1]) * eye->cells_per_px[1];
        if (u >= 0 && v >= 0 && u < CELLS && v < CELLS && !eye->uneven[(int)v * CELLS + (int)u]) {
            net_at(eye, (int)u, (int)v, u, v, n);
            if (!rig_camera_project_plane(camera, n, at, dq_dn))
                return false;
            const double x = q[0] - at[0], y = q[1] - at[1];
            const double per_det = 1 / (dq_dn[0] * dq_dn[3] - dq_dn[1] * dq_dn[2]);
            n[0] += (dq_dn[3] * x - dq_dn[1] * y) * per_det;
            n[1] += (dq_dn[0] * y - dq_dn[2] * x) * per_det;
            return true;
        }
    }
    return rig_camera_unproject(camera, q, n) && rig_camera_project_plane(camera, n, at, dq_dn);
}
