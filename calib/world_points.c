// The world frame from known points of the scene.
#include "calib/bundle.h"
#include "calib/covariance.h"
#include "calib/pnp.h"
#include "calib/world.h"

#include <string.h>

enum { POINTS_MIN = 4 };   // of a camera that is to place itself or the rig
enum { USUAL_WEIGHT = 4 }; // residuals that the usual errors are worth
static const double USUAL_PX = 1, USUAL_M = 0.005;

typedef struct point_scene {
    const rig_scene_points *points;
    rig_calibration *rig;
    rig_arena *out;
    double (*p)[3], (*q)[2]; // a view's points, gathered
    double squares;          // of all pixels' distances
    int n_pixels;
    bool all_known; // the errors of all lenses of cameras that are placed
} point_scene;

static const rig_bundle_options ALL = {0}; // every point counts

static int count_seen(const rig_scene_points *points, int v) {
    int n = 0;
    for (int i = 0; i < points->n; i++)
        n += points->seen[v][i];
    return n;
}

static rig_view_camera *camera_of(const point_scene *s, int v) {
    for (int c = 0; c < s->rig->n; c++)
        if (strcmp(s->rig->cameras[c].view, s->points->views[v]) == 0)
            return &s->rig->cameras[c];
    return NULL;
}

static rig_status pose_of_view(point_scene *s, int v, rig_pose *Rt_cam_scene, double *rms_px, rig_arena *scratch,
                               rig_err *err) {
    int n = 0;
    for (int i = 0; i < s->points->n; i++) {
        if (!s->points->seen[v][i])
            continue;
        memcpy(s->p[n], s->points->p[i], sizeof *s->p);
        memcpy(s->q[n++], s->points->q[v][i], sizeof *s->q);
    }
    rig_status status = rig_pnp_solve(&camera_of(s, v)->camera, (const double(*)[3])s->p, (const double(*)[2])s->q, n,
                                      Rt_cam_scene, rms_px, scratch, err);
    return status == RIG_OK ? status : rig_fail_in(err, status, "scene points of camera '%s': ", s->points->views[v]);
}

// The usual squared error of a coordinate of a view's points, px^2, summed over them; *n: how many there are.
static double usual_squares(const point_scene *s, int v, const rig_pose *Rt_cam_scene, int *n) {
    const double *K = camera_of(s, v)->camera.K;
    double sum = 0;
    *n = 0;
    for (int i = 0; i < s->points->n; i++) {
        double p[3];
        if (!s->points->seen[v][i])
            continue;
        rig_pose_apply(Rt_cam_scene, s->points->p[i], p);
        const double metres_px = USUAL_M * (K[0] + K[1]) / 2 / rig_norm3(p);
        sum += USUAL_PX * USUAL_PX + metres_px * metres_px;
        ++*n;
    }
    return sum;
}

// The variance of a coordinate: the mean of what it may be by the residuals' squares and the usual variance, an inverse
// chi squared. Source: Gelman et al. 2013, "Bayesian data analysis", 2.6.
static double variance_by(double usual_px2, double squares, int n_pixels) {
    return (USUAL_WEIGHT * usual_px2 + squares) / (USUAL_WEIGHT + 2 * n_pixels - 6 - 2);
}

