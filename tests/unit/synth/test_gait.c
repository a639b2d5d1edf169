#include "tools/synth/gait.h"

#include "tests/support/support.h"

static const double STANDS_M =
    0.012; // how far a standing ankle may move from one frame to the next: it rolls, it does not slide
static const double SINKS_M = 0.004; // under the floor
static const double APART_M = 0.55;

typedef struct walkers {
    rig_arena arena;
    int n;
    rig_build build[4];
    rig_gait gait[4];
    rig_walk walk[4];
} walkers;

static rig_status walkers_open(walkers *w, uint64_t seed, int n, double duration_s, rig_err *err) {
    const rig_walk_area area = {{0.4, -0.25}, 1.54};
    double pace[4], stride[4];
    *w = (walkers){.n = n};
    for (int i = 0; i < n; i++) {
        rig_rng rng = rig_rng_seed(seed, 10 + (uint64_t)i);
        w->build[i] = rig_build_draw(&rng);
        w->gait[i] = rig_gait_draw(&w->build[i], &rng);
        pace[i] = w->gait[i].pace_m_s;
        stride[i] = w->gait[i].stride_m;
    }
    rig_rng rng = rig_rng_seed(seed, 1);
    return rig_walks_make(&area, duration_s, n, pace, stride, &rng, w->walk, &w->arena, err);
}

static void test_walkers_keep_apart_stay_in_and_move_on(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        walkers w;
        rig_err err = {""};
        assert_ok(walkers_open(&w, seed, 4, 30, &err));
        double way = 0;
        for (int k = 0; k < 30 * 25; k++)
            for (int i = 0; i < 4; i++) {
                const rig_walk_place a = rig_walk_at(&w.walk[i], k * 0.04), b = rig_walk_at(&w.walk[i], (k + 1) * 0.04);
                way += hypot(b.p[0] - a.p[0], b.p[1] - a.p[1]);
                assert_true(hypot(a.p[0] - 0.4, a.p[1] + 0.25) < 2.3);
                assert_true(b.phase >= a.phase);
                for (int j = 0; j < i; j++) {
                    const rig_walk_place other = rig_walk_at(&w.walk[j], k * 0.04);
                    assert_true(hypot(a.p[0] - other.p[0], a.p[1] - other.p[1]) > APART_M);
                }
            }
        assert_true(way > 4 * 30 * 0.35); // m: nobody is stuck
        rig_arena_release(&w.arena);
    }
}

static void test_a_phase_is_found_where_it_is(void **state) {
    (void)state;
    walkers w;
    rig_err err = {""};
    assert_ok(walkers_open(&w, 1, 2, 10, &err));
    for (int k = 0; k < 50; k++) {
        const double t = 0.2 * k;
        assert_near(rig_walk_time_of(&w.walk[1], rig_walk_at(&w.walk[1], t).phase), t, 1e-6);
    }
    assert_near(rig_walk_time_of(&w.walk[1], 1e9), rig_walk_time_of(&w.walk[1], 1e8), 0);
    rig_arena_release(&w.arena);
}

static void ankles_at(const walkers *w, int i, double t, double ankle[2][3]) {
    rig_posture posture;
    rig_pose segments[RIG_SEGMENTS];
    rig_gait_posture(&w->gait[i], &w->build[i], &w->walk[i], t, &posture);
    rig_posture_segments(&w->build[i], &posture, segments);
    for (int side = 0; side < 2; side++)
        for (int axis = 0; axis < 3; axis++)
            ankle[side][axis] = segments[RIG_SEGMENT_FOOT + side].t[axis];
}

static void test_feet_stand_while_they_carry_and_never_sink(void **state) {
    (void)state;
    int n_standing = 0, n_all = 0;
    for (uint64_t seed = 0; seed < 6; seed++) {
        walkers w;
        rig_err err = {""};
        assert_ok(walkers_open(&w, seed, 2, 12, &err));
        for (int i = 0; i < 2; i++)
            for (int k = 0; k < 12 * 25; k++) {
                double a[2][3], b[2][3];
                ankles_at(&w, i, k * 0.04, a);
                ankles_at(&w, i, (k + 1) * 0.04, b);
                bool stands = false;
                for (int side = 0; side < 2; side++) {
                    assert_true(a[side][2] > 0.039 * w.build[i].stature_m - SINKS_M);
                    assert_true(hypot(b[side][0] - a[side][0], b[side][1] - a[side][1]) < 0.04 * 6); // 6 m/s
                    stands = stands || hypot(b[side][0] - a[side][0], b[side][1] - a[side][1]) < STANDS_M;
                }
                n_standing += stands;
                n_all++;
            }
        rig_arena_release(&w.arena);
    }
    assert_true(n_standing > 0.97 * n_all); // one foot or the other
}

static void test_legs_are_never_short_of_the_ground_by_much(void **state) {
    (void)state;
    walkers w;
    rig_err err = {""};
    assert_ok(walkers_open(&w, 3, 2, 20, &err));
    for (int k = 0; k < 500; k++) {
        double a[2][3];
        ankles_at(&w, 0, k * 0.04, a);
        assert_true(fmin(a[0][2], a[1][2]) < 0.1 * w.build[0].stature_m); // one foot is low
    }
    rig_arena_release(&w.arena);
}

static rig_status open_and_release(void *self, rig_err *err) {
    walkers w;
    (void)self;
    rig_status status = walkers_open(&w, 1, 3, 20, err);
    rig_arena_release(&w.arena);
    return status;
}

static void test_each_allocation_may_fail(void **state) {
    (void)state;
    assert_true(rig_test_each_allocation_fails(open_and_release, NULL) >= 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_walkers_keep_apart_stay_in_and_move_on),
        cmocka_unit_test(test_a_phase_is_found_where_it_is),
        cmocka_unit_test(test_feet_stand_while_they_carry_and_never_sink),
        cmocka_unit_test(test_legs_are_never_short_of_the_ground_by_much),
        cmocka_unit_test(test_each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
