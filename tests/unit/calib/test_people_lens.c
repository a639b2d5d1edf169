#include "calib/people_rig.h"

#include "tests/support/support.h"
#include "tests/unit/calib/made_points.h"

// Of made-up lenses k1 = -0.1, k2 = 0.02; a focal length that was 5 % off.
static const double FOCAL_SHARE = 0.006, K1 = 0.02; // the worst of 12 made-up rigs: 0.4 %, 0.012
static const double POSITION_MM = 20;

typedef struct solved {
    rig_arena arena, scratch;
    made_take take;
    rig_people_seen seen;
    rig_people_rig rig;
    rig_camera cameras[MADE_CAMERAS_MAX];
    rig_bundle_lens lenses[MADE_CAMERAS_MAX];
} solved;

// See people with lenses whose focal lengths are off by `share`, to either side, and without distortion.
static rig_status see(solved *s, double share, double sigma, rig_err *err) {
    memset(s->lenses, 0, sizeof s->lenses);
    RIG_TRY(made_take_see(&s->take, &s->seen, &s->arena, err));
    s->seen.cameras = s->cameras;
    for (int v = 0; v < s->take.n_cameras; v++) {
        rig_camera camera = s->take.cameras[v];
        for (int k = 0; k < 2; k++)
            camera.K[k] *= exp(v % 2 ? share : -share), camera.dist[k] = 0;
        rig_people_seen_relens(&s->seen, v, &camera);
        s->lenses[v] = (rig_bundle_lens){.sigma = {sigma, 0, 0, 0.1, 0.03}};
    }
    s->seen.lenses = sigma > 0 ? s->lenses : NULL;
    return rig_people_rig_solve(&s->seen, &s->rig, &s->arena, &s->scratch, err);
}

static void solved_release(solved *s) {
    rig_arena_release(&s->arena);
    rig_arena_release(&s->scratch);
}

static void people_tell_lenses(void **state) {
    (void)state;
    static solved s;
    rig_err err = {""};
    made_take_init(&s.take, 4, 2, 12, 11);
    assert_ok(see(&s, 0.05, 0.05, &err));
    const made_error error = made_compare(&s.take, &s.rig);
    assert_int_equal(s.rig.n, 4);
    for (int c = 0; c < 4; c++) {
        const int v = s.rig.view_of[c];
        const double *sigma = s.rig.report.lens_sigma[c];
        assert_near(error.mm[c], 0, POSITION_MM);
        assert_near(log(s.cameras[v].K[0] / s.take.cameras[v].K[0]), 0, FOCAL_SHARE);
        assert_near(s.cameras[v].dist[0], s.take.cameras[v].dist[0], K1);
        assert_near(s.cameras[v].K[1], s.cameras[v].K[0], 1e-9 * s.cameras[v].K[0]);
        assert_true(sigma[RIG_LENS_FOCAL] > 0 && sigma[RIG_LENS_FOCAL] < 0.01 && sigma[RIG_LENS_K1] < 0.05);
        assert_near(s.lenses[v].sigma[RIG_LENS_FOCAL], 0.05, 0); // what was known stays what it was
    }
    solved_release(&s);
}

static void a_lens_that_is_held_stays(void **state) {
    (void)state;
    static solved s;
    rig_err err = {""};
    made_take_init(&s.take, 3, 1, 12, 5);
    assert_ok(see(&s, 0.0, 0.0, &err));
    assert_null(s.rig.report.lens_sigma);
    for (int v = 0; v < 3; v++)
        assert_near(s.cameras[v].K[0], s.take.cameras[v].K[0], 0);
    solved_release(&s);
}

// What is known exactly counts more than what people say.
static void what_is_known_well_counts(void **state) {
    (void)state;
    static solved s;
    rig_err err = {""};
    made_take_init(&s.take, 3, 2, 8, 5);
    assert_ok(see(&s, 0.0, 1e-5, &err));
    for (int c = 0; c < 3; c++) {
        assert_near(s.lenses[s.rig.view_of[c]].moved[RIG_LENS_FOCAL], 0, 5e-5);
        assert_true(s.rig.report.lens_sigma[c][RIG_LENS_FOCAL] < 2e-5);
    }
    solved_release(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_tell_lenses),
        cmocka_unit_test(a_lens_that_is_held_stays),
        cmocka_unit_test(what_is_known_well_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