// What a pose by points is known to: by their errors, and by those of its lens. In its own frame the scene is to a
// camera what a board is. The focal lengths of a lens are off together, its other numbers one by one.
static rig_status covariance_unposed(const point_scene *s, int v, double variance_px2, rig_arena *scratch,
                                     rig_err *err) {
    rig_view_camera *camera = camera_of(s, v);
    rig_bundle_camera here = {camera->camera, rig_pose_identity(), RIG_BUNDLE_HOLD_LENS, true};
    rig_bundle_board board = {.Rt_world_board = camera->Rt_cam_world};
    rig_bundle_view view = {.q = s->points->q[v], .seen = s->points->seen[v]};
    const rig_bundle b = {.n_points = s->points->n,
                          .p = s->points->p,
                          .n_cameras = 1,
                          .n_boards = 1,
                          .n_views = 1,
                          .cameras = &here,
                          .boards = &board,
                          .views = &view};
    const int n_lens = 4 + rig_lens_n_dist(camera->camera.lens), n = n_lens + 6;
    double noise[36], *G = RIG_NEW(scratch, double, 6 * (size_t)n);
    double *A = RIG_NEW(scratch, double, (size_t)n *(size_t)n), *own = RIG_NEW(scratch, double, (size_t)n *(size_t)n);
    if (!G || !A || !own)
        return rig_fail_memory(err, "the scene points");
    RIG_TRY(rig_bundle_board_sensitivity(&b, G, noise, scratch, err));
    for (int k = 0; k < n_lens; k++) { // A (n x n_lens): what a lens's errors, each one sigma, do
        const double sigma = k < 4 ? camera->sigma.K[k] : camera->sigma.dist[k - 4];
        const int with = k < 2 ? 0 : k;
        A[k * n + with] = sigma;
        for (int i = 0; i < 6; i++)
            A[(n_lens + i) * n + with] += G[i * n + k] * sigma;
    }
    for (int i = 0; i < n * n; i++) {
        for (int k = 0; k < n_lens; k++)
            own[i] += A[i / n * n + k] * A[i % n * n + k];
        if (i / n >= n_lens && i % n >= n_lens)
            own[i] += variance_px2 * noise[(i / n - n_lens) * 6 + i % n - n_lens];
    }
    return rig_covariance_set_camera(s->rig, (int)(camera - s->rig->cameras), own, s->out, err);
}

static rig_status solve_unposed(point_scene *s, int v, rig_arena *scratch, rig_err *err) {
    int n;
    double rms_px;
    rig_view_camera *camera = camera_of(s, v);
    RIG_TRY(pose_of_view(s, v, &camera->Rt_cam_world, &rms_px, scratch, err));
    camera->has_pose = true;
    const double usual = usual_squares(s, v, &camera->Rt_cam_world, &n);
    s->squares += n * rms_px * rms_px;
    s->n_pixels += n;
    s->all_known &= camera->has_sigma;
    return camera->has_sigma ? covariance_unposed(s, v, variance_by(usual / n, n * rms_px * rms_px, n), scratch, err)
                             : RIG_OK;
}

// The posed cameras as one body that looks at the scene's points as at a board.
static rig_status bundle_init(const point_scene *s, rig_bundle *b, int *places, rig_arena *scratch, rig_err *err) {
    *b = (rig_bundle){.n_points = s->points->n, .p = s->points->p, .n_boards = 1};
    b->cameras = RIG_NEW(scratch, rig_bundle_camera, s->points->n_views);
    b->views = RIG_NEW(scratch, rig_bundle_view, s->points->n_views);
    b->boards = RIG_NEW(scratch, rig_bundle_board, 1);
    if (!b->cameras || !b->views || !b->boards)
        return rig_fail_memory(err, "the scene points");
    for (int v = 0; v < s->points->n_views; v++) {
        const rig_view_camera *camera = camera_of(s, v);
        if (!camera->has_pose || count_seen(s->points, v) == 0)
            continue;
        b->views[b->n_views] =
            (rig_bundle_view){.camera = b->n_cameras, .q = s->points->q[v], .seen = s->points->seen[v]};
        places[b->n_cameras] = (int)(camera - s->rig->cameras);
        b->cameras[b->n_cameras] =
            (rig_bundle_camera){camera->camera, camera->Rt_cam_world, RIG_BUNDLE_HOLD_LENS, true};
        b->n_cameras++, b->n_views++;
    }
    return RIG_OK;
}

typedef struct placing {
    bool found;
    rig_pose Rt_old_new;
    rig_bundle_report report;
} placing;

// The body's place from the start that one camera's own points give.
static rig_status place_by(point_scene *s, int v, rig_bundle *b, placing *best, rig_arena *scratch, rig_err *err) {
    rig_pose Rt_cam_scene, Rt_world_cam = rig_pose_invert(&camera_of(s, v)->Rt_cam_world);
    rig_bundle_report report;
    RIG_TRY(pose_of_view(s, v, &Rt_cam_scene, NULL, scratch, err));
    b->boards[0].Rt_world_board = rig_pose_mul(&Rt_world_cam, &Rt_cam_scene);
    for (int i = 0; i < b->n_views; i++)
        b->views[i].left_out = false;
    RIG_TRY(rig_bundle_solve(b, &ALL, false, &report, scratch, scratch, err));
    if (report.n_views_left_out == 0 && (!best->found || report.rms_px < best->report.rms_px))
        *best = (placing){true, b->boards[0].Rt_world_board, report};
    return RIG_OK;
}

