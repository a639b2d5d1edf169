// A made-up rig whose board is carried about: the same way at any moment, so that cameras may be late.
#ifndef RIG_TESTS_CARRIED_H
#define RIG_TESTS_CARRIED_H

#include "tests/unit/calib/made_rig.h"

// Where the board is at a time: some 0.4 m/s, turning and tilting.
static inline rig_pose carried_at(const rig_board *board, const rig_rng *seeded, double t_s) {
    rig_rng rng = *seeded;
    double r[3], at[3], moved[3],
        centre[3] = {board->square_m * (board->cols - 1) / 2, board->square_m * (board->rows - 1) / 2, 0};
    for (int k = 0; k < 3; k++) {
        const double size = k < 2 ? 0.4 : 1.2, pace = rig_rng_uniform(&rng, 0.5, 0.9);
        r[k] = size * sin(1.7 * pace * t_s + rig_rng_uniform(&rng, 0, 6.28));
        at[k] = 0.5 * sin(pace * t_s + rig_rng_uniform(&rng, 0, 6.28));
    }
    const rig_pose flat = {{1, 0, 0, 0, -1, 0, 0, 0, -1}, {0, 0, 0}};
    double turn[3] = {0, 0, r[2]}, tilt[3] = {r[0], r[1], 0}, zero[3] = {0, 0, 0};
    rig_pose turned = rig_pose_from_rvec(turn, zero), tilted = rig_pose_from_rvec(tilt, zero);
    rig_pose pose = rig_pose_mul(&turned, &flat);
    pose = rig_pose_mul(&tilted, &pose);
    rig_mat3_mul_vec(pose.R, centre, moved);
    for (int k = 0; k < 3; k++)
        pose.t[k] = at[k] - moved[k];
    return pose;
}

// Board f of the rig as it is in frame f * step + late of a recording; step 0: it lies still.
static inline void carry(made_rig *rig, const rig_rng *way, int step, double fps, double late) {
    for (int f = 0; f < rig->n_frames; f++)
        rig->Rt_world_board[f] = carried_at(&rig->board, way, step ? (f * step + late) / fps : 1);
}

// One camera's boards as it sees them when it is so many frames late, with new noise; frames are numbered by step.
static inline void carried_look(made_rig *rig, const rig_rng *way, int camera, int step, double fps, double late,
                                rig_rng *noise, double sigma_px) {
    rig_view_corners others[MADE_CAMERAS_MAX];
    memcpy(others, rig->seen, sizeof others);
    carry(rig, way, step, fps, late);
    made_rig_look(rig, noise, sigma_px);
    others[camera] = rig->seen[camera];
    for (int i = 0; i < others[camera].n; i++)
        others[camera].boards[i].frame *= step;
    memcpy(rig->seen, others, sizeof others);
}

#endif
