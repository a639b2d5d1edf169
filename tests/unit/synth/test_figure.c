#include "tools/synth/figure.h"

#include "tests/support/support.h"
#include "tools/synth/backdrop.h"

enum { SIZE = 200 };

typedef struct stage {
    rig_arena arena;
    rig_avatar *body;
    rig_figure *figure;
    rig_viewpoint viewpoint;
    rig_canvas canvas;
    rig_solid solids[RIG_AVATAR_PARTS_MAX + 2];
    int n;
} stage;

// One person at the origin before a camera 3 m away at breast height.
static void stage_open(stage *s, rig_act act, double heading, uint64_t seed) {
    rig_err err = {""};
    rig_rng rng = rig_rng_seed(seed, 1);
    *s = (stage){.n = 0};
    s->body = RIG_NEW(&s->arena, rig_avatar, 1);
    s->figure = RIG_NEW(&s->arena, rig_figure, 1);
    assert_non_null(s->body);
    assert_non_null(s->figure);
    const rig_build build = rig_build_draw(&rng);
    const rig_look look = rig_look_draw(&rng);
    const double place[2] = {0, 0}, at[3] = {-3, 0, 1.2};
    rig_avatar_make(s->body, &build, &look);
    rig_figure_make(s->figure, s->body, act, place, heading, &rng);
    rig_avatar_pose(s->body, s->figure->segments, 1, s->solids);
    s->n = s->body->n;
    s->viewpoint.camera =
        (rig_camera){.width = SIZE, .height = SIZE, .lens = RIG_LENS_PINHOLE0, .K = {230, 230, 99.5, 99.5}};
    s->viewpoint.Rt_cam_world = rig_backdrop_camera(at, 0, 0.1, 0);
    assert_ok(rig_rays_make(&s->viewpoint.camera, &s->viewpoint.rays, &s->arena, &err));
    assert_ok(rig_canvas_make(&s->canvas, SIZE, SIZE, &s->arena, &err));
}

static void stage_see(stage *s, float q[RIG_FIGURE_JOINTS][2], rig_visibility visibility[RIG_FIGURE_JOINTS]) {
    rig_target targets[RIG_AVATAR_PARTS_MAX + 2];
    for (int i = 0; i < s->n; i++)
        targets[i] =
            rig_target_see(&s->solids[i], &s->viewpoint.camera, &s->viewpoint.rays, &s->viewpoint.Rt_cam_world);
    rig_figure_see(s->figure, 1, &s->viewpoint, targets, s->n, &s->canvas, q, visibility);
}

// Somebody's outline is where the canvas is no longer empty; a joint on its edge counts as inside by a pixel.
static bool covered(const rig_canvas *canvas, const float q[2]) {
    for (int i = 0; i < 9; i++) {
        const int x = (int)lround((double)q[0]) + i % 3 - 1, y = (int)lround((double)q[1]) + i / 3 - 1;
        if (x >= 0 && y >= 0 && x < SIZE && y < SIZE && canvas->z[y * SIZE + x] < INFINITY)
            return true;
    }
    return false;
}

static void test_joints_lie_inside_the_silhouette(void **state) {
    (void)state;
    const rig_lights lights = {.sky = {1, 1, 1}, .ground = {1, 1, 1}, .up = {0, 0, 1}};
    for (int act = 0; act < RIG_ACTS; act++)
        for (uint64_t seed = 1; seed <= 6; seed++) {
            stage s;
            rig_err err = {""};
            float q[RIG_FIGURE_JOINTS][2];
            rig_visibility visibility[RIG_FIGURE_JOINTS];
            int seen = 0;
            stage_open(&s, (rig_act)act, (double)seed, seed);
            stage_see(&s, q, visibility);
            assert_ok(rig_draw_solids(&s.canvas, &s.viewpoint, &lights, s.solids, s.n, &s.arena, &err));
            for (int j = 0; j < RIG_FIGURE_JOINTS; j++) {
                assert_true(visibility[j] == RIG_VISIBILITY_OUTSIDE || covered(&s.canvas, q[j]));
                seen += visibility[j] == RIG_VISIBILITY_SEEN;
            }
            assert_true(seen >= 5);
            rig_arena_release(&s.arena);
        }
}

