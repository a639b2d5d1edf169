#include "tools/synth/act.h"

#include "tests/support/support.h"
#include "tools/synth/limbs.h"

#include <string.h>

enum { SEEDS = 150 };
static const double FOLDED_RAD = 0.45; // no elbow and no knee is folded further between its segments
static const double BACKWARD = 0.06;   // sine: none is bent the wrong way by more (feet may swing aside)
static const double HEAD_RAD = 1.75;   // against the chest
static const double TRUNK_RAD = 1.6;   // the chest against the pelvis
static const double INTO_M = 0.05;     // how deep limbs may be in one another where no try was without
static const double AIR_M = 0.11;      // over the floor, running

static double between_segments(const rig_pose *segments, int upper, int joint, int end, double *forward) {
    double up[3], down[3];
    for (int i = 0; i < 3; i++) {
        up[i] = segments[upper].t[i] - segments[joint].t[i];
        down[i] = segments[end].t[i] - segments[joint].t[i];
    }
    const double length = rig_norm3(down), x[3] = {segments[upper].R[0], segments[upper].R[3], segments[upper].R[6]};
    *forward = rig_dot3(down, x) / length;
    return acos(rig_dot3(up, down) / rig_norm3(up) / length);
}

static void limits_check(const rig_pose *segments) {
    for (int side = 0; side < 2; side++) {
        double forward;
        assert_true(between_segments(segments, RIG_SEGMENT_UPPER_ARM + side, RIG_SEGMENT_FOREARM + side,
                                     RIG_SEGMENT_HAND + side, &forward) > FOLDED_RAD);
        assert_true(forward > -BACKWARD);
        assert_true(between_segments(segments, RIG_SEGMENT_THIGH + side, RIG_SEGMENT_SHANK + side,
                                     RIG_SEGMENT_FOOT + side, &forward) > FOLDED_RAD);
        assert_true(forward < BACKWARD);
    }
    assert_true(rig_rotation_angle_between(segments[RIG_SEGMENT_CHEST].R, segments[RIG_SEGMENT_HEAD].R) < HEAD_RAD);
    assert_true(rig_rotation_angle_between(segments[RIG_SEGMENT_PELVIS].R, segments[RIG_SEGMENT_CHEST].R) < TRUNK_RAD);
}

static void test_every_act_is_possible_and_on_the_floor(void **state) {
    (void)state;
    for (int act = 0; act < RIG_ACTS; act++) {
        int deep = 0;
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            rig_rng rng = rig_rng_seed(seed, (uint64_t)act);
            const rig_build build = rig_build_draw(&rng);
            rig_act_posture stance;
            rig_pose segments[RIG_SEGMENTS];
            rig_limb limbs[RIG_LIMBS];
            rig_act_draw((rig_act)act, &build, &rng, &stance);
            rig_posture_segments(&build, &stance.posture, segments);
            rig_limbs_make(&build, segments, limbs);
            limits_check(segments);
            deep += rig_limbs_depth_own(limbs) > INTO_M;
            const double low = rig_limbs_low(limbs);
            assert_true(low > -1e-9 && low < (act == RIG_ACT_RUN ? AIR_M : 1e-9));
            assert_true((act == RIG_ACT_SIT) == (stance.seat_m > 0));
            assert_true(stance.seat_m < segments[RIG_SEGMENT_PELVIS].t[2]);
        }
        assert_true(deep <= SEEDS / 50); // the tries nearly always find one that is clear
    }
}

static void test_an_act_is_the_same_for_the_same_seed_and_moves_as_one(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(5, 5), again = rng;
    const rig_build build = rig_build_draw(&rng), same = rig_build_draw(&again);
    rig_act_posture one, other;
    rig_pose at[RIG_SEGMENTS], moved[RIG_SEGMENTS];
    const double place[2] = {1, -2}, heading = 0.7;
    rig_act_draw(RIG_ACT_ANY, &build, &rng, &one);
    rig_act_draw(RIG_ACT_ANY, &same, &again, &other);
    assert_memory_equal(&one, &other, sizeof one);
    rig_act_posture_move(&other, place, heading);
    rig_posture_segments(&build, &one.posture, at);
    rig_posture_segments(&build, &other.posture, moved);
    for (int b = 0; b < RIG_SEGMENTS; b++) {
        const double *p = at[b].t, *q = moved[b].t;
        assert_near(q[0], 1 + cos(heading) * p[0] - sin(heading) * p[1], 1e-9);
        assert_near(q[1], -2 + sin(heading) * p[0] + cos(heading) * p[1], 1e-9);
        assert_near(q[2], p[2], 1e-9);
    }
}

static void test_all_acts_are_chosen(void **state) {
    (void)state;
    int times[RIG_ACTS] = {0};
    rig_rng rng = rig_rng_seed(1, 1);
    for (int i = 0; i < 3000; i++)
        times[rig_act_choose(&rng)]++;
    for (int act = 0; act < RIG_ACTS; act++)
        assert_true(times[act] > 40);
    assert_true(times[RIG_ACT_STAND] > times[RIG_ACT_LIE]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_act_is_possible_and_on_the_floor),
        cmocka_unit_test(test_an_act_is_the_same_for_the_same_seed_and_moves_as_one),
        cmocka_unit_test(test_all_acts_are_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
