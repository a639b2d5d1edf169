// A person of 17 points through a take as a tracker would give it, for the tests of what comes after it.
#ifndef RIG_TESTS_TRIANGULATE_REFINED_H
#define RIG_TESTS_TRIANGULATE_REFINED_H

#include "tests/unit/triangulate/walkers.h"

enum { MOMENTS = 200 };

static const double MOMENTS_FPS = 50;

typedef struct walk {
    rig_skeleton skeleton;
    double truth[MOMENTS][COCO][3];
    rig_joint3d joints[MOMENTS][COCO];
    rig_person3d people[MOMENTS];
    rig_frame3d frames[MOMENTS];
    rig_people3d take;
} walk;

// Person 3 on a circle; each coordinate off by sigma_m (1 standard deviation). *made must not move afterwards.
static inline void walk_init(walk *made, double sigma_m, uint64_t seed) {
    const walker who = {1.3, 0, 1.5708, 0.78, 0.6, 0, 1};
    rig_rng rng = rig_rng_seed(seed, 7);
    memset(made, 0, sizeof *made);
    made->skeleton = coco_skeleton();
    for (int f = 0; f < MOMENTS; f++) {
        walker_at(&who, f / MOMENTS_FPS, made->truth[f]);
        for (int j = 0; j < COCO; j++) {
            rig_joint3d *joint = &made->joints[f][j];
            *joint = (rig_joint3d){.state = RIG_JOINT_OK, .sigma_m = fmax(sigma_m, 1e-4), .score = 0.9, .views = 3};
            joint->cov[0] = joint->cov[3] = joint->cov[5] = joint->sigma_m * joint->sigma_m;
            for (int i = 0; i < 3; i++)
                joint->p[i] = made->truth[f][j][i] + sigma_m * rig_rng_normal(&rng);
        }
        made->people[f] = (rig_person3d){.id = 3, .joints = made->joints[f]};
        made->frames[f] = (rig_frame3d){f, 1, &made->people[f]};
    }
    made->take = (rig_people3d){.n_joints = COCO, .fps = MOMENTS_FPS, .n_frames = MOMENTS, .frames = made->frames};
}

static inline void walk_hide(walk *made, int joint, int from, int to) {
    for (int f = from; f < to; f++)
        made->joints[f][joint] = (rig_joint3d){.state = RIG_JOINT_FEW_VIEWS};
}

#endif
