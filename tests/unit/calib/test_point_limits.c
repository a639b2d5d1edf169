#include "calib/people_rig.h"

#include "tests/support/support.h"
#include "tests/unit/calib/made_points.h"

static const double DRONE_MM = 7;      // the worst of 130 made-up rigs with 2 px of noise was off by 6.6 mm
static const double WAND_SHARE = 2e-3; // of its length, by the median of 500 moments: 0.6 m at 5 m, 2 px are 10 mm

typedef struct solved {
    rig_arena arena, scratch;
    made_points made;
    rig_people_seen seen;
    rig_people_rig rig;
} solved;

static rig_status solve(solved *s, rig_err *err) {
    RIG_TRY(made_points_see(&s->made, &s->seen, &s->arena, err));
    RIG_TRY(rig_people_rig_solve(&s->seen, &s->rig, &s->arena, &s->scratch, err));
    return rig_people_rig_check_points(&s->rig, &s->seen, err);
}

static void solved_release(solved *s) {
    rig_arena_release(&s->arena);
    rig_arena_release(&s->scratch);
}

static void cameras_check(const solved *s) {
    const made_error error = made_compare(&s->made.take, &s->rig);
    assert_int_equal(s->rig.n, s->made.take.n_cameras);
    for (int c = 0; c < s->rig.n; c++)
        assert_near(error.mm[c], 0, DRONE_MM);
    assert_true(error.within >= 0.75 * error.n); // numbers of one camera are not independent
}

static void a_drone_places_five_cameras(void **state) {
    (void)state;
    static solved s;
    rig_err err = {""};
    made_points_init(&s.made, 5, 1, 900, 3);
    s.made.take.outliers = 0.03, s.made.take.ghosts = 0.05;
    assert_ok(solve(&s, &err));
    cameras_check(&s);
    assert_near(s.rig.report.inflation, 1, 0.3); // independent errors are taken for such
    solved_release(&s);
}

static void a_wand_has_its_length(void **state) {
    (void)state;
    static solved s;
    rig_err err = {""};
    double spread;
    int n;
    made_points_init(&s.made, 4, 2, 500, 5);
    assert_ok(solve(&s, &err));
    cameras_check(&s);
    const double length = rig_people_rig_length(&s.rig, 1, 0, &spread, &n, &s.scratch);
    const made_error error = made_compare(&s.made.take, &s.rig);
    assert_near(length * error.scale / MADE_WAND_M, 1, WAND_SHARE);
    assert_true(n > 400 && spread > 0 && spread < 0.05 * length);
    assert_near(rig_people_rig_length(&s.rig, 0, 0, &spread, &n, &s.scratch), 0, 0);
    solved_release(&s);
}

// Noise of 6 px, of which nobody told: tracks say how much they scatter.
static void noise_is_told_by_the_tracks(void **state) {
    (void)state;
    static solved s;
    rig_err err = {""};
    made_points_init(&s.made, 4, 1, 900, 7);
    s.made.take.noise_px = 6;
    assert_ok(solve(&s, &err));
    for (int v = 0; v < 4; v++)
        assert_near(s.seen.sigma[v] * s.made.take.cameras[v].K[0], 6, 1);
    solved_release(&s);
}

static void a_level_or_a_straight_flight_is_refused(void **state) {
    (void)state;
    static solved s;
    for (int path = MADE_LEVEL; path <= MADE_STRAIGHT; path++)
        for (uint64_t seed = 100; seed < 103; seed++) {
            rig_err err = {""};
            made_points_init(&s.made, 4, 1, 400, seed);
            s.made.path = (made_path)path;
            assert_true(solve(&s, &err) == RIG_ERR_DATA && (strstr(err.text, "record") || strstr(err.text, "move")));
            solved_release(&s);
        }
}

static void a_few_moments_are_refused(void **state) {
    (void)state;
    static solved s;
    rig_err err = {""};
    made_points_init(&s.made, 3, 1, 90, 9);
    assert_true(solve(&s, &err) == RIG_ERR_DATA);
    solved_release(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_drone_places_five_cameras), cmocka_unit_test(a_wand_has_its_length),
        cmocka_unit_test(noise_is_told_by_the_tracks), cmocka_unit_test(a_level_or_a_straight_flight_is_refused),
        cmocka_unit_test(a_few_moments_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
