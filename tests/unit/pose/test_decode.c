#include "pose/decode.h"
#include "pose/refine.h"
#include "pose/smooth.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

enum { K = 4, W = 64, H = 48, PLANE = W * H };

// Blobs are Gaussians and are read by their logarithm; what is left is the neighbour's tail.
static const double PLACE_CELLS = 0.02;

static rig_err err;
static rig_arena out, scratch;
static float heat[K * PLANE], tags[2 * K * PLANE], nms[K * PLANE];
static rig_model model;
static rig_maps maps;
static rig_frame2d frame;

static int start(void **state) {
    (void)state;
    model = (rig_model){.tag_dim = 1, .tags_per_joint = true, .decode = rig_decode_defaults()};
    model.skeleton.n = K;
    for (int k = 0; k < K; k++) {
        model.group_order[k] = k;
        model.skeleton.sigma[k] = 0.05;
    }
    memset(heat, 0, sizeof heat);
    memset(tags, 0, sizeof tags);
    maps = (rig_maps){.n_joints = K, .tag_dim = 1, .width = W, .height = H, .heat = heat, .tags = tags};
    rig_arena_clear(&out);
    rig_arena_clear(&scratch);
    return 0;
}

static void blob(int joint, double x, double y, double height, double tag) {
    for (int v = 0; v < H; v++)
        for (int u = 0; u < W; u++) {
            double r2 = (u - x) * (u - x) + (v - y) * (v - y);
            int cell = joint * PLANE + v * W + u;
            heat[cell] += (float)(height * exp(-r2 / 8));
            if (r2 < 36)
                tags[cell] = (float)tag;
        }
}

static void person(double x, double height, double tag, int joints) {
    for (int k = 0; k < joints; k++)
        blob(k, x + k, 6 + 11 * k, height, tag);
}

static void decode(void) {
    assert_ok(rig_maps_decode(&maps, &model, &frame, &out, &scratch, &err));
}

static void two_people(void **state) {
    (void)state;
    person(15.3, 0.6, 1, K);
    person(45.8, 0.9, 4, K);
    decode();
    assert_int_equal(frame.n, 2);
    assert_near(frame.people[0].score, 0.9, 1e-2); // score falling
    assert_near(frame.people[1].score, 0.6, 1e-2);
    for (int k = 0; k < K; k++) {
        const rig_joint2d *joint = &frame.people[0].joints[k];
        assert_true(joint->found && !joint->filled);
        assert_near(joint->q[0], 45.8 + k, PLACE_CELLS);
        assert_near(joint->q[1], 6 + 11 * k, PLACE_CELLS);
        assert_near(joint->tag, 4, 1e-6);
    }
}

static void empty_maps_have_nobody(void **state) {
    (void)state;
    decode();
    assert_int_equal(frame.n, 0);
    for (int i = 0; i < K * PLANE; i++)
        heat[i] = tags[i] = NAN;
    decode();
    assert_int_equal(frame.n, 0);
}

static void constant_maps_have_one_joint_each(void **state) {
    (void)state;
    for (int i = 0; i < K * PLANE; i++)
        heat[i] = 0.5f;
    decode();
    assert_int_equal(frame.n, 1);
    assert_near(frame.people[0].joints[0].q[0], (W - 1) / 2.0, 1e-9);
}

static void people_survive_values_not_finite(void **state) {
    (void)state;
    person(15, 0.8, 1, K);
    heat[40] = INFINITY;
    heat[6 * W + 17] = NAN;
    tags[PLANE + 17 * W + 16] = NAN; // read as 0, within the threshold of 1
    model.decode.tag_threshold = 1.5;
    decode();
    assert_int_equal(frame.n, 1);
    assert_true(frame.people[0].joints[1].found);
    assert_near(frame.people[0].joints[1].tag, 0, 0);
}

