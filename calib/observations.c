#include "calib/observations.h"

#include "calib/pose_graph.h"
#include "calib/threads.h"

#include <stdlib.h>
#include <string.h>

typedef struct key {
    int frame, view, at;
} key;

static int by_frame_and_view(const void *a, const void *b) {
    const key *x = a, *y = b;
    return x->frame != y->frame ? (x->frame > y->frame) - (x->frame < y->frame) : x->view - y->view;
}

// The seen corners that lie farthest towards the board's four.
static void find_outer(const rig_board_observations *s, rig_board_observation *observation) {
    const int n = s->n_points, cols = s->board->cols, all[4] = {0, cols - 1, n - cols, n - 1};
    memcpy(observation->outer, all, sizeof all);
    for (int k = 0; k < 4 && observation->seen; k++) {
        bool any = false;
        int farthest = 0;
        for (int i = 0; i < n; i++) {
            const int x = i % cols, y = i / cols, out = (k & 1 ? x : -x) + (k & 2 ? y : -y);
            if (observation->seen[i] && (!any || out > farthest))
                any = true, farthest = out, observation->outer[k] = i;
        }
    }
}

// The list in order of moments; first[] has room for as many moments as observations.
static void moments_order(rig_board_observations *s, const rig_view_corners *seen, key *keys) {
    int n = 0;
    for (int v = 0; v < s->n_views; v++)
        for (int i = 0; i < seen[v].n; i++)
            keys[n++] = (key){seen[v].boards[i].frame, v, i};
    qsort(keys, (size_t)n, sizeof *keys, by_frame_and_view);
    s->n_moments = 0;
    for (int i = 0; i < n; i++) {
        if (i == 0 || keys[i].frame != keys[i - 1].frame)
            s->first[s->n_moments++] = i;
        s->list[i] = (rig_board_observation){.view = keys[i].view, .at = keys[i].at, .moment = s->n_moments - 1};
        const rig_board_view *board = &seen[keys[i].view].boards[keys[i].at];
        s->list[i].q = (const double(*)[2])board->q;
        s->list[i].seen = board->seen;
        s->list[i].sigma_px = board->sigma_px;
        find_outer(s, &s->list[i]);
    }
    s->first[s->n_moments] = n;
}

enum { SHARES = 16 };

typedef struct pose_search {
    rig_board_observations *observations;
    rig_plane_work works[SHARES];
} pose_search;

static void find_poses(void *self, int k) {
    pose_search *found = self;
    rig_board_observations *s = found->observations;
    for (int i = (int)((ptrdiff_t)s->n * k / SHARES); i < (int)((ptrdiff_t)s->n * (k + 1) / SHARES); i++) {
        rig_view_points points = {.n = s->n_points, .p = s->p, .q = s->list[i].q, .use = s->list[i].seen};
        memcpy(points.centre, s->centre, sizeof points.centre);
        rig_plane_poses_find(s->cameras[s->list[i].view], &points, &found->works[k], &s->list[i].poses);
    }
}

rig_status rig_board_observations_gather(const rig_board *board, const rig_view_corners *seen, int n_views,
                                         const rig_camera *const *cameras, rig_board_observations *observations,
                                         rig_arena *out, rig_err *err) {
    rig_board_observations *s = observations;
    *s = (rig_board_observations){.board = board, .n_points = rig_board_n(board), .n_views = n_views};
    for (int v = 0; v < n_views; v++)
        s->n += seen[v].n;
    size_t n = (size_t)s->n, n_points = (size_t)s->n_points;
    double(*p)[3] = rig_arena_alloc(out, n_points, sizeof *p);
    s->cameras = RIG_NEW(out, const rig_camera *, n_views);
    s->list = RIG_NEW(out, rig_board_observation, n);
    s->first = RIG_NEW(out, int, n + 1);
    key *keys = RIG_NEW(out, key, n);
    double(*pairs)[2] = rig_arena_alloc(out, 2 * SHARES * n_points, sizeof *pairs);
    double *weights = RIG_NEW(out, double, SHARES *n_points);
    if (!p || !s->cameras || !s->list || !s->first || !keys || !pairs || !weights)
        return rig_fail_memory(err, "the boards' poses");
    for (int i = 0; i < s->n_points; i++)
        rig_board_point(board, i, p[i]);
    s->p = (const double(*)[3])p;
    rig_points_centre(s->p, s->n_points, s->centre);
    for (int v = 0; v < n_views; v++)
        s->cameras[v] = cameras[v];
    moments_order(s, seen, keys);
    pose_search poses = {.observations = s};
    for (size_t k = 0; k < SHARES; k++)
        poses.works[k] =
            (rig_plane_work){pairs + 2 * k * n_points, pairs + (2 * k + 1) * n_points, weights + k * n_points};
    rig_threads_run(find_poses, &poses, SHARES);
    return RIG_OK;
}

rig_status rig_board_observation_read(const rig_board_observations *observations,
                                      const rig_board_observation *observation, rig_bundle_view *view, rig_arena *out,
                                      rig_err *err) {
    view->q = observation->q;
    view->seen = observation->seen;
    view->sigma_px = observation->sigma_px;
    if (observation->reading == 0)
        return RIG_OK;
    double(*q)[2] = rig_arena_alloc(out, (size_t)observations->n_points, sizeof *q);
    bool *seen = observation->seen ? RIG_NEW(out, bool, observations->n_points) : NULL;
    float *sigma_px = observation->sigma_px ? RIG_NEW(out, float, observations->n_points) : NULL;
    if (!q || (observation->sigma_px && !sigma_px) || (observation->seen && !seen))
        return rig_fail_memory(err, "corners in another order");
    for (int i = 0; i < observations->n_points; i++) {
        const int from = rig_board_turn_corner(observations->board, i, observation->reading);
        memcpy(q[i], observation->q[from], sizeof *q);
        if (seen)
            seen[i] = observation->seen[from];
        if (sigma_px)
            sigma_px[i] = observation->sigma_px[from];
    }
    view->q = (const double(*)[2])q;
    view->seen = seen;
    view->sigma_px = sigma_px;
    return RIG_OK;
}

