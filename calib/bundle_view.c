#include "calib/bundle_view.h"

#include <string.h>

void rig_points_centre(const double (*p)[3], int n, double centre[3]) {
    centre[0] = centre[1] = centre[2] = 0;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < 3; k++)
            centre[k] += p[i][k] / n;
}

// rho of a squared distance and, where wanted, its derivative: the weight.
static double loss(double squared, double huber_px, double *w) {
    if (!(huber_px > 0) || squared <= huber_px * huber_px) {
        *w = 1;
        return squared;
    }
    double d = sqrt(squared);
    *w = huber_px / d;
    return huber_px * (2 * d - huber_px);
}

double rig_view_cost(const rig_camera *camera, const rig_pose *Rt_cam_board, const rig_view_points *points) {
    double cost = 0, w;
    for (int i = 0; i < points->n; i++) {
        if (points->use && !points->use[i])
            continue;
        double p[3], q[2];
        rig_pose_apply(Rt_cam_board, points->p[i], p);
        if (!rig_camera_project(camera, p, q, NULL, NULL))
            return INFINITY;
        double x[2] = {q[0] - points->q[i][0], q[1] - points->q[i][1]};
        cost += 0.5 * loss(x[0] * x[0] + x[1] * x[1], points->huber_px, &w);
    }
    return cost;
}

// H (lower triangle) += w (a a^T + b b^T), g += w (a xa + b xb), for the two rows a, b of one corner.
static void add_rows(const double *restrict a, const double *restrict b, const double x[2], double w, int m,
                     double *restrict H, double *restrict g) {
    for (int i = 0; i < m; i++) {
        double wa = w * a[i], wb = w * b[i];
        g[i] += wa * x[0] + wb * x[1];
        for (int j = 0; j <= i; j++)
            H[i * m + j] += wa * a[j] + wb * b[j];
    }
}

double rig_view_normal(const rig_camera *camera, const rig_pose *Rt_cam_board, const rig_view_points *points, bool lens,
                       double *H, double *g) {
    int n_lens = lens ? 4 + rig_lens_n_dist(camera->lens) : 0, m = n_lens + 6;
    double cost = 0, c[3];
    memset(H, 0, sizeof(double) * (size_t)(m * m));
    memset(g, 0, sizeof(double) * (size_t)m);
    rig_pose_apply(Rt_cam_board, points->centre, c);
    for (int i = 0; i < points->n; i++) {
        if (points->use && !points->use[i])
            continue;
        double p[3], q[2], dq_dp[6], dq_db[2 * RIG_INTRINSICS_MAX], rows[2][RIG_VIEW_COLUMNS], w;
        rig_pose_apply(Rt_cam_board, points->p[i], p);
        if (!rig_camera_project(camera, p, q, dq_dp, lens ? dq_db : NULL))
            return INFINITY;
        double x[2] = {q[0] - points->q[i][0], q[1] - points->q[i][1]};
        double d[3] = {p[0] - c[0], p[1] - c[1], p[2] - c[2]};
        for (int r = 0; r < 2; r++) {
            if (lens)
                memcpy(rows[r], dq_db + r * n_lens, sizeof(double) * (size_t)n_lens);
            rig_cross3(d, dq_dp + 3 * r, rows[r] + n_lens); // a . (w x d) = w . (d x a)
            memcpy(rows[r] + n_lens + 3, dq_dp + 3 * r, 3 * sizeof(double));
        }
        cost += 0.5 * loss(x[0] * x[0] + x[1] * x[1], points->huber_px, &w);
        add_rows(rows[0], rows[1], x, w, m, H, g);
    }
    return cost;
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
    for (int i = 0; i < n; i++) {
        double at[3], seen[2];
        rig_pose_apply(Rt_cam_board, p[i], at);
        d_px[i] =
            rig_camera_project(camera, at, seen, NULL, NULL) ? hypot(seen[0] - q[i][0], seen[1] - q[i][1]) : INFINITY;
    }
}
