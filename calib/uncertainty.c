#include "calib/uncertainty.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

enum { OWN_MAX = RIG_INTRINSICS_MAX + 6 };
static const double FOLD = 1e-6;     // of the normalised image plane: the pixel is the point's own
static const double PARALLEL = 1e-9; // smallest determinant, of axes a metre long

// A point in a camera: its derivatives by the point (2 x 3, world) and by the camera's n numbers (2 x n).
typedef struct point_view {
    int at, n;
    double dq_dp[6], dq_db[2 * OWN_MAX];
} point_view;

bool rig_camera_sees(const rig_view_camera *camera, const double p[3]) {
    double p_cam[3], q[2], n[2];
    if (!camera->has_pose)
        return false;
    rig_pose_apply(&camera->Rt_cam_world, p, p_cam);
    if (!rig_camera_project(&camera->camera, p_cam, q, NULL, NULL) || q[0] < -0.5 || q[1] < -0.5 ||
        q[0] > camera->camera.width - 0.5 || q[1] > camera->camera.height - 0.5 || p_cam[2] <= 0)
        return false;
    return rig_camera_unproject(&camera->camera, q, n) && fabs(n[0] - p_cam[0] / p_cam[2]) < FOLD &&
           fabs(n[1] - p_cam[1] / p_cam[2]) < FOLD;
}

static bool point_view_of(const rig_calibration *rig, int c, const double p[3], point_view *s) {
    const rig_view_camera *camera = &rig->cameras[c];
    const int n_lens = 4 + rig_lens_n_dist(camera->camera.lens);
    double p_cam[3], q[2], J[6], dq_db[2 * RIG_INTRINSICS_MAX], rvec[3], R[9], dR_dr[27];
    if (!rig_camera_sees(camera, p))
        return false;
    rig_pose_apply(&camera->Rt_cam_world, p, p_cam);
    rig_camera_project(&camera->camera, p_cam, q, J, dq_db);
    rig_rotation_to_rvec(camera->Rt_cam_world.R, rvec);
    rig_rotation_from_rvec(rvec, R, dR_dr);
    s->at = rig_calibration_at(rig, c);
    s->n = n_lens + 6;
    for (int row = 0; row < 2; row++) {
        double *b = s->dq_db + row * s->n;
        memcpy(b, dq_db + row * n_lens, sizeof *b * (size_t)n_lens);
        for (int j = 0; j < 3; j++) {
            double by_r = 0, by_p = 0;
            for (int i = 0; i < 3; i++) {
                by_p += J[3 * row + i] * R[3 * i + j];
                for (int k = 0; k < 3; k++)
                    by_r += J[3 * row + i] * dR_dr[3 * (3 * i + k) + j] * p[k];
            }
            s->dq_dp[3 * row + j] = by_p;
            b[n_lens + j] = by_r;
            b[n_lens + 3 + j] = J[3 * row + j];
        }
    }
    return true;
}

// out (rows x rows) += A C_ab B^T, C_ab the block of two views in the rig's covariance.
static void add_block(const rig_calibration *rig, const point_view *a, const double *A, const point_view *b,
                      const double *B, int rows, double *out) {
    const double *C = rig->covariance + (ptrdiff_t)a->at * rig->n_covariance + b->at;
    for (int j = 0; j < b->n; j++) {
        double column[3] = {0, 0, 0};
        for (int i = 0; i < a->n; i++)
            for (int r = 0; r < rows; r++)
                column[r] += A[r * a->n + i] * C[(ptrdiff_t)i * rig->n_covariance + j];
        for (int r = 0; r < rows; r++)
            for (int s = 0; s < rows; s++)
                out[r * rows + s] += column[r] * B[s * b->n + j];
    }
}

bool rig_uncertainty_pixel(const rig_calibration *rig, int camera, const double p[3], double C[4]) {
    point_view s;
    if (!point_view_of(rig, camera, p, &s))
        return false;
    memset(C, 0, 4 * sizeof *C);
    add_block(rig, &s, s.dq_db, &s, s.dq_db, 2, C);
    return true;
}

