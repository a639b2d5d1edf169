// A made-up rig for the tests of calib: cameras around a table, a board carried about between them, corners with noise.
#ifndef RIG_TESTS_MADE_RIG_H
#define RIG_TESTS_MADE_RIG_H

#include "core/arena.h"
#include "core/board.h"
#include "core/camera.h"
#include "core/rig.h"
#include "core/rng.h"

#include <stdio.h>
#include <string.h>

enum { MADE_CAMERAS_MAX = 16 };

typedef struct made_rig {
    rig_arena arena;
    rig_board board;
    int n_cameras, n_frames;
    rig_camera cameras[MADE_CAMERAS_MAX];
    rig_pose Rt_cam_world[MADE_CAMERAS_MAX];
    rig_pose *Rt_world_board; // n_frames
    rig_view_corners seen[MADE_CAMERAS_MAX];
} made_rig;

// A camera at `centre` that looks at `target`, the world's z up.
static inline rig_pose made_look_at(const double centre[3], const double target[3]) {
    rig_pose pose;
    double z[3] = {target[0] - centre[0], target[1] - centre[1], target[2] - centre[2]}, up[3] = {0, 0, 1}, x[3], y[3];
    rig_cross3(z, up, x);
    double nz = rig_norm3(z), nx = rig_norm3(x);
    for (int k = 0; k < 3; k++)
        z[k] /= nz, x[k] /= nx;
    rig_cross3(z, x, y);
    memcpy(pose.R, x, sizeof x);
    memcpy(pose.R + 3, y, sizeof y);
    memcpy(pose.R + 6, z, sizeof z);
    double t[3];
    rig_mat3_mul_vec(pose.R, centre, t);
    for (int k = 0; k < 3; k++)
        pose.t[k] = -t[k];
    return pose;
}

// A board near the middle of the room that all cameras see from the front: it lies face up, tilted, turned.
static inline rig_pose made_board_pose(const rig_board *board, rig_rng *rng, double tilt, double reach) {
    // Board z points away from who looks at it: down, here.
    rig_pose flat = {{1, 0, 0, 0, -1, 0, 0, 0, -1}, {0, 0, 0}};
    double tilted[3] = {rig_rng_uniform(rng, -tilt, tilt), rig_rng_uniform(rng, -tilt, tilt), 0}, zero[3] = {0, 0, 0};
    double turned[3] = {0, 0, rig_rng_uniform(rng, -3.1, 3.1)};
    rig_pose tilt_pose = rig_pose_from_rvec(tilted, zero), turn_pose = rig_pose_from_rvec(turned, zero);
    rig_pose pose = rig_pose_mul(&turn_pose, &flat);
    pose = rig_pose_mul(&tilt_pose, &pose);
    double centre[3] = {board->square_m * (board->cols - 1) / 2, board->square_m * (board->rows - 1) / 2, 0}, moved[3];
    rig_mat3_mul_vec(pose.R, centre, moved);
    for (int k = 0; k < 3; k++)
        pose.t[k] = rig_rng_uniform(rng, -reach, reach) - moved[k];
    return pose;
}

// Corners of every board in every camera, with noise of sigma_px a coordinate; boards not wholly in a picture are not
// seen.
static inline void made_rig_look(made_rig *rig, rig_rng *rng, double sigma_px) {
    int n = rig_board_n(&rig->board);
    for (int c = 0; c < rig->n_cameras; c++) {
        rig_view_corners *seen = &rig->seen[c];
        memset(seen, 0, sizeof *seen);
        seen->width = rig->cameras[c].width;
        seen->height = rig->cameras[c].height;
        snprintf(seen->view, sizeof seen->view, "c%d", c + 1);
        seen->n_searched = rig->n_frames;
        seen->boards = RIG_NEW(&rig->arena, rig_board_view, rig->n_frames);
        for (int f = 0; f < rig->n_frames; f++) {
            double(*q)[2] = (double(*)[2])rig_arena_alloc(&rig->arena, (size_t)n, sizeof *q); // a header: C++ too
            rig_pose pose = rig_pose_mul(&rig->Rt_cam_world[c], &rig->Rt_world_board[f]);
            bool inside = true;
            for (int i = 0; i < n && inside; i++) {
                double p[3], at[3];
                rig_board_point(&rig->board, i, p);
                rig_pose_apply(&pose, p, at);
                inside = rig_camera_project(&rig->cameras[c], at, q[i], NULL, NULL) && q[i][0] > 0 && q[i][1] > 0 &&
                         q[i][0] < seen->width - 1 && q[i][1] < seen->height - 1;
                for (int k = 0; k < 2; k++)
                    q[i][k] += sigma_px > 0 ? sigma_px * rig_rng_normal(rng) : 0;
            }
            if (inside)
                seen->boards[seen->n++] = (rig_board_view){.frame = f, .q = q};
        }
    }
}

