#include "triangulate/undistorter.h"

enum { CELLS = RIG_UNDISTORTER_CELLS, NODES = RIG_UNDISTORTER_NODES };

// The largest error of the table that the Newton step, which squares it, makes good; on the normalised plane.
static const double TABLE_ERROR = 5e-6;

rig_undistorter rig_undistorter_plain(const rig_view_camera *camera) {
    return (rig_undistorter){.camera = camera};
}

// The table at (u, v), in cells, within cell (i, k): a parabola through three nodes each way.
static inline void table_at(const rig_undistorter *undistorter, int i, int k, double u, double v, double n[2]) {
    const double s = 2 * (u - i) - 1, t = 2 * (v - k) - 1;
    const double a[3] = {s * (s - 1) / 2, 1 - s * s, s * (s + 1) / 2};
    const double b[3] = {t * (t - 1) / 2, 1 - t * t, t * (t + 1) / 2};
    n[0] = n[1] = 0;
    for (int row = 0; row < 3; row++) {
        const double(*at)[2] = undistorter->n + (2 * k + row) * NODES + 2 * i;
        n[0] += b[row] * (a[0] * at[0][0] + a[1] * at[1][0] + a[2] * at[2][0]);
        n[1] += b[row] * (a[0] * at[0][1] + a[1] * at[1][1] + a[2] * at[2][1]);
    }
}

static void node_pixel(const rig_undistorter *undistorter, double u, double v, double q[2]) {
    q[0] = undistorter->corner_px[0] + u / undistorter->cells_per_px[0];
    q[1] = undistorter->corner_px[1] + v / undistorter->cells_per_px[1];
}

// Whether the table is exact enough half way between the cell's nodes, where parabolas are farthest off.
static bool cell_is_exact(const rig_undistorter *undistorter, const bool *known, int i, int k) {
    for (int row = 0; row < 3; row++)
        for (int col = 0; col < 3; col++)
            if (!known[(2 * k + row) * NODES + 2 * i + col])
                return false;
    for (int corner = 0; corner < 2; corner++) {
        double u = i + 0.25 + 0.5 * corner, v = k + 0.25 + 0.5 * corner, q[2], n[2], exact[2];
        node_pixel(undistorter, u, v, q);
        table_at(undistorter, i, k, u, v, n);
        if (!rig_camera_unproject(&undistorter->camera->camera, q, exact) ||
            !(fabs(n[0] - exact[0]) < TABLE_ERROR && fabs(n[1] - exact[1]) < TABLE_ERROR))
            return false;
    }
    return true;
}

rig_status rig_undistorter_init(const rig_view_camera *camera, rig_undistorter *undistorter, rig_arena *out,
                                rig_err *err) {
    *undistorter = rig_undistorter_plain(camera);
    if (camera->camera.lens == RIG_LENS_PINHOLE0)
        return RIG_OK;
    double(*n)[2] = rig_arena_alloc(out, NODES * NODES, sizeof *n);
    bool *known = RIG_NEW(out, bool, NODES *NODES), *inexact = RIG_NEW(out, bool, CELLS *CELLS);
    if (!n || !known || !inexact)
        return rig_fail_memory(err, "an undistortion table");
    undistorter->corner_px[0] = undistorter->corner_px[1] = -0.5;
    undistorter->cells_per_px[0] = (double)CELLS / camera->camera.width;
    undistorter->cells_per_px[1] = (double)CELLS / camera->camera.height;
    for (int i = 0; i < NODES * NODES; i++) {
        double q[2];
        node_pixel(undistorter, i % NODES / 2.0, i / NODES / 2.0, q);
        known[i] = rig_camera_unproject(&camera->camera, q, n[i]);
    }
    undistorter->n = (const double(*)[2])n;
    for (int i = 0; i < CELLS * CELLS; i++)
        inexact[i] = !cell_is_exact(undistorter, known, i % CELLS, i / CELLS);
    undistorter->inexact = inexact;
    return RIG_OK;
}

bool rig_undistorter_unproject(const rig_undistorter *undistorter, const double q[2], double n[2], double dq_dn[4]) {
    const rig_camera *camera = &undistorter->camera->camera;
    double at[2];
    if (undistorter->n) {
        double u = (q[0] - undistorter->corner_px[0]) * undistorter->cells_per_px[0];
        double v = (q[1] - undistorter->corner_px[1]) * undistorter->cells_per_px[1];
        if (u >= 0 && v >= 0 && u < CELLS && v < CELLS && !undistorter->inexact[(int)v * CELLS + (int)u]) {
            table_at(undistorter, (int)u, (int)v, u, v, n);
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
