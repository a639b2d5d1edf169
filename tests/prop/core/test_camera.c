#include "core/camera.h"
#include "core/rng.h"

#include "tests/support/support.h"

enum { ROUNDS = 700 };                   // of each lens
static const double N_TOLERANCE = 1e-10; // relative, of a normalised point: 1e-12 of the picture over the weakest slope
static const double NUMERIC = 1e-7;      // relative, of central differences with a step of DELTA
static const double DELTA = 1e-5;

// Lenses as they are met: a few per cent at the border, all coefficients at work, no fold inside |n| < 0.75.
static rig_camera random_camera(rig_rng *rng, rig_lens lens) {
    const double size[RIG_DIST_MAX] = {0.2, 0.05, 0.005, 0.005, 0.02, 0.1, 0.03, 0.01, 0.003, 0.002, 0.003, 0.002};
    const double fisheye[4] = {0.05, 0.02, 0.005, 0.002};
    rig_camera camera = {.width = 1920, .height = 1080, .lens = lens};
    for (int i = 0; i < 2; i++) {
        camera.K[i] = rig_rng_uniform(rng, 600, 2500);
        camera.K[2 + i] = rig_rng_uniform(rng, 300, 1100);
    }
    for (int i = 0; i < rig_lens_n_dist(lens); i++) {
        double most = lens == RIG_LENS_FISHEYE4 ? fisheye[i] : size[i];
        camera.dist[i] = rig_rng_uniform(rng, -most, most);
    }
    return camera;
}

static void random_point(rig_rng *rng, const rig_camera *camera, double p[3]) {
    const double widest = camera->lens == RIG_LENS_FISHEYE4 ? 3 : 0.5;
    p[2] = rig_rng_uniform(rng, 0.2, 8);
    for (int i = 0; i < 2; i++)
        p[i] = rig_rng_uniform(rng, -widest, widest) * p[2];
}

static void test_unproject_undoes_project(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(1, 0);
    for (int round = 0; round < ROUNDS * RIG_LENS_COUNT; round++) {
        const rig_camera camera = random_camera(&rng, (rig_lens)(round % RIG_LENS_COUNT));
        double p[3], q[2], n[2];
        random_point(&rng, &camera, p);
        assert_true(rig_camera_project(&camera, p, q, NULL, NULL));
        assert_true(rig_camera_unproject(&camera, q, n));
        const double size = 1 + hypot(p[0], p[1]) / p[2];
        assert_near(n[0], p[0] / p[2], N_TOLERANCE * size * size);
        assert_near(n[1], p[1] / p[2], N_TOLERANCE * size * size);
    }
}

// Whatever the coefficients, a point that is given projects to the pixel that was asked for.
static void test_what_is_found_projects_back(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(2, 0);
    int found = 0, refused = 0;
    for (int round = 0; round < ROUNDS * RIG_LENS_COUNT; round++) {
        rig_camera camera = random_camera(&rng, (rig_lens)(round % RIG_LENS_COUNT));
        for (int i = 0; i < rig_lens_n_dist(camera.lens); i++)
            camera.dist[i] *= 20;
        const double asked[2] = {rig_rng_uniform(&rng, -500, 2500), rig_rng_uniform(&rng, -500, 1500)};
        double n[2], q[2];
        if (!rig_camera_unproject(&camera, asked, n)) {
            refused++;
            continue;
        }
        found++;
        assert_true(rig_camera_project(&camera, (const double[]){n[0], n[1], 1}, q, NULL, NULL));
        for (int i = 0; i < 2; i++)
            assert_near((q[i] - asked[i]) / camera.K[i], 0, 1e-9);
    }
    assert_true(found > ROUNDS && refused > ROUNDS); // both kinds were met
}

static void test_jacobian_by_the_point(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(3, 0);
    for (int round = 0; round < ROUNDS * RIG_LENS_COUNT; round++) {
        const rig_camera camera = random_camera(&rng, (rig_lens)(round % RIG_LENS_COUNT));
        double p[3], q[2], plus[2], minus[2], dq_dp[6];
        random_point(&rng, &camera, p);
        if (camera.lens == RIG_LENS_FISHEYE4 && round % 2)
            p[2] *= -0.3; // beyond 90 degrees
        assert_true(rig_camera_project(&camera, p, q, dq_dp, NULL));
        const double step = DELTA * rig_norm3(p);
        for (int j = 0; j < 3; j++) {
            double moved[3] = {p[0], p[1], p[2]};
            moved[j] = p[j] + step;
            assert_true(rig_camera_project(&camera, moved, plus, NULL, NULL));
            moved[j] = p[j] - step;
            assert_true(rig_camera_project(&camera, moved, minus, NULL, NULL));
            const double scale = camera.K[0] / fabs(p[2]) * 30; // the largest derivatives of these lenses
            for (int i = 0; i < 2; i++)
                assert_near((plus[i] - minus[i]) / (2 * step), dq_dp[3 * i + j], NUMERIC * scale);
        }
    }
}

