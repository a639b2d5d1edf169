#include "core/rig.h"

#include "tests/support/support.h"

static void test_find_by_name(void **state) {
    (void)state;
    rig_view_camera cameras[2] = {{.view = "c1"}, {.view = "c10"}};
    const rig_calibration calibration = {.n = 2, .cameras = cameras};
    assert_ptr_equal(rig_calibration_find(&calibration, "c1"), &cameras[0]);
    assert_ptr_equal(rig_calibration_find(&calibration, "c10"), &cameras[1]);
    assert_null(rig_calibration_find(&calibration, "c"));
    assert_null(rig_calibration_find(&(rig_calibration){0}, "c1"));
}

static void known_lengths_are_measured_between_cameras_with_poses(void **state) {
    (void)state;
    rig_view_camera cameras[3] = {{.view = "a", .has_pose = true}, {.view = "b", .has_pose = true}, {.view = "c"}};
    const rig_calibration calibration = {.n = 3, .cameras = cameras};
    const double turn[3] = {0.3, -0.2, 0.9}, t[2][3] = {{1, 2, 3}, {-2, 0.5, 4}};
    double at[2][3];
    for (int k = 0; k < 2; k++) {
        cameras[k].Rt_cam_world = rig_pose_from_rvec(turn, t[k]);
        rig_pose_centre(&cameras[k].Rt_cam_world, at[k]);
    }
    rig_known_length length = {{"a", "b"}, 3, 0}, other = {{"b", "c"}, 3, 0};
    assert_true(rig_calibration_measure(&calibration, &length));
    assert_near(length.measured_m, hypot(hypot(at[0][0] - at[1][0], at[0][1] - at[1][1]), at[0][2] - at[1][2]), 1e-12);
    assert_false(rig_calibration_measure(&calibration, &other));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_find_by_name),
                                       cmocka_unit_test(known_lengths_are_measured_between_cameras_with_poses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
