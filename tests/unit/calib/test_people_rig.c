#include "calib/people_rig.h"

#include "tests/support/support.h"
#include "tests/unit/calib/made_people.h"

#include <stdlib.h>

// What the aim is for real footage; a minute of made-up people is far within it.
static const double POSITION_MM = 20, DIRECTION_DEG = 0.3;
static const double CLOCKS_MM = 5;       // 1 mm with exact clocks; taken for exact, these make it 15
static const double LATE_S = 0.0025;     // noise of speeds leaves a tenth of 17 ms
static const double HEIGHT_SHARE = 0.06; // of a height that is told by limbs; two people of different size

typedef struct solved {
    rig_arena arena, scratch;
    made_take take;
    rig_people_seen seen;
    rig_people_rig rig;
} solved;

static rig_status solve(solved *s, rig_err *err) {
    RIG_TRY(made_take_see(&s->take, &s->seen, &s->arena, err));
    return rig_people_rig_solve(&s->seen, &s->rig, &s->arena, &s->scratch, err);
}

static double height_m(const made_take *take) {
    double sum = 0;
    for (int p = 0; p < take->n_people; p++)
        sum += take->height_m[p] / take->n_people;
    return sum;
}

static rig_status check_rig(const solved *s, rig_arena *scratch, rig_err *err) {
    const rig_skeleton skeleton = made_skeleton();
    return rig_people_rig_check(&s->rig, &s->seen, rig_people_rig_height(&s->rig, &skeleton, scratch),
                                height_m(&s->take), err);
}

static void solved_release(solved *s) {
    rig_arena_release(&s->arena);
    rig_arena_release(&s->scratch);
}

static void two_people_place_four_cameras(void **state) {
    (void)state;
    static solved s;
    rig_err err = {""};
    made_take_init(&s.take, 4, 2, 20, 11);
    assert_ok(solve(&s, &err));
    assert_ok(check_rig(&s, &s.scratch, &err));
    assert_int_equal(s.rig.n, 4);
    const made_error error = made_compare(&s.take, &s.rig);
    for (int c = 0; c < s.rig.n; c++) {
        assert_near(error.mm[c], 0, POSITION_MM);
        assert_near(error.deg[c], 0, DIRECTION_DEG);
    }
    assert_true(error.within >= 0.8 * error.n); // of 18 numbers that are not independent
    const rig_skeleton skeleton = made_skeleton();
    const double height = rig_people_rig_height(&s.rig, &skeleton, &s.scratch);
    assert_near(height * error.scale / height_m(&s.take), 1, HEIGHT_SHARE);

    rig_people_rig_scale(&s.rig, 2);
    const made_error scaled = made_compare(&s.take, &s.rig);
    assert_near(scaled.scale, error.scale / 2, 1e-6);
    assert_int_equal(scaled.within, error.within);
    solved_release(&s);
}

static void one_person_places_three_cameras(void **state) {
    (void)state;
    static solved s;
    rig_err err = {""};
    made_take_init(&s.take, 3, 1, 30, 12);
    assert_ok(solve(&s, &err));
    assert_ok(check_rig(&s, &s.scratch, &err));
    const made_error error = made_compare(&s.take, &s.rig);
    for (int c = 0; c < s.rig.n; c++)
        assert_near(error.mm[c], 0, POSITION_MM);
    solved_release(&s);
}

static void two_cameras_are_enough(void **state) {
    (void)state;
    static solved s;
    rig_err err = {""};
    made_error error = {.n = 0};
    made_take_init(&s.take, 2, 2, 20, 18);
    assert_ok(solve(&s, &err));
    assert_ok(check_rig(&s, &s.scratch, &err));
    made_within(&s.take, &s.rig, &error);
    assert_int_equal(error.n, 6);
    assert_true(error.within >= 5); // of 6 numbers
    solved_release(&s);
}

// Clocks that are a few milliseconds off are found with the poses, which are as good as with exact ones.
static void clocks_are_refined(void **state) {
    (void)state;
    static solved s;
    rig_err err = {""};
    made_take_init(&s.take, 3, 2, 15, 19);
    const double late_s[3] = {0.002, -0.01, 0.007};
    for (int c = 0; c < 3; c++)
        s.take.late_s[c] = late_s[c], s.take.clock_sigma_s[c] = 0.01;
    assert_ok(solve(&s, &err));
    assert_ok(check_rig(&s, &s.scratch, &err));
    const made_error error = made_compare(&s.take, &s.rig);
    for (int c = 0; c < 3; c++) {
        assert_near(error.mm[c], 0, CLOCKS_MM);
        const double late = late_s[s.rig.view_of[c]] - late_s[s.rig.view_of[0]];
        assert_near(s.rig.late_s[c], late, LATE_S);
    }
    solved_release(&s);
}