static void two_tag_dimensions_tell_more(void **state) {
    (void)state;
    for (int k = 0; k < K; k++) {
        blob(k, 15, 6 + 11 * k, 0.8, 0);
        blob(k, 45, 6 + 11 * k, 0.8, 0);
    }
    memset(tags, 0, sizeof tags);
    maps.tag_dim = 2; // equal in the first, 3 apart in the second
    for (int k = 0; k < K; k++)
        for (int cell = 0; cell < PLANE; cell++)
            tags[(2 * k + 1) * PLANE + cell] = cell % W < 30 ? 0 : 3;
    decode();
    assert_int_equal(frame.n, 2);
    for (int i = 0; i < 2; i++)
        for (int k = 1; k < K; k++)
            assert_near(frame.people[i].joints[k].q[0], frame.people[i].joints[0].q[0], 1e-6);
}

static void network_nms_is_honoured(void **state) {
    (void)state;
    person(15.3, 0.6, 1, K);
    maps.nms = nms;
    for (int i = 0; i < K * PLANE; i++)
        nms[i] = -heat[i];
    decode();
    assert_int_equal(frame.n, 0);
    for (int k = 0; k < K; k++)
        nms[k * PLANE + (6 + 11 * k) * W + 15 + k] *= -1;
    decode();
    assert_int_equal(frame.n, 1);
    assert_near(frame.people[0].joints[2].q[0], 17.3, PLACE_CELLS); // the heat around it gives the sub-pixel part
}

// The joint's other peaks are kept as long as their tag may be this person's; a third person's is not.
static void runners_up_are_kept(void **state) {
    (void)state;
    person(15, 0.9, 1, K);
    blob(2, 25, 28, 0.5, 1.4); // three that might be, of which the least is beyond the three kept
    blob(2, 35, 28, 0.7, 0.7);
    blob(2, 45, 28, 0.3, 1.2);
    blob(2, 55, 28, 0.2, 1.1);
    blob(3, 35, 39, 0.6, 5);
    decode();
    assert_int_equal(frame.n, 1);
    const rig_joint2d *joint = &frame.people[0].joints[2];
    assert_near(joint->q[0], 17, PLACE_CELLS);
    assert_int_equal(joint->n_others, 3);
    const double expected[3][3] = {{35, 0.7, 0.7}, {25, 0.5, 1.4}, {45, 0.3, 1.2}};
    for (int i = 0; i < 3; i++) {
        assert_near(joint->others[i].q[0], expected[i][0], PLACE_CELLS);
        assert_near(joint->others[i].q[1], 28, PLACE_CELLS);
        assert_near(joint->others[i].score, expected[i][1], 1e-2);
        assert_near(joint->others[i].tag, expected[i][2], 1e-6);
    }
    assert_int_equal(frame.people[0].joints[0].n_others, 0);
    assert_int_equal(frame.people[0].joints[3].n_others, 0);
}

// Joints 2 and 3 are the two ankles, joint 0 and 1 are alone. Both have their best tag on one foot, and a peak a little
// lower on the other: each gets one. Where there is no other foot, as when one hides the other, both stay.
static void sides_have_a_limb_each(void **state) {
    (void)state;
    for (int other = 0; other < 2; other++) {
        start(NULL);
        for (int k = 0; k < K; k++)
            model.skeleton.flip[k] = k < 2 ? k : 5 - k;
        person(15, 0.8, 1, 2);
        blob(2, 12, 30, 0.6, 1);
        blob(3, 12, 30, 0.5, 1);
        if (other) {
            blob(2, 24, 30, 0.5, 1.1);
            blob(3, 24, 30, 0.55, 1.1);
        }
        decode();
        assert_int_equal(frame.n, 1);
        assert_near(frame.people[0].joints[2].q[0], 12, PLACE_CELLS);
        assert_near(frame.people[0].joints[3].q[0], other ? 24 : 12, PLACE_CELLS);
        assert_near(frame.people[0].score, (1.6 + 0.6 + (other ? 0.55 : 0.5)) / K, 1e-2);
    }
}

