#include "tests/support/support.h"
#include "tools/evaluate/keypoints.h"

#include <string.h>

static const double EXACT = 1e-12; // of sums of a few numbers of about 1

enum { JOINTS = 3, FRAMES = 2, PEOPLE = 2 };

// Two frames of up to two people of three joints, in a box of 100 x 100 px about (x, y).
typedef struct made {
    rig_skeleton skeleton;
    rig_joint2d joints[FRAMES][PEOPLE][JOINTS];
    rig_person2d people[FRAMES][PEOPLE];
    rig_frame2d frames[FRAMES];
    rig_people2d all;
} made;

static void person_place(made *m, int frame, int person, double x, double y, double score) {
    const double at[JOINTS][2] = {{0, 0}, {100, 0}, {100, 100}};
    for (int j = 0; j < JOINTS; j++)
        m->joints[frame][person][j] = (rig_joint2d){.found = true, .q = {x + at[j][0], y + at[j][1]}, .score = score};
    m->people[frame][person] = (rig_person2d){score, m->joints[frame][person]};
}

static void made_init(made *m) {
    memset(m, 0, sizeof *m);
    m->skeleton.n = JOINTS;
    for (int j = 0; j < JOINTS; j++) {
        snprintf(m->skeleton.names[j], RIG_NAME_MAX, "joint%d", j);
        m->skeleton.sigma[j] = 0.05;
    }
    for (int f = 0; f < FRAMES; f++) {
        for (int p = 0; p < PEOPLE; p++)
            person_place(m, f, p, 300 * p, 50 * f, 0.9 - 0.1 * p);
        m->frames[f] = (rig_frame2d){f, PEOPLE, m->people[f]};
    }
    m->all = (rig_people2d){.n_joints = JOINTS, .n_frames = FRAMES, .frames = m->frames};
}

static rig_status eval_keypoints(const rig_people2d *const *result, const rig_skeleton *of_result,
                                 const rig_people2d *const *truth, const rig_skeleton *of_truth, int n_views,
                                 rig_keypoints_error *error, rig_arena *scratch, rig_err *err) {
    rig_keypoints_comparison *comparison;
    rig_status status = rig_eval_keypoints_open(of_result, of_truth, &comparison, err);
    for (int v = 0; v < n_views; v++)
        for (int f = 0; f < truth[v]->n_frames && status == RIG_OK; f++) {
            const bool same = f < result[v]->n_frames && result[v]->frames[f].frame == truth[v]->frames[f].frame;
            status = rig_eval_keypoints_add(comparison, same ? &result[v]->frames[f] : NULL, &truth[v]->frames[f],
                                            scratch, err);
        }
    if (status == RIG_OK)
        status = rig_eval_keypoints_end(comparison, n_views, error, err);
    rig_eval_keypoints_close(comparison);
    return status;
}

static rig_keypoints_error compare(made *result, made *truth) {
    rig_arena scratch = {0};
    rig_err err = {""};
    rig_keypoints_error error;
    const rig_people2d *a = &result->all, *b = &truth->all;
    assert_ok(eval_keypoints(&a, &result->skeleton, &b, &truth->skeleton, 1, &error, &scratch, &err));
    rig_arena_release(&scratch);
    return error;
}

static void the_truth_itself_is_perfect(void **state) {
    (void)state;
    made result, truth;
    made_init(&result);
    made_init(&truth);
    rig_keypoints_error error = compare(&result, &truth);
    assert_near(error.ap, 1, EXACT);
    assert_near(error.median_px, 0, EXACT);
    assert_int_equal(error.n_truth, 4);
}

static void similarity_is_the_formula(void **state) {
    (void)state;
    made result, truth;
    int same[RIG_JOINTS_MAX] = {0, 1, 2};
    made_init(&result);
    made_init(&truth);
    result.joints[0][0][0].q[0] += 10;
    result.joints[0][0][2].found = false;
    double one = exp(-100 / (2 * 0.53 * 100 * 100 * 0.1 * 0.1));
    assert_near(rig_person_oks(&result.people[0][0], &truth.people[0][0], &truth.skeleton, same), (one + 1) / 3, EXACT);
}

