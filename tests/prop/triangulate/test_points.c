// 10,000 points, 1 px of noise, 5 % of the observations wrong: as good as least squares that is told which are wrong;
// and the frame of the world does not matter.
#include "tests/unit/triangulate/ring.h"

#include "triangulate/point.h"

#include <stdlib.h>

enum { POINTS = 10000, VIEWS = 4 };

// Least squares on the true observations has this median here, and that p99 where points are seen by at least 3 true
// ones.
static const double MEDIAN_OVER_LEAST_SQUARES = 1.03, P99_OVER_LEAST_SQUARES = 1.1;

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void random_point(rig_rng *rng, double p[3]) {
    p[0] = rig_rng_uniform(rng, -1.5, 1.5), p[1] = rig_rng_uniform(rng, -1.5, 1.5), p[2] = rig_rng_uniform(rng, 0, 2);
}

static void outliers_cost_little(void **state) {
    (void)state;
    static ring from;
    static double robust[POINTS], oracle[POINTS], spoilt[POINTS];
    rig_rng rng = rig_rng_seed(7, 1);
    rig_point_params params = rig_point_defaults();
    int n_spoilt = 0, n = 0;
    ring_init(&from, VIEWS, 4);
    for (int i = 0; i < POINTS; i++) {
        double p[3];
        rig_point_observation observations[VIEWS], good[VIEWS];
        int n_good = 0;
        random_point(&rng, p);
        for (int v = 0; v < VIEWS; v++) {
            observations[v] = (rig_point_observation){.view = v, .sigma_px = 1};
            assert_true(ring_project(&from, v, p, observations[v].q));
            observations[v].q[0] += rig_rng_normal(&rng), observations[v].q[1] += rig_rng_normal(&rng);
            if (rig_rng_uniform(&rng, 0, 1) < 0.05) {
                observations[v].q[0] = rig_rng_uniform(&rng, 0, 1280),
                observations[v].q[1] = rig_rng_uniform(&rng, 0, 960);
                continue;
            }
            good[n_good++] = observations[v];
        }
        if (n_good < 3)
            continue; // two views that agree and two others that happen to: nobody can know
        rig_joint3d a, b;
        ring_triangulate(from.undistorters, observations, VIEWS, &params, &a);
        ring_triangulate(from.undistorters, good, n_good, &params, &b);
        assert_int_equal(a.state, RIG_JOINT_OK);
        oracle[n] = ring_distance(b.p, p);
        robust[n++] = ring_distance(a.p, p);
        if (n_good < VIEWS)
            spoilt[n_spoilt++] = ring_distance(a.p, p);
    }
    assert_true(n_spoilt > POINTS / 8);
    qsort(robust, (size_t)n, sizeof *robust, by_size);
    qsort(oracle, (size_t)n, sizeof *oracle, by_size);
    qsort(spoilt, (size_t)n_spoilt, sizeof *spoilt, by_size);
    print_message("median %.2f (least squares %.2f), p99 %.2f (%.2f), with a wrong view %.2f mm\n", 1e3 * robust[n / 2],
                  1e3 * oracle[n / 2], 1e3 * robust[n * 99 / 100], 1e3 * oracle[n * 99 / 100],
                  1e3 * spoilt[n_spoilt / 2]);
    assert_true(robust[n / 2] <= MEDIAN_OVER_LEAST_SQUARES * oracle[n / 2]);
    assert_true(robust[n * 99 / 100] <= P99_OVER_LEAST_SQUARES * oracle[n * 99 / 100]);
}

static void world_frame_does_not_matter(void **state) {
    (void)state;
    static ring here, there;
    rig_rng rng = rig_rng_seed(8, 1);
    rig_point_params params = rig_point_defaults();
    const double rvec[3] = {0.4, -1.1, 2.0}, t[3] = {50, -20, 7};
    rig_pose Rt_there_here = rig_pose_from_rvec(rvec, t), Rt_here_there = rig_pose_invert(&Rt_there_here);
    ring_init(&here, VIEWS, 4), ring_init(&there, VIEWS, 4);
    for (int v = 0; v < VIEWS; v++)
        there.cameras[v].Rt_cam_world = rig_pose_mul(&here.cameras[v].Rt_cam_world, &Rt_here_there);
    for (int i = 0; i < 500; i++) {
        double p[3], moved[3];
        rig_point_observation observations[VIEWS];
        random_point(&rng, p);
        for (int v = 0; v < VIEWS; v++) {
            observations[v] = (rig_point_observation){.view = v, .sigma_px = 1};
            assert_true(ring_project(&here, v, p, observations[v].q));
            observations[v].q[0] += rig_rng_normal(&rng) + (i % 3 == 0 && v == 1 ? 200 : 0);
        }
        rig_joint3d a, b;
        ring_triangulate(here.undistorters, observations, VIEWS, &params, &a);
        ring_triangulate(there.undistorters, observations, VIEWS, &params, &b);
        assert_int_equal(a.state, b.state);
        assert_int_equal(a.views, b.views);
        rig_pose_apply(&Rt_there_here, a.p, moved);
        assert_near(ring_distance(moved, b.p), 0, 1e-7);
        assert_near(a.sigma_m, b.sigma_m, 1e-7);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outliers_cost_little),
        cmocka_unit_test(world_frame_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
