#include "core/camera.h"

#include "tests/support/support.h"

#include <string.h>

static const double PX_TOLERANCE = 1e-9; // px: as many digits as the reference below has
static const double N_TOLERANCE = 1e-11; // of a normalised point

static rig_camera camera_with(rig_lens lens) {
    rig_camera camera = {1280,
                         720,
                         lens,
                         {900, 880, 640, 360},
                         {-0.21, 0.05, 0.002, -0.003, 0.01, 0.04, -0.02, 0.003, 0.001, -0.002, 0.003, 0.0005}};
    const double fisheye[4] = {0.08, -0.02, 0.004, -0.001};
    for (int i = 0; lens == RIG_LENS_FISHEYE4 && i < 4; i++)
        camera.dist[i] = fisheye[i];
    for (int i = rig_lens_n_dist(lens); i < RIG_DIST_MAX; i++)
        camera.dist[i] = 0;
    return camera;
}

static const double points[4][3] = {{0.3, -0.2, 1.5}, {-1.1, 0.7, 2.0}, {0, 0, 1.0}, {0.8, 0.9, 1.9}};

// Pixels computed by OpenCV 4.6, projectPoints and fisheye::projectPoints.
static const double opencv[RIG_LENS_COUNT][4][2] = {
    {{820.0, 242.6666666667}, {145.0, 668.0}, {640, 360}, {1018.9473684211, 776.8421052632}},
    {{817.8460444444, 244.0707265844}, {184.7082812500, 643.2926250000}, {640, 360}, {990.0403497598, 745.0443847358}},
    {{817.3780444444, 244.3757932510}, {181.2342812500, 645.4882250000}, {640, 360}, {988.7165270452, 745.4880412455}},
    {{817.3783916247, 244.3755669409}, {180.8542914062, 645.7246631250}, {640, 360}, {988.9620891213, 745.7581595292}},
    {{816.9800342184, 244.6352369539}, {186.9761696807, 641.9154944209}, {640, 360}, {984.4551242870, 740.8004982115}},
    {{817.0260253295, 244.7892391268}, {187.0335446807, 643.1169694209}, {640, 360}, {984.5262218077, 741.9318722802}},
    {{817.4243337030, 244.3456195121}, {190.5416111489, 639.6629975074}, {640, 360}, {985.7316212346, 740.3047833581}},
};

static void test_projection_is_opencvs(void **state) {
    (void)state;
    for (int lens = 0; lens < RIG_LENS_COUNT; lens++) {
        const rig_camera camera = camera_with((rig_lens)lens);
        for (int i = 0; i < 4; i++) {
            double q[2], n[2];
            assert_true(rig_camera_project(&camera, points[i], q, NULL, NULL));
            assert_near(q[0], opencv[lens][i][0], PX_TOLERANCE);
            assert_near(q[1], opencv[lens][i][1], PX_TOLERANCE);
            assert_true(rig_camera_unproject(&camera, q, n));
            assert_near(n[0], points[i][0] / points[i][2], N_TOLERANCE);
            assert_near(n[1], points[i][1] / points[i][2], N_TOLERANCE);
        }
    }
}

static void test_lens_names(void **state) {
    (void)state;
    const char *const names[RIG_LENS_COUNT] = {"pinhole0", "pinhole2",  "pinhole4", "pinhole5",
                                               "pinhole8", "pinhole12", "fisheye4"};
    const int n_dist[RIG_LENS_COUNT] = {0, 2, 4, 5, 8, 12, 4};
    rig_lens lens = RIG_LENS_COUNT;
    for (int i = 0; i < RIG_LENS_COUNT; i++) {
        assert_string_equal(rig_lens_name((rig_lens)i), names[i]);
        assert_true(rig_lens_from_name(names[i], &lens));
        assert_int_equal(lens, i);
        assert_int_equal(rig_lens_n_dist(lens), n_dist[i]);
    }
    assert_false(rig_lens_from_name("pinhole", &lens));
}

static void test_points_behind_are_not_projected(void **state) {
    (void)state;
    const rig_camera camera = camera_with(RIG_LENS_PINHOLE5);
    double q[2] = {-7, -7};
    assert_false(rig_camera_project(&camera, (const double[]){0.1, 0.2, -1}, q, NULL, NULL));
    assert_false(rig_camera_project(&camera, (const double[]){0.1, 0.2, 0}, q, NULL, NULL));
    assert_false(rig_camera_project(&camera, (const double[]){0.1, 0.2, NAN}, q, NULL, NULL));
    assert_near(q[0], -7, 0);
}

static void test_nothing_is_projected_near_a_pole(void **state) {
    (void)state;
    rig_camera camera = camera_with(RIG_LENS_PINHOLE8);
    double q[2], dq_dn[4];
    memset(camera.dist, 0, sizeof camera.dist);
    camera.dist[5] = -1; // 1 / (1 - r^2)
    for (int i = 0; i < 20; i++) {
        const double r = 0.1 * i, p[3] = {r, 0, 1};
        assert_int_equal(rig_camera_project(&camera, p, q, NULL, NULL), 1 - r * r > RIG_POLE_NEAR);
        assert_int_equal(rig_camera_project_plane(&camera, p, q, dq_dn), 1 - r * r > RIG_POLE_NEAR);
    }
}

