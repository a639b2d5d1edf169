// Sessions of the board, drawn anew from their seed, as corners: 2 to 8 views of four sizes and of any lens, around the
// board or before it, boards of the three kinds, 14 to 56 of them at 25 to 60 frames a second, carried or resting at
// times, those with markers partly seen, noise of 0.05 to 0.5 px and up to 0.3 px that drifts, a stated clock that
// falls between frames, and a lens that the model asked for cannot quite follow; and what may be wrong with one.
#ifndef RIG_BENCH_DOCTOR_SESSION_H
#define RIG_BENCH_DOCTOR_SESSION_H

#include "checks/doctor.h"
#include "core/rng.h"
#include "tests/support/support.h"
#include "tests/unit/calib/made_rig.h"

enum { VIEWS = 8, FLOOR_FRAMES = 3 };
enum { LENS, BOARD, FLOOR, RECORDINGS }; // of the lenses, of all together, another one

typedef enum fault {
    NOTHING,
    LATE_FRAME,
    LATE_HALF,
    EXCHANGED_LENSES,
    EXCHANGED_PLACES,
    BUMP_SHIFT,
    BUMP_TURN,
    FOCUS,
    SCALE,
    MIRRORED,
    FAULTS
} fault;

typedef struct world {
    rig_rng rng, way;
    rig_arena arena, scratch;
    rig_board board;
    rig_lens asked;
    fault wrong;
    int view, other, from; // what is wrong with which view, from which frame on
    int n_views, n_boards, step;
    double fps, noise_px, drift_px, period_s, pace, reach_m, tilt;
    bool own_lens, rests;
    rig_pose Rt_world_volume;
    rig_camera real[VIEWS], solved[VIEWS];
    rig_pose Rt_cam_world[VIEWS];
    double late[VIEWS]; // stated, frames
    rig_view_corners seen[RECORDINGS][VIEWS];
    rig_findings findings;
} world;

static inline double pick(world *w, double low, double high) {
    return rig_rng_uniform(&w->rng, low, high);
}

static inline rig_camera camera_make(world *w, bool alike) {
    static const int SIZES[4][2] = {{640, 480}, {1280, 720}, {1920, 1080}, {1280, 1024}};
    const int *size = SIZES[alike ? 1 : rig_rng_below(&w->rng, 4)];
    const double f = size[0] * pick(w, 0.7, 1.3), bent = pow(size[0] / f, 2);
    rig_camera c = {.width = size[0], .height = size[1], .lens = RIG_LENS_PINHOLE8};
    c.K[0] = f, c.K[1] = f * pick(w, 0.995, 1.005);
    for (int k = 0; k < 2; k++)
        c.K[2 + k] = (size[k] - 1) / 2.0 + size[k] * pick(w, -0.02, 0.02);
    if (w->asked == RIG_LENS_FISHEYE4) {
        c.lens = RIG_LENS_FISHEYE4;
        c.dist[0] = pick(w, -0.03, 0.03), c.dist[1] = pick(w, -0.01, 0.01);
        return c;
    }
    if (w->asked == RIG_LENS_PINHOLE0) // little that it cannot follow
        c.dist[0] = pick(w, -0.002, 0.002);
    else
        c.dist[0] = pick(w, -0.25, 0.1) / fmax(1, bent), c.dist[1] = pick(w, -0.05, 0.05);
    if (w->asked >= RIG_LENS_PINHOLE4)
        c.dist[2] = pick(w, -5e-4, 5e-4), c.dist[3] = pick(w, -5e-4, 5e-4);
    if (w->asked > RIG_LENS_PINHOLE0)
        c.dist[5] = pick(w, -0.01, 0.01); // of the denominator: most models lack it
    return c;
}

static inline void board_make(world *w) {
    static const rig_board_kind KINDS[4] = {RIG_BOARD_CHESSBOARD, RIG_BOARD_CHESSBOARD, RIG_BOARD_CHARUCO,
                                            RIG_BOARD_APRILGRID};
    w->board = (rig_board){.kind = KINDS[w->wrong == MIRRORED ? 0 : rig_rng_below(&w->rng, 4)]};
    w->board.cols = 5 + rig_rng_below(&w->rng, 4), w->board.rows = 4 + rig_rng_below(&w->rng, 3);
    w->board.cols += w->board.cols == w->board.rows;
    if (w->board.kind == RIG_BOARD_APRILGRID)
        w->board.cols += w->board.cols % 2, w->board.rows += w->board.rows % 2;
}

