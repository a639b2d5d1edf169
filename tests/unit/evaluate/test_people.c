#include "tests/support/support.h"

#include "tools/evaluate/people.h"

#include <string.h>

enum { JOINTS = 4, FRAMES = 3, PEOPLE = 2 };

// Two people for three frames; the result has the joints in another order, and one that the truth has not.
typedef struct scene {
    rig_skeleton of_result, of_truth;
    rig_joint3d found[FRAMES][PEOPLE][JOINTS], real[FRAMES][PEOPLE][JOINTS];
    rig_person3d found_people[FRAMES][PEOPLE], real_people[FRAMES][PEOPLE];
    rig_frame3d found_frames[FRAMES], real_frames[FRAMES];
    rig_people3d result, truth;
} scene;

static void scene_init(scene *one) {
    static const char *const RESULT[JOINTS] = {"c", "b", "a", "extra"}, *const TRUTH[JOINTS] = {"a", "b", "c", "other"};
    memset(one, 0, sizeof *one);
    one->of_result = (rig_skeleton){.name = "r", .n = JOINTS};
    one->of_truth = (rig_skeleton){.name = "t", .n = JOINTS};
    for (int j = 0; j < JOINTS; j++) {
        snprintf(one->of_result.names[j], RIG_NAME_MAX, "%s", RESULT[j]);
        snprintf(one->of_truth.names[j], RIG_NAME_MAX, "%s", TRUTH[j]);
    }
    for (int f = 0; f < FRAMES; f++) {
        for (int k = 0; k < PEOPLE; k++) {
            for (int j = 0; j < JOINTS; j++) {
                double p[3] = {2 * k + 0.1 * f, 0.3 * j, 1};
                one->real[f][k][j].state = one->found[f][k][j].state = RIG_JOINT_OK;
                memcpy(one->real[f][k][j].p, p, sizeof p);
                memcpy(one->found[f][k][j < 3 ? 2 - j : j].p, p, sizeof p);
            }
            one->real_people[f][k] = (rig_person3d){.id = k + 1, .joints = one->real[f][k]};
            one->found_people[f][k] = (rig_person3d){.id = 7 + k, .joints = one->found[f][k]};
        }
        one->real_frames[f] = (rig_frame3d){10 + f, PEOPLE, one->real_people[f]};
        one->found_frames[f] = (rig_frame3d){10 + f, PEOPLE, one->found_people[f]};
    }
    one->result = (rig_people3d){.n_joints = JOINTS, .n_frames = FRAMES, .frames = one->found_frames};
    one->truth = (rig_people3d){.n_joints = JOINTS, .n_frames = FRAMES, .frames = one->real_frames};
}

static rig_status eval_people(const rig_people3d *result, const rig_skeleton *of_result, const rig_people3d *truth,
                              const rig_skeleton *of_truth, const rig_pose *Rt_truth_result, rig_people_error *error,
                              rig_arena *scratch, rig_err *err) {
    rig_people_comparison *comparison;
    rig_status status = rig_eval_people_open(of_result, of_truth, Rt_truth_result, &comparison, err);
    for (int f = 0; f < truth->n_frames && status == RIG_OK; f++) {
        const rig_frame3d *same = NULL;
        for (int g = 0; g < result->n_frames; g++)
            same = result->frames[g].frame == truth->frames[f].frame ? &result->frames[g] : same;
        status = rig_eval_people_add(comparison, same, &truth->frames[f], scratch, err);
    }
    if (status == RIG_OK)
        status = rig_eval_people_end(comparison, error, err);
    rig_eval_people_close(comparison);
    return status;
}

static rig_people_error measure(const scene *one, const rig_pose *Rt_truth_result) {
    rig_arena scratch = {0};
    rig_err err;
    rig_people_error error;
    assert_ok(eval_people(&one->result, &one->of_result, &one->truth, &one->of_truth, Rt_truth_result, &error, &scratch,
                          &err));
    rig_arena_release(&scratch);
    return error;
}

static void exact_people_have_no_error(void **state) {
    (void)state;
    static scene one;
    scene_init(&one);
    rig_people_error error = measure(&one, NULL);
    assert_int_equal(error.n_frames, 3);
    assert_int_equal(error.n_truth, 6);
    assert_int_equal(error.n_found, 6);
    assert_int_equal(error.n_false, 0);
    assert_int_equal(error.id_switches, 0);
    assert_near(error.mpjpe_mm, 0, 1e-9);
    assert_near(error.joint_recall, 1, 0);
}