// Whose ankle moved to the other, weaker foot may score less than someone who came after, and too little to stay.
static void order_and_threshold_are_of_the_sides_chosen(void **state) {
    (void)state;
    for (int k = 0; k < K; k++)
        model.skeleton.flip[k] = k < 2 ? k : 5 - k;
    person(50, 0.77, 4, K);
    person(15, 0.8, 1, 2);
    blob(2, 12, 30, 0.8, 1);
    blob(3, 12, 30, 0.8, 1);
    blob(3, 24, 30, 0.5, 1);
    decode();
    assert_int_equal(frame.n, 2);
    assert_near(frame.people[0].score, 0.77, 1e-2);
    assert_near(frame.people[1].score, (3 * 0.8 + 0.5) / K, 1e-2);
    model.decode.min_person_score = 0.75;
    decode();
    assert_int_equal(frame.n, 1);
}

static void refine_fills_a_weak_joint(void **state) {
    (void)state;
    person(15, 0.8, 1, K - 1);
    blob(K - 1, 18, 39, 0.08, 1.2); // under the detection threshold
    blob(K - 1, 55, 39, 0.09, 1.2); // stronger, but far from the person
    decode();
    assert_false(frame.people[0].joints[K - 1].found);
    model.decode.refine = RIG_REFINE_WINDOW;
    decode();
    assert_int_equal(frame.n, 1);
    const rig_joint2d *joint = &frame.people[0].joints[K - 1];
    assert_true(joint->found && joint->filled);
    assert_near(joint->q[0], 18, PLACE_CELLS);
    assert_near(joint->score, 0.08, 1e-6);
    assert_near(frame.people[0].score, 0.8 * (K - 1) / K, 1e-2); // as before filling
    model.decode.refine = RIG_REFINE_FULL;
    decode();
    assert_near(frame.people[0].joints[K - 1].q[0], 55, PLACE_CELLS);
}

static void refine_leaves_another_tag_alone(void **state) {
    (void)state;
    person(15, 0.8, 1, K - 1);
    blob(K - 1, 18, 39, 0.08, 2.6);
    model.decode.refine = RIG_REFINE_WINDOW;
    decode();
    assert_false(frame.people[0].joints[K - 1].found);
}

// Both want the only peak of the last joint; who does not get it is filled in from it, and has it no second time.
static void refine_from_anothers_peak_is_no_runner_up_too(void **state) {
    (void)state;
    person(20, 0.8, 1, K - 1);
    person(28, 0.8, 1.6, K - 1);
    blob(K - 1, 24, 39, 0.7, 1.4);
    model.decode.tag_threshold = 0.5;
    decode();
    assert_int_equal(frame.n, 2);
    int loser = frame.people[0].joints[K - 1].found;
    assert_int_equal(frame.people[loser].joints[K - 1].n_others, 1);
    model.decode.refine = RIG_REFINE_WINDOW;
    decode();
    assert_int_equal(frame.n, 2);
    assert_true(frame.people[loser].joints[K - 1].filled);
    assert_near(frame.people[loser].joints[K - 1].q[0], 24, PLACE_CELLS);
    assert_int_equal(frame.people[loser].joints[K - 1].n_others, 0);
}

static void completed_halves_become_one(void **state) {
    (void)state;
    for (int k = 0; k < K; k++) // one body, its tags torn apart
        blob(k, 20 + k, 6 + 11 * k, 0.8, k < 2 ? 0 : 0.45);
    model.decode.min_joints = 2;
    model.decode.tag_threshold = 0.4;
    decode();
    assert_int_equal(frame.n, 2);
    model.decode.refine = RIG_REFINE_FULL;
    decode();
    assert_int_equal(frame.n, 1);
}

// A joint far from all others, which has the person's tag, is not the person's where reach says so.
static void joints_out_of_reach_are_left_out(void **state) {
    (void)state;
    for (int l = 0; l < 3; l++)
        model.skeleton.limbs[l][0] = l, model.skeleton.limbs[l][1] = l + 1;
    model.skeleton.n_limbs = 3;
    person(15, 0.8, 1, K - 1);
    blob(K - 1, 60, 10, 0.9, 1);
    decode();
    assert_true(frame.people[0].joints[K - 1].found);
    model.decode.reach = 3;
    decode();
    assert_int_equal(frame.n, 1);
    assert_false(frame.people[0].joints[K - 1].found);
    assert_near(frame.people[0].score, 0.8 * (K - 1) / K, 1e-2);
    for (int k = 0; k < K - 1; k++)
        assert_true(frame.people[0].joints[k].found);
}

