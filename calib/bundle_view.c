// Corners are taken two at a time, column by column (structure of arrays), each picture axis for itself: fx and cx
// move only x, fy and cy only y, so that each axis has two columns less. H = J^T W J is then a few hundred dot products
// of columns that lie in the first-level cache.
#include "calib/bundle_view.h"

// Two corners at a time: vectors of the width that every machine has. Wider ones are not faster here, and gcc 12 breaks
// them up badly.
typedef double two_corners __attribute__((vector_size(16)));
#define RIG_REAL two_corners
#include "core/lens.h"

#include <string.h>

enum { WIDTH = 2, PAIRS = 32 };
// Columns of an axis at most: its lens's, the shape's, the pose's, the residual, one of zeros where their number is
// odd.
enum { COLUMNS = 2 + RIG_DIST_MAX + RIG_SHAPE_MAX + 6 + 2 };

static double sum_of(rig_real a) {
    return a[0] + a[1];
}

// Up to PAIRS x WIDTH corners that count. Columns of an axis: focal length, centre, coefficients (where the lens
// is wanted), shape, turn, shift, residual.
typedef struct rows {
    const rig_camera *camera;
    const rig_view_points *points;
    const rig_pose *pose;
    int n_lens; // 2 + n_dist, or 0
    int m;      // columns without the residual
    int n_pairs;
    double c[3]; // the points' middle, camera frame
    double cost;
    rig_real column[2][COLUMNS][PAIRS];
} rows;

// Two corners of a view.
typedef struct corner_pair {
    rig_real p[3];        // camera frame
    rig_real seen[2];     // pixels
    int which[WIDTH];     // of the points
    rig_real w;           // weight; 0: no corner, where the number is odd
    rig_lens_image image; // where the camera puts them
} corner_pair;

void rig_points_centre(const double (*p)[3], int n, double centre[3]) {
    centre[0] = centre[1] = centre[2] = 0;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < 3; k++)
            centre[k] += p[i][k] / n;
}

// The next corners that count, from *at on; the place left over repeats the other with weight 0. False: none is left.
static bool corner_pair_next(const rig_view_points *points, const rig_pose *pose, int *at, corner_pair *g) {
    int *which = g->which, n = 0;
    for (; *at < points->n && n < WIDTH; ++*at)
        if (!points->use || points->use[*at])
            which[n++] = *at;
    if (n == 0)
        return false;
    if (n < WIDTH)
        which[1] = which[0];
    const double *b0 = points->p[which[0]], *b1 = points->p[which[1]];
    const double *q0 = points->q[which[0]], *q1 = points->q[which[1]];
    const rig_real x = {b0[0], b1[0]}, y = {b0[1], b1[1]}, z = {b0[2], b1[2]};
    for (int k = 0; k < 3; k++)
        g->p[k] = pose->R[3 * k] * x + pose->R[3 * k + 1] * y + pose->R[3 * k + 2] * z + pose->t[k];
    for (int k = 0; k < 2; k++)
        g->seen[k] = (rig_real){q0[k], q1[k]};
    const double s0 = rig_corner_sigma(points->sigma_px, which[0]), s1 = rig_corner_sigma(points->sigma_px, which[1]);
    g->w = (rig_real){1 / (s0 * s0), n == WIDTH ? 1 / (s1 * s1) : 0};
    return true;
}

// A fisheye's angles are no polynomial: one corner after the other.
static bool fisheye_project(const rig_camera *camera, int n_dist, corner_pair *g) {
    const int n = 4 + rig_lens_n_dist(camera->lens);
    for (int l = 0; l < WIDTH; l++) {
        const double p[3] = {g->p[0][l], g->p[1][l], g->p[2][l]};
        double q[2], dq_dp[6], dq_db[2 * RIG_INTRINSICS_MAX];
        if (!rig_camera_project(camera, p, q, dq_dp, dq_db))
            return false;
        for (int axis = 0; axis < 2; axis++) {
            g->image.q[axis][l] = q[axis];
            g->image.d[axis][l] = dq_db[n * axis + axis];
            for (int j = 0; j < 3; j++)
                g->image.dq_dp[3 * axis + j][l] = dq_dp[3 * axis + j];
            for (int j = 0; j < n_dist; j++)
                g->image.dd_dk[axis][j][l] = dq_db[n * axis + 4 + j] / camera->K[axis];
        }
    }
    return true;
}

