#include "calib/lens_refit.h"

#include "tests/support/support.h"

#include <string.h>

static const unsigned UP_TO_4 = 1u << RIG_LENS_PINHOLE0 | 1u << RIG_LENS_PINHOLE2 | 1u << RIG_LENS_PINHOLE4;

static rig_camera camera_of(rig_lens lens, const double *dist) {
    rig_camera camera = {1280, 720, lens, {900, 905, 645, 350}, {0}};
    memcpy(camera.dist, dist, (size_t)rig_lens_n_dist(lens) * sizeof *dist);
    return camera;
}

// The largest distance on a finer grid than the fit's own, to the corners.
static double worst_px(const rig_camera *a, const rig_camera *b) {
    double worst = 0;
    for (int y = 0; y <= 100; y++)
        for (int x = 0; x <= 100; x++) {
            const double q[2] = {12.79 * x, 7.19 * y};
            double n[2], p[2];
            if (rig_camera_unproject(a, q, n) && rig_camera_project(b, (const double[]){n[0], n[1], 1}, p, NULL, NULL))
                worst = fmax(worst, hypot(p[0] - q[0], p[1] - q[1]));
        }
    return worst;
}

static void test_a_lens_that_is_held_is_left_as_it_is(void **state) {
    (void)state;
    const rig_camera camera = camera_of(RIG_LENS_PINHOLE5, (const double[]){-0.3, 0.1, 1e-3, -1e-3, -0.02});
    rig_refit refit;
    assert_true(rig_lens_refit(&camera, 1u << RIG_LENS_PINHOLE5, &refit));
    assert_memory_equal(&refit.camera, &camera, sizeof camera);
    assert_true(rig_lens_refit(&camera, UP_TO_4 | 1u << RIG_LENS_PINHOLE8, &refit)); // with zeros behind
    assert_int_equal(refit.camera.lens, RIG_LENS_PINHOLE8);
    assert_memory_equal(refit.camera.dist, camera.dist, sizeof camera.dist);
    assert_true(refit.max_px == 0);
}

// Without its k3 the lens is another: the other numbers make up for it, by as much as is told.
static void test_k3_is_made_up_for(void **state) {
    (void)state;
    const rig_camera camera = camera_of(RIG_LENS_PINHOLE5, (const double[]){-0.3, 0.1, 1e-3, -1e-3, -0.02});
    rig_camera dropped = camera;
    rig_refit refit;
    dropped.lens = RIG_LENS_PINHOLE4, dropped.dist[4] = 0;
    assert_true(rig_lens_refit(&camera, UP_TO_4, &refit));
    assert_int_equal(refit.camera.lens, RIG_LENS_PINHOLE4);
    const double worst = worst_px(&camera, &refit.camera);
    assert_near(worst, refit.max_px, 1e-6);
    assert_true(refit.rms_px > 0 && refit.rms_px < refit.max_px);
    assert_true(worst < 0.2 * worst_px(&camera, &dropped));
    assert_true(refit.share == 1);
}

static void test_a_mild_fisheye_is_a_pinhole(void **state) {
    (void)state;
    const rig_camera camera = camera_of(RIG_LENS_FISHEYE4, (const double[]){0.02, -0.005, 0.001, 0});
    rig_refit refit;
    assert_true(rig_lens_refit(&camera, 1u << RIG_LENS_PINHOLE12, &refit));
    assert_true(refit.max_px < RIG_REFIT_MOST_PX);
    assert_near(worst_px(&camera, &refit.camera), refit.max_px, 0.5 * refit.max_px + 1e-6);
}

// Half a sphere and more on a plane: off by pixels, or not at all.
static void test_a_wide_fisheye_is_none(void **state) {
    (void)state;
    rig_camera camera = camera_of(RIG_LENS_FISHEYE4, (const double[]){0.02, -0.005, 0.001, 0});
    rig_refit refit;
    camera.K[0] = camera.K[1] = 330; // 110 degrees to the left and right
    const bool has = rig_lens_refit(&camera, UP_TO_4 | 1u << RIG_LENS_PINHOLE5, &refit);
    assert_true(!has || refit.max_px > RIG_REFIT_MOST_PX);
}

static void test_how_far_cameras_are_apart(void **state) {
    (void)state;
    rig_view_camera a = {.camera = camera_of(RIG_LENS_PINHOLE4, (const double[]){-0.2, 0.05, 0, 0}), .has_pose = true};
    a.Rt_cam_world = rig_pose_from_rvec((const double[]){0.3, -0.2, 0.1}, (const double[]){1, 2, 3});
    rig_view_camera b = a;
    assert_near(rig_cameras_apart_px(&a, &b), 0, 1e-8);
    b.camera.K[2] += 0.5; // COLMAP's half pixel
    assert_near(rig_cameras_apart_px(&a, &b), 0.5, 1e-8);
    b = a;
    b.Rt_cam_world.t[0] += 0.001; // a millimetre, seen from one metre
    assert_near(rig_cameras_apart_px(&a, &b), 0.9, 0.05);
    b = a;
    b.Rt_cam_world = rig_pose_invert(&a.Rt_cam_world); // MC-Calib's way
    assert_true(rig_cameras_apart_px(&a, &b) > 100);
    b = a;
    b.has_pose = false;
    assert_true(isinf(rig_cameras_apart_px(&a, &b)));
    b = a;
    b.camera.width = 1920;
    assert_true(isinf(rig_cameras_apart_px(&a, &b)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_lens_that_is_held_is_left_as_it_is),
        cmocka_unit_test(test_k3_is_made_up_for),
        cmocka_unit_test(test_a_mild_fisheye_is_a_pinhole),
        cmocka_unit_test(test_a_wide_fisheye_is_none),
        cmocka_unit_test(test_how_far_cameras_are_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
