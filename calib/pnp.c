#include "calib/pnp.h"

#include "calib/plane_pose.h"
#include "core/linalg.h"

#include <string.h>

static const double LINE = 1e-6;      // second over first spread: points on a line
static const double FLAT = 1e-6;      // third over second: points in a plane
static const double NEAR_FLAT = 0.25; // a plane is a start worth trying
enum { REFINE_STEPS = 100, DLT_MIN = 6 };

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

typedef struct choice {
    bool found;
    rig_pose Rt_cam_axes;
    double cost;
} choice;

static void offer(const rig_camera *camera, const rig_view_points *points, rig_pose start, choice *best) {
    double cost = rig_pose_refine(camera, points, REFINE_STEPS, &start);
    if (isfinite(cost) && (!best->found || cost < best->cost)) {
        best->found = true;
        best->cost = cost;
        best->Rt_cam_axes = start;
    }
}

// P (3x4) with n ~ P (p, 1) by the singular vector of 2n equations, then the nearest rotation to its left part.
// Source: Hartley and Zisserman 2004, 7.1.
static rig_status offer_dlt(const rig_camera *camera, const rig_view_points *points, choice *best, rig_arena *scratch,
                            rig_err *err) {
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
    offer(camera, points, pose, best);
    return RIG_OK;
}

static rig_status offer_plane(const rig_camera *camera, const rig_view_points *points, choice *best, rig_arena *scratch,
                              rig_err *err) {
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
        offer(camera, points, poses.Rt_cam_board[i], best);
    return RIG_OK;
}

static rig_status solve(const rig_camera *camera, const spread *axes, const rig_view_points *points, choice *best,
                        rig_arena *scratch, rig_err *err) {
    bool flat = axes->s[2] <= FLAT * axes->s[1];
    if (axes->s[2] <= NEAR_FLAT * axes->s[1])
        RIG_TRY(offer_plane(camera, points, best, scratch, err));
    if (!flat && points->n >= DLT_MIN)
        RIG_TRY(offer_dlt(camera, points, best, scratch, err));
    return best->found ? RIG_OK : rig_fail(err, RIG_ERR_NUMERIC, "no pose has all %d points in front", points->n);
}

rig_status rig_pnp_solve(const rig_camera *camera, const double (*p)[3], const double (*q)[2], int n,
                         rig_pose *Rt_cam_obj, double *rms_px, rig_arena *scratch, rig_err *err) {
    spread axes;
    if (n < 4)
        return rig_fail(err, RIG_ERR_DATA, "a pose needs >= 4 points, got %d", n);
    if (!spread_of(p, n, &axes) || !(axes.s[1] > LINE * axes.s[0]))
        return rig_fail(err, RIG_ERR_DATA, "a pose needs points that do not lie on one line");
    if (n < DLT_MIN && axes.s[2] > FLAT * axes.s[1])
        return rig_fail(err, RIG_ERR_DATA, "a pose needs >= %d points where they do not lie in a plane, got %d",
                        DLT_MIN, n);
    rig_arena_mark mark = rig_arena_tell(scratch);
    double(*at)[3] = rig_arena_alloc(scratch, (size_t)n, sizeof *at);
    rig_status status = at ? RIG_OK : rig_fail_memory(err, "a pose's points");
    if (status == RIG_OK) {
        for (int i = 0; i < n; i++)
            rig_pose_apply(&axes.Rt_axes_obj, p[i], at[i]);
        rig_view_points points = {.n = n, .p = (const double(*)[3])at, .q = q}; // centred: their middle is the origin
        choice best = {0};
        status = solve(camera, &axes, &points, &best, scratch, err);
        if (status == RIG_OK)
            *Rt_cam_obj = rig_pose_mul(&best.Rt_cam_axes, &axes.Rt_axes_obj);
        if (status == RIG_OK && rms_px)
            *rms_px = sqrt(2 * best.cost / n);
    }
    rig_arena_rewind(scratch, mark);
    return status;
}
