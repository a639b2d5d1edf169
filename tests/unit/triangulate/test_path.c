#include "triangulate/path.h"

#include "tests/unit/triangulate/refined.h"

static void gaps_up_to_a_length_are_bridged(void **state) {
    (void)state;
    static walk one;
    rig_path path;
    rig_arena out = {NULL};
    rig_err err;
    walk_init(&one, 0, 1);
    walk_hide(&one, 9, 50, 55);                                                   // 5 frames: filled
    walk_hide(&one, 9, 100, 106);                                                 // 6: too long
    walk_hide(&one, 9, MOMENTS - 2, MOMENTS);                                     // nothing after it
    one.joints[51][9] = (rig_joint3d){.state = RIG_JOINT_FILLED, .p = {9, 9, 9}}; // foreseen, and seen by no view
    assert_ok(rig_path_collect(one.frames, MOMENTS, COCO, 3, 5, &path, &out, &err));
    assert_int_equal(path.first, 0);
    assert_int_equal(path.n, MOMENTS);
    for (int f = 0; f < MOMENTS; f++) {
        bool bridged = f >= 50 && f < 55, off = (f >= 100 && f < 106) || f >= MOMENTS - 2;
        const rig_joint3d *joint = &path.joints[f * COCO + 9];
        assert_int_equal(path.on[f * COCO + 9], !off);
        assert_int_equal(joint->state, bridged ? RIG_JOINT_FILLED : off ? RIG_JOINT_FEW_VIEWS : RIG_JOINT_OK);
        for (int i = 0; i < 3 && bridged; i++)
            assert_near(joint->p[i], one.truth[49][9][i] + (f - 49) / 6.0 * (one.truth[55][9][i] - one.truth[49][9][i]),
                        1e-12);
    }
    int from = 0, to = 0, n = 0;
    for (; rig_path_next(&path, 9, &from, &to); from = to)
        n++;
    assert_int_equal(n, 2);
    rig_arena_release(&out);
}

static void frames_may_be_absent(void **state) {
    (void)state;
    static walk one;
    rig_path path;
    rig_arena out = {NULL};
    rig_err err;
    walk_init(&one, 0, 1);
    for (int f = 0; f < MOMENTS; f++)
        one.frames[f].frame = 10 + f + (f >= 100 ? 3 : 0); // three are lost
    one.frames[20].n = 0;                                  // nobody
    assert_ok(rig_path_collect(one.frames, MOMENTS, COCO, 3, 3, &path, &out, &err));
    assert_int_equal(path.first, 10);
    assert_int_equal(path.n, MOMENTS + 3);
    assert_int_equal(path.joints[20 * COCO].state, RIG_JOINT_FILLED);
    assert_int_equal(path.joints[101 * COCO].state, RIG_JOINT_FILLED);
    rig_arena_release(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaps_up_to_a_length_are_bridged),
        cmocka_unit_test(frames_may_be_absent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
