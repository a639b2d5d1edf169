#include "tests/support/support.h"

#include "tools/evaluate/people.h"

#include <string.h>

enum { COCO = 17, SHELF = 14 };

static const char *const COCO_NAMES[COCO] = {
    "nose",           "left_eye",   "right_eye",   "left_ear",   "right_ear",   "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip",
    "right_hip",      "left_knee",  "right_knee",  "left_ankle", "right_ankle",
};
static const int COCO_OF[12] = {16, 14, 12, 11, 13, 15, 10, 8, 6, 5, 7, 9};
// Limbs of equal length 0.4 m would hide mistakes of pairing: a person with uneven ones, in COCO's order.
static const double PERSON[COCO][3] = {
    {0.1, 0, 1.6},  {0.09, 0.03, 1.65}, {0.09, -0.03, 1.65}, {0, 0.08, 1.62},   {0, -0.08, 1.62},  {0, 0.2, 1.4},
    {0, -0.2, 1.4}, {0.02, 0.25, 1.1},  {0.02, -0.25, 1.12}, {0.1, 0.27, 0.85}, {0.12, -0.3, 0.9}, {0, 0.1, 0.9},
    {0, -0.1, 0.9}, {0.05, 0.1, 0.5},   {0.03, -0.1, 0.48},  {0, 0.1, 0.08},    {0, -0.1, 0.1},
};

static rig_skeleton coco(void) {
    rig_skeleton made = {.name = "coco17", .n = COCO};
    for (int j = 0; j < COCO; j++)
        snprintf(made.names[j], sizeof made.names[j], "%s", COCO_NAMES[j]);
    return made;
}

// MVPose's formula, written out once more, coordinate by coordinate.
static void to_shelf(const double c[COCO][3], double s[SHELF][3]) {
    for (int j = 0; j < 12; j++)
        memcpy(s[j], c[COCO_OF[j]], sizeof s[j]);
    for (int i = 0; i < 3; i++) {
        double ms = (c[5][i] + c[6][i]) / 2, hc = (c[3][i] + c[4][i]) / 2, hb = (ms + hc) / 2, ht = hb + 2 * (hc - hb);
        const double k[3] = {0.75, 0.75, 1.5};
        s[12][i] = ms;
        s[13][i] = s[12][i] + (c[0][i] - s[12][i]) * k[i];
        s[12][i] = ms + 0.5 * (c[0][i] - ms);
        s[13][i] = 0.75 * s[13][i] + 0.25 * ht;
        s[12][i] = 0.75 * s[12][i] + 0.25 * hb;
    }
}

// Up to three people in one frame, on both sides.
typedef struct scene {
    rig_skeleton skeleton;
    rig_joint3d found[3][COCO], real[3][SHELF];
    rig_person3d found_people[3], real_people[3];
    rig_frame3d found_frame, real_frame;
    rig_people3d result, truth;
} scene;

// n people 2 m apart, found exactly.
static void scene_init(scene *one, int n) {
    memset(one, 0, sizeof *one);
    one->skeleton = coco();
    for (int k = 0; k < n; k++) {
        double p[COCO][3], s[SHELF][3];
        memcpy(p, PERSON, sizeof p);
        for (int j = 0; j < COCO; j++)
            p[j][0] += 2 * k;
        to_shelf((const double(*)[3])p, s);
        for (int j = 0; j < COCO; j++) {
            one->found[k][j].state = RIG_JOINT_OK;
            memcpy(one->found[k][j].p, p[j], sizeof p[j]);
        }
        for (int j = 0; j < SHELF; j++) {
            one->real[k][j].state = RIG_JOINT_OK;
            memcpy(one->real[k][j].p, s[j], sizeof s[j]);
        }
        one->found_people[n - 1 - k] =
            (rig_person3d){.id = n - k, .joints = one->found[k]}; // in another order than the truth
        one->real_people[k] = (rig_person3d){.id = k + 1, .joints = one->real[k]};
    }
    one->found_frame = (rig_frame3d){4, n, one->found_people};
    one->real_frame = (rig_frame3d){4, n, one->real_people};
    one->result = (rig_people3d){.n_joints = COCO, .n_frames = 1, .frames = &one->found_frame};
    one->truth = (rig_people3d){.n_joints = SHELF, .n_frames = 1, .frames = &one->real_frame};
}

static rig_status eval_pcp(const rig_people3d *result, const rig_skeleton *skeleton, const rig_people3d *truth,
                           rig_pcp *pcp, rig_arena *scratch, rig_err *err) {
    rig_pcp_count count;
    RIG_TRY(rig_eval_pcp_begin(skeleton, truth->n_joints, &count, err));
    for (int f = 0; f < truth->n_frames; f++) {
        const bool same = f < result->n_frames && result->frames[f].frame == truth->frames[f].frame;
        RIG_TRY(rig_eval_pcp_add(&count, same ? &result->frames[f] : NULL, &truth->frames[f], scratch, err));
    }
    return rig_eval_pcp_end(&count, pcp, err);
}

