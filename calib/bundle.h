// Joint refinement of cameras, lenses and board poses from the corners that the cameras saw (bundle adjustment).
#ifndef RIG_CALIB_BUNDLE_H
#define RIG_CALIB_BUNDLE_H

#include "core/arena.h"
#include "core/camera.h"

#define RIG_BUNDLE_HOLD_LENS (~0u)

typedef struct rig_bundle_camera {
    rig_camera camera;
    rig_pose Rt_cam_world;
    unsigned held_lens; // bit i: intrinsic i (fx fy cx cy, then the coefficients) stays as it is
    bool held_pose;
} rig_bundle_camera;

// The board at one moment. Where only one camera saw it, its pose may be told to that camera instead of the world: it
// then speaks of the lens alone.
typedef struct rig_bundle_board {
    rig_pose Rt_world_board; // Rt_cam_board where own
    bool own;                // one view only
    bool held;
} rig_bundle_board;

// What one camera saw of the board at one moment.
typedef struct rig_bundle_view {
    int camera, board;
    const double (*q)[2];
    const bool *seen; // n_points, or NULL: every point
    // n_points, or NULL. Corners known to a pixel or better count alike, by how they fit; one known to s pixels counts
    // by
    // 1 / s^2, and its distance is held against all limits in its s.
    const float *sigma_px;
    bool left_out;   // in: not to be used; out: not used
    bool doubtful;   // in: not used at first, but taken in where it then fits
    const char *why; // out: why it was left out, where the solver did so; kept where its caller did
    // out: over the corners used. Of one left out, over all seen: where the others have the board, else by its own
    // pose; 0: no pose brings it into the picture.
    double rms_px;
    int n_used; // out: corners used; 0 where left out
    bool *used; // out: n_points, which; or NULL: not asked for
} rig_bundle_view;

enum { RIG_SHAPE_MAX = 3 };

// What of the board's shape is unknown. Every point moves in proportion: p_i = p_i(start) + sum over k of x[k]
// dp[i][k]. Zeroed: nothing.
typedef struct rig_bundle_shape {
    int n;                                // unknowns, at most RIG_SHAPE_MAX
    const double (*dp)[RIG_SHAPE_MAX][3]; // a point, an unknown
    double (*p)[3];                       // the bundle's own p, which the solver moves
    double x[RIG_SHAPE_MAX];              // in and out
} rig_bundle_shape;

typedef struct rig_bundle {
    int n_points;         // of the board
    const double (*p)[3]; // board frame, m
    rig_bundle_shape shape;
    int n_cameras, n_boards, n_views;
    rig_bundle_camera *cameras;
    rig_bundle_board *boards;
    rig_bundle_view *views;
} rig_bundle;

static inline double rig_corner_sigma(const float *sigma_px, int i) {
    return sigma_px && sigma_px[i] > 1 ? (double)sigma_px[i] : 1;
}

static inline int rig_bundle_view_n_seen(const rig_bundle_view *view, int n_points) {
    int n = 0;
    for (int i = 0; i < n_points; i++)
        n += !view->seen || view->seen[i];
    return n;
}

// Rt_cam_board of what a view saw.
static inline rig_pose rig_bundle_view_pose(const rig_bundle_view *view, const rig_bundle_camera *cameras,
                                            const rig_bundle_board *boards) {
    const rig_bundle_board *board = &boards[view->board];
    return board->own ? board->Rt_world_board
                      : rig_pose_mul(&cameras[view->camera].Rt_cam_world, &board->Rt_world_board);
}

// Zeroed: no corner and no view is left out.
typedef struct rig_bundle_options {
    double corner_sigmas; // corners farther off than this many sigmas (and 0.2 px) are left out; 0: none
    double view_ratio;    // views whose rms is more than this many times the median of all (and 0.5 px); 0: none
    int max_iterations;   // of each refinement; 0: 100
    bool rough;           // stop short of the optimum, where the next step is foreseen to gain no more than 1e-7
} rig_bundle_options;

typedef struct rig_bundle_report {
    double rms_px;       // over the corners used: square root of the mean of dx^2 + dy^2
    double weighted_rms; // so, each distance in its corner's sigma where that is above a pixel
    double sigma_px;     // of one coordinate, from the median distance
    // Of one coordinate: the sum of squares over corners less unknowns; 0 where there are no more of these.
    double variance_px2;
    int n_corners, n_corners_left_out, n_views_left_out;
    int n_rounds, n_iterations;
    // Of the free intrinsics and camera poses, and of the shape, n_free x n_free, for a sigma of 1 px; NULL unless
    // asked for. Where the solver fails and it is not NULL, all was solved, and only the covariance has no answer:
    // `open` then marks the lenses to which that is owed.
    double *covariance;
    bool *open; // n_free: which of them what was seen leaves open
    int n_free;
    // Where a camera's free intrinsics (in order) and then its pose (rotation about the camera's centre and shift, both
    // in the camera frame) begin in it; n_cameras each, -1 where held. The shape's unknowns are its last.
    int *at_lens, *at_pose;
} rig_bundle_report;

// Ask again for every view that a refinement left out: as a doubtful one.
void rig_bundle_readmit(rig_bundle *bundle);

// Minimise the squares of all corners' distances over everything that is not held (lenses, poses, the board's shape),
// from a start good enough that boards lie in front of their cameras. Distances beyond corner_sigmas count linearly
// (Huber) until the corners they belong to are left out, so that the end is plain least squares over what is left.
//   bundle      in: the start; out: the optimum, and each view's fit
//   covariance  whether the report gets one
//   out         keeps reasons and the covariance (scratch itself where they are not read); scratch is given back
// The result does not depend on the number of threads.
// Fails with RIG_ERR_NUMERIC: no corner left to use, a singular system; RIG_ERR_MEMORY.
// Cost: a round of iterations, each O(corners (n_dist + 10)^2 + boards (cameras (n_dist + 10))^2 + n_free^3).
// Source: Triggs et al. 2000, "Bundle adjustment: a modern synthesis", 6.1 (the boards' 6 unknowns are eliminated).
RIG_CHECKED rig_status rig_bundle_solve(rig_bundle *bundle, const rig_bundle_options *options, bool covariance,
                                        rig_bundle_report *report, rig_arena *out, rig_arena *scratch, rig_err *err);

// How a bundle's first board, refined with the others' corners, follows errors of its cameras: board's change (turn
// about the origin and shift, both in the world) = G x cameras' changes + noise of its own corners.
//   G      6 x n, n the sum over cameras of 4 + n_dist + 6: intrinsics, then pose as in the report's covariance
//   noise  6 x 6, for a sigma of 1 px
// Fails with RIG_ERR_NUMERIC where its views leave the board's pose open; RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_bundle_board_sensitivity(const rig_bundle *bundle, double *G, double noise[36],
                                                    rig_arena *scratch, rig_err *err);

#endif