static void test_faces_are_seen_from_before_only_and_left_is_left(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++)
        for (int back = 0; back < 2; back++) {
            stage s;
            float q[RIG_FIGURE_JOINTS][2];
            rig_visibility visibility[RIG_FIGURE_JOINTS];
            stage_open(&s, RIG_ACT_WALK, back ? 0 : 3.14159, seed); // the camera looks along x
            stage_see(&s, q, visibility);
            assert_int_equal(visibility[0], back ? RIG_VISIBILITY_HIDDEN : RIG_VISIBILITY_SEEN);
            assert_true(back == (q[5][0] < q[6][0])); // facing us, the left shoulder is on our right
            assert_true(back == (q[11][0] < q[12][0]));
            for (int k = 0; k < 2; k++)
                assert_near((double)q[RIG_FIGURE_NECK][k], ((double)q[5][k] + (double)q[6][k]) / 2, 0.5);
            assert_true(q[RIG_FIGURE_HEAD_TOP][1] < q[0][1]);
            assert_true(visibility[5] == RIG_VISIBILITY_SEEN && visibility[6] == RIG_VISIBILITY_SEEN);
            rig_arena_release(&s.arena);
        }
}

// A wall before the legs: knees and ankles hidden, all above it seen as before. Then the same as depth of the scene.
static void test_a_wall_before_the_legs_hides_them(void **state) {
    (void)state;
    stage s;
    float q[RIG_FIGURE_JOINTS][2];
    rig_visibility without[RIG_FIGURE_JOINTS], with[RIG_FIGURE_JOINTS];
    stage_open(&s, RIG_ACT_STAND, 3.14159, 3);
    stage_see(&s, q, without);
    rig_pose Rt = rig_pose_identity();
    Rt.t[0] = -1.5;
    s.solids[s.n] = rig_solid_box(&Rt, rig_vec3_of(0.05, 2, 0.95), NULL);
    s.solids[s.n++].owner = 77;
    stage_see(&s, q, with);
    for (int j = 0; j < RIG_FIGURE_JOINTS; j++)
        if (j >= 13 && j <= 16)
            assert_int_equal(with[j], RIG_VISIBILITY_HIDDEN);
        else if (j < 9 || j > 16)
            assert_int_equal(with[j], without[j]);
    s.n--;
    for (int y = 0; y < SIZE; y++) // furniture that the canvas shows, over the left half of the picture
        for (int x = 0; x < SIZE / 2; x++)
            s.canvas.z[y * SIZE + x] = 1;
    stage_see(&s, q, with);
    for (int j = 0; j < RIG_FIGURE_JOINTS; j++)
        assert_int_equal(with[j], q[j][0] < SIZE / 2 - 0.5f ? RIG_VISIBILITY_HIDDEN : without[j]);
    rig_arena_release(&s.arena);
}

static void test_what_leaves_the_picture_is_outside(void **state) {
    (void)state;
    stage s;
    rig_err err = {""};
    float q[RIG_FIGURE_JOINTS][2];
    rig_visibility visibility[RIG_FIGURE_JOINTS];
    const double above[3] = {-3, 0, 4.2}, behind[3] = {3, 0, 1.2};
    stage_open(&s, RIG_ACT_STAND, 3.14159, 3);
    s.viewpoint.Rt_cam_world = rig_backdrop_camera(above, 0, 0.45, 0);
    stage_see(&s, q, visibility);
    assert_int_equal(visibility[15], RIG_VISIBILITY_OUTSIDE); // the feet are below it
    assert_true(visibility[RIG_FIGURE_HEAD_TOP] == RIG_VISIBILITY_SEEN);
    s.viewpoint.Rt_cam_world = rig_backdrop_camera(behind, 0, 0, 0);
    assert_ok(rig_rays_make(&s.viewpoint.camera, &s.viewpoint.rays, &s.arena, &err));
    stage_see(&s, q, visibility);
    for (int j = 0; j < RIG_FIGURE_JOINTS; j++)
        assert_int_equal(visibility[j], RIG_VISIBILITY_OUTSIDE);
    rig_arena_release(&s.arena);
}

static void test_a_seat_is_under_who_sits(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        stage s;
        stage_open(&s, RIG_ACT_SIT, 0.3 * (double)seed, seed);
        const rig_solid seat = rig_figure_seat(s.figure, NULL, 9);
        const double top = seat.Rt_world_solid.t[2] + (double)seat.scale.z, *pelvis = s.figure->segments[0].t;
        assert_near(top, s.figure->seat_m, 1e-6);
        assert_true(hypot(seat.Rt_world_solid.t[0] - pelvis[0], seat.Rt_world_solid.t[1] - pelvis[1]) < 0.1);
        assert_true(pelvis[2] - top > 0.05 && pelvis[2] - top < 0.16);
        rig_arena_release(&s.arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_joints_lie_inside_the_silhouette),
        cmocka_unit_test(test_faces_are_seen_from_before_only_and_left_is_left),
        cmocka_unit_test(test_a_wall_before_the_legs_hides_them),
        cmocka_unit_test(test_what_leaves_the_picture_is_outside),
        cmocka_unit_test(test_a_seat_is_under_who_sits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
