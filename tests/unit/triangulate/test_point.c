#include "tests/unit/triangulate/ring.h"

#include "triangulate/point.h"

static const double EXACT_M = 1e-9;   // exact pixels: what Newton and the pixels' own rounding leave
static const double OPTIMUM_M = 1e-6; // the refinement's last step, and the lens's curvature over a few pixels

static int see(const ring *from, const double p[3], double noise_px, rig_rng *rng,
               rig_point_observation *observations) {
    for (int v = 0; v < from->rig.n; v++) {
        observations[v] = (rig_point_observation){.view = v, .sigma_px = 1};
        assert_true(ring_project(from, v, p, observations[v].q));
        for (int i = 0; i < 2 && noise_px > 0; i++)
            observations[v].q[i] += noise_px * rig_rng_normal(rng);
    }
    return from->rig.n;
}

static rig_joint3d triangulate(const ring *from, const rig_point_observation *observations, int n) {
    rig_point_params params = rig_point_defaults();
    rig_joint3d joint = {0};
    ring_triangulate(from->undistorters, observations, n, &params, &joint);
    return joint;
}

static void exact_points_are_found(void **state) {
    (void)state;
    static ring from;
    rig_rng rng = rig_rng_seed(1, 1);
    for (int n = 2; n <= 7; n++) {
        ring_init(&from, n, 4);
        for (int i = 0; i < 50; i++) {
            double p[3] = {rig_rng_uniform(&rng, -1, 1), rig_rng_uniform(&rng, -1, 1), rig_rng_uniform(&rng, 0, 2)};
            rig_point_observation observations[RING_MAX];
            rig_joint3d joint = triangulate(&from, observations, see(&from, p, 0, NULL, observations));
            assert_int_equal(joint.state, RIG_JOINT_OK);
            assert_near(ring_distance(joint.p, p), 0, EXACT_M);
            assert_near(joint.rms_px, 0, 1e-6);
            assert_int_equal(joint.views, (UINT64_C(1) << n) - 1);
            assert_true(n == 2 || (joint.sigma_m > 0.001 && joint.sigma_m < 0.02)); // a pixel is 4 mm at 4 m
        }
    }
}

// The sum of squared reprojection errors, by the exact lens.
static double cost(const ring *from, const rig_point_observation *observations, int n, const double p[3]) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
        double q[2];
        assert_true(ring_project(from, observations[i].view, p, q));
        double dx = q[0] - observations[i].q[0], dy = q[1] - observations[i].q[1];
        sum += (dx * dx + dy * dy) / (observations[i].sigma_px * observations[i].sigma_px);
    }
    return sum;
}

static void answer_is_the_reprojection_optimum(void **state) {
    (void)state;
    static ring from;
    rig_rng rng = rig_rng_seed(2, 1);
    ring_init(&from, 5, 4);
    for (int i = 0; i < 100; i++) {
        double p[3] = {rig_rng_uniform(&rng, -1, 1), rig_rng_uniform(&rng, -1, 1), rig_rng_uniform(&rng, 0, 2)};
        rig_point_observation observations[RING_MAX];
        int n = see(&from, p, 0.5, &rng, observations);
        for (int v = 0; v < n; v++)
            observations[v].sigma_px = 0.7 + 0.2 * v;
        rig_joint3d joint = triangulate(&from, observations, n);
        assert_int_equal(joint.state, RIG_JOINT_OK);
        // Newton's step from differences of the exact cost: how far the answer is from the minimum along each axis.
        for (int axis = 0; axis < 3; axis++) {
            double h = 1e-4, low[3], high[3];
            memcpy(low, joint.p, sizeof low), memcpy(high, joint.p, sizeof high);
            low[axis] -= h, high[axis] += h;
            double a = cost(&from, observations, n, low), b = cost(&from, observations, n, joint.p),
                   c = cost(&from, observations, n, high);
            assert_near((c - a) / 2 * h / (a - 2 * b + c), 0, 20 * OPTIMUM_M);
        }
    }
}

static void one_wrong_view_of_five_is_thrown_out(void **state) {
    (void)state;
    static ring from;
    rig_rng rng = rig_rng_seed(3, 1);
    ring_init(&from, 5, 4);
    for (int i = 0; i < 200; i++) {
        double p[3] = {rig_rng_uniform(&rng, -1, 1), rig_rng_uniform(&rng, -1, 1), rig_rng_uniform(&rng, 0, 2)};
        rig_point_observation observations[RING_MAX];
        int n = see(&from, p, 1, &rng, observations), wrong = rig_rng_below(&rng, n);
        double angle = rig_rng_uniform(&rng, 0, 6.28), far = rig_rng_uniform(&rng, 40, 400);
        observations[wrong].q[0] += far * cos(angle), observations[wrong].q[1] += far * sin(angle);
        rig_joint3d joint = triangulate(&from, observations, n);
        assert_int_equal(joint.state, RIG_JOINT_OK);
        assert_int_equal(joint.views, 0x1f & ~(1 << wrong));
        memmove(observations + wrong, observations + wrong + 1, (size_t)(n - 1 - wrong) * sizeof *observations);
        rig_joint3d clean = triangulate(&from, observations, n - 1);
        if (clean.rms_px < 2.5) // else one of the good ones was beyond 3 sigma, and weighs differently in the two
            assert_near(ring_distance(joint.p, clean.p), 0, 1e-3);
    }
}