// Pairs of views are searched by several threads.
static void threads_find_the_same(void **state) {
    (void)state;
    static solved s[2];
    for (int k = 0; k < 2; k++) {
        rig_err err = {""};
        made_take_init(&s[k].take, 3, 1, 8, 20);
        assert_int_equal(setenv("OMP_NUM_THREADS", k ? "3" : "1", 1), 0);
        assert_ok(solve(&s[k], &err));
    }
    assert_int_equal(unsetenv("OMP_NUM_THREADS"), 0);
    assert_memory_equal(s[0].rig.Rt_cam_world, s[1].rig.Rt_cam_world, 3 * sizeof(rig_pose));
    assert_memory_equal(s[0].rig.report.covariance, s[1].rig.report.covariance, 144 * sizeof(double));
    for (int k = 0; k < 2; k++)
        solved_release(&s[k]);
}

// A refusal by either of the two, in words that say what to do.
static void refuse(solved *s, const char *part) {
    rig_err err = {""};
    rig_status status = solve(s, &err);
    if (status == RIG_OK)
        status = check_rig(s, &s->scratch, &err);
    assert_int_equal(status, RIG_ERR_DATA);
    assert_contains(err.text, part);
    assert_contains(err.text, "record");
    solved_release(s);
}

static void who_stands_still_is_refused(void **state) {
    (void)state;
    static solved s;
    made_take_init(&s.take, 4, 1, 20, 13);
    s.take.motion = MADE_STANDS;
    refuse(&s, "");
}

static void a_line_is_refused(void **state) {
    (void)state;
    static solved s;
    made_take_init(&s.take, 4, 1, 20, 14);
    s.take.motion = MADE_LINE;
    refuse(&s, "a line");
}

// Two of one size, always opposite to each other: who is taken for the other stands before a rig that is turned by
// half a turn, and nothing tells it from the right one.
static void two_who_are_alike_under_a_turn_are_refused(void **state) {
    (void)state;
    static solved s;
    made_take_init(&s.take, 2, 2, 12, 21);
    s.take.motion = MADE_OPPOSITE;
    refuse(&s, "two different relative poses");
}

static void a_second_is_refused(void **state) {
    (void)state;
    static solved s;
    made_take_init(&s.take, 4, 1, 1, 15);
    refuse(&s, "");
}

// c4's people are those of other moments.
static void a_view_that_agrees_with_none_is_refused(void **state) {
    (void)state;
    static solved s;
    rig_err err = {""};
    made_take_init(&s.take, 4, 1, 20, 16);
    assert_ok(made_take_see(&s.take, &s.seen, &s.arena, &err));
    for (int m = 0; m < s.seen.n / 2; m++) {
        const rig_seen_moment kept = s.seen.moments[m], other = s.seen.moments[s.seen.n - 1 - m];
        for (int i = 0; i < kept.n; i++)
            for (int k = 0; k < other.n; k++)
                if (kept.people[i].view == 3 && other.people[k].view == 3) {
                    rig_seen_joint *joints = kept.people[i].joints;
                    kept.people[i].joints = other.people[k].joints, other.people[k].joints = joints;
                }
    }
    const rig_status status = rig_people_rig_solve(&s.seen, &s.rig, &s.arena, &s.scratch, &err);
    assert_int_equal(status, RIG_ERR_DATA);
    assert_contains(err.text, "view 'c4' cannot be placed");
    solved_release(&s);
}

static rig_status solve_anew(void *self, rig_err *err) {
    solved *s = self;
    made_take_init(&s->take, 3, 1, 5, 17);
    s->take.noise_px = 1;
    const rig_status status = solve(s, err);
    solved_release(s);
    return status == RIG_ERR_DATA ? RIG_OK : status;
}

static void each_allocation_may_fail(void **state) {
    (void)state;
    static solved s;
    assert_true(rig_test_each_allocation_fails(solve_anew, &s) > 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_people_place_four_cameras),
        cmocka_unit_test(one_person_places_three_cameras),
        cmocka_unit_test(two_cameras_are_enough),
        cmocka_unit_test(clocks_are_refined),
        cmocka_unit_test(threads_find_the_same),
        cmocka_unit_test(who_stands_still_is_refused),
        cmocka_unit_test(a_line_is_refused),
        cmocka_unit_test(two_who_are_alike_under_a_turn_are_refused),
        cmocka_unit_test(a_second_is_refused),
        cmocka_unit_test(a_view_that_agrees_with_none_is_refused),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
