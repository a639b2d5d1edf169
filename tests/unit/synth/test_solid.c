#include "tools/synth/solid.h"

#include "core/rng.h"

#include "tests/support/support.h"
#include "tests/unit/synth/viewpoint.h"

enum { ROUNDS = 60, RAYS = 300 };
static const float MEETS_M = 1e-3f; // a ray that passes nearer than this may hit or miss

typedef struct scene {
    rig_arena arena;
    rig_viewpoint viewpoint;
} scene;

static void scene_open(scene *s) {
    rig_err err = {""};
    *s = (scene){0};
    assert_ok(viewpoint_open(&s->viewpoint, 96, 72, &s->arena, &err));
}

static rig_target seen(const scene *s, const rig_solid *solid) {
    return rig_target_see(solid, &s->viewpoint.camera, &s->viewpoint.rays, &s->viewpoint.Rt_cam_world);
}

static void point_draw(rig_rng *rng, double spread, double p[3]) {
    for (int i = 0; i < 3; i++)
        p[i] = rig_rng_uniform(rng, -spread, spread);
}

static rig_solid cone_draw(rig_rng *rng) {
    double p0[3], p1[3], flat[3];
    point_draw(rng, 0.7, p0);
    point_draw(rng, 0.7, p1);
    point_draw(rng, 1, flat);
    const double norm = rig_norm3(flat);
    for (int i = 0; i < 3; i++)
        flat[i] /= norm;
    rig_solid solid = rig_solid_cone(p0, p1, rig_rng_uniform(rng, 0.02, 0.5), rig_rng_uniform(rng, 0.02, 0.5), flat,
                                     rig_rng_uniform(rng, 0.4, 1));
    if (rig_rng_below(rng, 3) == 0)
        solid.cut = (float)rig_rng_uniform(rng, 0.3, 1) * solid.length;
    return solid;
}

// Walk along the ray by the distance to the surface, which never oversteps a convex solid; least: how near it came.
static float walked_hit(const rig_target *target, rig_vec3 v, float *least) {
    const float speed = rig_vec3_norm(v);
    float t = 0;
    rig_vec3 normal;
    *least = INFINITY;
    for (int i = 0; i < 4000 && t * speed < 12; i++) {
        const float outside = rig_target_distance(target, rig_vec3_scale(v, t), &normal);
        *least = fminf(*least, outside);
        if (outside < 2e-5f)
            return t;
        t += fmaxf(0.3f * outside, 2e-5f) / speed; // the distance of a flattened solid is only right to first order
    }
    return INFINITY;
}

static void test_rays_meet_cones_where_walking_along_them_does(void **state) {
    (void)state;
    scene s;
    scene_open(&s);
    rig_rng rng = rig_rng_seed(3, 1);
    int n_hits = 0;
    for (int round = 0; round < ROUNDS; round++) {
        const rig_solid solid = cone_draw(&rng);
        const rig_target target = seen(&s, &solid);
        for (int i = 0; i < RAYS / 10; i++) {
            const int x = rig_rng_below(&rng, 96), y = rig_rng_below(&rng, 72);
            const rig_vec3 v = rig_rays_at(&s.viewpoint.rays, x, y);
            float least;
            const float t = rig_target_hit(&target, v), walked = walked_hit(&target, v, &least);
            if (fabsf(least) > MEETS_M || (t < INFINITY && walked < INFINITY)) {
                assert_int_equal(t < INFINITY, walked < INFINITY);
                if (t < INFINITY && fabsf(t - walked) > 4e-3f)
                    fail_msg("round %d: met at %g, walked to %g", round, (double)t, (double)walked);
            }
            n_hits += t < INFINITY;
        }
    }
    assert_true(n_hits > 100);
    rig_arena_release(&s.arena);
}

