// report/person_fit.c: who of a view's people is who in space, and by how much a view is off.
#include "report/person_fit.h"

#include "tests/support/support.h"

#include <string.h>

enum { JOINTS = 5 };
static const double EXACT_PX = 1e-9; // residuals of numbers that were projected here

// A camera 4 m from people who stand along x, looking along the world's y.
static rig_view_camera camera_made(void) {
    rig_view_camera c = {.camera = {.width = 1000, .height = 800, .lens = RIG_LENS_PINHOLE0, .K = {800, 800, 500, 400}},
                         .has_pose = true,
                         .Rt_cam_world = {{1, 0, 0, 0, 0, -1, 0, 1, 0}, {0, 1, 4}}};
    return c;
}

typedef struct scene {
    rig_joint3d joints3[2][JOINTS];
    rig_person3d people3[2];
    rig_frame3d frame3;
    rig_joint2d joints2[2][JOINTS];
    rig_person2d people2[2];
    rig_frame2d frame2;
    rig_view_camera camera;
    rig_view_fit fit;
    int who[2];
} scene;

// Two people 1 m apart, ids 7 and 9; the view lists them the other way round, all joints off by (3, -4) px.
static void scene_make(scene *s) {
    memset(s, 0, sizeof *s);
    s->camera = camera_made();
    s->fit.diagonal_px = hypot(1000, 800);
    for (int i = 0; i < 2; i++) {
        s->people3[i] = (rig_person3d){.id = 7 + 2 * i, .joints = s->joints3[i]};
        s->people2[i] = (rig_person2d){.score = 1, .joints = s->joints2[i]};
        for (int j = 0; j < JOINTS; j++) {
            double p[3], q[2];
            s->joints3[i][j] = (rig_joint3d){.state = RIG_JOINT_OK, .p = {i - 0.5, 0.1 * j, 0.3 * j}};
            rig_pose_apply(&s->camera.Rt_cam_world, s->joints3[i][j].p, p);
            assert_true(rig_camera_project(&s->camera.camera, p, q, NULL, NULL));
            s->joints2[1 - i][j] = (rig_joint2d){.found = true, .q = {q[0] + 3, q[1] - 4}};
        }
    }
    s->frame3 = (rig_frame3d){0, 2, s->people3};
    s->frame2 = (rig_frame2d){0, 2, s->people2};
}

static void match(scene *s) {
    rig_person_fit_match(&s->camera, &s->frame2, &s->frame3, JOINTS, s->who, &s->fit);
}

static void people_are_matched_whatever_their_order_and_the_offset_is_found(void **state) {
    (void)state;
    scene s;
    scene_make(&s);
    match(&s);
    assert_true(s.who[0] == 1 && s.who[1] == 0);
    assert_int_equal(s.fit.matched, 2);
    assert_int_equal(s.fit.expected, 2);
    assert_near(rig_view_fit_bias_px(&s.fit), 5, EXACT_PX);
    assert_near(rig_view_fit_rms_px(&s.fit), 5, EXACT_PX);
    assert_near(s.fit.sum[0] / (double)s.fit.joints, 3, EXACT_PX);
}

static void who_is_far_off_or_shares_two_joints_is_nobody(void **state) {
    (void)state;
    scene s;
    scene_make(&s);
    for (int j = 0; j < JOINTS; j++)
        s.joints2[0][j].q[1] += 200;
    for (int j = 2; j < JOINTS; j++)
        s.joints2[1][j].found = false;
    match(&s);
    assert_true(s.who[0] == -1 && s.who[1] == -1);
    assert_int_equal(s.fit.joints, 0);
    assert_near(rig_view_fit_rms_px(&s.fit), 0, 0);
}

static void who_should_be_in_the_picture_is_expected_and_nobody_else(void **state) {
    (void)state;
    scene s;
    scene_make(&s);
    s.frame2.n = 0;
    for (int j = 0; j < JOINTS; j++)
        s.joints3[0][j].p[0] -= 4; // left of the picture
    match(&s);
    assert_true(s.fit.expected == 1 && s.fit.matched == 0);
    for (int j = 0; j < JOINTS; j++)
        s.joints3[1][j].p[1] = -8; // behind the camera
    match(&s);
    assert_int_equal(s.fit.expected, 1);
}

static void a_camera_without_a_pose_and_a_frame_without_people_match_nobody(void **state) {
    (void)state;
    scene s;
    scene_make(&s);
    s.camera.has_pose = false;
    match(&s);
    assert_true(s.who[0] == -1 && s.who[1] == -1);
    s.camera.has_pose = true;
    rig_person_fit_match(&s.camera, &s.frame2, NULL, JOINTS, s.who, &s.fit);
    assert_true(s.who[0] == -1 && s.fit.frames == 2 && s.fit.frames_with == 2);
}

static void states_are_counted(void **state) {
    (void)state;
    scene s;
    rig_person_fit fit = {0};
    scene_make(&s);
    s.joints3[0][1].state = RIG_JOINT_FILLED;
    s.joints3[1][2].state = RIG_JOINT_FEW_VIEWS;
    rig_person_fit_add(&fit, &s.frame3, JOINTS);
    assert_true(fit.frames == 1 && fit.people == 2 && fit.n_ids == 9);
    assert_true(fit.states[RIG_JOINT_OK] == 8 && fit.states[RIG_JOINT_FILLED] == 1 &&
                fit.states[RIG_JOINT_FEW_VIEWS] == 1);
    assert_near(fit.reach_m, 1.2, 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_are_matched_whatever_their_order_and_the_offset_is_found),
        cmocka_unit_test(who_is_far_off_or_shares_two_joints_is_nobody),
        cmocka_unit_test(who_should_be_in_the_picture_is_expected_and_nobody_else),
        cmocka_unit_test(a_camera_without_a_pose_and_a_frame_without_people_match_nobody),
        cmocka_unit_test(states_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
