// Made-up maps with the truth beside them: people of 17 joints, their heatmaps and tag maps, noise, occlusion, ghosts.
#ifndef RIG_TESTS_CROWD_H
#define RIG_TESTS_CROWD_H

#include "core/rng.h"
#include "pose/decode.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CROWD_JOINTS = 17, CROWD_MAX = 40, CROWD_SIDE = 256 };

typedef struct crowd_params {
    int n; // people
    uint64_t seed;
    double tag_step;   // between the tags of people that follow one another
    double tag_noise;  // sigma of a joint's tag about its person's
    double heat_noise; // sigma, added to every cell
    double occluded;   // share of joints that leave no heat
    int ghosts;        // false peaks a joint, of 0.15..0.3 and any tag
    double apart;      // least distance between people's centres, cells
    double low, high;  // body heights, cells
} crowd_params;

typedef struct crowd_truth {
    int n;
    double q[CROWD_MAX][CROWD_JOINTS][2];
    bool seen[CROWD_MAX][CROWD_JOINTS];
    double tag[CROWD_MAX];
} crowd_truth;

static inline crowd_params crowd_easy(int n, uint64_t seed) {
    crowd_params p = {n, seed, 2, 0.1, 0.01, 0.1, 0, n > 20 ? 22.0 : 26.0, 50, n > 5 ? 80.0 : 140.0};
    return p;
}

// COCO's 17 joints of someone standing, in body heights from the centre.
static inline const double (*crowd_pose(void))[2] {
    static const double pose[CROWD_JOINTS][2] = {
        {0, -0.42},     {0.03, -0.45}, {-0.03, -0.45}, {0.06, -0.43}, {-0.06, -0.43}, {0.13, -0.30},
        {-0.13, -0.30}, {0.17, -0.12}, {-0.17, -0.12}, {0.19, 0.05},  {-0.19, 0.05},  {0.08, 0.03},
        {-0.08, 0.03},  {0.09, 0.25},  {-0.09, 0.25},  {0.10, 0.46},  {-0.10, 0.46}};
    return pose;
}

static inline rig_model crowd_model(void) {
    static const double sigma[CROWD_JOINTS] = {.026, .025, .025, .035, .035, .079, .079, .072, .072,
                                               .062, .062, .107, .107, .087, .087, .089, .089};
    static const int order[CROWD_JOINTS] = {0, 1, 2, 3, 4, 5, 6, 11, 12, 7, 8, 9, 10, 13, 14, 15, 16};
    rig_model model;
    memset(&model, 0, sizeof model);
    model.tag_dim = 1;
    model.tags_per_joint = true;
    model.decode = rig_decode_defaults();
    model.skeleton.n = CROWD_JOINTS;
    for (int k = 0; k < CROWD_JOINTS; k++) {
        snprintf(model.skeleton.names[k], RIG_NAME_MAX, "joint%d", k);
        model.skeleton.flip[k] = k == 0 ? 0 : k % 2 ? k + 1 : k - 1;
        model.skeleton.sigma[k] = sigma[k];
        model.group_order[k] = order[k];
    }
    return model;
}

static inline bool crowd_place(rig_rng *rng, const crowd_params *p, crowd_truth *truth, double (*centre)[2], int i) {
    double height = rig_rng_uniform(rng, p->low, p->high);
    for (int attempt = 0; attempt < 2000; attempt++) {
        double c[2] = {rig_rng_uniform(rng, 0.22 * height, CROWD_SIDE - 0.22 * height),
                       rig_rng_uniform(rng, 0.5 * height, CROWD_SIDE - 0.5 * height)};
        bool clear = true;
        for (int j = 0; j < i; j++)
            clear = clear && hypot(c[0] - centre[j][0], c[1] - centre[j][1]) >= p->apart;
        if (!clear)
            continue;
        memcpy(centre[i], c, sizeof c);
        for (int k = 0; k < CROWD_JOINTS; k++)
            for (int d = 0; d < 2; d++)
                truth->q[i][k][d] = c[d] + height * (crowd_pose()[k][d] + 0.02 * rig_rng_normal(rng));
        return true;
    }
    return false;
}

// People with tags in any order of place. Fewer than asked for where there is no room.
static inline void crowd_people(rig_rng *rng, const crowd_params *p, crowd_truth *truth) {
    double centre[CROWD_MAX][2];
    memset(truth, 0, sizeof *truth);
    while (truth->n < p->n && crowd_place(rng, p, truth, centre, truth->n))
        truth->n++;
    for (int i = 0; i < truth->n; i++) {
        truth->tag[i] = p->tag_step * (i - (truth->n - 1) / 2.0);
        for (int k = 0; k < CROWD_JOINTS; k++)
            truth->seen[i][k] = !(rig_rng_uniform(rng, 0, 1) < p->occluded);
    }
}

// One blob into a heatmap and, where it is the strongest so far, its tag into the tag map.
static inline void crowd_stamp(float *heat, float *tags, const double q[2], double peak, double tag) {
    const double sigma = 2;
    for (int y = (int)fmax(0, q[1] - 9); y < CROWD_SIDE && y <= q[1] + 9; y++)
        for (int x = (int)fmax(0, q[0] - 9); x < CROWD_SIDE && x <= q[0] + 9; x++) {
            double r2 = (x - q[0]) * (x - q[0]) + (y - q[1]) * (y - q[1]);
            float value = (float)(peak * exp(-r2 / (2 * sigma * sigma)));
            if (value <= heat[y * CROWD_SIDE + x])
                continue;
            heat[y * CROWD_SIDE + x] = value;
            tags[y * CROWD_SIDE + x] = (float)tag;
        }
}

// heat and tags: CROWD_JOINTS maps of CROWD_SIDE squared each.
static inline rig_maps crowd_maps(const crowd_params *p, crowd_truth *truth, float *heat, float *tags) {
    rig_rng rng = rig_rng_seed(p->seed, 7);
    const int plane = CROWD_SIDE * CROWD_SIDE;
    crowd_people(&rng, p, truth);
    memset(heat, 0, sizeof *heat * (size_t)(CROWD_JOINTS * plane));
    for (int i = 0; i < CROWD_JOINTS * plane; i++)
        tags[i] = (float)rig_rng_normal(&rng);
    for (int k = 0; k < CROWD_JOINTS; k++) {
        for (int i = 0; i < truth->n; i++)
            if (truth->seen[i][k])
                crowd_stamp(heat + k * plane, tags + k * plane, truth->q[i][k], rig_rng_uniform(&rng, 0.5, 1),
                            truth->tag[i] + p->tag_noise * rig_rng_normal(&rng));
        for (int g = 0; g < p->ghosts; g++) {
            double q[2] = {rig_rng_uniform(&rng, 0, CROWD_SIDE), rig_rng_uniform(&rng, 0, CROWD_SIDE)};
            crowd_stamp(heat + k * plane, tags + k * plane, q, rig_rng_uniform(&rng, 0.15, 0.3),
                        rig_rng_uniform(&rng, truth->tag[0] - 1, truth->tag[truth->n ? truth->n - 1 : 0] + 1));
        }
    }
    for (int i = 0; i < CROWD_JOINTS * plane && p->heat_noise > 0; i++)
        heat[i] += (float)(p->heat_noise * rig_rng_normal(&rng));
    rig_maps maps = {
        .n_joints = CROWD_JOINTS, .tag_dim = 1, .width = CROWD_SIDE, .height = CROWD_SIDE, .heat = heat, .tags = tags};
    return maps;
}

#endif
