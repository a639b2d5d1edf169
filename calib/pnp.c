#include "calib/pnp.h"

#include "calib/homography.h"
#include "core/linalg.h"
#include "core/lm.h"
#include "core/median.h"

#include <string.h>

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

static double solve_step(void *self, double lambda) {
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
    rig_lm_problem problem = {&p, linearize, solve_step, try_step, accept, reject};
    rig_lm_report report;
    if (rig_lm_run(&problem, max_iterations, &report, NULL) != RIG_OK && !isfinite(report.cost_last))
        return INFINITY;
    rig_rotation_nearest(p.pose.R, pose->R);
    memcpy(pose->t, p.pose.t, sizeof pose->t);
    return report.cost_last;
}

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

static const double LINE = 1e-6;      // second over first spread: points on a line
static const double FLAT = 1e-6;      // third over second: points in a plane
static const double NEAR_FLAT = 0.25; // a plane is a start worth trying
enum { FINAL_STEPS = 100, DLT_MIN = 6 };

// The frame of the points' own axes: centroid, directions of falling spread.
typedef struct spread {
    rig_pose Rt_axes_obj;
    double s[3]; // root mean square along each
} spread;

static bool spread_of(const double (*p)[3], int n, spread *out) {
    double c[3], A[9] = {0}, values[3];
    rig_points_centre(p, n, c);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < 3; k++)
                A[3 * j + k] += (p[i][j] - c[j]) * (p[i][k] - c[k]) / n;
    if (!rig_eigen_sym(A, 3, values))
        return false;
    double *R = out->Rt_axes_obj.R;
    for (int j = 0; j < 3; j++) { // eigenvalues rise
        memcpy(R + 3 * j, A + 3 * (2 - j), 3 * sizeof *R);
        out->s[j] = sqrt(fmax(values[2 - j], 0));
    }
    rig_cross3(R, R + 3, R + 6);
    rig_mat3_mul_vec(R, c, out->Rt_axes_obj.t);
    for (int j = 0; j < 3; j++)
        out->Rt_axes_obj.t[j] *= -1;
    return true;
}

typedef struct best_start {
    bool found;
    rig_pose Rt_cam_axes;
    double cost;
} best_start;

static void best_start_offer(const rig_camera *camera, const rig_view_points *points, rig_pose start,
                             best_start *best) {
    double cost = rig_pose_refine(camera, points, FINAL_STEPS, &start);
    if (isfinite(cost) && (!best->found || cost < best->cost)) {
        best->found = true;
        best->cost = cost;
        best->Rt_cam_axes = start;
    }
}

// P (3x4) with n ~ P (p, 1) by the singular vector of 2n equations, then the nearest rotation to its left part.
// Source: Hartley and Zisserman 2004, 7.1.
static rig_status offer_dlt(const rig_camera *camera, const rig_view_points *points, best_start *best,
                            rig_arena *scratch, rig_err *err) {
    double *A = RIG_NEW(scratch, double, 24 * (size_t)points->n), P[12];
    int n = 0;
    if (!A)
        return rig_fail_memory(err, "a pose's equations");
    for (int i = 0; i < points->n; i++) {
        double x[2], *row = A + 24 * (ptrdiff_t)n;
        if (!rig_camera_unproject(camera, points->q[i], x))
            continue;
        for (int k = 0; k < 4; k++) {
            double v = k < 3 ? points->p[i][k] : 1;
            row[k] = row[12 + 4 + k] = v;
            row[8 + k] = -x[0] * v;
            row[12 + 8 + k] = -x[1] * v;
        }
        n++;
    }
    if (n < DLT_MIN || !rig_null_vector(A, 2 * n, 12, P))
        return RIG_OK;
    double M[9] = {P[0], P[1], P[2], P[4], P[5], P[6], P[8], P[9], P[10]};
    double det = rig_mat3_det(M), scale = cbrt(det); // of either sign: P is known up to its own
    if (scale == 0 || !isfinite(scale))
        return RIG_OK;
    rig_pose pose = {.t = {P[3] / scale, P[7] / scale, P[11] / scale}};
    for (int i = 0; i < 9; i++)
        M[i] /= scale;
    rig_rotation_nearest(M, pose.R);
    best_start_offer(camera, points, pose, best);
    return RIG_OK;
}