static inline void cameras_make(world *w) {
    const bool around = rig_rng_below(&w->rng, 2), alike = w->wrong == EXCHANGED_PLACES;
    const double distance = pick(w, 1.5, 4), spread = around ? 6.283185307179586 : pick(w, 0.6, 1.8);
    double least = INFINITY;
    for (int v = 0; v < w->n_views; v++) {
        const double angle = spread * ((v + pick(w, -0.2, 0.2)) / w->n_views - 0.5),
                     up = around ? pick(w, 0.5, 0.8) : 0.1;
        const double centre[3] = {distance * cos(angle), distance * sin(angle), distance * (up + pick(w, -0.1, 0.1))};
        const double target[3] = {pick(w, -0.1, 0.1), pick(w, -0.1, 0.1), pick(w, -0.1, 0.1)};
        w->real[v] = camera_make(w, alike);
        w->Rt_cam_world[v] = made_look_at(centre, target);
        least = fmin(least, distance * w->real[v].height / w->real[v].K[1]);
    }
    w->reach_m = 0.25 * least;
    w->board.square_m = least * pick(w, 0.3, 0.5) / (w->board.rows - 1);
    if (w->board.kind == RIG_BOARD_APRILGRID)
        w->board.gap_m = 0.3 * w->board.square_m;
    if (w->board.kind == RIG_BOARD_CHARUCO)
        w->board.marker_m = 0.7 * w->board.square_m;
    // The board's printed side is towards the cameras: from above, or from the middle of the arc.
    const rig_pose flat = {{1, 0, 0, 0, -1, 0, 0, 0, -1}, {0, 0, 0}}, wall = {{0, 0, -1, 1, 0, 0, 0, -1, 0}, {0, 0, 0}};
    w->Rt_world_volume = around ? flat : wall;
}

static inline void world_init(world *w, fault wrong, uint64_t seed) {
    static const double RATES[4] = {25, 30, 50, 60};
    static const rig_lens ASKED[5] = {RIG_LENS_PINHOLE5, RIG_LENS_PINHOLE5, RIG_LENS_PINHOLE4, RIG_LENS_PINHOLE0,
                                      RIG_LENS_FISHEYE4};
    *w = (world){.rng = rig_rng_seed(seed, 21), .way = rig_rng_seed(seed, 22), .wrong = wrong};
    w->asked = ASKED[rig_rng_below(&w->rng, 5)];
    w->n_views = 2 + rig_rng_below(&w->rng, VIEWS - 1);
    w->n_views += wrong == MIRRORED && w->n_views == 2; // of two, which one cannot be told
    w->n_boards = (int)(14 * pow(4, pick(w, 0, 1)));
    w->step = 1 + rig_rng_below(&w->rng, 6), w->fps = RATES[rig_rng_below(&w->rng, 4)];
    w->noise_px = 0.05 * pow(10, pick(w, 0, 1)), w->drift_px = rig_rng_below(&w->rng, 2) ? 0 : pick(w, 0, 0.3);
    w->rests = rig_rng_below(&w->rng, 3) == 0, w->period_s = pick(w, 1, 3);
    w->own_lens = wrong == EXCHANGED_LENSES || rig_rng_below(&w->rng, 2);
    w->pace = pick(w, 0.5, 1.2), w->tilt = pick(w, 0.35, 0.6);
    board_make(w);
    cameras_make(w);
    for (int v = 0; v < w->n_views; v++)
        w->late[v] = rig_rng_below(&w->rng, 3) ? 0 : pick(w, -0.5, 0.5);
    w->view = rig_rng_below(&w->rng, w->n_views);
    w->other = (w->view + 1 + rig_rng_below(&w->rng, w->n_views - 1)) % w->n_views;
    w->from = w->n_boards / 2 * w->step;
}

