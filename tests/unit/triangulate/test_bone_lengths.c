#include "triangulate/bone_lengths.h"

#include "tests/unit/triangulate/refined.h"

static rig_body body;

static rig_bone_lengths *measured(const rig_frame3d *frames, int n) {
    rig_bone_lengths *lengths;
    rig_err err;
    assert_ok(rig_bone_lengths_open(&body, &lengths, &err));
    for (int f = 0; f < n; f++)
        assert_ok(rig_bone_lengths_add(lengths, &frames[f], &err));
    assert_ok(rig_bone_lengths_end(lengths, &err));
    return lengths;
}

// Five long measures of a hundred do not lengthen a bone; one that was seen four times has no length.
static void bones_are_measured_by_the_median(void **state) {
    (void)state;
    static walk one;
    walk_init(&one, 0, 1);
    body = rig_body_init(&one.skeleton);
    for (int f = 0; f < 10; f++)
        one.joints[20 * f][8].p[2] += 0.5;
    walk_hide(&one, 15, 4, MOMENTS); // left ankle
    rig_bone_lengths *lengths = measured(one.frames, MOMENTS);
    const double *length_m = rig_bone_lengths_find(lengths, 3);
    assert_non_null(length_m);
    assert_null(rig_bone_lengths_find(lengths, 2));
    for (int k = 0; k < body.n_bones; k++) {
        int a = body.bones[k].a, b = body.bones[k].b;
        double low = INFINITY, high = 0; // the walker's own arms and legs swing: its bones are not of one length
        for (int f = 0; f < MOMENTS; f++) {
            double length = ring_distance(one.truth[f][a], one.truth[f][b]);
            low = fmin(low, length), high = fmax(high, length);
        }
        if (a == 15 || b == 15)
            assert_near(length_m[k], 0, 0);
        else
            assert_true(length_m[k] >= low - 1e-9 && length_m[k] <= high + 1e-9);
    }
    rig_bone_lengths_close(lengths);
}

// The person of the first frame, whose left upper arm is as long as the frame's number says, over many frames.
static double arm_of(int first, int n, int step, int away_from, int away) {
    static walk one;
    rig_bone_lengths *lengths;
    rig_err err;
    walk_init(&one, 0, 1);
    body = rig_body_init(&one.skeleton);
    assert_ok(rig_bone_lengths_open(&body, &lengths, &err));
    for (int f = 0; f < n; f++) {
        rig_frame3d frame = one.frames[0];
        frame.frame = first + f * step + (f >= away_from ? away : 0);
        one.joints[0][7].p[0] = one.joints[0][5].p[0], one.joints[0][7].p[1] = one.joints[0][5].p[1];
        one.joints[0][7].p[2] = one.joints[0][5].p[2] - 1e-5 * f;
        assert_ok(rig_bone_lengths_add(lengths, &frame, &err));
    }
    assert_ok(rig_bone_lengths_end(lengths, &err));
    double length = 1e5 * rig_bone_lengths_find(lengths, 3)[0];
    rig_bone_lengths_close(lengths);
    return length;
}

// Of a long take every second, fourth, eighth moment counts: the median is the same but for their distance.
static void long_takes_are_thinned(void **state) {
    (void)state;
    assert_near(arm_of(0, 16384, 1, 0, 0), 8191, 1e-6);
    assert_near(arm_of(0, 16385, 1, 0, 0), 8192, 1e-6); // of 8193, the even ones
    assert_near(arm_of(0, 100000, 1, 0, 0), 50000, 8);
}

static void who_was_away_for_long_keeps_the_lengths_from_before(void **state) {
    (void)state;
    assert_near(arm_of(0, 2000, 1, 1000, 19999), 999, 1e-6); // not longer than that
    assert_near(arm_of(0, 2000, 1, 1000, 20000), 499, 1e-6);
}

static rig_status measure(void *self, rig_err *err) {
    const walk *one = self;
    rig_bone_lengths *lengths;
    rig_bone_length *list;
    rig_arena out = {NULL};
    int n;
    RIG_TRY(rig_bone_lengths_open(&body, &lengths, err));
    rig_status status = RIG_OK;
    for (int f = 0; f < MOMENTS && status == RIG_OK; f++)
        status = rig_bone_lengths_add(lengths, &one->frames[f], err);
    if (status == RIG_OK)
        status = rig_bone_lengths_end(lengths, err);
    if (status == RIG_OK)
        status = rig_bone_lengths_list(lengths, &one->skeleton, &list, &n, &out, err);
    rig_bone_lengths_close(lengths);
    rig_arena_release(&out);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    static walk one;
    walk_init(&one, 0, 1);
    body = rig_body_init(&one.skeleton);
    assert_true(rig_test_each_allocation_fails(measure, &one) >= 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bones_are_measured_by_the_median),
        cmocka_unit_test(long_takes_are_thinned),
        cmocka_unit_test(who_was_away_for_long_keeps_the_lengths_from_before),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
