#include "calib/intrinsics_start.h"

#include "calib/homography.h"
#include "calib/quality.h"
#include "core/median.h"

#include <stddef.h>
#include <string.h>

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

static void centre_set(rig_camera *camera, double x, double y) {
    camera->K[2] = (camera->width - 1) / 2.0 + x * camera->width;
    camera->K[3] = (camera->height - 1) / 2.0 + y * camera->height;
}

// Focal lengths from n homographies board plane -> pixels (9 each), the centre as it is and the lens taken as free of
// distortion; where they do not determine two focal lengths, one; where not that, a common one.
static void focal_from_homographies(const double (*H)[9], int n, rig_camera *camera) {
    double scale = camera->width > camera->height ? camera->width : camera->height, N[3] = {0}, g[2] = {0};
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

enum { SCAN_BOARDS = 12, SCAN_STEPS = 14 };
static const rig_bundle_options SCAN = {.max_iterations = 40, .rough = true};
static const double CENTRE_POOR_PX = 0.5; // sound corners and lenses come to less
static const double CENTRE_MOVED = 0.2;   // of the shorter side: so far, a refinement starts better from there
static const double CENTRE_BETTER = 0.5;  // times what is left from the picture's own centre
static const double SECOND_LOOK = 2;      // times the median rms: worth trying the other pose
static const double SCAN_FIRST = 0.2, SCAN_RATIO = 1.25; // focal lengths tried, of the longer side

rig_status rig_lens_boards_init(rig_lens_boards *w, const rig_board *board, const rig_view_corners *seen,
                                rig_arena *scratch, rig_err *err) {
    size_t n = (size_t)seen->n, n_points = (size_t)rig_board_n(board);
    *w = (rig_lens_boards){
        .bundle = {.n_points = (int)n_points, .n_cameras = 1, .n_boards = seen->n, .n_views = seen->n}};
    double(*p)[3] = rig_arena_alloc(scratch, n_points, sizeof *p);
    w->bundle.cameras = RIG_NEW(scratch, rig_bundle_camera, 1);
    w->bundle.boards = RIG_NEW(scratch, rig_bundle_board, n);
    w->bundle.views = RIG_NEW(scratch, rig_bundle_view, n);
    w->H = rig_arena_alloc(scratch, n, sizeof *w->H);
    w->rms = RIG_NEW(scratch, double, n);
    w->posed = RIG_NEW(scratch, bool, n);
    w->group = RIG_NEW(scratch, int, n);
    w->plane.a = rig_arena_alloc(scratch, n_points, sizeof *w->plane.a);
    w->plane.b = rig_arena_alloc(scratch, n_points, sizeof *w->plane.b);
    w->plane.w = RIG_NEW(scratch, double, n_points);
    if (!p || !w->bundle.cameras || !w->bundle.boards || !w->bundle.views || !w->H || !w->rms || !w->posed ||
        !w->group || !w->plane.a || !w->plane.b || !w->plane.w)
        return rig_fail_memory(err, "a camera's boards");
    for (int i = 0; i < (int)n_points; i++)
        rig_board_point(board, i, p[i]);
    w->bundle.p = (const double(*)[3])p;
    rig_points_centre(w->bundle.p, w->bundle.n_points, w->centre);
    for (int i = 0; i < seen->n; i++) {
        w->bundle.views[i] = (rig_bundle_view){.board = i,
                                               .q = (const double(*)[2])seen->boards[i].q,
                                               .seen = seen->boards[i].seen,
                                               .sigma_px = seen->boards[i].sigma_px};
        w->bundle.boards[i] = (rig_bundle_board){.Rt_world_board = rig_pose_identity(), .own = true};
    }
    w->n_groups = rig_holdout_groups(seen, w->bundle.n_points, w->group);
    return RIG_OK;
}

// The board's pose by its homography under K alone; false where that puts it nowhere.
static bool pose_from(const double H[9], const rig_camera *camera, const double centre[3], rig_pose *pose) {
    double n[9], shift[3];
    for (int j = 0; j < 3; j++) {
        n[j] = (H[j] - camera->K[2] * H[6 + j]) / camera->K[0];
        n[3 + j] = (H[3 + j] - camera->K[3] * H[6 + j]) / camera->K[1];
        n[6 + j] = H[6 + j];
    }
    if (!rig_homography_pose(n, pose))
        return false;
    rig_mat3_mul_vec(pose->R, centre, shift);
    for (int k = 0; k < 3; k++)
        pose->t[k] -= shift[k];
    return true;
}

// A view's corners that were seen: on the board about its middle, and in the picture.
static int gather_seen(rig_lens_boards *w, int v) {
    const rig_bundle_view *view = &w->bundle.views[v];
    int n = 0;
    for (int i = 0; i < w->bundle.n_points; i++) {
        if (view->seen && !view->seen[i])
            continue;
        for (int k = 0; k < 2; k++) {
            w->plane.a[n][k] = w->bundle.p[i][k] - w->centre[k];
            w->plane.b[n][k] = view->q[i][k];
        }
        n++;
    }
    return n;
}

void rig_lens_boards_poses(rig_lens_boards *w, int v, rig_plane_poses *poses) {
    rig_bundle *b = &w->bundle;
    rig_view_points points = {.n = b->n_points, .p = b->p, .q = b->views[v].q, .use = b->views[v].seen};
    memcpy(points.centre, w->centre, sizeof points.centre);
    rig_plane_poses_find(&b->cameras[0].camera, &points, &w->plane, poses);
}

static void start_pinhole(rig_lens_boards *w) {
    rig_bundle *b = &w->bundle;
    for (int v = 0; v < b->n_views; v++) {
        const int n_seen = gather_seen(w, v);
        w->posed[v] = rig_homography_fit((const double(*)[2])w->plane.a, (const double(*)[2])w->plane.b, n_seen,
                                         w->plane.w, w->H[v]);
    }
    w->n_H = 0;
    for (int v = 0; v < b->n_views; v++) // those there are, side by side, for the focal length
        if (w->posed[v])
            memmove(w->H[w->n_H++], w->H[v], sizeof *w->H);
    centre_set(&b->cameras[0].camera, 0, 0);
    focal_from_homographies((const double(*)[9])w->H, w->n_H, &b->cameras[0].camera);
    for (int v = 0, i = 0; v < b->n_views; v++)
        b->views[v].left_out =
            !w->posed[v] || !pose_from(w->H[i++], &b->cameras[0].camera, w->centre, &b->boards[v].Rt_world_board);
}

// A few boards, fitted with a simple lens from a centre this many pictures away from the picture's: the typical
// distance that is left, infinite where there is no fit.
static rig_status try_centre(rig_lens_boards *w, double x, double y, rig_bundle *few, double *sigma_px,
                             rig_arena *scratch, rig_err *err) {
    const rig_bundle *b = &w->bundle;
    rig_bundle_report report;
    rig_camera *camera = &few->cameras[0].camera;
    *camera = b->cameras[0].camera;
    camera->lens = camera->lens == RIG_LENS_PINHOLE0 ? RIG_LENS_PINHOLE0 : RIG_LENS_PINHOLE2;
    few->cameras[0].held_pose = true;
    centre_set(camera, x, y);
    focal_from_homographies((const double(*)[9])w->H, w->n_H, camera);
    few->n_views = 0;
    for (int v = 0, i = 0, taken = 0; v < b->n_views; v++) {
        if (!w->posed[v])
            continue;
        const bool wanted = (ptrdiff_t)i * SCAN_BOARDS >= (ptrdiff_t)taken * w->n_H;
        taken += wanted;
        if (pose_from(w->H[i++], camera, w->centre, &few->boards[v].Rt_world_board) && wanted) {
            few->views[few->n_views] = b->views[v];
            few->boards[v].own = true;
            few->views[few->n_views++].left_out = false;
        }
    }
    const rig_status status = rig_bundle_solve(few, &SCAN, false, &report, scratch, scratch, err);
    *sigma_px = status == RIG_OK ? report.sigma_px : INFINITY;
    return status == RIG_ERR_MEMORY ? status : RIG_OK;
}

// A picture cut from a larger one has its centre anywhere. Where the boards fit ill from the picture's own, others are
// tried, and one that is far better is where the lens starts.
static rig_status find_centre(rig_lens_boards *w, rig_arena *scratch, rig_err *err) {
    static const double AWAY[] = {0.5, 1, 1.7, 2.7}; // pictures
    enum { TRIES = 9 * sizeof AWAY / sizeof *AWAY };
    rig_bundle *b = &w->bundle, few = *b;
    double first_px, least_px, sigma_px;
    rig_camera best;
    few.cameras = RIG_NEW(scratch, rig_bundle_camera, 1);
    few.boards = RIG_NEW(scratch, rig_bundle_board, b->n_boards);
    few.views = RIG_NEW(scratch, rig_bundle_view, b->n_views);
    if (!few.cameras || !few.boards || !few.views)
        return rig_fail_memory(err, "the lens's centre");
    RIG_TRY(try_centre(w, 0, 0, &few, &first_px, scratch, err));
    least_px = first_px;
    best = few.cameras[0].camera;
    for (int k = 0; k < TRIES && first_px > CENTRE_POOR_PX; k++) {
        const double away = AWAY[k / 9], x = away * (k % 3 - 1), y = away * (k / 3 % 3 - 1);
        if (x == 0 && y == 0)
            continue;
        RIG_TRY(try_centre(w, x, y, &few, &sigma_px, scratch, err));
        if (sigma_px < least_px)
            least_px = sigma_px, best = few.cameras[0].camera;
    }
    const double moved = hypot(best.K[2] - b->cameras[0].camera.K[2], best.K[3] - b->cameras[0].camera.K[3]);
    if (!(least_px < CENTRE_BETTER * first_px) &&
        !(first_px <= CENTRE_POOR_PX && moved > CENTRE_MOVED * fmin(best.width, best.height)))
        return RIG_OK;
    best.lens = b->cameras[0].camera.lens;
    b->cameras[0].camera = best;
    for (int v = 0; v < b->n_views; v++) {
        rig_plane_poses poses;
        rig_lens_boards_poses(w, v, &poses);
        b->views[v].left_out = poses.n == 0;
        if (poses.n > 0)
            b->boards[v].Rt_world_board = poses.Rt_cam_board[0];
    }
    return RIG_OK;
}

// A wide lens bends too much for homographies of pixels: the focal length is the one, of several, under which a few
// boards fit best.
static void start_fisheye(rig_lens_boards *w) {
    rig_bundle *b = &w->bundle;
    rig_camera *camera = &b->cameras[0].camera;
    const int n = b->n_views < SCAN_BOARDS ? b->n_views : SCAN_BOARDS;
    double side = camera->width > camera->height ? camera->width : camera->height, best = INFINITY, best_focal = 0;
    rig_plane_poses poses;
    centre_set(camera, 0, 0);
    double focal = SCAN_FIRST * side;
    for (int step = 0; step < SCAN_STEPS; step++, focal *= SCAN_RATIO) {
        double sum = 0;
        camera->K[0] = camera->K[1] = focal;
        for (int i = 0; i < n; i++) {
            rig_lens_boards_poses(w, (int)((ptrdiff_t)i * b->n_views / n), &poses);
            sum += poses.n ? fmin(poses.rms_px[0], side) : side;
        }
        if (sum < best)
            best = sum, best_focal = focal;
    }
    camera->K[0] = camera->K[1] = best_focal;
    for (int v = 0; v < b->n_views; v++) {
        rig_lens_boards_poses(w, v, &poses);
        b->views[v].left_out = poses.n == 0;
        if (poses.n > 0)
            b->boards[v].Rt_world_board = poses.Rt_cam_board[0];
    }
}

bool rig_lens_boards_look_again(rig_lens_boards *w) {
    rig_bundle *b = &w->bundle;
    bool changed = false;
    int n = 0;
    for (int v = 0; v < b->n_views; v++)
        if (!b->views[v].left_out)
            w->rms[n++] = b->views[v].rms_px;
    double limit = n ? SECOND_LOOK * rig_median(w->rms, n) : 0;
    for (int v = 0; v < b->n_views; v++) {
        rig_plane_poses poses;
        if (b->views[v].rms_px <= limit && !b->views[v].left_out)
            continue;
        rig_lens_boards_poses(w, v, &poses);
        if (poses.n == 0 || (!b->views[v].left_out && poses.rms_px[0] > 0.9 * b->views[v].rms_px))
            continue;
        b->boards[v].Rt_world_board = poses.Rt_cam_board[0];
        b->views[v].left_out = false;
        changed = true;
    }
    return changed;
}

rig_status rig_lens_boards_start(rig_lens_boards *w, rig_arena *scratch, rig_err *err) {
    if (w->bundle.cameras[0].camera.lens == RIG_LENS_FISHEYE4) {
        start_fisheye(w);
    } else {
        start_pinhole(w);
        RIG_TRY(find_centre(w, scratch, err));
    }
    for (int v = 0; v < w->bundle.n_views; v++)
        w->posed[v] = !w->bundle.views[v].left_out;
    return RIG_OK;
}