// Where the board is: it goes about the volume and tilts, and stands for half of the time where it rests.
static inline rig_pose board_at(const world *w, double t_s) {
    rig_rng rng = w->way;
    double x[6], moved[3],
        centre[3] = {rig_board_along(&w->board, w->board.cols - 1) / 2,
                     rig_board_along(&w->board, w->board.rows - 1) / 2, 0};
    const double n = floor(t_s / w->period_s), u = fmin(1, 2 * (t_s / w->period_s - n));
    const double s = w->rests ? w->period_s * (n + u * u * (3 - 2 * u)) : t_s;
    for (int k = 0; k < 6; k++)
        x[k] = sin(w->pace * rig_rng_uniform(&rng, 0.6, 1.6) * s + rig_rng_uniform(&rng, 0, 6.28));
    const double tilt[3] = {w->tilt * x[0], w->tilt * x[1], 0}, turn[3] = {0, 0, 1.2 * x[2]};
    const double at[3] = {w->reach_m * x[3], w->reach_m * x[4], w->reach_m * x[5]}, zero[3] = {0, 0, 0};
    rig_pose tilted = rig_pose_from_rvec(tilt, zero), turned = rig_pose_from_rvec(turn, zero);
    rig_pose pose = rig_pose_mul(&tilted, &turned);
    rig_mat3_mul_vec(pose.R, centre, moved);
    for (int k = 0; k < 3; k++)
        pose.t[k] = at[k] - moved[k];
    return rig_pose_mul(&w->Rt_world_volume, &pose);
}

// Close to the camera, all over its picture, tilted.
static inline rig_pose lens_board_at(world *w, const rig_camera *camera) {
    const double z = rig_board_along(&w->board, w->board.rows - 1) * camera->K[1] / camera->height * pick(w, 1.3, 2.2);
    const double r[3] = {pick(w, -0.6, 0.6), pick(w, -0.6, 0.6), pick(w, -0.5, 0.5)};
    double t[3] = {0, 0, z}, moved[3],
           centre[3] = {rig_board_along(&w->board, w->board.cols - 1) / 2,
                        rig_board_along(&w->board, w->board.rows - 1) / 2, 0};
    t[0] = z * camera->width / camera->K[0] * pick(w, -0.25, 0.25),
    t[1] = z * camera->height / camera->K[1] * pick(w, -0.25, 0.25);
    rig_pose pose = rig_pose_from_rvec(r, t);
    rig_mat3_mul_vec(pose.R, centre, moved);
    for (int k = 0; k < 3; k++)
        pose.t[k] -= moved[k];
    return pose;
}

static inline void board_see(world *w, rig_view_corners *seen, const rig_camera *camera, const rig_pose *Rt_cam_board,
                             int frame, const double drift[2]) {
    const int n = rig_board_n(&w->board);
    double(*q)[2] = (double(*)[2])rig_arena_alloc(&w->arena, (size_t)n, sizeof *q);
    bool *mask = RIG_NEW(&w->arena, bool, n);
    int n_seen = 0;
    for (int i = 0; i < n; i++) {
        double p[3], at[3];
        rig_board_point(&w->board, i, p);
        rig_pose_apply(Rt_cam_board, p, at);
        mask[i] = at[2] > 0.05 && rig_camera_project(camera, at, q[i], NULL, NULL) && q[i][0] > 2 && q[i][1] > 2 &&
                  q[i][0] < camera->width - 3 && q[i][1] < camera->height - 3;
        for (int k = 0; k < 2; k++)
            q[i][k] += drift[k] + w->noise_px * rig_rng_normal(&w->rng);
        n_seen += mask[i];
    }
    if (n_seen == n || (rig_board_has_markers(&w->board) && n_seen >= n / 2))
        seen->boards[seen->n++] = (rig_board_view){.frame = frame, .q = q, .seen = n_seen == n ? NULL : mask};
}

static inline void corners_turn(double (*q)[2], int n) {
    for (int i = 0; i < n / 2; i++)
        for (int k = 0; k < 2; k++) {
            const double kept = q[i][k];
            q[i][k] = q[n - 1 - i][k], q[n - 1 - i][k] = kept;
        }
}