// Where a joint has a high cell and, elsewhere, a lower but broad blob, smoothing settles on the blob. A blob of
// standard deviation 2 smoothed by 1 keeps 4 / 5 of its height, and its place. The border adds nothing and takes
// nothing.
static void smoothing_prefers_the_broad(void **state) {
    (void)state;
    person(15, 0.8, 1, K - 1);
    blob(K - 1, 18.3, 39, 0.5, 1);
    heat[(K - 1) * PLANE + 30 * W + 30] = 0.6f;
    tags[(K - 1) * PLANE + 30 * W + 30] = 1;
    decode();
    assert_near(frame.people[0].joints[K - 1].q[0], 30, 0.5);
    model.decode.smooth = 1;
    decode();
    assert_int_equal(frame.n, 1);
    assert_near(frame.people[0].joints[K - 1].q[0], 18.3, PLACE_CELLS);
    assert_near(frame.people[0].joints[1].score, 0.8 * 4 / 5, 1e-2);
    for (int i = 0; i < K * PLANE; i++)
        heat[i] = 0.7f;
    rig_maps smooth;
    assert_ok(rig_maps_smooth(&maps, 1.5, &smooth, &scratch, &err));
    for (int i = 0; i < K * PLANE; i++)
        assert_near(smooth.heat[i], 0.7, 1e-6);
}

static void at_most_max_people(void **state) {
    (void)state;
    model.decode.max_people = 2;
    for (int i = 0; i < 4; i++)
        person(8 + 15 * i, 0.5 + 0.1 * i, 2 * i, K);
    decode();
    assert_int_equal(frame.n, 2);
    assert_near(frame.people[1].score, 0.7, 1e-2); // the best, not the first
}

static void one_cell(void **state) {
    (void)state;
    maps.width = maps.height = 1;
    heat[0] = heat[1] = heat[2] = heat[3] = 0.9f;
    model.decode.refine = RIG_REFINE_WINDOW;
    decode();
    assert_int_equal(frame.n, 1);
}

static rig_status decode_again(void *self, rig_err *e) {
    (void)self;
    rig_arena results = {0}, work = {0};
    rig_status status = rig_maps_decode(&maps, &model, &frame, &results, &work, e);
    rig_arena_release(&results);
    rig_arena_release(&work);
    return status;
}

static void allocations_may_fail(void **state) {
    (void)state;
    person(15, 0.6, 1, K);
    model.decode.smooth = 1;
    model.decode.max_candidates = 2000000000; // a wish: there are no more peaks than cells
    assert_true(rig_test_each_allocation_fails(decode_again, NULL) >= 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(two_people, start),
        cmocka_unit_test_setup(empty_maps_have_nobody, start),
        cmocka_unit_test_setup(constant_maps_have_one_joint_each, start),
        cmocka_unit_test_setup(people_survive_values_not_finite, start),
        cmocka_unit_test_setup(two_tag_dimensions_tell_more, start),
        cmocka_unit_test_setup(network_nms_is_honoured, start),
        cmocka_unit_test_setup(runners_up_are_kept, start),
        cmocka_unit_test_setup(sides_have_a_limb_each, start),
        cmocka_unit_test_setup(order_and_threshold_are_of_the_sides_chosen, start),
        cmocka_unit_test_setup(refine_fills_a_weak_joint, start),
        cmocka_unit_test_setup(refine_leaves_another_tag_alone, start),
        cmocka_unit_test_setup(refine_from_anothers_peak_is_no_runner_up_too, start),
        cmocka_unit_test_setup(completed_halves_become_one, start),
        cmocka_unit_test_setup(joints_out_of_reach_are_left_out, start),
        cmocka_unit_test_setup(smoothing_prefers_the_broad, start),
        cmocka_unit_test_setup(at_most_max_people, start),
        cmocka_unit_test_setup(one_cell, start),
        cmocka_unit_test_setup(allocations_may_fail, start),
    };
    int failed = cmocka_run_group_tests_name("decode", tests, NULL, NULL);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    return failed;
}
