#include "app/overlay_project.h"
#include "tests/support/support.h"

static rig_view_camera looking_along_z(void) {
    rig_view_camera c = {.has_pose = true, .Rt_cam_world = rig_pose_identity()};
    c.camera = (rig_camera){.width = 640, .height = 480, .lens = RIG_LENS_PINHOLE5, .K = {600, 600, 320, 240}};
    return c;
}

static void test_what_the_camera_sees_is_where_it_sees_it(void **state) {
    (void)state;
    const rig_view_camera c = looking_along_z();
    double q[2];
    assert_true(rig_overlay_project(&c, (const double[]){0.5, -0.25, 2}, q));
    assert_near(q[0], 470, 1e-9);
    assert_near(q[1], 165, 1e-9);
    assert_true(rig_overlay_project(&c, (const double[]){1.2, 0, 2}, q)); // a little beside it: limbs lead there
}

static void test_what_it_cannot_see_is_left_out(void **state) {
    (void)state;
    rig_view_camera c = looking_along_z();
    double q[2];
    assert_false(rig_overlay_project(&c, (const double[]){0, 0, -2}, q)); // behind
    assert_false(rig_overlay_project(&c, (const double[]){9, 0, 2}, q));  // far beside
    c.camera.dist[0] = -0.3; // r (1 - 0.3 r^2) folds back at r = 1.05, and is in the picture again at r = 1.6
    assert_false(rig_overlay_project(&c, (const double[]){1.6, 0, 1}, q));
    assert_true(rig_overlay_project(&c, (const double[]){0.4, 0, 1}, q));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_the_camera_sees_is_where_it_sees_it),
        cmocka_unit_test(test_what_it_cannot_see_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