static rig_pcp measure(const scene *one) {
    rig_arena scratch = {0};
    rig_err err;
    rig_pcp pcp;
    assert_ok(eval_pcp(&one->result, &one->skeleton, &one->truth, &pcp, &scratch, &err));
    rig_arena_release(&scratch);
    return pcp;
}

static void exact_people_are_all_right(void **state) {
    (void)state;
    static scene one;
    scene_init(&one, 3);
    rig_pcp pcp = measure(&one);
    assert_int_equal(pcp.n_persons, 3);
    for (int k = 0; k < 3; k++) {
        assert_near(pcp.pcp[k], 100, 0);
        assert_int_equal(pcp.n_limbs[k], 10);
    }
    assert_near(pcp.average, 100, 0);
    assert_true(isnan(pcp.pcp[3]));
}

static void half_a_limb_is_the_limit(void **state) {
    (void)state;
    static scene one;
    scene_init(&one, 1);
    const double *wrist = PERSON[10], *elbow = PERSON[8];
    double length = sqrt(pow(wrist[0] - elbow[0], 2) + pow(wrist[1] - elbow[1], 2) + pow(wrist[2] - elbow[2], 2));
    one.found[0][10].p[0] += length - 1e-9; // mean of the ends' errors: half the length, less a little
    assert_near(measure(&one).pcp[0], 100, 0);
    one.found[0][10].p[0] += 2e-9;
    assert_near(measure(&one).pcp[0], 90, 1e-9);
    scene_init(&one, 1);
    one.found[0][14].p[2] += 0.5; // the knee belongs to shank and thigh
    assert_near(measure(&one).pcp[0], 80, 1e-9);
    scene_init(&one, 1);
    one.found[0][11].p[2] -= 5; // a hip: the thigh, and the torso by its mean
    assert_near(measure(&one).pcp[0], 80, 1e-9);
}

static void absent_joints_are_wrong_and_filled_ones_count(void **state) {
    (void)state;
    static scene one;
    scene_init(&one, 1);
    one.found[0][15].state = RIG_JOINT_FEW_VIEWS;
    one.found[0][16].state = RIG_JOINT_FILLED;
    assert_near(measure(&one).pcp[0], 90, 1e-9);
    one.found[0][0].state = RIG_JOINT_MISSING; // no nose: neither head nor neck, and so no torso
    assert_near(measure(&one).pcp[0], 70, 1e-9);
}

static void absent_people_are_wrong(void **state) {
    (void)state;
    static scene one;
    scene_init(&one, 2);
    one.found_frame.n = 1; // only the second one is left; the first has nobody but her
    rig_pcp pcp = measure(&one);
    assert_near(pcp.pcp[0], 0, 0);
    assert_near(pcp.pcp[1], 100, 0);
    assert_near(pcp.average, 50, 0); // of those of persons 0, 1, 2 who appear
    one.found_frame.n = 0;
    assert_near(measure(&one).average, 0, 0);
}

static void ids_are_the_persons(void **state) {
    (void)state;
    static scene one;
    scene_init(&one, 2);
    one.real_people[0].id = 4, one.real_people[1].id = 99; // beyond what is counted
    rig_pcp pcp = measure(&one);
    assert_int_equal(pcp.n_persons, 4);
    assert_near(pcp.pcp[3], 100, 0);
    assert_int_equal(pcp.n_limbs[0], 0);
    assert_true(isnan(pcp.average));
}

static void what_cannot_be_compared_is_refused(void **state) {
    (void)state;
    static scene one;
    rig_arena scratch = {0};
    rig_err err;
    rig_pcp pcp;
    scene_init(&one, 1);
    one.real_frame.frame = 5;
    assert_int_equal(eval_pcp(&one.result, &one.skeleton, &one.truth, &pcp, &scratch, &err), RIG_ERR_DATA);
    assert_contains(err.text, "no frame");
    scene_init(&one, 1);
    for (int j = 0; j < COCO; j++)
        snprintf(one.skeleton.names[j], sizeof one.skeleton.names[j], "x%d", j);
    assert_int_equal(eval_pcp(&one.result, &one.skeleton, &one.truth, &pcp, &scratch, &err), RIG_ERR_DATA);
    assert_contains(err.text, "'coco17'");
    scene_init(&one, 1);
    one.truth.n_joints = 13;
    assert_int_equal(eval_pcp(&one.result, &one.skeleton, &one.truth, &pcp, &scratch, &err), RIG_ERR_DATA);
    assert_contains(err.text, "13 joints");
    rig_arena_release(&scratch);
}

static rig_status whole(void *self, rig_err *err) {
    const scene *one = self;
    rig_arena scratch = {0};
    rig_pcp pcp;
    rig_status status = eval_pcp(&one->result, &one->skeleton, &one->truth, &pcp, &scratch, err);
    rig_arena_release(&scratch);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    static scene one;
    scene_init(&one, 3);
    assert_true(rig_test_each_allocation_fails(whole, &one) >= 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_people_are_all_right),
        cmocka_unit_test(half_a_limb_is_the_limit),
        cmocka_unit_test(absent_joints_are_wrong_and_filled_ones_count),
        cmocka_unit_test(absent_people_are_wrong),
        cmocka_unit_test(ids_are_the_persons),
        cmocka_unit_test(what_cannot_be_compared_is_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