static void test_a_fisheye_sees_beyond_ninety_degrees(void **state) {
    (void)state;
    rig_camera camera = camera_with(RIG_LENS_FISHEYE4);
    camera.dist[0] = camera.dist[1] = camera.dist[2] = camera.dist[3] = 0;
    double q[2], n[2];
    assert_true(rig_camera_project(&camera, (const double[]){1, 0, 0}, q, NULL, NULL));
    assert_near(q[0], 640 + 900 * acos(0), PX_TOLERANCE);
    assert_false(rig_camera_unproject(&camera, q, n)); // no normalised point holds it
    assert_true(rig_camera_project(&camera, (const double[]){1, 0, -1}, q, NULL, NULL));
    assert_near(q[0], 640 + 900 * 1.5 * acos(0), PX_TOLERANCE);
    assert_false(rig_camera_unproject(&camera, q, n));
    assert_false(rig_camera_project(&camera, (const double[]){0, 0, 0}, q, NULL, NULL));
    assert_false(rig_camera_project(&camera, (const double[]){0, 0, -1}, q, NULL, NULL));
}

static void test_the_centre_is_exact_with_its_derivatives(void **state) {
    (void)state;
    for (int lens = 0; lens < RIG_LENS_COUNT; lens++) {
        const rig_camera camera = camera_with((rig_lens)lens);
        double q[2], dq_dp[6], dq_db[2 * RIG_INTRINSICS_MAX], n[2] = {9, 9};
        assert_true(rig_camera_project(&camera, (const double[]){0, 0, 2}, q, dq_dp, dq_db));
        const double expected[6] = {450, 0, 0, 0, 440, 0};
        for (int i = 0; i < 6; i++)
            assert_near(dq_dp[i], expected[i], 1e-12);
        for (int i = 0; i < 2 * (4 + rig_lens_n_dist(camera.lens)); i++)
            assert_true(isfinite(dq_db[i]));
        assert_true(rig_camera_unproject(&camera, q, n));
        assert_near(n[0], 0, 0);
        assert_near(n[1], 0, 0);
    }
}

// r - 0.3 r^3 rises to 0.70 at r = 1.05 and falls again: pixels beyond have no point, and the far points that fall back
// into the picture must not be given for the near ones.
static void test_beyond_a_fold_there_is_no_point(void **state) {
    (void)state;
    rig_camera camera = camera_with(RIG_LENS_PINHOLE0);
    camera.lens = RIG_LENS_PINHOLE2;
    camera.dist[0] = -0.3;
    const double fold = sqrt(1 / 0.9), highest = fold * (1 - 0.3 * fold * fold);
    double n[2] = {5, 5};
    assert_true(rig_camera_unproject(&camera, (const double[]){640 + 900 * 0.999 * highest, 360}, n));
    assert_true(n[0] < fold);
    assert_near(n[0] - 0.3 * n[0] * n[0] * n[0], 0.999 * highest, N_TOLERANCE);
    assert_false(rig_camera_unproject(&camera, (const double[]){640 + 900 * 1.001 * highest, 360}, n));
    double q[2];
    assert_true(rig_camera_project(&camera, (const double[]){1.6, 0, 1}, q, NULL, NULL)); // beyond the fold
    assert_true(rig_camera_unproject(&camera, q, n));
    assert_true(n[0] < fold);
    assert_false(rig_camera_unproject(&camera, (const double[]){NAN, 0}, n));
}

// Rises, folds, and rises again past the first peak: Newton can jump the fold, and must be refused there.
static void test_the_far_side_of_a_fold_is_refused(void **state) {
    (void)state;
    rig_camera camera = camera_with(RIG_LENS_PINHOLE0);
    camera.lens = RIG_LENS_PINHOLE2;
    camera.dist[0] = -0.6;
    camera.dist[1] = 0.15;
    double q[2], n[2];
    assert_true(rig_camera_project(&camera, (const double[]){2.5, 0, 1}, q, NULL, NULL));
    assert_false(rig_camera_unproject(&camera, q, n));
    camera = camera_with(RIG_LENS_FISHEYE4);
    camera.dist[0] = -0.8; // falls between 0.76 and 1.23 rad; at atan(8) it is above the first peak again
    camera.dist[1] = 0.23;
    assert_true(rig_camera_project(&camera, (const double[]){8, 0, 1}, q, NULL, NULL));
    assert_false(rig_camera_unproject(&camera, q, n));
}

static void test_rescale_moves_pixel_centres(void **state) {
    (void)state;
    const rig_camera camera = camera_with(RIG_LENS_PINHOLE5), half = rig_camera_rescale(&camera, 640, 360);
    double q[2], q_half[2];
    assert_int_equal(half.width, 640);
    assert_int_equal(half.height, 360);
    rig_camera_project(&camera, points[0], q, NULL, NULL);
    rig_camera_project(&half, points[0], q_half, NULL, NULL);
    for (int axis = 0; axis < 2; axis++)
        assert_near(q_half[axis], (q[axis] + 0.5) / 2 - 0.5, PX_TOLERANCE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_projection_is_opencvs),
        cmocka_unit_test(test_lens_names),
        cmocka_unit_test(test_points_behind_are_not_projected),
        cmocka_unit_test(test_nothing_is_projected_near_a_pole),
        cmocka_unit_test(test_a_fisheye_sees_beyond_ninety_degrees),
        cmocka_unit_test(test_the_centre_is_exact_with_its_derivatives),
        cmocka_unit_test(test_beyond_a_fold_there_is_no_point),
        cmocka_unit_test(test_the_far_side_of_a_fold_is_refused),
        cmocka_unit_test(test_rescale_moves_pixel_centres),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
