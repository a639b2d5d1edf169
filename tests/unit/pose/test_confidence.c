#include "pose/confidence.h"

#include "tests/support/support.h"

#include <string.h>

static const double EXACT = 1e-12;
static const rig_confidence TABLE = {
    .n = 3, .heat = {0.1, 0.5, 0.9}, .probability = {0.2, 0.8, 1}, .spread = {4, 1, 0.5}};
static const rig_skeleton SKELETON = {.n = 3, .sigma = {0.1, 0.05, 0.02}};

static rig_joint2d joints[3];
static rig_person2d person = {.score = 0.7, .joints = joints};
static rig_frame2d frame = {.n = 1, .people = &person};

// A person of 100 x 200 pixels.
static int start(void **state) {
    (void)state;
    static const rig_joint2d seen[3] = {{.found = true, .q = {10, 20}, .score = 0.3},
                                        {.found = true, .q = {110, 220}, .score = 0.05},
                                        {.found = true, .q = {50, 100}, .score = 7}};
    memcpy(joints, seen, sizeof joints);
    return 0;
}

static void scores_are_interpolated_and_constant_beyond_the_knots(void **state) {
    (void)state;
    joints[0].n_others = 1;
    joints[0].others[0].score = 0.7;
    rig_people_calibrate(&TABLE, &SKELETON, &frame);
    assert_near(joints[0].score, 0.5, EXACT);
    assert_near(joints[1].score, 0.2, EXACT);
    assert_near(joints[2].score, 1, EXACT);
    assert_near(joints[0].others[0].score, 0.9, EXACT);
    assert_near(person.score, 0.7, 0); // whoever ranks people has ranked them already
}

static void sigma_is_in_oks_sigmas_times_the_persons_scale(void **state) {
    (void)state;
    const double scale = sqrt(0.53 * 100 * 200);
    rig_people_calibrate(&TABLE, &SKELETON, &frame);
    assert_near(joints[0].sigma_px, scale * 0.1 * 2.5, 1e-9);
    assert_near(joints[1].sigma_px, scale * 0.05 * 4, 1e-9);
    assert_near(joints[2].sigma_px, scale * 0.02 * 0.5, 1e-9);
}

static void without_a_table_scores_stay_heats(void **state) {
    (void)state;
    const rig_confidence none = {0};
    rig_people_calibrate(&none, &SKELETON, &frame);
    assert_near(joints[0].score, 0.3, 0);
    assert_near(joints[0].sigma_px, 0, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(scores_are_interpolated_and_constant_beyond_the_knots, start),
        cmocka_unit_test_setup(sigma_is_in_oks_sigmas_times_the_persons_scale, start),
        cmocka_unit_test_setup(without_a_table_scores_stay_heats, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
