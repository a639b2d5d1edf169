#include "tools/synth/rays.h"

#include "tests/support/support.h"
#include "tests/unit/synth/viewpoint.h"

static const double TABLE_PX = 2e-4; // cubics every eight pixels, and floats
static const double SLOPE_PX = 5e-3; // a linear step of 0.7 px from the pixel's centre

static double back_px(const rig_camera *camera, rig_vec3 v, double x, double y) {
    const double p[3] = {(double)v.x, (double)v.y, (double)v.z};
    double q[2];
    assert_true(rig_camera_project(camera, p, q, NULL, NULL));
    return hypot(q[0] - x, q[1] - y);
}

static void test_each_pixel_s_ray_projects_back_onto_it(void **state) {
    (void)state;
    rig_arena arena = {0};
    rig_rays rays;
    rig_err err = {""};
    const rig_camera camera = barrel_camera(331, 250); // sizes that no step divides
    assert_ok(rig_rays_make(&camera, &rays, &arena, &err));
    double worst = 0, worst_slope = 0;
    for (int y = 0; y < rays.height; y++)
        for (int x = 0; x < rays.width; x++) {
            worst = fmax(worst, back_px(&camera, rig_rays_at(&rays, x, y), x, y));
            const rig_ray_differential ray = rig_rays_slope(&rays, x, y);
            worst_slope =
                fmax(worst_slope, back_px(&camera, rig_ray_differential_at(&ray, 0.5f, -0.5f), x + 0.5, y - 0.5));
        }
    assert_in_range((int)(worst / TABLE_PX * 1000), 0, 1000);
    assert_in_range((int)(worst_slope / SLOPE_PX * 1000), 0, 1000);
    rig_arena_release(&arena);
}

static void test_the_field_holds_every_ray(void **state) {
    (void)state;
    rig_arena arena = {0};
    rig_rays rays;
    rig_err err = {""};
    const rig_camera camera = barrel_camera(64, 48);
    assert_ok(rig_rays_make(&camera, &rays, &arena, &err));
    for (int i = 0; i < 64 * 48; i++)
        for (int axis = 0; axis < 2; axis++) {
            assert_true((double)rays.n[i][axis] >= rays.n_least[axis] - 1e-6);
            assert_true((double)rays.n[i][axis] <= rays.n_most[axis] + 1e-6);
        }
    rig_arena_release(&arena);
}

static void test_a_lens_that_does_not_reach_the_border_is_refused(void **state) {
    (void)state;
    rig_arena arena = {0};
    rig_rays rays;
    rig_err err = {""};
    rig_camera camera = barrel_camera(64, 48);
    camera.dist[0] = -0.9;
    assert_int_equal(rig_rays_make(&camera, &rays, &arena, &err), RIG_ERR_NUMERIC);
    assert_contains(err.text, "64 x 48");
    rig_arena_release(&arena);
}

static rig_status make_and_release(void *self, rig_err *err) {
    (void)self;
    rig_arena arena = {0};
    rig_rays rays;
    const rig_camera camera = barrel_camera(64, 48);
    rig_status status = rig_rays_make(&camera, &rays, &arena, err);
    rig_arena_release(&arena);
    return status;
}

static void test_each_allocation_may_fail(void **state) {
    (void)state;
    assert_true(rig_test_each_allocation_fails(make_and_release, NULL) >= 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_pixel_s_ray_projects_back_onto_it),
        cmocka_unit_test(test_the_field_holds_every_ray),
        cmocka_unit_test(test_a_lens_that_does_not_reach_the_border_is_refused),
        cmocka_unit_test(test_each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