int rig_board_turn_step(const rig_board *board) {
    return rig_board_has_markers(board) ? 4 : board->cols == board->rows ? 1 : 2;
}

rig_pose rig_board_turn(const rig_board_observations *observations, int quarters) {
    static const double COS[4] = {1, 0, -1, 0}, SIN[4] = {0, 1, 0, -1};
    const double c = COS[quarters & 3], s = SIN[quarters & 3], x = observations->centre[0], y = observations->centre[1];
    return (rig_pose){{c, -s, 0, s, c, 0, 0, 0, 1}, {x - c * x + s * y, y - s * x - c * y, 0}};
}

int rig_board_turn_corner(const rig_board *board, int i, int quarters) {
    const int n = board->cols * board->rows, x = i % board->cols, y = i / board->cols;
    switch (quarters & 3) {
    case 0:
        return i;
    case 2:
        return n - 1 - i;
    case 1:
        return x * board->cols + board->cols - 1 - y;
    default:
        return (board->cols - 1 - x) * board->cols + y;
    }
}

double rig_board_observation_residual(const rig_board_observations *observations,
                                      const rig_board_observation *observation, const rig_pose *Rt_cam_board,
                                      int reading, double limit_px) {
    double sum = 0;
    for (int k = 0; k < 4; k++) {
        double p[3], q[2];
        const double *seen = observation->q[observation->outer[k]];
        rig_pose_apply(Rt_cam_board,
                       observations->p[rig_board_turn_corner(observations->board, observation->outer[k], -reading)], p);
        if (!rig_camera_project(observations->cameras[observation->view], p, q, NULL, NULL))
            return limit_px;
        double dx = q[0] - seen[0], dy = q[1] - seen[1];
        sum += fmin(dx * dx + dy * dy, limit_px * limit_px);
    }
    return sqrt(sum / 4);
}

// The reading of a observation that fits a pose of the board best; the given one where that agrees.
static double best_reading(const rig_board_observations *s, const rig_board_observation *observation,
                           const rig_pose *Rt_cam_board, double gate, int *reading) {
    const int step = rig_board_turn_step(s->board);
    double least = rig_board_observation_residual(s, observation, Rt_cam_board, 0, gate);
    *reading = 0;
    for (int k = step; k < 4 && !rig_board_observation_inlier(least, gate); k += step) {
        double misfit = rig_board_observation_residual(s, observation, Rt_cam_board, k, gate);
        if (misfit < least)
            least = misfit, *reading = k;
    }
    return least;
}

// The misfit of all observations of a moment under one pose of the board, each read as it fits better.
static double misfit_of(rig_board_observations *s, int moment, const rig_pose *Rt_cam_world,
                        const rig_pose *Rt_world_board, bool mark) {
    double sum = 0;
    for (int i = s->first[moment]; i < s->first[moment + 1]; i++) {
        rig_board_observation *observation = &s->list[i];
        rig_pose pose = rig_pose_mul(&Rt_cam_world[observation->view], Rt_world_board);
        double gate = rig_board_observation_gate(s, observation);
        int reading;
        double misfit = best_reading(s, observation, &pose, gate, &reading);
        sum += misfit;
        if (mark) {
            observation->reading = reading;
            observation->doubtful = !rig_board_observation_inlier(misfit, gate);
        }
    }
    return sum;
}

// Turn every observation's reading, and the board with them: the picture stays the same.
static void turn_all(rig_board_observations *s, int moment, int quarters, rig_pose *Rt_world_board) {
    rig_pose turn = rig_board_turn(s, quarters);
    *Rt_world_board = rig_pose_mul(Rt_world_board, &turn);
    for (int i = s->first[moment]; i < s->first[moment + 1]; i++)
        s->list[i].reading = (s->list[i].reading + quarters) & 3;
}

bool rig_board_observations_pose(rig_board_observations *observations, int moment, const rig_pose *Rt_cam_world,
                                 rig_pose *Rt_world_board) {
    rig_board_observations *s = observations;
    double best = INFINITY;
    for (int i = s->first[moment]; i < s->first[moment + 1]; i++)
        for (int k = 0; k < s->list[i].poses.n; k++) {
            rig_pose Rt_world_cam = rig_pose_invert(&Rt_cam_world[s->list[i].view]);
            rig_pose tried = rig_pose_mul(&Rt_world_cam, &s->list[i].poses.Rt_cam_board[k]);
            double misfit = misfit_of(s, moment, Rt_cam_world, &tried, false);
            if (misfit < best) {
                best = misfit;
                *Rt_world_board = tried;
            }
        }
    if (!isfinite(best))
        return false;
    misfit_of(s, moment, Rt_cam_world, Rt_world_board, true);
    int n = s->first[moment + 1] - s->first[moment], n_sure = 0, n_read[4] = {0}, most = 0;
    for (int i = s->first[moment]; i < s->first[moment + 1]; i++) {
        n_read[s->list[i].reading] += !s->list[i].doubtful;
        n_sure += !s->list[i].doubtful;
    }
    for (int k = 1; k < 4; k++)
        most = n_read[k] > n_read[most] ? k : most;
    if (most)
        turn_all(s, moment, 4 - most, Rt_world_board);
    if (n > 1 && n_sure == 1) // it agrees with itself only
        for (int i = s->first[moment]; i < s->first[moment + 1]; i++)
            s->list[i].doubtful = true;
    return true;
}
