#include "triangulate/frame2d.h"

#include "tests/unit/triangulate/walkers.h"

typedef struct pair {
    rig_frame2d a, b;
    rig_person2d people[2][3];
    rig_joint2d joints[2][3][COCO];
} pair;

// Three people 100 px apart and 200 px tall who go right by 10 px a frame; in b their order is another.
static void pair_init(pair *made) {
    static const int ORDER[2][3] = {{0, 1, 2}, {2, 0, 1}};
    memset(made, 0, sizeof *made);
    for (int f = 0; f < 2; f++)
        for (int k = 0; k < 3; k++) {
            rig_person2d *person = &made->people[f][k];
            person->score = 0.5 + 0.1 * ORDER[f][k];
            person->joints = made->joints[f][k];
            for (int j = 0; j < COCO; j++)
                person->joints[j] = (rig_joint2d){
                    .found = true, .q = {100 * ORDER[f][k] + 10 * f + j % 3, 12.5 * j}, .score = f ? 0.8 : 0.9};
        }
    made->a = (rig_frame2d){7, 3, made->people[0]};
    made->b = (rig_frame2d){8, 3, made->people[1]};
}

static void people_are_on_the_way(void **state) {
    (void)state;
    static pair two;
    const double parts[] = {0, 0.3, 0.5, 0.8, 1};
    rig_arena out = {NULL};
    rig_err err;
    pair_init(&two);
    for (int i = 0; i < 5; i++) {
        rig_frame2d frame;
        assert_ok(rig_frame2d_interpolate(&two.a, &two.b, parts[i], COCO, &frame, &out, &err));
        assert_int_equal(frame.n, 3);
        assert_int_equal(frame.frame, parts[i] <= 0.5 ? 7 : 8);
        for (int k = 0; k < 3; k++) {
            int who = (int)lrint((frame.people[k].score - 0.5) * 10);
            for (int j = 0; j < COCO; j++) {
                assert_near(frame.people[k].joints[j].q[0], 100 * who + j % 3 + 10 * parts[i], 1e-9);
                assert_near(frame.people[k].joints[j].q[1], 12.5 * j, 1e-9);
                assert_near(frame.people[k].joints[j].score, 0.8, 1e-9);
            }
        }
    }
    rig_arena_release(&out);
}

// A joint that one frame lacks, or that jumps, and a person whom one frame lacks, are as the nearer frame has them.
static void what_is_not_in_both_is_the_nearers(void **state) {
    (void)state;
    static pair two;
    rig_arena out = {NULL};
    rig_frame2d frame;
    rig_err err;
    pair_init(&two);
    two.joints[1][1][4].found = false; // person 0 in b
    two.joints[1][1][5].q[1] += 90;
    two.joints[0][0][6].found = false; // and in a
    two.b.n = 2;                       // person 1 is gone
    assert_ok(rig_frame2d_interpolate(&two.a, &two.b, 0.4, COCO, &frame, &out, &err));
    assert_int_equal(frame.n, 3);
    assert_near(frame.people[0].joints[3].q[0], 0 + 4, 1e-9);
    assert_near(frame.people[0].joints[4].q[0], 1, 1e-9);
    assert_near(frame.people[0].joints[5].q[1], 62.5, 1e-9);
    assert_false(frame.people[0].joints[6].found);
    assert_near(frame.people[1].joints[0].q[0], 100, 1e-9);
    assert_near(frame.people[2].joints[0].q[0], 204, 1e-9);
    assert_ok(rig_frame2d_interpolate(&two.a, &two.b, 0.6, COCO, &frame, &out, &err));
    assert_int_equal(frame.n, 2);
    assert_false(frame.people[1].joints[4].found);
    assert_near(frame.people[1].joints[6].q[0], 10, 1e-9);
    rig_arena_release(&out);
}

static void nobody_is_normal(void **state) {
    (void)state;
    static pair two;
    rig_arena out = {NULL};
    rig_frame2d frame;
    rig_err err;
    pair_init(&two);
    two.a.n = 0;
    assert_ok(rig_frame2d_interpolate(&two.a, &two.b, 0.2, COCO, &frame, &out, &err));
    assert_int_equal(frame.n, 0);
    assert_ok(rig_frame2d_interpolate(&two.a, &two.b, 0.7, COCO, &frame, &out, &err));
    assert_int_equal(frame.n, 3);
    for (int j = 0; j < COCO; j++) // a person without joints
        two.joints[1][0][j].found = false;
    assert_ok(rig_frame2d_interpolate(&two.b, &two.b, 0.7, COCO, &frame, &out, &err));
    assert_int_equal(frame.n, 3);
    rig_arena_release(&out);
}

static rig_status halfway(void *self, rig_err *err) {
    const pair *two = self;
    rig_arena out = {NULL};
    rig_frame2d frame;
    rig_status status = rig_frame2d_interpolate(&two->a, &two->b, 0.5, COCO, &frame, &out, err);
    rig_arena_release(&out);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    static pair two;
    pair_init(&two);
    assert_true(rig_test_each_allocation_fails(halfway, &two) >= 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_are_on_the_way),
        cmocka_unit_test(what_is_not_in_both_is_the_nearers),
        cmocka_unit_test(nobody_is_normal),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