static rig_status offer_plane(const rig_camera *camera, const rig_view_points *points, best_start *best,
                              rig_arena *scratch, rig_err *err) {
    size_t n = (size_t)points->n;
    double(*flat)[3] = rig_arena_alloc(scratch, n, sizeof *flat);
    rig_plane_work work = {.w = RIG_NEW(scratch, double, n)};
    work.a = rig_arena_alloc(scratch, n, sizeof *work.a);
    work.b = rig_arena_alloc(scratch, n, sizeof *work.b);
    if (!flat || !work.w || !work.a || !work.b)
        return rig_fail_memory(err, "a plane's points");
    for (size_t i = 0; i < n; i++)
        memcpy(flat[i], points->p[i], 2 * sizeof flat[i][0]);
    rig_view_points plane = *points;
    plane.p = (const double(*)[3])flat;
    rig_plane_poses poses;
    rig_plane_poses_find(camera, &plane, &work, &poses);
    for (int i = 0; i < poses.n; i++)
        best_start_offer(camera, points, poses.Rt_cam_board[i], best);
    return RIG_OK;
}

static rig_status try_starts(const rig_camera *camera, const spread *axes, const rig_view_points *points,
                             best_start *best, rig_arena *scratch, rig_err *err) {
    bool flat = axes->s[2] <= FLAT * axes->s[1];
    if (axes->s[2] <= NEAR_FLAT * axes->s[1])
        RIG_TRY(offer_plane(camera, points, best, scratch, err));
    if (!flat && points->n >= DLT_MIN)
        RIG_TRY(offer_dlt(camera, points, best, scratch, err));
    return best->found ? RIG_OK
                       : rig_fail(err, RIG_ERR_NUMERIC, "no pose has all %d points in front of the camera", points->n);
}

rig_status rig_pnp_solve(const rig_camera *camera, const double (*p)[3], const double (*q)[2], int n,
                         rig_pose *Rt_cam_obj, double *rms_px, rig_arena *scratch, rig_err *err) {
    spread axes;
    if (n < 4)
        return rig_fail(err, RIG_ERR_DATA, "a pose needs >= 4 points, got %d", n);
    if (!spread_of(p, n, &axes) || !(axes.s[1] > LINE * axes.s[0]))
        return rig_fail(err, RIG_ERR_DATA, "a pose needs points that are not collinear");
    if (n < DLT_MIN && axes.s[2] > FLAT * axes.s[1])
        return rig_fail(err, RIG_ERR_DATA, "a pose needs >= %d points that are not coplanar, got %d", DLT_MIN, n);
    rig_arena_mark mark = rig_arena_tell(scratch);
    double(*at)[3] = rig_arena_alloc(scratch, (size_t)n, sizeof *at);
    rig_status status = at ? RIG_OK : rig_fail_memory(err, "a pose's points");
    if (status == RIG_OK) {
        for (int i = 0; i < n; i++)
            rig_pose_apply(&axes.Rt_axes_obj, p[i], at[i]);
        rig_view_points points = {.n = n, .p = (const double(*)[3])at, .q = q}; // centred: their middle is the origin
        best_start best = {0};
        status = try_starts(camera, &axes, &points, &best, scratch, err);
        if (status == RIG_OK)
            *Rt_cam_obj = rig_pose_mul(&best.Rt_cam_axes, &axes.Rt_axes_obj);
        if (status == RIG_OK && rms_px)
            *rms_px = sqrt(2 * best.cost / n);
    }
    rig_arena_rewind(scratch, mark);
    return status;
}
