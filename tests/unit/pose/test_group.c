#include "pose/group.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdbool.h>

enum { K = 4, MAX = 6 };

static rig_err err;
static rig_arena scratch;
static rig_peak peaks[K][MAX];
static rig_candidates candidates;
static rig_model model;
static rig_group *groups;

static int start(void **state) {
    (void)state;
    model = (rig_model){.tag_dim = 1, .tags_per_joint = true, .decode = rig_decode_defaults()};
    model.skeleton.n = K;
    candidates = (rig_candidates){.n_joints = K, .tag_dim = 1};
    for (int k = 0; k < K; k++) {
        model.group_order[k] = k;
        model.skeleton.sigma[k] = 0.05;
        candidates.peaks[k] = peaks[k];
    }
    rig_arena_clear(&scratch);
    return 0;
}

static void add(int joint, double x, double y, double score, double tag) {
    peaks[joint][candidates.n[joint]++] =
        (rig_peak){.x = (int)x, .y = (int)y, .q = {x, y}, .score = score, .tag = {tag, tag}};
}

static int build(void) {
    int n = 0;
    assert_ok(rig_groups_build(&candidates, &model, &groups, &n, &scratch, &err));
    return n;
}

static void tag_metrics(void **state) {
    (void)state;
    const double a[2] = {0, 0}, b[2] = {3, 4};
    assert_near(rig_tag_distance(a, b, 2, true), 5, 1e-12);
    assert_near(rig_tag_distance(a, b, 2, false), sqrt(12.5), 1e-12);
    assert_near(rig_tag_distance(a, b, 1, true), rig_tag_distance(a, b, 1, false), 0);
}

static void people_by_tag(void **state) {
    (void)state;
    for (int k = 0; k < K; k++) { // the joints of the two come in either order
        add(k, k % 2 ? 50 : 10, k, 0.8, k % 2 ? 2 : 0);
        add(k, k % 2 ? 10 : 50, k, 0.8, k % 2 ? 0 : 2);
    }
    assert_int_equal(build(), 2);
    for (int g = 0; g < 2; g++) {
        assert_int_equal(groups[g].n, K);
        assert_near(groups[g].score, 0.8, 1e-12);
        assert_near(groups[g].q[0], groups[g].joints[0]->q[0], 1e-12);
        assert_near(groups[g].tag[0], groups[g].joints[0]->tag[0], 1e-12);
    }
}

static void absent_first_joint_opens_later(void **state) {
    (void)state;
    for (int k = 0; k < K; k++) {
        add(k, 10, k, 0.8, 0);
        if (k >= 2)
            add(k, 50, k, 0.4, 3);
    }
    assert_int_equal(build(), 2);
    assert_int_equal(groups[1].n, 2);
    assert_null(groups[1].joints[0]);
    assert_near(groups[1].score, 0.2, 1e-12); // the absent count 0
}

// The gate after the assignment lets a pair that is refused afterwards take the place of one that would do: rounding
// makes 0.9 and 1.4 alike. Gated first, the near pair stands.
static void gate_stands_before_the_assignment(void **state) {
    (void)state;
    add(0, 0, 0, 0.8, 0);
    add(0, 90, 0, 0.8, 2.0);
    add(1, 0, 9, 0.9, 0.6);
    add(1, 90, 9, 0.9, 1.4);
    add(1, 50, 9, 0.1, 0.9);
    assert_int_equal(build(), 3);
    assert_ptr_equal(groups[0].joints[1], &peaks[1][0]);
    assert_ptr_equal(groups[1].joints[1], &peaks[1][1]);
    assert_int_equal(groups[2].n, 1);
}

// As many pairs as possible is not the aim: a bad pair may not push a candidate out of a good one.
static void near_pair_is_kept(void **state) {
    (void)state;
    add(0, 0, 0, 1, 0);
    add(0, 90, 0, 1, 0.95);
    add(1, 0, 9, 1, 0);
    add(1, 30, 9, 1, -0.9);
    model.decode.tag_threshold = 1;
    assert_int_equal(build(), 3);
    assert_ptr_equal(groups[0].joints[1], &peaks[1][0]);
    assert_null(groups[1].joints[1]);
}

static void score_decides_between_equals(void **state) {
    (void)state;
    add(0, 0, 0, 1, 0);
    add(1, 0, 5, 0.9, 0.12);
    add(1, 0, 9, 0.2, 0.10);
    assert_int_equal(build(), 2);
    assert_ptr_equal(groups[0].joints[1], &peaks[1][0]);
}

static void equal_tags_keep_people_apart_by_place(void **state) {
    (void)state;
    model.decode.distance_reweight = true;
    for (int k = 0; k < K; k++) {
        add(k, k % 2 ? 90 : 10, 3 * k, 0.8, 0);
        add(k, k % 2 ? 10 : 90, 3 * k, 0.8, 0);
    }
    assert_int_equal(build(), 2);
    for (int g = 0; g < 2; g++)
        for (int k = 1; k < K; k++)
            assert_near(groups[g].joints[k]->q[0], groups[g].joints[0]->q[0], 0);
}