// A chessboard in a mirrored picture as rig_corners_find reads it: rows run so that it looks as printed, and from the
// end that the colours tell, or where they do not, from the one farther up.
static inline void board_mirror(const rig_board *board, int width, double (*q)[2]) {
    const int n = rig_board_n(board);
    for (int k = 0; k < n; k++)
        q[k][0] = width - 1 - q[k][0];
    for (int y = 0; y < board->rows; y++)
        corners_turn(q + y * board->cols, board->cols);
    if ((board->cols + board->rows) % 2 ? board->cols % 2 : q[0][1] > q[n - 1][1])
        corners_turn(q, n);
}

static inline void view_see(world *w, int recording, int v) {
    rig_view_corners *seen = &w->seen[recording][v];
    const int n = recording == FLOOR ? FLOOR_FRAMES : recording == LENS ? 12 + rig_rng_below(&w->rng, 20) : w->n_boards;
    // In this recording another view's pictures may lie under the view's name.
    const bool exchanged =
        (w->wrong == EXCHANGED_LENSES && recording == BOARD) || (w->wrong == EXCHANGED_PLACES && recording == FLOOR);
    const int c = !exchanged ? v : v == w->view ? w->other : v == w->other ? w->view : v;
    const bool ill = recording == BOARD && v == w->view;
    const double late = w->late[v] + (ill && w->wrong == LATE_FRAME ? 1 : ill && w->wrong == LATE_HALF ? 0.5 : 0);
    double drift[2] = {0, 0}, d[3];
    for (int k = 0; k < 3; k++)
        d[k] = rig_rng_normal(&w->rng);
    const double size = (w->wrong == BUMP_SHIFT ? 0.005 : 0.3 * 3.14159265 / 180) / rig_norm3(d);
    const double by[3] = {size * d[0], size * d[1], size * d[2]}, zero[3] = {0, 0, 0};
    const rig_pose bump = w->wrong == BUMP_SHIFT  ? rig_pose_from_rvec(zero, by)
                          : w->wrong == BUMP_TURN ? rig_pose_from_rvec(by, zero)
                                                  : rig_pose_identity();
    *seen = (rig_view_corners){.width = w->real[c].width, .height = w->real[c].height, .n_searched = n};
    snprintf(seen->view, sizeof seen->view, "c%d", v + 1);
    seen->boards = RIG_NEW(&w->arena, rig_board_view, n);
    for (int f = 0; f < n; f++) {
        rig_camera camera = w->real[c];
        const int frame = f * w->step;
        for (int k = 0; k < 2; k++)
            drift[k] = 0.9 * drift[k] + 0.44 * w->drift_px * rig_rng_normal(&w->rng);
        if (ill && frame >= w->from && w->wrong == FOCUS)
            camera.K[0] *= 1.01, camera.K[1] *= 1.01;
        rig_pose pose = board_at(w, (frame + late) / w->fps + (recording == FLOOR ? 1000 : 0));
        pose = rig_pose_mul(&w->Rt_cam_world[c], &pose);
        if (ill && frame >= w->from)
            pose = rig_pose_mul(&bump, &pose);
        if (recording == LENS)
            pose = lens_board_at(w, &camera);
        board_see(w, seen, &camera, &pose, frame, drift);
    }
    for (int i = 0; i < seen->n && w->wrong == MIRRORED && v == w->view; i++)
        board_mirror(&w->board, seen->width, seen->boards[i].q);
}

// A session with what each view saw in each recording; it lives until the next one.
static inline void world_see(world *w, fault wrong, uint64_t seed) {
    rig_arena_release(&w->arena), rig_arena_release(&w->scratch);
    world_init(w, wrong, seed);
    for (int recording = 0; recording < RECORDINGS; recording++)
        for (int v = 0; v < w->n_views; v++)
            view_see(w, recording, v);
    w->board.square_m *= wrong == SCALE ? 1.04 : 1, w->board.gap_m *= wrong == SCALE ? 1.04 : 1;
}

#endif
