// People made of 17 points who walk, and what a detector would make of them, for the tests of this room.
#ifndef RIG_TESTS_TRIANGULATE_WALKERS_H
#define RIG_TESTS_TRIANGULATE_WALKERS_H

#include "core/people.h"
#include "tests/unit/triangulate/ring.h"
#include "triangulate/joint_set.h"

enum { COCO = 17, WALKERS_MAX = 16, FOUND_MAX = 64 };

static const char *const COCO_NAMES[COCO] = {
    "nose",           "left_eye",   "right_eye",   "left_ear",   "right_ear",   "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip",
    "right_hip",      "left_knee",  "right_knee",  "left_ankle", "right_ankle",
};
static const double COCO_SIGMA[COCO] = {.026, .025, .025, .035, .035, .079, .079, .072, .072,
                                        .062, .062, .107, .107, .087, .087, .089, .089};

static inline rig_skeleton coco_skeleton(void) {
    rig_skeleton made;
    memset(&made, 0, sizeof made);
    snprintf(made.name, sizeof made.name, "coco17");
    made.n = COCO;
    for (int j = 0; j < COCO; j++) {
        snprintf(made.names[j], sizeof made.names[j], "%s", COCO_NAMES[j]);
        made.flip[j] = j == 0 ? 0 : j % 2 ? j + 1 : j - 1;
        made.sigma[j] = COCO_SIGMA[j];
    }
    return made;
}

// The joints from `first` to `last`, both in it.
static inline rig_joint_set joints_between(int first, int last) {
    rig_joint_set made = {{0}};
    for (int j = first; j <= last; j++)
        rig_joint_set_add(&made, j);
    return made;
}

static inline void assert_joints(const rig_joint_set *set, rig_joint_set expected) {
    assert_memory_equal(set, &expected, sizeof expected);
}

// A walker: where it is at t = 0, where it goes, its phase and its size.
typedef struct walker {
    double x, y, heading; // m, rad
    double speed, turn;   // m/s, rad/s
    double phase, size;   // rad; 1: 1.75 m
} walker;

static inline void walker_at(const walker *who, double t, double p[COCO][3]) {
    // Forward, to the left, up; metres, of a person who stands.
    static const double STANDING[COCO][3] = {{0.10, 0, 1.60},  {0.08, 0.03, 1.64}, {0.08, -0.03, 1.64}, {0, 0.08, 1.61},
                                             {0, -0.08, 1.61}, {0, 0.18, 1.42},    {0, -0.18, 1.42},    {0, 0.21, 1.13},
                                             {0, -0.21, 1.13}, {0.05, 0.22, 0.88}, {0.05, -0.22, 0.88}, {0, 0.10, 0.92},
                                             {0, -0.10, 0.92}, {0, 0.10, 0.50},    {0, -0.10, 0.50},    {0, 0.10, 0.09},
                                             {0, -0.10, 0.09}};
    static const double SWING[COCO] = {0,     0,    0,     0,    0,    0.02,  -0.02, -0.10, 0.10,
                                       -0.25, 0.25, -0.02, 0.02, 0.15, -0.15, 0.3,   -0.3};
    double heading = who->heading + who->turn * t, c = cos(heading), s = sin(heading);
    double swing = sin(who->phase + 5.5 * t) * (who->speed > 0 ? 1 : 0.1), x = who->x, y = who->y;
    if (who->turn != 0) { // a circle
        x += who->speed / who->turn * (s - sin(who->heading));
        y -= who->speed / who->turn * (c - cos(who->heading));
    } else {
        x += who->speed * t * c;
        y += who->speed * t * s;
    }
    for (int j = 0; j < COCO; j++) {
        double forward = who->size * (STANDING[j][0] + swing * SWING[j]), left = who->size * STANDING[j][1];
        p[j][0] = x + c * forward - s * left;
        p[j][1] = y + s * forward + c * left;
        p[j][2] = who->size * STANDING[j][2];
    }
}

// What the detector does to the truth.
typedef struct detector {
    double noise_px, miss, wrong; // standard deviation; the part of joints not found, and found somewhere else
    double miss_person;
    int ghosts; // people a view who are not there
    bool shuffle;
    double swap, steal, split; // the part of people whose arms or legs are swapped, who exchange a wrist with the
                               // person before, who are found as two
} detector;

