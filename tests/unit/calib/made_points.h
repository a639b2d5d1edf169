// Made-up points that fly before made-up cameras: a drone, or the ends of a wand.
#ifndef RIG_TESTS_MADE_POINTS_H
#define RIG_TESTS_MADE_POINTS_H

#include "tests/unit/calib/made_people.h"

enum { MADE_POINTS_MOST = 2 };
#define MADE_WAND_M 0.6

typedef enum made_path { MADE_FLIES, MADE_LEVEL, MADE_STRAIGHT } made_path;

typedef struct made_points {
    made_take take; // cameras, noise, missing, outliers and ghosts are its
    int n_joints;   // 1: a drone; 2: a wand
    made_path path;
    double wave[3][MADE_WAVES][3];
} made_points;

// Cameras all round a room of 4 to 6 m, as many moments as points.
static inline void made_points_init(made_points *made, int n_cameras, int n_joints, int n_moments, uint64_t seed) {
    *made = (made_points){.n_joints = n_joints};
    made_take *take = &made->take;
    made_take_init(take, n_cameras, 1, 1, seed);
    take->n_moments = n_moments;
    take->fps = 30;
    take->noise_px = 2, take->missing = 0.05, take->outliers = 0, take->ghosts = 0;
    for (int i = 0; i < 3 * MADE_WAVES; i++) {
        double *wave = made->wave[i / MADE_WAVES][i % MADE_WAVES];
        wave[0] = rig_rng_uniform(&take->rng, 0.3, 1);
        wave[1] = rig_rng_uniform(&take->rng, 0.3, 1.2);
        wave[2] = rig_rng_uniform(&take->rng, 0, 6.28);
    }
}

static inline double made_points_wave(const made_points *made, int axis, double t) {
    double sum = 0, all = 0;
    for (int i = 0; i < MADE_WAVES; i++) {
        const double *wave = made->wave[axis][i];
        sum += wave[0] * sin(wave[1] * t + wave[2]), all += wave[0];
    }
    return sum / all;
}

static inline void made_points_at(const made_points *made, double t, double p[MADE_POINTS_MOST][3]) {
    const double reach = 1.6 * made->take.room_m;
    p[0][0] = reach * made_points_wave(made, 0, t);
    p[0][1] = made->path == MADE_STRAIGHT ? 0.3 * p[0][0] : reach * made_points_wave(made, 1, t);
    p[0][2] = made->path == MADE_FLIES ? 1.3 + 1.5 * made_points_wave(made, 2, t) : 1.2;
    const double turn = 2.1 * t, tilt = made->path == MADE_FLIES ? sin(0.9 * t) : 0;
    p[1][0] = p[0][0] + MADE_WAND_M * cos(tilt) * cos(turn);
    p[1][1] = p[0][1] + MADE_WAND_M * cos(tilt) * sin(turn);
    p[1][2] = p[0][2] + MADE_WAND_M * sin(tilt);
}

static inline rig_joint2d made_points_look(made_points *made, int c, const double p[3]) {
    made_take *take = &made->take;
    const rig_camera *camera = &take->cameras[c];
    rig_joint2d joint = {.score = 1};
    double at[3];
    rig_pose_apply(&take->Rt_cam_world[c], p, at);
    const bool missing = rig_rng_uniform(&take->rng, 0, 1) < take->missing,
               wrong = rig_rng_uniform(&take->rng, 0, 1) < take->outliers;
    if (missing || at[2] < 0.3 || !rig_camera_project(camera, at, joint.q, NULL, NULL))
        return joint;
    for (int k = 0; k < 2; k++)
        joint.q[k] += (wrong ? 60 : take->noise_px) * rig_rng_normal(&take->rng);
    joint.found = joint.q[0] > 0 && joint.q[0] < camera->width && joint.q[1] > 0 && joint.q[1] < camera->height;
    return joint;
}

// All moments; the point at hand comes last in its view where something else was taken for one.
static inline rig_status made_points_see(made_points *made, rig_people_seen *seen, rig_arena *arena, rig_err *err) {
    made_take *take = &made->take;
    *seen = (rig_people_seen){.n_views = take->n_cameras,
                              .n_joints = made->n_joints,
                              .cameras = take->cameras,
                              .names = take->names,
                              .room = take->n_moments,
                              .moments = RIG_NEW(arena, rig_seen_moment, take->n_moments)};
    if (!seen->moments)
        return rig_fail_memory(err, "moments");
    for (int m = 0; m < take->n_moments; m++) {
        rig_joint2d joints[MADE_CAMERAS_MAX][2][MADE_POINTS_MOST];
        rig_person2d people[MADE_CAMERAS_MAX][2];
        rig_frame2d frames[MADE_CAMERAS_MAX];
        const rig_frame2d *views[MADE_CAMERAS_MAX];
        double p[MADE_POINTS_MOST][3];
        made_points_at(made, m / take->fps, p);
        for (int c = 0; c < take->n_cameras; c++) {
            frames[c] = (rig_frame2d){m, 0, people[c]};
            if (rig_rng_uniform(&take->rng, 0, 1) < take->ghosts) {
                for (int j = 0; j < made->n_joints; j++)
                    joints[c][0][j] = (rig_joint2d){
                        .found = true,
                        .score = 1,
                        .q = {rig_rng_uniform(&take->rng, 50, 1870), rig_rng_uniform(&take->rng, 50, 1030)}};
                people[c][frames[c].n++] = (rig_person2d){1, joints[c][0]};
            }
            for (int j = 0; j < made->n_joints; j++)
                joints[c][1][j] = made_points_look(made, c, p[j]);
            people[c][frames[c].n++] = (rig_person2d){1, joints[c][1]};
            views[c] = &frames[c];
        }
        RIG_TRY(rig_people_seen_add(seen, m, views, arena, err));
    }
    return rig_people_seen_follow(seen, (int)(0.8 * take->fps), arena, err);
}

#endif
