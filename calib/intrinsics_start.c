#include "calib/intrinsics_start.h"

static const double ASPECT_MAX = 1.5;                 // fy over fx, either way: farther is noise, not a lens
static const double FOCAL_COMMON = 1.1;               // of the longer side: about 49 degrees
static const double FOCAL_MIN = 0.15, FOCAL_MAX = 30; // of the longer side

// The board's axes are at right angles and equally long: two equations a board in a = (scale / fx)^2, b = (scale /
// fy)^2.
static void add_board(const double H[9], const rig_camera *camera, double scale, double N[3], double g[2]) {
    double x[3], y[3];
    for (int k = 0; k < 2; k++) {
        double *axis = k == 0 ? x : y;
        axis[0] = (H[k] - camera->K[2] * H[6 + k]) / scale;
        axis[1] = (H[3 + k] - camera->K[3] * H[6 + k]) / scale;
        axis[2] = H[6 + k];
    }
    double size = rig_norm3(x) * rig_norm3(y);
    double rows[2][3] = {{x[0] * y[0], x[1] * y[1], x[2] * y[2]},
                         {x[0] * x[0] - y[0] * y[0], x[1] * x[1] - y[1] * y[1], x[2] * x[2] - y[2] * y[2]}};
    for (int r = 0; r < 2 && size > 0; r++) {
        double u = rows[r][0] / size, v = rows[r][1] / size, w = rows[r][2] / size;
        N[0] += u * u, N[1] += u * v, N[2] += v * v;
        g[0] -= u * w, g[1] -= v * w;
    }
}

void rig_intrinsics_start(const double (*H)[9], int n, rig_camera *camera) {
    double scale = camera->width > camera->height ? camera->width : camera->height, N[3] = {0}, g[2] = {0};
    camera->K[2] = (camera->width - 1) / 2.0;
    camera->K[3] = (camera->height - 1) / 2.0;
    for (int i = 0; i < RIG_DIST_MAX; i++)
        camera->dist[i] = 0;
    for (int i = 0; i < n; i++)
        add_board(H[i], camera, scale, N, g);
    double det = N[0] * N[2] - N[1] * N[1];
    double fx = scale / sqrt((N[2] * g[0] - N[1] * g[1]) / det), fy = scale / sqrt((N[0] * g[1] - N[1] * g[0]) / det);
    if (!(fx / fy < ASPECT_MAX && fy / fx < ASPECT_MAX)) // NaN too
        fx = fy = scale / sqrt((g[0] + g[1]) / (N[0] + 2 * N[1] + N[2]));
    if (!(fx > FOCAL_MIN * scale && fx < FOCAL_MAX * scale && fy > FOCAL_MIN * scale && fy < FOCAL_MAX * scale))
        fx = fy = FOCAL_COMMON * scale;
    camera->K[0] = fx;
    camera->K[1] = fy;
}