// False where a corner lies behind the camera, or near a pole of its lens.
static bool corner_pair_project(const rig_camera *camera, bool slopes, int n_dist, corner_pair *g) {
    const rig_real z = g->p[2];
    if (camera->lens == RIG_LENS_FISHEYE4)
        return fisheye_project(camera, n_dist, g);
    if (!(z[0] > RIG_Z_LEAST && z[1] > RIG_Z_LEAST))
        return false;
    rig_lens_project(camera, g->p, slopes, n_dist, &g->image);
    const rig_real below = g->image.below;
    return !rig_lens_is_rational(camera) || (below[0] > RIG_POLE_NEAR && below[1] > RIG_POLE_NEAR);
}

// 1/2 sum of rho over the pair, and the weights by its slope.
static double corner_pair_loss(double huber_px, corner_pair *g) {
    const rig_real x = g->image.q[0] - g->seen[0], y = g->image.q[1] - g->seen[1], squared = (x * x + y * y) * g->w;
    rig_real rho = squared;
    for (int l = 0; l < WIDTH && huber_px > 0; l++) {
        if (squared[l] <= huber_px * huber_px)
            continue;
        const double d = sqrt(squared[l]);
        g->w[l] *= huber_px / d;
        rho[l] = huber_px * (2 * d - huber_px);
    }
    return sum_of(rho) / 2;
}

double rig_view_cost(const rig_camera *camera, const rig_pose *Rt_cam_board, const rig_view_points *points) {
    corner_pair g;
    double cost = 0;
    for (int at = 0; corner_pair_next(points, Rt_cam_board, &at, &g);) {
        if (!corner_pair_project(camera, false, 0, &g))
            return INFINITY;
        cost += corner_pair_loss(points->huber_px, &g);
    }
    return cost;
}

// One axis of a pair as columns of J and the residual, each times the root of the weight.
static void put_columns(rows *r, const corner_pair *g, int axis) {
    rig_real(*to)[PAIRS] = r->column[axis], root;
    const rig_real *a = g->image.dq_dp + 3 * axis, d[3] = {g->p[0] - r->c[0], g->p[1] - r->c[1], g->p[2] - r->c[2]};
    const int at = r->n_pairs;
    if (r->n_lens) {
        to[0][at] = g->image.d[axis];
        to[1][at] = g->w * 0 + 1;
        for (int j = 2; j < r->n_lens; j++)
            to[j][at] = r->camera->K[axis] * g->image.dd_dk[axis][j - 2];
    }
    to += r->n_lens;
    for (int k = 0; k < r->points->n_shape; k++, to++) {
        const double *b0 = r->points->dp[g->which[0]][k], *b1 = r->points->dp[g->which[1]][k], *R = r->pose->R;
        const rig_real x = {b0[0], b1[0]}, y = {b0[1], b1[1]}, z = {b0[2], b1[2]};
        to[0][at] = a[0] * (R[0] * x + R[1] * y + R[2] * z) + a[1] * (R[3] * x + R[4] * y + R[5] * z) +
                    a[2] * (R[6] * x + R[7] * y + R[8] * z);
    }
    to[0][at] = d[1] * a[2] - d[2] * a[1]; // a . (w x d) = w . (d x a)
    to[1][at] = d[2] * a[0] - d[0] * a[2];
    to[2][at] = d[0] * a[1] - d[1] * a[0];
    for (int j = 0; j < 3; j++)
        to[3 + j][at] = a[j];
    to[6][at] = g->image.q[axis] - g->seen[axis];
    if (g->w[0] == 1 && g->w[1] == 1)
        return;
    for (int l = 0; l < WIDTH; l++)
        root[l] = sqrt(g->w[l]);
    for (int j = 0; j <= r->m; j++)
        r->column[axis][j][at] *= root;
}

// Where an axis's column stands in H: fx fy cx cy, coefficients, shape, turn, shift.
static int place_of(const rows *r, int axis, int column) {
    if (r->n_lens == 0)
        return column;
    return column < 2 ? 2 * column + axis : column + 2;
}