// Boxes, cones and ellipsoids, some of them partly beside or behind the camera.
static void test_no_pixel_of_a_solid_lies_outside_its_rectangle(void **state) {
    (void)state;
    scene s;
    scene_open(&s);
    rig_rng rng = rig_rng_seed(4, 1);
    for (int round = 0; round < 4 * ROUNDS; round++) {
        rig_solid solid = cone_draw(&rng);
        if (round % 3 == 1)
            solid = rig_solid_box(&solid.Rt_world_solid, rig_vec3_of(0.1, 0.3, rig_rng_uniform(&rng, 0.05, 0.6)), NULL);
        if (round % 3 == 2)
            solid = rig_solid_ellipsoid(&solid.Rt_world_solid, rig_vec3_of(0.1, 0.3, rig_rng_uniform(&rng, 0.05, 0.6)));
        double aside[3];
        point_draw(&rng, 2.5, aside);
        for (int i = 0; i < 3; i++)
            solid.Rt_world_solid.t[i] += aside[i];
        const rig_target target = seen(&s, &solid);
        const rig_rect r = target.rect;
        for (int y = 0; y < 72; y++)
            for (int x = 0; x < 96; x++)
                if (rig_target_hit(&target, rig_rays_at(&s.viewpoint.rays, x, y)) < INFINITY &&
                    !(x >= r.x && x < r.x + r.w && y >= r.y && y < r.y + r.h))
                    fail_msg("round %d: pixel (%d, %d) outside %d %d %d %d", round, x, y, r.x, r.y, r.w, r.h);
    }
    rig_arena_release(&s.arena);
}

static void test_a_box_is_met_on_its_near_face_and_a_room_on_its_far_one(void **state) {
    (void)state;
    scene s;
    scene_open(&s);
    s.viewpoint.Rt_cam_world = rig_pose_identity();
    rig_material face[6] = {{0}};
    rig_pose Rt = rig_pose_identity();
    Rt.t[2] = 3;
    rig_solid box = rig_solid_box(&Rt, rig_vec3_of(0.5, 0.4, 0.25), NULL);
    for (int i = 0; i < 6; i++)
        box.faces[i] = &face[i];
    const rig_vec3 ahead = {0, 0, 1};
    rig_target target = seen(&s, &box);
    assert_near((double)rig_target_hit(&target, ahead), 2.75, 1e-6);
    rig_surface surface = rig_target_surface(&target, (rig_vec3){0.1f, 0.2f, 2.75f});
    assert_ptr_equal(surface.material, &face[4]);
    assert_near((double)surface.normal.z, -1, 1e-6);
    assert_near((double)surface.spot.u, 0.1, 1e-6);
    assert_near((double)surface.spot.v, 0.2, 1e-6);
    box.kind = RIG_SOLID_ROOM;
    target = seen(&s, &box);
    assert_near((double)rig_target_hit(&target, ahead), 3.25, 1e-6);
    surface = rig_target_surface(&target, (rig_vec3){0, 0, 3.25f});
    assert_ptr_equal(surface.material, &face[5]);
    assert_near((double)surface.normal.z, -1, 1e-6); // into the room
    rig_arena_release(&s.arena);
}

static void test_a_ball_that_swallows_the_other_is_the_cone(void **state) {
    (void)state;
    const double p0[3] = {0, 0, 0}, p1[3] = {0, 0, 0.1}, x[3] = {1, 0, 0};
    const rig_solid small = rig_solid_cone(p0, p1, 0.3, 0.05, x, 1), large = rig_solid_cone(p0, p1, 0.05, 0.3, x, 1);
    assert_true(small.length <= 0 && large.length <= 0);
    assert_near((double)small.r0, 0.3, 1e-7);
    assert_near((double)large.r0, 0.3, 1e-7);
    assert_near(large.Rt_world_solid.t[2], 0.1, 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rays_meet_cones_where_walking_along_them_does),
        cmocka_unit_test(test_no_pixel_of_a_solid_lies_outside_its_rectangle),
        cmocka_unit_test(test_a_box_is_met_on_its_near_face_and_a_room_on_its_far_one),
        cmocka_unit_test(test_a_ball_that_swallows_the_other_is_the_cone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
