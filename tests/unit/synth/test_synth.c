#include "tools/synth/scene.h"

#include "tests/support/support.h"
#include "tests/unit/synth/coco.h"

static rig_synth *opened(const rig_synth_params *params) {
    const rig_skeleton skeleton = coco17();
    rig_synth *synth = NULL;
    rig_err err = {""};
    assert_ok(rig_synth_open(params, &skeleton, &synth, &err));
    return synth;
}

static void test_the_same_seed_gives_the_same_bytes_another_seed_others(void **state) {
    (void)state;
    rig_image a = {0}, b = {0};
    rig_err err = {""};
    for (int recording = RIG_SYNTH_BOARD; recording <= RIG_SYNTH_TAKE; recording++) {
        rig_synth_params params = small_params(3);
        rig_synth *one = opened(&params), *same = opened(&params);
        params.seed = 4;
        rig_synth *other = opened(&params);
        assert_ok(rig_synth_draw(one, (rig_synth_recording)recording, 2, 4, &a, &err));
        assert_ok(rig_synth_draw(same, (rig_synth_recording)recording, 2, 4, &b, &err));
        assert_memory_equal(a.data, b.data, 160 * 120 * 3);
        assert_ok(rig_synth_draw(other, (rig_synth_recording)recording, 2, 4, &b, &err));
        assert_memory_not_equal(a.data, b.data, 160 * 120 * 3);
        rig_synth_close(one);
        rig_synth_close(same);
        rig_synth_close(other);
    }
    rig_image_release(&a);
    rig_image_release(&b);
}

static void test_frames_and_views_differ(void **state) {
    (void)state;
    const rig_synth_params params = small_params(1);
    rig_synth *synth = opened(&params);
    rig_image a = {0}, b = {0};
    rig_err err = {""};
    assert_ok(rig_synth_draw(synth, RIG_SYNTH_TAKE, 0, 0, &a, &err));
    assert_int_equal(a.width, 160);
    assert_int_equal(a.height, 120);
    assert_int_equal(a.channels, 3);
    assert_ok(rig_synth_draw(synth, RIG_SYNTH_TAKE, 1, 0, &b, &err));
    assert_memory_not_equal(a.data, b.data, 160 * 120 * 3);
    assert_ok(rig_synth_draw(synth, RIG_SYNTH_TAKE, 0, 1, &b, &err));
    assert_memory_not_equal(a.data, b.data, 160 * 120 * 3);
    rig_image_release(&a);
    rig_image_release(&b);
    rig_synth_close(synth);
}

static void test_the_rig_is_named_posed_and_before_the_room_s_walls(void **state) {
    (void)state;
    static const char *const names[] = {"c1", "c2", "c3", "c4", "left", "right"};
    const rig_synth_params params = small_params(1);
    rig_synth *synth = opened(&params);
    const rig_calibration *rig = rig_synth_rig(synth);
    double centre[6][3];
    assert_int_equal(rig->n, 6);
    for (int v = 0; v < 6; v++) {
        const rig_view_camera *c = &rig->cameras[v];
        double own[3];
        assert_string_equal(c->view, names[v]);
        assert_true(c->has_pose && c->camera.lens == RIG_LENS_PINHOLE5);
        assert_near(rig_mat3_det(c->Rt_cam_world.R), 1, 1e-12);
        rig_pose_centre(&c->Rt_cam_world, centre[v]);
        const rig_pose Rt_room_world = rig_pose_invert(&synth->room->Rt_world_room);
        rig_pose_apply(&Rt_room_world, centre[v], own);
        assert_true(fabs(own[0]) < 2.95 && fabs(own[1]) < 2.95 && own[2] > 1.5 && own[2] < 2.7);
        for (int other = 0; other < v; other++)
            assert_true(fabs(rig->cameras[other].camera.K[0] - c->camera.K[0]) > 1e-6);
    }
    const double apart[3] = {centre[5][0] - centre[4][0], centre[5][1] - centre[4][1], centre[5][2] - centre[4][2]};
    assert_near(rig_norm3(apart), 0.25, 0.01);
    double right_in_left[3];
    rig_pose_apply(&rig->cameras[4].Rt_cam_world, centre[5], right_in_left);
    assert_true(right_in_left[0] > 0.23);
    rig_synth_close(synth);
}

static double grey_at(const rig_image *image, const double q[2]) {
    return image->data[(int)lround(q[1]) * image->stride + 3 * (int)lround(q[0]) + 1];
}

// The world is the board's on the floor: corner 0 at its origin, x along the row, z up, the first square black.
static void test_the_board_lies_where_the_world_begins(void **state) {
    (void)state;
    rig_synth_params params = rig_synth_defaults();
    params.n_take = 1;
    rig_synth *synth = opened(&params);
    const rig_board *board = rig_synth_board(synth);
    rig_image image = {0};
    rig_err err = {""};
    assert_int_equal((board->cols + board->rows) % 2, 1);
    for (int v = 0; v < 6; v++) {
        const rig_view_camera *camera = &rig_synth_rig(synth)->cameras[v];
        assert_ok(rig_synth_draw(synth, RIG_SYNTH_FLOOR, 0, v, &image, &err));
        double sum[2] = {0, 0};
        for (int j = -1; j < board->rows; j++)
            for (int i = -1; i < board->cols; i++) { // y of the board runs against y of the world
                const double p[3] = {board->square_m * (i + 0.5), -board->square_m * (j + 0.5), 0};
                double p_cam[3], q[2];
                rig_pose_apply(&camera->Rt_cam_world, p, p_cam);
                assert_true(rig_camera_project(&camera->camera, p_cam, q, NULL, NULL));
                assert_true(q[0] > 1 && q[1] > 1 && q[0] < params.width - 2 && q[1] < params.height - 2);
                sum[(i + j) & 1] += grey_at(&image, q) / 35;
            }
        assert_true(sum[1] > 1.6 * sum[0]); // even squares, the first among them, are black
    }
    rig_image_release(&image);
    rig_synth_close(synth);
}

