// What is said of where a joint may be is true: 95 % ellipsoids hold the truth as often as that, whatever the
// detector's noise, which nobody tells.
#include "tests/unit/triangulate/walkers.h"

#include "triangulate/tracker.h"

enum { VIEWS = 4, FRAMES = 400 };

static const double FPS = 25;
static const double CHI2_95 = 7.815; // of 3 degrees of freedom
static const double LEAST = 0.90, MOST = 0.97;

// The squared distance of d, in standard deviations.
static double mahalanobis2(const double cov[6], const double d[3]) {
    double info[6];
    assert_true(rig_sym3_invert(cov, info));
    return info[0] * d[0] * d[0] + info[3] * d[1] * d[1] + info[5] * d[2] * d[2] +
           2 * (info[1] * d[0] * d[1] + info[2] * d[0] * d[2] + info[4] * d[1] * d[2]);
}

static void walk(const detector *how, uint64_t seed, int *held, int *n) {
    static ring from;
    static shot seen;
    rig_skeleton skeleton = coco_skeleton();
    rig_tracker_params params = rig_tracker_defaults();
    rig_tracker *tracker;
    rig_rng rng = rig_rng_seed(seed, 1);
    rig_arena out = {0}, scratch = {0};
    rig_err err;
    ring_init(&from, VIEWS, 4.5);
    *held = *n = 0;
    assert_ok(rig_tracker_open(&from.rig, &skeleton, FPS, &params, &tracker, &err));
    for (int f = 0; f < FRAMES; f++) {
        const walker who[2] = {{1, 0, 1.5708, 0.78, 0.7, 0, 1}, {-1, 0, -1.5708, 0.78, 0.7, 2, 0.95}};
        double p[2][COCO][3];
        rig_frame3d frame;
        for (int k = 0; k < 2; k++)
            walker_at(&who[k], f / FPS, p[k]);
        shot_take(&from, (const double(*)[COCO][3])p, 2, f, how, &rng, &seen);
        assert_ok(rig_tracker_next(tracker, f, seen.views, &frame, &out, &scratch, &err));
        for (int i = 0; i < frame.n; i++) {
            const rig_joint3d *joints = frame.people[i].joints;
            int k = ring_distance(joints[11].p, p[0][11]) < ring_distance(joints[11].p, p[1][11]) ? 0 : 1;
            for (int j = 0; j < COCO; j++) {
                if (joints[j].state != RIG_JOINT_OK)
                    continue;
                double d[3] = {joints[j].p[0] - p[k][j][0], joints[j].p[1] - p[k][j][1], joints[j].p[2] - p[k][j][2]};
                *held += mahalanobis2(joints[j].cov, d) <= CHI2_95, ++*n;
            }
        }
        rig_arena_clear(&out);
    }
    rig_tracker_close(tracker);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
}

static void ellipsoids_hold_the_truth(void **state) {
    (void)state;
    const double noise_px[] = {1.5, 3, 6};
    for (int i = 0; i < 3; i++) {
        const detector how = {noise_px[i], 0.05, 0.02, 0.02, 0, true, .swap = 0.01};
        int held, n;
        walk(&how, 11 + (uint64_t)i, &held, &n);
        print_message("%g px of noise: 95 %% ellipsoids hold the truth %.1f %% of %d times\n", noise_px[i],
                      100.0 * held / n, n);
        assert_true(n > FRAMES * COCO);
        assert_true(held >= LEAST * n && held <= MOST * n);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(ellipsoids_hold_the_truth)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
