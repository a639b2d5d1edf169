#include "tools/synth/draw.h"

#include "tests/support/support.h"
#include "tests/unit/synth/viewpoint.h"

static const double COVERED = 0.05; // of a pixel, mean over a silhouette: four samples

typedef struct stage {
    rig_arena arena;
    rig_viewpoint viewpoint;
    rig_canvas canvas;
    rig_lights lights;
    rig_material white, black;
} stage;

static void stage_open(stage *s, int width, int height) {
    rig_err err = {""};
    *s = (stage){.lights = {.sky = {1, 1, 1}, .ground = {1, 1, 1}, .up = {0, 0, 1}}};
    s->white.colour = s->white.second = (rig_vec3){1, 1, 1};
    assert_ok(viewpoint_open(&s->viewpoint, width, height, &s->arena, &err));
    s->viewpoint.Rt_cam_world = rig_pose_identity();
    assert_ok(rig_canvas_make(&s->canvas, width, height, &s->arena, &err));
}

static rig_solid ball(double x, double z, double r, const rig_material *material, int owner) {
    rig_pose Rt = rig_pose_identity();
    Rt.t[0] = x;
    Rt.t[2] = z;
    rig_solid solid = rig_solid_ellipsoid(&Rt, rig_vec3_of(r, r, r));
    solid.faces[0] = material;
    solid.owner = owner;
    return solid;
}

static void test_the_nearer_solid_shows_whatever_the_order(void **state) {
    (void)state;
    for (int order = 0; order < 2; order++) {
        stage s;
        rig_err err = {""};
        stage_open(&s, 64, 48);
        const rig_solid near = ball(0, 2, 0.2, &s.white, 1), far = ball(0, 3, 0.8, &s.black, 2);
        const rig_solid solids[2] = {order ? near : far, order ? far : near};
        assert_ok(rig_draw_solids(&s.canvas, &s.viewpoint, &s.lights, solids, 2, &s.arena, &err));
        assert_true(s.canvas.ink[24 * 64 + 32][0] > 25000);
        assert_near((double)s.canvas.z[24 * 64 + 32], 1.8, 0.02);
        assert_near(s.canvas.ink[24 * 64 + 43][0], 0, 0); // the far ball, black
        assert_true(s.canvas.z[24 * 64 + 43] < 3);
        rig_arena_release(&s.arena);
    }
}

// White on black: all ink together is the area of the ball's outline, however it lies on the pixels.
static void test_silhouettes_are_smooth(void **state) {
    (void)state;
    double least = INFINITY, most = 0;
    for (int i = 0; i < 8; i++) {
        stage s;
        rig_err err = {""};
        stage_open(&s, 64, 48);
        const rig_solid solid = ball(0.006 * i, 3, 0.2, &s.white, 1);
        assert_ok(rig_draw_solids(&s.canvas, &s.viewpoint, &s.lights, &solid, 1, &s.arena, &err));
        double sum = 0;
        int partly = 0;
        for (int k = 0; k < 64 * 48; k++) {
            sum += s.canvas.ink[k][1] / (double)RIG_INK_MAX;
            partly += s.canvas.ink[k][1] > 1000 && s.canvas.ink[k][1] < 24000;
        }
        least = fmin(least, sum), most = fmax(most, sum);
        assert_true(partly > 4);
        rig_arena_release(&s.arena);
    }
    const double around = 2 * sqrt(3.14159 * most); // px of outline
    assert_true(most - least < COVERED * around);
}

static void test_what_is_behind_or_beside_leaves_the_canvas_alone(void **state) {
    (void)state;
    stage s;
    rig_err err = {""};
    stage_open(&s, 64, 48);
    const rig_solid solids[2] = {ball(0, -2, 0.5, &s.white, 1), ball(9, 2, 0.5, &s.white, 1)};
    assert_ok(rig_draw_solids(&s.canvas, &s.viewpoint, &s.lights, solids, 2, &s.arena, &err));
    for (int k = 0; k < 64 * 48; k++)
        assert_int_equal(s.canvas.ink[k][0], 0);
    rig_arena_release(&s.arena);
}

static void test_points_of_the_picture_are_told_from_others(void **state) {
    (void)state;
    stage s;
    stage_open(&s, 64, 48);
    const double ahead[3] = {0, 0, 2}, behind[3] = {0, 0, -2}, beside[3] = {3, 0, 2}, folded[3] = {30, 0, 2};
    double q[2];
    assert_true(rig_viewpoint_project(&s.viewpoint, ahead, q));
    assert_near(q[0], s.viewpoint.camera.K[2], 1e-9);
    assert_false(rig_viewpoint_project(&s.viewpoint, behind, q));
    assert_false(rig_viewpoint_project(&s.viewpoint, beside, q));
    assert_false(rig_viewpoint_project(&s.viewpoint, folded, q));
    rig_arena_release(&s.arena);
}

static void test_a_point_is_hidden_by_what_stands_before_it_but_not_by_its_owner(void **state) {
    (void)state;
    stage s;
    stage_open(&s, 64, 48);
    const rig_solid solid = ball(0, 2, 0.2, &s.white, 1);
    const rig_target target = rig_target_see(&solid, &s.viewpoint.camera, &s.viewpoint.rays, &s.viewpoint.Rt_cam_world);
    const rig_vec3 after = {0, 0, 3}, before = {0, 0, 1}, aside = {0.5f, 0, 3};
    assert_true(rig_targets_hide(&target, 1, after, 2));
    assert_false(rig_targets_hide(&target, 1, after, 1));
    assert_false(rig_targets_hide(&target, 1, before, 2));
    assert_false(rig_targets_hide(&target, 1, aside, 2));
    rig_arena_release(&s.arena);
}

static rig_status draw_once(void *self, rig_err *err) {
    stage *s = self;
    rig_arena scratch = {0};
    const rig_solid solid = ball(0, 2, 0.2, &s->white, 1);
    rig_status status = rig_draw_solids(&s->canvas, &s->viewpoint, &s->lights, &solid, 1, &scratch, err);
    rig_arena_release(&scratch);
    return status;
}

static void test_each_allocation_may_fail(void **state) {
    (void)state;
    stage s;
    stage_open(&s, 64, 48);
    assert_true(rig_test_each_allocation_fails(draw_once, &s) >= 1);
    rig_arena_release(&s.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_nearer_solid_shows_whatever_the_order),
        cmocka_unit_test(test_silhouettes_are_smooth),
        cmocka_unit_test(test_what_is_behind_or_beside_leaves_the_canvas_alone),
        cmocka_unit_test(test_points_of_the_picture_are_told_from_others),
        cmocka_unit_test(test_a_point_is_hidden_by_what_stands_before_it_but_not_by_its_owner),
        cmocka_unit_test(test_each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