// How the point follows a camera's numbers, but for the sign: H^-1 dq_dp^T dq_db, 3 x n.
static void point_sensitivity(const double H_inverse[9], const point_view *s, double *G) {
    for (int r = 0; r < 3; r++)
        for (int j = 0; j < s->n; j++) {
            double sum = 0;
            for (int i = 0; i < 6; i++)
                sum += H_inverse[3 * r + i % 3] * s->dq_dp[i] * s->dq_db[i / 3 * s->n + j];
            G[r * s->n + j] = sum;
        }
}

// The views of a point, and the inverse of the normal matrix of its place.
static bool point_views_of(const rig_calibration *rig, const int *cameras, int n, const double p[3], point_view *views,
                           double H_inverse[9]) {
    double H[9] = {0};
    assert(n >= 2 && n <= RIG_UNCERTAINTY_CAMERAS_MAX);
    for (int c = 0; c < n; c++) {
        if (!point_view_of(rig, cameras[c], p, &views[c]))
            return false;
        for (int i = 0; i < 9; i++)
            H[i] +=
                views[c].dq_dp[i / 3] * views[c].dq_dp[i % 3] + views[c].dq_dp[3 + i / 3] * views[c].dq_dp[3 + i % 3];
    }
    return rig_mat3_invert(H, H_inverse);
}

bool rig_uncertainty_point(const rig_calibration *rig, const int *cameras, int n, const double p[3], double sigma_px,
                           double keypoints[9], double calibration[9]) {
    point_view views[RIG_UNCERTAINTY_CAMERAS_MAX];
    double G[RIG_UNCERTAINTY_CAMERAS_MAX][3 * OWN_MAX], inverse[9];
    if (!point_views_of(rig, cameras, n, p, views, inverse))
        return false;
    for (int i = 0; i < 9; i++)
        keypoints[i] = sigma_px * sigma_px * inverse[i];
    memset(calibration, 0, 9 * sizeof *calibration);
    for (int c = 0; c < n && rig->covariance; c++)
        point_sensitivity(inverse, &views[c], G[c]);
    for (int a = 0; a < n && rig->covariance; a++)
        for (int b = 0; b < n; b++)
            add_block(rig, &views[a], G[a], &views[b], G[b], 3, calibration);
    return true;
}

bool rig_uncertainty_follow(const rig_calibration *rig, const int *cameras, int n, const double p[3], double *G) {
    point_view views[RIG_UNCERTAINTY_CAMERAS_MAX];
    double own[3 * OWN_MAX], inverse[9];
    if (!point_views_of(rig, cameras, n, p, views, inverse))
        return false;
    memset(G, 0, 3 * sizeof *G * (size_t)rig->n_covariance);
    for (int c = 0; c < n; c++) {
        point_sensitivity(inverse, &views[c], own);
        for (int i = 0; i < 3 * views[c].n; i++)
            G[(ptrdiff_t)(i / views[c].n) * rig->n_covariance + views[c].at + i % views[c].n] = -own[i];
    }
    return true;
}

double rig_uncertainty_sigma(const double C[9]) {
    return sqrt(fmax(0, C[0] + C[4] + C[8]) / 3);
}

bool rig_uncertainty_volume(const rig_calibration *rig, double low[3], double high[3]) {
    double N[9] = {0}, g[3] = {0}, inverse[9], middle[3];
    int n = 0;
    for (int k = 0; k < 3; k++)
        low[k] = INFINITY, high[k] = -INFINITY;
    for (int c = 0; c < rig->n; c++) {
        const rig_pose *pose = &rig->cameras[c].Rt_cam_world;
        double centre[3];
        if (!rig->cameras[c].has_pose)
            continue;
        n++;
        rig_pose_centre(pose, centre);
        for (int i = 0; i < 9; i++) { // squares of distances from the axis
            double across = (i / 3 == i % 3) - pose->R[6 + i / 3] * pose->R[6 + i % 3];
            N[i] += across;
            g[i / 3] += across * centre[i % 3];
        }
        for (int k = 0; k < 3; k++)
            low[k] = fmin(low[k], centre[k]), high[k] = fmax(high[k], centre[k]);
    }
    if (n < 2 || !(rig_mat3_det(N) > PARALLEL) || !rig_mat3_invert(N, inverse))
        return false;
    rig_mat3_mul_vec(inverse, g, middle);
    for (int k = 0; k < 3; k++)
        low[k] = fmin(low[k], middle[k]), high[k] = fmax(high[k], middle[k]);
    return true;
}