static void test_people_are_told_with_all_that_they_are(void **state) {
    (void)state;
    rig_synth_params params = small_params(2);
    params.n_people = 3;
    rig_synth *synth = opened(&params);
    const rig_people3d *people = rig_synth_people(synth);
    assert_int_equal(people->n_frames, params.n_take);
    assert_int_equal(people->n_joints, 17);
    assert_int_equal(people->n_views, 6);
    assert_string_equal(people->views[4], "left");
    assert_string_equal(people->skeleton, "coco17");
    assert_near(people->fps, 25, 0);
    for (int f = 0; f < people->n_frames; f++) {
        assert_int_equal(people->frames[f].frame, f);
        assert_int_equal(people->frames[f].n, 3);
        for (int i = 0; i < 3; i++) {
            assert_int_equal(people->frames[f].people[i].id, i + 1);
            const rig_joint3d *joints = people->frames[f].people[i].joints;
            for (int j = 0; j < 17; j++)
                assert_int_equal(joints[j].state, RIG_JOINT_OK);
            assert_true(joints[0].p[2] > 1.2 && joints[15].p[2] < 0.5); // nose and ankle
        }
    }
    rig_synth_close(synth);
}

static void test_joints_come_in_the_skeleton_s_own_order(void **state) {
    (void)state;
    const rig_synth_params params = small_params(2);
    rig_synth *synth = opened(&params), *turned = NULL;
    rig_skeleton skeleton = coco17();
    rig_err err = {""};
    for (int j = 0; j < 17; j++)
        snprintf(skeleton.names[j], sizeof skeleton.names[j], "%s", rig_avatar_joint_names[16 - j]);
    assert_ok(rig_synth_open(&params, &skeleton, &turned, &err));
    const rig_joint3d *a = rig_synth_people(synth)->frames[7].people[1].joints;
    const rig_joint3d *b = rig_synth_people(turned)->frames[7].people[1].joints;
    for (int j = 0; j < 17; j++)
        assert_memory_equal(a[j].p, b[16 - j].p, sizeof a[j].p);
    rig_synth_close(synth);
    rig_synth_close(turned);
}

static void test_what_cannot_be_is_refused(void **state) {
    (void)state;
    const rig_synth_params good = small_params(1);
    rig_synth_params bad[6] = {good, good, good, good, good, good};
    bad[0].n_people = 0;
    bad[1].n_people = 5;
    bad[2].width = 20;
    bad[3].fps = 0;
    bad[4].n_take = -1;
    bad[5].height = 200;
    rig_skeleton skeleton = coco17();
    for (int i = 0; i < 6; i++) {
        rig_synth *synth = NULL;
        rig_err err = {""};
        assert_int_equal(rig_synth_open(&bad[i], &skeleton, &synth, &err), RIG_ERR_USAGE);
        assert_null(synth);
        assert_contains(err.text, "expected");
    }
    rig_synth *synth = NULL;
    rig_err err = {""};
    snprintf(skeleton.names[9], sizeof skeleton.names[9], "left_hand");
    assert_int_equal(rig_synth_open(&good, &skeleton, &synth, &err), RIG_ERR_CONFIG);
    assert_contains(err.text, "joint 'left_wrist'");
    skeleton.n = 16;
    assert_int_equal(rig_synth_open(&good, &skeleton, &synth, &err), RIG_ERR_CONFIG);
    rig_synth_close(NULL);
}

static rig_status open_and_close(void *self, rig_err *err) {
    rig_synth *synth = NULL;
    rig_synth_params params = small_params(1);
    (void)self;
    params.width = 64, params.height = 48, params.n_take = 400; // few pixels, yet more than one chunk of people
    const rig_skeleton skeleton = coco17();
    rig_status status = rig_synth_open(&params, &skeleton, &synth, err);
    rig_synth_close(synth);
    return status;
}

static rig_status draw_all(void *self, rig_err *err) {
    rig_image image = {0};
    rig_status status = RIG_OK;
    for (int recording = RIG_SYNTH_BOARD; recording <= RIG_SYNTH_TAKE && status == RIG_OK; recording++)
        status = rig_synth_draw(self, (rig_synth_recording)recording, 1, 1, &image, err);
    rig_image_release(&image);
    return status;
}

static void test_each_allocation_may_fail(void **state) {
    (void)state;
    assert_true(rig_test_each_allocation_fails(open_and_close, NULL) >= 4);
    const rig_synth_params params = small_params(1);
    rig_synth *synth = opened(&params);
    assert_true(rig_test_each_allocation_fails(draw_all, synth) >= 4);
    rig_synth_close(synth);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_seed_gives_the_same_bytes_another_seed_others),
        cmocka_unit_test(test_frames_and_views_differ),
        cmocka_unit_test(test_the_rig_is_named_posed_and_before_the_room_s_walls),
        cmocka_unit_test(test_the_board_lies_where_the_world_begins),
        cmocka_unit_test(test_people_are_told_with_all_that_they_are),
        cmocka_unit_test(test_joints_come_in_the_skeleton_s_own_order),
        cmocka_unit_test(test_what_cannot_be_is_refused),
        cmocka_unit_test(test_each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