// Every camera with points enough gives a start; one that fails does no harm where another does not.
static rig_status move_posed(point_scene *s, rig_arena *scratch, rig_err *err) {
    rig_bundle b;
    placing best = {.found = false};
    rig_status status = RIG_OK;
    int most = 0, most_view = 0;
    int *places = RIG_NEW(scratch, int, s->points->n_views);
    if (!places)
        return rig_fail_memory(err, "the scene points");
    RIG_TRY(bundle_init(s, &b, places, scratch, err));
    for (int v = 0; v < s->points->n_views && status != RIG_ERR_MEMORY; v++) {
        int n = camera_of(s, v)->has_pose ? count_seen(s->points, v) : 0;
        if (n > most)
            most = n, most_view = v;
        if (n >= POINTS_MIN)
            status = place_by(s, v, &b, &best, scratch, err);
    }
    if (status == RIG_ERR_MEMORY)
        return status;
    if (most < POINTS_MIN)
        return rig_fail(err, RIG_ERR_DATA, "scene points of camera '%s': need >= %d, got %d",
                        s->points->views[most_view], POINTS_MIN, most);
    if (!best.found)
        return status != RIG_OK ? status
                                : rig_fail(err, RIG_ERR_NUMERIC,
                                           "scene points: no pose of the rig has all of them in front of the cameras");
    const double squares = best.report.n_corners * best.report.rms_px * best.report.rms_px;
    double usual = 0;
    for (int v = 0, n; v < s->points->n_views; v++) {
        const rig_view_camera *camera = camera_of(s, v);
        const rig_pose Rt_cam_scene = rig_pose_mul(&camera->Rt_cam_world, &best.Rt_old_new);
        usual += camera->has_pose ? usual_squares(s, v, &Rt_cam_scene, &n) / best.report.n_corners : 0;
    }
    s->squares += squares;
    s->n_pixels += best.report.n_corners;
    b.boards[0].Rt_world_board = best.Rt_old_new;
    return rig_covariance_move_to_board(&b, places, variance_by(usual, squares, best.report.n_corners), s->rig,
                                        &best.Rt_old_new, scratch, err);
}

static rig_status place_rig(point_scene *s, rig_arena *scratch, rig_err *err) {
    bool any_posed = false;
    for (int v = 0; v < s->points->n_views; v++) {
        if (!camera_of(s, v))
            return rig_fail(err, RIG_ERR_DATA, "scene points of camera '%s': no calibrated lens", s->points->views[v]);
        any_posed |= camera_of(s, v)->has_pose;
    }
    for (int c = 0; c < s->rig->n && !any_posed; c++)
        if (s->rig->cameras[c].has_pose)
            return rig_fail(err, RIG_ERR_DATA, "scene points: no camera with a pose sees any, need >= 4 in '%s'",
                            s->rig->cameras[c].view);
    if (any_posed)
        RIG_TRY(move_posed(s, scratch, err));
    for (int v = 0; v < s->points->n_views; v++)
        if (!camera_of(s, v)->has_pose)
            RIG_TRY(solve_unposed(s, v, scratch, err));
    if (!s->all_known)
        s->rig->covariance = NULL, s->rig->n_covariance = 0;
    return RIG_OK;
}

rig_status rig_world_from_points(const rig_scene_points *points, rig_calibration *rig, double *rms_px, rig_arena *out,
                                 rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    point_scene s = {.points = points, .rig = rig, .out = out, .all_known = true};
    s.p = rig_arena_alloc(scratch, (size_t)points->n, sizeof *s.p);
    s.q = rig_arena_alloc(scratch, (size_t)points->n, sizeof *s.q);
    rig_status status = s.p && s.q ? place_rig(&s, scratch, err) : rig_fail_memory(err, "the scene points");
    if (status == RIG_OK)
        *rms_px = s.n_pixels ? sqrt(s.squares / s.n_pixels) : 0;
    rig_arena_rewind(scratch, mark);
    return status;
}