typedef struct shot {
    rig_frame2d frames[RING_MAX];
    rig_person2d people[RING_MAX][FOUND_MAX];
    rig_joint2d joints[RING_MAX][FOUND_MAX][COCO];
    const rig_frame2d *views[RING_MAX];
} shot;

static inline void shot_person(const ring *from, int view, const double p[COCO][3], const detector *how, rig_rng *rng,
                               rig_joint2d *joints) {
    memset(joints, 0, COCO * sizeof *joints);
    for (int j = 0; j < COCO; j++) {
        double q[2], dice = rig_rng_uniform(rng, 0, 1), dx = rig_rng_normal(rng), dy = rig_rng_normal(rng);
        double far = dice > 1 - how->wrong ? 80 : 0;
        if (dice < how->miss || !ring_project(from, view, p[j], q))
            continue;
        joints[j].found = true;
        joints[j].score = rig_rng_uniform(rng, 0.5, 1);
        joints[j].q[0] = q[0] + (how->noise_px + far) * dx, joints[j].q[1] = q[1] + (how->noise_px + far) * dy;
    }
}

static inline void joints_swap(rig_joint2d *a, rig_joint2d *b) {
    rig_joint2d kept = *a;
    *a = *b, *b = kept;
}

// Left for right on the arms or on the legs.
static inline void shot_mirror(rig_joint2d *joints, rig_rng *rng) {
    int first = rig_rng_below(rng, 2) ? 7 : 13;
    for (int j = first; j < first + 4; j += 2)
        joints_swap(&joints[j], &joints[j + 1]);
}

static inline void shot_swap(rig_person2d *people, int n, rig_rng *rng) {
    for (int i = n - 1; i > 0; i--) {
        int k = rig_rng_below(rng, i + 1);
        rig_person2d kept = people[i];
        people[i] = people[k], people[k] = kept;
    }
}

// Somebody who is not there.
static inline void ghost_at(rig_rng *rng, double p[COCO][3]) {
    walker who = {0, 0, 0, 1, 0, 0, 1};
    who.x = rig_rng_uniform(rng, -3, 3);
    who.y = rig_rng_uniform(rng, -3, 3);
    who.heading = rig_rng_uniform(rng, 0, 6);
    who.phase = rig_rng_uniform(rng, 0, 6);
    who.size = rig_rng_uniform(rng, 0.5, 1.3);
    walker_at(&who, 0, p);
}

// Add one person to what a view found, as one or as two; *found is how many there are so far.
static inline void shot_add(const ring *from, int view, const double p[COCO][3], const detector *how, rig_rng *rng,
                            shot *out, int *found) {
    rig_joint2d *joints = out->joints[view][*found];
    shot_person(from, view, p, how, rng, joints);
    if (how->swap > 0 && rig_rng_uniform(rng, 0, 1) < how->swap)
        shot_mirror(joints, rng);
    if (how->steal > 0 && *found > 0 && rig_rng_uniform(rng, 0, 1) < how->steal)
        joints_swap(&joints[9], &out->joints[view][*found - 1][9]);
    out->people[view][*found].score = 0.8;
    out->people[view][(*found)++].joints = joints;
    if (!(how->split > 0 && rig_rng_uniform(rng, 0, 1) < how->split))
        return;
    rig_joint2d *lower = out->joints[view][*found];
    memset(lower, 0, COCO * sizeof *lower);
    for (int j = 11; j < COCO; j++)
        joints_swap(&joints[j], &lower[j]);
    out->people[view][*found].score = 0.8;
    out->people[view][(*found)++].joints = lower;
}

// What the views of `from` see of n people, p[k] each, at that frame.
static inline void shot_take(const ring *from, const double (*p)[COCO][3], int n, int frame, const detector *how,
                             rig_rng *rng, shot *out) {
    for (int v = 0; v < from->rig.n; v++) {
        int found = 0;
        for (int k = 0; k < n; k++)
            if (!(rig_rng_uniform(rng, 0, 1) < how->miss_person))
                shot_add(from, v, p[k], how, rng, out, &found);
        for (int k = 0; k < how->ghosts; k++) {
            double ghost[COCO][3];
            ghost_at(rng, ghost);
            shot_add(from, v, (const double(*)[3])ghost, how, rng, out, &found);
        }
        if (how->shuffle)
            shot_swap(out->people[v], found, rng);
        out->frames[v].frame = frame;
        out->frames[v].n = found;
        out->frames[v].people = out->people[v];
        out->views[v] = &out->frames[v];
    }
}

#endif