// n_cameras 1920 x 1080 cameras on a ring of 3 m, 1.6 m up, a 9 x 6 board of 0.1 m in n_frames poses.
static inline void made_rig_init(made_rig *rig, int n_cameras, int n_frames, double sigma_px, uint64_t seed) {
    rig_rng rng = rig_rng_seed(seed, 1);
    memset(rig, 0, sizeof *rig);
    rig->board = (rig_board){.cols = 9, .rows = 6, .square_m = 0.1};
    rig->n_cameras = n_cameras;
    rig->n_frames = n_frames;
    for (int c = 0; c < n_cameras; c++) {
        double angle = 2 * 3.14159265358979 * c / n_cameras, target[3] = {0, 0, 0};
        double centre[3] = {3 * cos(angle), 3 * sin(angle), 1.6 + 0.1 * c};
        rig->cameras[c] = (rig_camera){.width = 1920,
                                       .height = 1080,
                                       .lens = RIG_LENS_PINHOLE5,
                                       .K = {1400 + 10.0 * c, 1395 + 10.0 * c, 955 + 3.0 * c, 545 - 2.0 * c},
                                       .dist = {-0.12 + 0.02 * c, 0.08, 0.0006, -0.0008, -0.02}};
        rig->Rt_cam_world[c] = made_look_at(centre, target);
    }
    rig->Rt_world_board = RIG_NEW(&rig->arena, rig_pose, n_frames);
    for (int f = 0; f < n_frames; f++)
        rig->Rt_world_board[f] = made_board_pose(&rig->board, &rng, 0.45, 0.55);
    made_rig_look(rig, &rng, sigma_px);
}

static inline void made_rig_release(made_rig *rig) {
    rig_arena_release(&rig->arena);
    memset(rig, 0, sizeof *rig);
}

// Pictures for a lens: the board close to the camera and in all of its view, tilted by up to `tilt`.
static inline void made_lens_boards(made_rig *rig, int n_frames, double tilt, double sigma_px, uint64_t seed) {
    rig_rng rng = rig_rng_seed(seed, 2);
    rig_camera camera = rig->cameras[0];
    rig->n_frames = n_frames;
    rig->n_cameras = 1;
    rig->Rt_cam_world[0] = rig_pose_identity();
    rig->Rt_world_board = RIG_NEW(&rig->arena, rig_pose, n_frames);
    double centre[3] = {rig->board.square_m * (rig->board.cols - 1) / 2,
                        rig->board.square_m * (rig->board.rows - 1) / 2, 0};
    for (int f = 0; f < n_frames; f++) {
        double z = rig_rng_uniform(&rng, 1.0, 1.8), reach = 0.22 * z * camera.width / camera.K[0], turned[3];
        double r[3] = {rig_rng_uniform(&rng, -tilt, tilt), rig_rng_uniform(&rng, -tilt, tilt),
                       rig_rng_uniform(&rng, -0.5, 0.5)};
        double t[3] = {rig_rng_uniform(&rng, -reach, reach), rig_rng_uniform(&rng, -reach / 2, reach / 2), z};
        rig_pose pose = rig_pose_from_rvec(r, t);
        rig_mat3_mul_vec(pose.R, centre, turned);
        for (int k = 0; k < 3; k++)
            pose.t[k] -= turned[k];
        rig->Rt_world_board[f] = pose;
    }
    made_rig_look(rig, &rng, sigma_px);
}

#endif
