#include "calib/plane_pose.h"

#include "calib/homography.h"
#include "calib/median.h"
#include "core/linalg.h"
#include "core/lm.h"

#include <string.h>

// --- refinement of one pose

typedef struct pose_problem {
    const rig_camera *camera;
    const rig_view_points *points;
    rig_pose pose, tried;
    double H[36], g[6], step[6];
} pose_problem;

static double linearize(void *self) {
    pose_problem *p = self;
    return rig_view_normal(p->camera, &p->pose, p->points, false, p->H, p->g);
}

static double solve(void *self, double lambda) {
    pose_problem *p = self;
    double L[36], foreseen = 0;
    lambda *= 1e-3; // the start is near
    memcpy(L, p->H, sizeof L);
    for (int i = 0; i < 6; i++) {
        L[7 * i] *= 1 + lambda;
        p->step[i] = -p->g[i];
    }
    if (!rig_cholesky(L, 6))
        return -1;
    rig_cholesky_solve(L, 6, p->step, 1);
    for (int i = 0; i < 6; i++) // 1/2 step^T (lambda diag(H) step - g)
        foreseen += p->step[i] * (lambda * p->H[7 * i] * p->step[i] - p->g[i]) / 2;
    return foreseen;
}

static double try_step(void *self) {
    pose_problem *p = self;
    p->tried = rig_pose_stepped_about(&p->pose, p->points->centre, p->step);
    return rig_view_cost(p->camera, &p->tried, p->points);
}

static void accept(void *self) {
    pose_problem *p = self;
    p->pose = p->tried;
}

static void reject(void *self) {
    (void)self;
}

double rig_pose_refine(const rig_camera *camera, const rig_view_points *points, int max_iterations, rig_pose *pose) {
    pose_problem p = {.camera = camera, .points = points, .pose = *pose};
    rig_lm_problem problem = {&p, linearize, solve, try_step, accept, reject};
    rig_lm_report report;
    if (rig_lm_run(&problem, max_iterations, &report, NULL) != RIG_OK && !isfinite(report.cost_last))
        return INFINITY;
    rig_rotation_nearest(p.pose.R, pose->R);
    memcpy(pose->t, p.pose.t, sizeof pose->t);
    return report.cost_last;
}

// --- a plane
// ----------------------------------------------------------------------------------------------------------
enum { NEWTON_STEPS = 4, REFINE_STEPS = 20, LOOK_STEPS = 3 };
static const double UNDISTORTED_PX = 0.05; // near enough for a start
static const double MIRROR_RATIO = 3;      // a mirrored pose that fits this much worse, and
static const double MIRROR_PX = 0.5;       // by this, is not the one
static const double HUBER_MEDIANS = 4;

// Without the checks of rig_camera_unproject, which a start does not need; that one where Newton does not arrive.
static bool undistort(const rig_camera *camera, const double q[2], double n[2]) {
    double p[3] = {(q[0] - camera->K[2]) / camera->K[0], (q[1] - camera->K[3]) / camera->K[1], 1};
    for (int i = 0; i < NEWTON_STEPS; i++) {
        double at[2], J[6];
        if (!rig_camera_project(camera, p, at, J, NULL))
            break;
        double x = q[0] - at[0], y = q[1] - at[1], det = J[0] * J[4] - J[1] * J[3];
        if (x * x + y * y < UNDISTORTED_PX * UNDISTORTED_PX) {
            n[0] = p[0], n[1] = p[1];
            return true;
        }
        p[0] += (J[4] * x - J[1] * y) / det;
        p[1] += (J[0] * y - J[3] * x) / det;
    }
    return rig_camera_unproject(camera, q, n);
}

// Refine from a start; false where it puts a point behind the camera.
static bool refined(const rig_camera *camera, const rig_view_points *points, int steps, int n, rig_pose *pose,
                    double *rms_px) {
    double cost = rig_pose_refine(camera, points, steps, pose);
    *rms_px = sqrt(2 * cost / n);
    return isfinite(cost);
}

static double median_distance(const rig_camera *camera, const rig_view_points *points, const rig_pose *pose,
                              double *d) {
    int n = 0;
    rig_view_distances(camera, pose, points->p, points->q, points->n, d);
    for (int i = 0; i < points->n; i++)
        if (!points->use || points->use[i])
            d[n++] = d[i];
    return n ? rig_median(d, n) : 0;
}

static void add_mirrored(const rig_camera *camera, const rig_view_points *points, int n, rig_plane_poses *poses) {
    rig_pose pose = rig_plane_pose_mirrored(&poses->Rt_cam_board[0], points->centre);
    double rms, limit = MIRROR_RATIO * poses->rms_px[0] + MIRROR_PX;
    if (!refined(camera, points, LOOK_STEPS, n, &pose, &rms) || rms > 2 * limit ||
        !refined(camera, points, REFINE_STEPS, n, &pose, &rms) || rms > limit)
        return;
    if (rig_rotation_angle_between(pose.R, poses->Rt_cam_board[0].R) < 1e-3)
        return; // it slid back to the first
    int at = rms < poses->rms_px[0] ? 0 : 1;
    poses->Rt_cam_board[1] = poses->Rt_cam_board[0];
    poses->rms_px[1] = poses->rms_px[0];
    poses->Rt_cam_board[at] = pose;
    poses->rms_px[at] = rms;
    poses->n = 2;
}

void rig_plane_poses_find(const rig_camera *camera, const rig_view_points *points, const rig_plane_work *work,
                          rig_plane_poses *poses) {
    int n = 0;
    double H[9];
    poses->n = 0;
    for (int i = 0; i < points->n; i++) {
        if ((points->use && !points->use[i]) || !undistort(camera, points->q[i], work->b[n]))
            continue;
        for (int k = 0; k < 2; k++)
            work->a[n][k] = points->p[i][k] - points->centre[k];
        n++;
    }
    rig_pose pose;
    if (!rig_homography_fit((const double(*)[2])work->a, (const double(*)[2])work->b, n, work->w, H) ||
        !rig_homography_pose(H, &pose))
        return;
    double turned[3];
    rig_mat3_mul_vec(pose.R, points->centre, turned);
    for (int k = 0; k < 3; k++)
        pose.t[k] -= turned[k];
    rig_view_points soft = *points;
    soft.huber_px = HUBER_MEDIANS * median_distance(camera, points, &pose, work->w);
    if (!refined(camera, &soft, REFINE_STEPS, n, &pose, &poses->rms_px[0]))
        return;
    poses->n = 1;
    poses->Rt_cam_board[0] = pose;
    soft.huber_px = HUBER_MEDIANS * median_distance(camera, points, &pose, work->w);
    add_mirrored(camera, &soft, n, poses);
}