static void errors_are_of_joints(void **state) {
    (void)state;
    static scene one;
    scene_init(&one);
    for (int f = 0; f < FRAMES; f++)
        one.found[f][0][1].p[2] += 0.09; // 3 of 18 joints are 90 mm off
    one.found[1][1][0].state = RIG_JOINT_REJECTED;
    one.found[1][1][1].state = RIG_JOINT_FILLED;
    one.real[2][1][0].state = RIG_JOINT_MISSING; // not in the truth: not counted
    rig_people_error error = measure(&one, NULL);
    assert_near(error.mpjpe_mm, 3 * 90.0 / 16, 1e-9);
    assert_near(error.median_mm, 0, 1e-9);
    assert_near(error.p95_mm, 90, 1e-9);
    assert_near(error.joint_recall, 16.0 / 17, 1e-12);
}

static void people_are_matched_once(void **state) {
    (void)state;
    static scene one;
    scene_init(&one);
    memcpy(one.found[0][1], one.found[0][0], sizeof one.found[0][0]); // twice the first, never the second
    one.found_frames[1].n = 0;
    rig_people_error error = measure(&one, NULL);
    assert_int_equal(error.n_found, 1 + 0 + 2);
    assert_int_equal(error.n_false, 1);
    assert_int_equal(error.n_truth, 6);
    scene_init(&one);
    one.result.n_frames = 2; // a frame that the result has not: its people are missed
    error = measure(&one, NULL);
    assert_int_equal(error.n_frames, 3);
    assert_int_equal(error.n_found, 4);
}

static void switches_are_counted(void **state) {
    (void)state;
    static scene one;
    scene_init(&one);
    one.found_people[1][0].id = 8, one.found_people[1][1].id = 7; // exchanged, for good
    one.found_people[2][0].id = 8, one.found_people[2][1].id = 7;
    assert_int_equal(measure(&one, NULL).id_switches, 2);
    one.found_people[2][0].id = 9; // and once more
    assert_int_equal(measure(&one, NULL).id_switches, 3);
    scene_init(&one);
    one.found_frames[1].n = 0; // an absence is no switch
    assert_int_equal(measure(&one, NULL).id_switches, 0);
}

static void another_world_is_taken_back(void **state) {
    (void)state;
    static scene one;
    const double rvec[3] = {0.2, -0.5, 1}, t[3] = {1, 2, 3};
    rig_pose Rt_truth_result = rig_pose_from_rvec(rvec, t), Rt_result_truth = rig_pose_invert(&Rt_truth_result);
    scene_init(&one);
    for (int f = 0; f < FRAMES; f++)
        for (int k = 0; k < PEOPLE; k++)
            for (int j = 0; j < JOINTS; j++) {
                double p[3];
                rig_pose_apply(&Rt_result_truth, one.found[f][k][j].p, p);
                memcpy(one.found[f][k][j].p, p, sizeof p);
            }
    rig_people_error error = measure(&one, &Rt_truth_result);
    assert_int_equal(error.n_found, 6);
    assert_near(error.mpjpe_mm, 0, 1e-9);
    assert_int_equal(measure(&one, NULL).n_found, 0);
    assert_true(isnan(measure(&one, NULL).mpjpe_mm));
}

static void what_cannot_be_compared_is_refused(void **state) {
    (void)state;
    static scene one;
    rig_arena scratch = {0};
    rig_err err;
    rig_people_error error;
    scene_init(&one);
    for (int f = 0; f < FRAMES; f++)
        one.found_frames[f].frame = f;
    assert_int_equal(eval_people(&one.result, &one.of_result, &one.truth, &one.of_truth, NULL, &error, &scratch, &err),
                     RIG_ERR_DATA);
    assert_contains(err.text, "no frame");
    scene_init(&one);
    one.of_result.n = 0;
    assert_int_equal(eval_people(&one.result, &one.of_result, &one.truth, &one.of_truth, NULL, &error, &scratch, &err),
                     RIG_ERR_DATA);
    assert_contains(err.text, "no joint in common");
    rig_arena_release(&scratch);
}

static rig_status whole(void *self, rig_err *err) {
    const scene *one = self;
    rig_arena scratch = {0};
    rig_people_error error;
    rig_status status =
        eval_people(&one->result, &one->of_result, &one->truth, &one->of_truth, NULL, &error, &scratch, err);
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
        cmocka_unit_test(exact_people_have_no_error),  cmocka_unit_test(errors_are_of_joints),
        cmocka_unit_test(people_are_matched_once),     cmocka_unit_test(switches_are_counted),
        cmocka_unit_test(another_world_is_taken_back), cmocka_unit_test(what_cannot_be_compared_is_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