static void equal_tags_overwrite_nobody(void **state) {
    (void)state;
    for (int k = 0; k < K; k++)
        for (int i = 0; i < 3; i++)
            add(k, 30 * i, 3 * k, 0.8, 0.5);
    assert_int_equal(build(), 3);
    for (int g = 0; g < 3; g++)
        assert_int_equal(groups[g].n, K);
}

static void reference_cost_gates_afterwards(void **state) {
    (void)state;
    model.decode.cost_reference = true;
    add(0, 0, 0, 0.8, 0);
    add(1, 0, 9, 0.5, 0.3);
    add(1, 0, 9, 0.9, 0.4); // equal to it when rounded: the score decides
    add(2, 0, 9, 0.9, 1.8); // nearest to both groups, then refused by the gate
    assert_int_equal(build(), 3);
    assert_ptr_equal(groups[0].joints[1], &peaks[1][1]);
    assert_ptr_equal(groups[1].joints[1], &peaks[1][0]);
    assert_int_equal(groups[2].n, 1);
}

static void selection_sorts_and_drops(void **state) {
    (void)state;
    for (int k = 0; k < K; k++) {
        add(k, 10, k, 0.4, 0);
        add(k, 50, k, 0.9, 5);
        add(k, 90, k, 0.05, 10); // score too low
        if (k < 2)
            add(k, 70, k, 0.9, 15); // too few joints
    }
    int n = build();
    assert_int_equal(n, 4);
    assert_int_equal(rig_groups_select(groups, n, &model.decode), 2);
    assert_near(groups[0].score, 0.9, 1e-12);
    assert_near(groups[1].score, 0.4, 1e-12);
}

static void no_candidates_no_groups(void **state) {
    (void)state;
    assert_int_equal(build(), 0);
}

static void duplicates_are_removed(void **state) {
    (void)state;
    static rig_joint2d joints[3][K];
    rig_person2d people[3];
    for (int i = 0; i < 3; i++) {
        people[i] = (rig_person2d){.score = 1 - 0.1 * i, .joints = joints[i]};
        for (int k = 0; k < K; k++)
            joints[i][k] = (rig_joint2d){.found = true, .q = {20 * (k % 2) + (i == 2 ? 15 : i), 40 * k}};
    }
    int kept[3];
    assert_int_equal(rig_people_dedupe(people, 3, &model.skeleton, &model.decode, kept), 2);
    assert_int_equal(kept[0], 0);
    assert_int_equal(kept[1], 2);
    joints[1][3].found = joints[1][2].found = false; // a part of a person is a duplicate too
    assert_int_equal(rig_people_dedupe(people, 3, &model.skeleton, &model.decode, kept), 2);
    model.decode.max_people = 1;
    assert_int_equal(rig_people_dedupe(people, 3, &model.skeleton, &model.decode, kept), 1);
    assert_near(rig_people_oks(joints[0], joints[0], &model.skeleton), 1, 1e-12);
    joints[2][0].found = joints[2][1].found = joints[2][2].found = joints[2][3].found = false;
    assert_near(rig_people_oks(joints[0], joints[2], &model.skeleton), 0, 0);
}

static rig_status build_again(void *self, rig_err *e) {
    (void)self;
    int n = 0;
    rig_arena fresh = {0};
    rig_status status = rig_groups_build(&candidates, &model, &groups, &n, &fresh, e);
    rig_arena_release(&fresh);
    return status;
}

static void allocations_may_fail(void **state) {
    (void)state;
    for (int k = 0; k < K; k++)
        add(k, 10, k, 0.4, 0);
    assert_true(rig_test_each_allocation_fails(build_again, NULL) >= 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(tag_metrics, start),
        cmocka_unit_test_setup(people_by_tag, start),
        cmocka_unit_test_setup(absent_first_joint_opens_later, start),
        cmocka_unit_test_setup(gate_stands_before_the_assignment, start),
        cmocka_unit_test_setup(near_pair_is_kept, start),
        cmocka_unit_test_setup(score_decides_between_equals, start),
        cmocka_unit_test_setup(equal_tags_keep_people_apart_by_place, start),
        cmocka_unit_test_setup(equal_tags_overwrite_nobody, start),
        cmocka_unit_test_setup(reference_cost_gates_afterwards, start),
        cmocka_unit_test_setup(selection_sorts_and_drops, start),
        cmocka_unit_test_setup(no_candidates_no_groups, start),
        cmocka_unit_test_setup(duplicates_are_removed, start),
        cmocka_unit_test_setup(allocations_may_fail, start),
    };
    int failed = cmocka_run_group_tests_name("group", tests, NULL, NULL);
    rig_arena_release(&scratch);
    return failed;
}