// All products of an axis's columns, two by two: four sums at a time keep the machine's adders full.
static void products(const rows *r, int axis, double P[COLUMNS][COLUMNS]) {
    for (int i = 0; i <= r->m; i += 2)
        for (int j = 0; j <= i; j += 2) {
            const rig_real *a = r->column[axis][i], *b = r->column[axis][j];
            rig_real s00 = {0, 0}, s01 = s00, s10 = s00, s11 = s00;
            for (int k = 0; k < r->n_pairs; k++) {
                s00 += a[k] * b[k];
                s01 += a[k] * b[PAIRS + k];
                s10 += a[PAIRS + k] * b[k];
                s11 += a[PAIRS + k] * b[PAIRS + k];
            }
            P[i][j] = sum_of(s00);
            P[i][j + 1] = sum_of(s01);
            P[i + 1][j] = sum_of(s10);
            P[i + 1][j + 1] = sum_of(s11);
        }
}

static void add_products(const rows *r, int axis, int m, double *H, double *g) {
    double P[COLUMNS][COLUMNS];
    int to[COLUMNS];
    products(r, axis, P);
    for (int i = 0; i < r->m; i++)
        to[i] = place_of(r, axis, i);
    for (int i = 0; i < r->m; i++) {
        double *row = H + to[i] * m;
        for (int j = 0; j <= i; j++)
            row[to[j]] += P[i][j];
        g[to[i]] += P[r->m][i];
    }
}

double rig_view_normal(const rig_camera *camera, const rig_pose *Rt_cam_board, const rig_view_points *points, bool lens,
                       double *H, double *g) {
    rows r; // filled as far as it is read
    r.camera = camera;
    r.points = points;
    r.pose = Rt_cam_board;
    const int n_dist = lens ? rig_lens_n_dist(camera->lens) : 0;
    r.n_lens = lens ? 2 + n_dist : 0;
    r.m = r.n_lens + points->n_shape + 6;
    r.cost = 0;
    const int m = lens ? r.m + 2 : r.m;
    memset(H, 0, sizeof(double) * (size_t)(m * m));
    memset(g, 0, sizeof(double) * (size_t)m);
    rig_pose_apply(Rt_cam_board, points->centre, r.c);
    for (int at = 0; at < points->n;) { // as many corners as fit
        corner_pair next;
        for (r.n_pairs = 0; r.n_pairs < PAIRS && corner_pair_next(points, Rt_cam_board, &at, &next); r.n_pairs++) {
            if (!corner_pair_project(camera, true, n_dist, &next))
                return INFINITY;
            r.cost += corner_pair_loss(points->huber_px, &next);
            put_columns(&r, &next, 0);
            put_columns(&r, &next, 1);
        }
        for (int axis = 0; axis < 2; axis++) {
            memset(r.column[axis][r.m + 1], 0, sizeof r.column[axis][0]); // m + 1 columns go in pairs
            add_products(&r, axis, m, H, g);
        }
    }
    return r.cost;
}

rig_pose rig_pose_stepped_about(const rig_pose *Rt_cam_board, const double centre[3], const double step[6]) {
    double c[3], E[9], turned[3];
    rig_pose moved;
    rig_pose_apply(Rt_cam_board, centre, c);
    rig_rotation_from_rvec(step, E, NULL);
    rig_mat3_mul(E, Rt_cam_board->R, moved.R);
    rig_mat3_mul_vec(moved.R, centre, turned);
    for (int k = 0; k < 3; k++)
        moved.t[k] = c[k] + step[3 + k] - turned[k];
    return moved;
}

void rig_view_distances(const rig_camera *camera, const rig_pose *Rt_cam_board, const double (*p)[3],
                        const double (*q)[2], int n, double *d_px) {
    const rig_view_points points = {.n = n, .p = p, .q = q};
    corner_pair g;
    for (int at = 0, from = 0; corner_pair_next(&points, Rt_cam_board, &at, &g); from = at) {
        const bool front = corner_pair_project(camera, false, 0, &g);
        for (int l = 0; l < at - from; l++) {
            double one[3] = {g.p[0][l], g.p[1][l], g.p[2][l]}, put[2] = {g.image.q[0][l], g.image.q[1][l]};
            bool seen = front || rig_camera_project(camera, one, put, NULL, NULL);
            double dx = put[0] - q[from + l][0], dy = put[1] - q[from + l][1];
            d_px[from + l] = seen ? sqrt(dx * dx + dy * dy) : INFINITY;
        }
    }
}