// Half of the truth found, nothing false: precision 1 up to recall 0.5, that is 51 of 101 steps.
static void half_found(void **state) {
    (void)state;
    made result, truth;
    made_init(&result);
    made_init(&truth);
    result.frames[1].n = 0;
    assert_near(compare(&result, &truth).ap, 51.0 / 101, EXACT);
}

// A ghost ranked above all halves the precision of the first, and of no recall can be more than 4 of 5.
static void a_ghost_of_high_score_costs(void **state) {
    (void)state;
    made result, truth;
    made_init(&result);
    made_init(&truth);
    truth.frames[0].n = 1;
    result.people[0][1].score = 2;
    assert_near(compare(&result, &truth).ap, 0.75, EXACT); // the best precision at any recall: 3 right of 4
    result.people[0][1].score = 0;
    assert_near(compare(&result, &truth).ap, 1, EXACT); // ranked last, it comes after full recall
}

static void one_person_cannot_be_matched_twice(void **state) {
    (void)state;
    made result, truth;
    made_init(&result);
    made_init(&truth);
    person_place(&result, 0, 1, 1, 0, 0.85); // the first one again
    rig_keypoints_error error = compare(&result, &truth);
    assert_true(error.ap50 < 0.8 && error.ap50 > 0.5);
}

static void thresholds_differ(void **state) {
    (void)state;
    made result, truth;
    made_init(&result);
    made_init(&truth);
    for (int f = 0; f < FRAMES; f++)
        for (int p = 0; p < PEOPLE; p++)
            person_place(&result, f, p, 300 * p + 7, 50 * f, 0.9); // similarity exp(-49 / 106) = 0.63
    rig_keypoints_error error = compare(&result, &truth);
    assert_near(error.ap50, 1, EXACT);
    assert_near(error.ap75, 0, EXACT);
    assert_near(error.ap, 0.3, EXACT); // .50, .55, .60
    assert_near(error.median_px, 7, EXACT);
}

static void nothing_to_compare_is_refused(void **state) {
    (void)state;
    made result, truth;
    rig_arena scratch = {0};
    rig_err err = {""};
    rig_keypoints_error error;
    made_init(&result);
    made_init(&truth);
    const rig_people2d *a = &result.all, *b = &truth.all;
    for (int j = 0; j < JOINTS; j++)
        snprintf(result.skeleton.names[j], RIG_NAME_MAX, "other%d", j);
    assert_int_equal(eval_keypoints(&a, &result.skeleton, &b, &truth.skeleton, 1, &error, &scratch, &err),
                     RIG_ERR_DATA);
    assert_contains(err.text, "no joint in common");
    truth.frames[0].n = truth.frames[1].n = 0;
    assert_int_equal(eval_keypoints(&b, &truth.skeleton, &b, &truth.skeleton, 1, &error, &scratch, &err), RIG_ERR_DATA);
    assert_contains(err.text, "nobody");
    rig_arena_release(&scratch);
}

static rig_status work(void *self, rig_err *err) {
    (void)self;
    made truth;
    rig_arena scratch = {0};
    rig_keypoints_error error;
    made_init(&truth);
    const rig_people2d *b = &truth.all;
    rig_status status = eval_keypoints(&b, &truth.skeleton, &b, &truth.skeleton, 1, &error, &scratch, err);
    rig_arena_release(&scratch);
    return status;
}

static void memory_may_run_out(void **state) {
    (void)state;
    assert_true(rig_test_each_allocation_fails(work, NULL) > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_truth_itself_is_perfect),
        cmocka_unit_test(similarity_is_the_formula),
        cmocka_unit_test(half_found),
        cmocka_unit_test(a_ghost_of_high_score_costs),
        cmocka_unit_test(one_person_cannot_be_matched_twice),
        cmocka_unit_test(thresholds_differ),
        cmocka_unit_test(nothing_to_compare_is_refused),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
