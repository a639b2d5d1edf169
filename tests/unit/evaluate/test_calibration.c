#include "tests/support/support.h"

#include "tools/evaluate/calibration.h"

#include <string.h>

enum { CAMERAS = 4 };

typedef struct scene {
    rig_view_camera found[CAMERAS], real[CAMERAS];
    rig_calibration result, truth;
    rig_camera_error errors[CAMERAS];
    rig_pose Rt_truth_result;
    int n;
} scene;

static void scene_init(scene *one) {
    memset(one, 0, sizeof *one);
    for (int i = 0; i < CAMERAS; i++) {
        const double rvec[3] = {1.2, 0.3 * i, -0.2 * i}, t[3] = {0.4 * i, -0.2, 3 + 0.1 * i};
        rig_view_camera *camera = &one->real[i];
        snprintf(camera->view, sizeof camera->view, "c%d", i);
        camera->camera = (rig_camera){640, 480, RIG_LENS_PINHOLE5, {500, 510, 320, 240}, {0.1}};
        camera->has_pose = true;
        camera->Rt_cam_world = rig_pose_from_rvec(rvec, t);
        one->found[CAMERAS - 1 - i] = *camera; // in another order
    }
    one->result = (rig_calibration){.n = CAMERAS, .cameras = one->found};
    one->truth = (rig_calibration){.n = CAMERAS, .cameras = one->real};
}

static void measure(scene *one) {
    rig_arena scratch = {0};
    rig_err err;
    assert_ok(
        rig_eval_calibration(&one->result, &one->truth, one->errors, &one->n, &one->Rt_truth_result, &scratch, &err));
    rig_arena_release(&scratch);
}

static void move_world(scene *one) {
    const double rvec[3] = {0.5, -1, 0.3}, t[3] = {10, -4, 2};
    rig_pose Rt_truth_result = rig_pose_from_rvec(rvec, t);
    for (int i = 0; i < CAMERAS; i++)
        one->found[i].Rt_cam_world = rig_pose_mul(&one->found[i].Rt_cam_world, &Rt_truth_result);
}

static void world_frame_is_removed(void **state) {
    (void)state;
    static scene one;
    scene_init(&one);
    move_world(&one);
    measure(&one);
    assert_int_equal(one.n, CAMERAS);
    for (int i = 0; i < CAMERAS; i++) {
        assert_string_equal(one.errors[i].view, one.found[i].view);
        assert_near(one.errors[i].position_mm, 0, 1e-6);
        assert_near(one.errors[i].rotation_mrad, 0, 1e-4); // an angle near 0 by its cosine
        assert_near(one.errors[i].focal_pct, 0, 0);
        assert_near(one.errors[i].centre_px, 0, 0);
    }
    assert_near(one.Rt_truth_result.t[0], 10, 1e-9);
}

static void lens_errors_are_told(void **state) {
    (void)state;
    static scene one;
    scene_init(&one);
    one.found[1].camera.K[1] *= 0.99, one.found[1].camera.K[0] *= 1.005;
    one.found[1].camera.K[2] += 3, one.found[1].camera.K[3] -= 4;
    measure(&one);
    assert_near(one.errors[1].focal_pct, 1, 1e-9);
    assert_near(one.errors[1].centre_px, 5, 1e-9);
    assert_near(one.errors[0].focal_pct, 0, 0);
}

// One camera of four is 8 mm off: the gauge takes a part of it, and gives it to the others.
static void pose_errors_are_told(void **state) {
    (void)state;
    static scene one;
    scene_init(&one);
    one.found[2].Rt_cam_world.t[0] += 0.008;
    move_world(&one);
    measure(&one);
    assert_true(one.errors[2].position_mm > 4 && one.errors[2].position_mm < 8);
    for (int i = 0; i < CAMERAS; i++)
        assert_true(i == 2 || one.errors[i].position_mm < 4);
    scene_init(&one);
    const double turn[3] = {0, 0.002, 0}, none[3] = {0};
    rig_pose Rt_turned_cam = rig_pose_from_rvec(turn, none);
    one.found[0].Rt_cam_world = rig_pose_mul(&Rt_turned_cam, &one.found[0].Rt_cam_world);
    measure(&one);
    assert_true(one.errors[0].rotation_mrad > 1 && one.errors[0].rotation_mrad < 2.1);
}

static void absent_cameras_and_poses_are_left_out(void **state) {
    (void)state;
    static scene one;
    scene_init(&one);
    snprintf(one.found[0].view, sizeof one.found[0].view, "stranger");
    one.found[1].has_pose = false;
    measure(&one);
    assert_int_equal(one.n, CAMERAS - 1);
    assert_string_equal(one.errors[0].view, one.found[1].view);
    assert_true(isnan(one.errors[0].position_mm) && isnan(one.errors[0].rotation_mrad));
    assert_near(one.errors[1].position_mm, 0, 1e-6);
    for (int i = 0; i < CAMERAS; i++)
        one.found[i].has_pose = false;
    measure(&one);
    assert_int_equal(one.n, CAMERAS - 1);
    assert_true(isnan(one.errors[2].position_mm));
}

static void what_cannot_be_compared_is_refused(void **state) {
    (void)state;
    static scene one;
    rig_arena scratch = {0};
    rig_err err;
    scene_init(&one);
    one.found[3].camera.width = 1280;
    assert_int_equal(
        rig_eval_calibration(&one.result, &one.truth, one.errors, &one.n, &one.Rt_truth_result, &scratch, &err),
        RIG_ERR_DATA);
    assert_contains(err.text, "camera 'c0'");
    one.truth.n = 0;
    assert_int_equal(
        rig_eval_calibration(&one.result, &one.truth, one.errors, &one.n, &one.Rt_truth_result, &scratch, &err),
        RIG_ERR_DATA);
    assert_contains(err.text, "no camera in common");
    rig_arena_release(&scratch);
}

static rig_status whole(void *self, rig_err *err) {
    scene *one = self;
    rig_arena scratch = {0};
    rig_status status =
        rig_eval_calibration(&one->result, &one->truth, one->errors, &one->n, &one->Rt_truth_result, &scratch, err);
    rig_arena_release(&scratch);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    static scene one;
    scene_init(&one);
    assert_true(rig_test_each_allocation_fails(whole, &one) >= 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(world_frame_is_removed),
        cmocka_unit_test(lens_errors_are_told),
        cmocka_unit_test(pose_errors_are_told),
        cmocka_unit_test(absent_cameras_and_poses_are_left_out),
        cmocka_unit_test(what_cannot_be_compared_is_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