static void two_wrong_views_of_six_are_thrown_out(void **state) {
    (void)state;
    static ring from;
    rig_rng rng = rig_rng_seed(4, 1);
    ring_init(&from, 6, 4);
    for (int i = 0; i < 200; i++) {
        double p[3] = {rig_rng_uniform(&rng, -1, 1), rig_rng_uniform(&rng, -1, 1), rig_rng_uniform(&rng, 0, 2)};
        rig_point_observation observations[RING_MAX];
        int n = see(&from, p, 1, &rng, observations);
        observations[i % 6].q[0] += 150, observations[(i + 2) % 6].q[1] -= 200;
        rig_joint3d joint = triangulate(&from, observations, n);
        assert_int_equal(joint.state, RIG_JOINT_OK);
        assert_int_equal(joint.views, 0x3f & ~(1 << i % 6) & ~(1 << (i + 2) % 6));
        assert_true(ring_distance(joint.p, p) < 0.03);
    }
}

static void absences_say_why(void **state) {
    (void)state;
    static ring from;
    ring_init(&from, 2, 4);
    double a[3] = {0, -4, 1}, b[3] = {0.3, -4, 1}, at_a[3] = {0, 0, 1}, at_b[3] = {0.3, 0, 1};
    from.cameras[0] = ring_camera(a, at_a); // side by side, axes parallel
    from.cameras[1] = ring_camera(b, at_b);
    rig_point_observation none[1] = {{0}}, observations[2] = {{0, {640, 480}, 1}, {1, {640, 480}, 1}};
    assert_int_equal(triangulate(&from, none, 0).state, RIG_JOINT_MISSING);
    assert_int_equal(triangulate(&from, observations, 1).state, RIG_JOINT_FEW_VIEWS);
    assert_int_equal(triangulate(&from, observations, 2).state, RIG_JOINT_PARALLAX);
    observations[0].q[0] = 600, observations[1].q[0] = 680; // rays that part
    assert_int_equal(triangulate(&from, observations, 2).state, RIG_JOINT_BEHIND);
    observations[0].q[0] = 680, observations[1].q[0] = 600; // and that meet
    assert_int_equal(triangulate(&from, observations, 2).state, RIG_JOINT_OK);
    observations[0].q[1] = 380; // but one passes high above the other
    assert_int_equal(triangulate(&from, observations, 2).state, RIG_JOINT_REJECTED);
    observations[0].q[1] = NAN;
    assert_int_equal(triangulate(&from, observations, 2).state, RIG_JOINT_FEW_VIEWS);
    observations[0].q[1] = 480, observations[0].sigma_px = INFINITY;
    rig_joint3d joint = triangulate(&from, observations, 2);
    assert_int_equal(joint.state, RIG_JOINT_FEW_VIEWS);
    assert_true(joint.views == 0 && joint.sigma_m == 0 && joint.rms_px == 0);
}

static void identical_cameras_have_no_parallax(void **state) {
    (void)state;
    static ring from;
    ring_init(&from, 3, 4);
    from.cameras[1] = from.cameras[2] = from.cameras[0];
    double p[3] = {0.2, 0.1, 1.3};
    rig_point_observation observations[RING_MAX];
    assert_int_equal(triangulate(&from, observations, see(&from, p, 0, NULL, observations)).state, RIG_JOINT_PARALLAX);
    // Two cameras that face each other see a point between them in opposite directions: no parallax either.
    double a[3] = {-4, 0, 1}, b[3] = {4, 0, 1}, middle[3] = {0, 0, 1};
    from.cameras[0] = ring_camera(a, middle), from.cameras[1] = ring_camera(b, middle);
    from.rig.n = 2;
    assert_int_equal(triangulate(&from, observations, see(&from, middle, 0, NULL, observations)).state,
                     RIG_JOINT_PARALLAX);
}

static void order_of_views_does_not_matter(void **state) {
    (void)state;
    static ring from;
    rig_rng rng = rig_rng_seed(5, 1);
    ring_init(&from, 5, 4);
    for (int i = 0; i < 100; i++) {
        double p[3] = {rig_rng_uniform(&rng, -1, 1), rig_rng_uniform(&rng, -1, 1), rig_rng_uniform(&rng, 0, 2)};
        rig_point_observation observations[RING_MAX], turned[RING_MAX];
        int n = see(&from, p, 1, &rng, observations);
        if (i % 2)
            observations[i % 5].q[0] += 90;
        for (int v = 0; v < n; v++)
            turned[v] = observations[(v * 3 + i) % n];
        rig_joint3d a = triangulate(&from, observations, n), b = triangulate(&from, turned, n);
        assert_int_equal(a.state, b.state);
        assert_int_equal(a.views, b.views);
        assert_near(ring_distance(a.p, b.p), 0, OPTIMUM_M);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_points_are_found),
        cmocka_unit_test(answer_is_the_reprojection_optimum),
        cmocka_unit_test(one_wrong_view_of_five_is_thrown_out),
        cmocka_unit_test(two_wrong_views_of_six_are_thrown_out),
        cmocka_unit_test(absences_say_why),
        cmocka_unit_test(identical_cameras_have_no_parallax),
        cmocka_unit_test(order_of_views_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
