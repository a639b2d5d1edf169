#include "tools/synth/crowd.h"

#include "tests/support/support.h"

enum { SIZE = 64, BODIES = 12 };

typedef struct stage {
    rig_arena arena, scratch;
    rig_avatar *bodies[BODIES];
    rig_backdrop backdrop;
    rig_crowd *crowd;
} stage;

static void stage_open(stage *s) {
    rig_err err = {""};
    rig_rng rng = rig_rng_seed(1, 1);
    *s = (stage){.crowd = NULL};
    s->crowd = RIG_NEW(&s->arena, rig_crowd, 1);
    assert_non_null(s->crowd);
    for (int i = 0; i < BODIES; i++) {
        s->bodies[i] = RIG_NEW(&s->arena, rig_avatar, 1);
        assert_non_null(s->bodies[i]);
        const rig_build build = rig_build_draw(&rng);
        const rig_look look = rig_look_draw(&rng);
        rig_avatar_make(s->bodies[i], &build, &look);
    }
    assert_ok(rig_backdrop_make(&s->backdrop, SIZE, &s->arena, &err));
}

static void stage_draw(stage *s, rig_rng *rng) {
    rig_err err = {""};
    const rig_avatar *bodies[BODIES];
    for (int i = 0; i < BODIES; i++)
        bodies[i] = s->bodies[i];
    assert_ok(rig_backdrop_draw(&s->backdrop, NULL, 0, rng, &s->scratch, &err));
    rig_arena_clear(&s->scratch);
    rig_crowd_place(s->crowd, &s->backdrop, bodies, 1 + rig_rng_below(rng, BODIES), rng);
}

static void test_nobody_stands_in_anybody_or_in_the_floor(void **state) {
    (void)state;
    stage s;
    int people = 0;
    stage_open(&s);
    for (uint64_t seed = 1; seed <= 40; seed++) {
        rig_rng rng = rig_rng_seed(seed, 2);
        stage_draw(&s, &rng);
        people += s.crowd->n;
        for (int i = 0; i < s.crowd->n; i++) {
            assert_true(rig_limbs_low(s.crowd->figures[i].limbs) > -1e-9);
            for (int j = 0; j < i; j++)
                assert_true(rig_limbs_depth(s.crowd->figures[i].limbs, s.crowd->figures[j].limbs) < 0);
        }
    }
    assert_true(people > 120); // of 260 that were asked for
    rig_arena_release(&s.scratch);
    rig_arena_release(&s.arena);
}

static void test_the_window_shows_people_and_stays_in_the_backdrop(void **state) {
    (void)state;
    stage s;
    int framed = 0, tried = 0;
    double least = INFINITY, most = 0;
    stage_open(&s);
    for (uint64_t seed = 1; seed <= 60; seed++) {
        rig_rng rng = rig_rng_seed(seed, 3);
        rig_camera camera;
        stage_draw(&s, &rng);
        const rig_backdrop_window w = rig_crowd_frame(s.crowd, &s.backdrop, SIZE, &rng, &camera);
        const double last = s.backdrop.canvas.width - 1 + 1e-9;
        assert_true(w.x0 >= -1e-9 && w.y0 >= -1e-9);
        assert_true(w.x0 + w.step * (SIZE - 1) <= last && w.y0 + w.step * (SIZE - 1) <= last);
        if (s.backdrop.deep) // one lens for both: a point of the picture is the same point of the backdrop
            assert_near((s.backdrop.viewpoint.camera.K[2] - w.x0) / w.step, camera.K[2], 1e-9);
        if (!s.crowd->n)
            continue;
        tried++;
        int inside = 0;
        double low = INFINITY, high = -INFINITY;
        for (int j = 0; j < RIG_FIGURE_JOINTS; j++) {
            double p[3], q[2];
            rig_pose_apply(&s.backdrop.viewpoint.Rt_cam_world, s.crowd->figures[0].joints[j], p);
            if (!rig_camera_project(&camera, p, q, NULL, NULL))
                continue;
            inside += q[0] > 0 && q[1] > 0 && q[0] < SIZE && q[1] < SIZE;
            low = fmin(low, q[1]);
            high = fmax(high, q[1]);
        }
        framed += inside >= 3;
        least = fmin(least, high - low);
        most = fmax(most, high - low);
    }
    assert_true(framed > 0.75 * tried);
    assert_true(least < 0.25 * SIZE && most > SIZE); // far ones and close ones
    rig_arena_release(&s.scratch);
    rig_arena_release(&s.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody_stands_in_anybody_or_in_the_floor),
        cmocka_unit_test(test_the_window_shows_people_and_stays_in_the_backdrop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