static void test_jacobian_by_the_intrinsics(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(4, 0);
    for (int round = 0; round < ROUNDS * RIG_LENS_COUNT; round++) {
        const rig_camera camera = random_camera(&rng, (rig_lens)(round % RIG_LENS_COUNT));
        const int n = 4 + rig_lens_n_dist(camera.lens);
        double p[3], q[2], plus[2], minus[2], dq_db[2 * RIG_INTRINSICS_MAX];
        random_point(&rng, &camera, p);
        assert_true(rig_camera_project(&camera, p, q, NULL, dq_db));
        for (int j = 0; j < n; j++) {
            rig_camera moved = camera;
            double *b = j < 4 ? &moved.K[j] : &moved.dist[j - 4];
            const double step = j < 4 ? 1e-3 : DELTA, start = *b;
            *b = start + step;
            rig_camera_project(&moved, p, plus, NULL, NULL);
            *b = start - step;
            rig_camera_project(&moved, p, minus, NULL, NULL);
            for (int i = 0; i < 2; i++) {
                double numeric = (plus[i] - minus[i]) / (2 * step), size = 1 + fabs(dq_db[i * n + j]);
                assert_near(dq_db[i * n + j], numeric, 10 * NUMERIC * size);
            }
        }
    }
}

// Near the axis of a fisheye the formulas divide by the radius: nothing may be lost there.
static void test_the_axis_of_a_fisheye_is_smooth(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(5, 0);
    for (int round = 0; round < ROUNDS; round++) {
        const rig_camera camera = random_camera(&rng, RIG_LENS_FISHEYE4);
        const double r = pow(10, rig_rng_uniform(&rng, -300, -4)), p[3] = {r, -2 * r, 2};
        double q[2], n[2], dq_dp[6];
        assert_true(rig_camera_project(&camera, p, q, dq_dp, NULL));
        assert_near(dq_dp[0] / camera.K[0], 0.5, 1e-7); // r^2 at most
        assert_near(dq_dp[4] / camera.K[1], 0.5, 1e-7);
        assert_near(dq_dp[1] / camera.K[0], 0, 1e-7);
        assert_near(dq_dp[2] / camera.K[0], -r / 4, 1e-7 * r + 1e-300);
        assert_true(rig_camera_unproject(&camera, q, n));
        assert_near(n[0], r / 2, 1e-12);
    }
}

static void test_rescale_there_and_back(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(6, 0);
    for (int round = 0; round < ROUNDS; round++) {
        const rig_camera camera = random_camera(&rng, RIG_LENS_PINHOLE8);
        const rig_camera other =
            rig_camera_rescale(&camera, 1 + rig_rng_below(&rng, 4000), 1 + rig_rng_below(&rng, 4000));
        const rig_camera back = rig_camera_rescale(&other, camera.width, camera.height);
        for (int i = 0; i < 4; i++)
            assert_near(back.K[i], camera.K[i], 1e-11); // px
    }
}

static void test_on_the_plane_as_in_space(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(8, 0);
    for (int round = 0; round < ROUNDS * RIG_LENS_COUNT; round++) {
        const rig_camera camera = random_camera(&rng, (rig_lens)(round % RIG_LENS_COUNT));
        double p[3], q[2], dq_dp[6], at[2], dq_dn[4];
        random_point(&rng, &camera, p);
        p[0] /= p[2], p[1] /= p[2], p[2] = 1;
        assert_true(rig_camera_project(&camera, p, q, dq_dp, NULL));
        assert_true(rig_camera_project_plane(&camera, p, at, dq_dn));
        for (int i = 0; i < 2; i++) {
            assert_near(at[i], q[i], 1e-9); // px
            assert_near(dq_dn[2 * i], dq_dp[3 * i], 1e-9);
            assert_near(dq_dn[2 * i + 1], dq_dp[3 * i + 1], 1e-9);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unproject_undoes_project),        cmocka_unit_test(test_what_is_found_projects_back),
        cmocka_unit_test(test_jacobian_by_the_point),           cmocka_unit_test(test_jacobian_by_the_intrinsics),
        cmocka_unit_test(test_the_axis_of_a_fisheye_is_smooth), cmocka_unit_test(test_rescale_there_and_back),
        cmocka_unit_test(test_on_the_plane_as_in_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
