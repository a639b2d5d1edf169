#include "tools/synth/backdrop.h"

#include "tests/support/support.h"

#include <string.h>

enum { SIZE = 64 };

static void test_a_camera_looks_where_it_is_turned(void **state) {
    (void)state;
    const double at[3] = {1, 2, 1.5}, yaw = 0.8, pitch = 0.2;
    const rig_pose Rt = rig_backdrop_camera(at, yaw, pitch, 0), rolled = rig_backdrop_camera(at, yaw, pitch, 0.3);
    const double far = 2, ahead[3] = {at[0] + far * cos(pitch) * cos(yaw), at[1] + far * cos(pitch) * sin(yaw),
                                      at[2] - far * sin(pitch)};
    const double left[3] = {at[0] - sin(yaw), at[1] + cos(yaw), at[2]}, over[3] = {ahead[0], ahead[1], ahead[2] + 0.5};
    double p[3], centre[3];
    assert_near(rig_mat3_det(Rt.R), 1, 1e-12);
    rig_pose_centre(&Rt, centre);
    for (int i = 0; i < 3; i++)
        assert_near(centre[i], at[i], 1e-12);
    rig_pose_apply(&Rt, ahead, p);
    assert_near(p[0], 0, 1e-12);
    assert_near(p[1], 0, 1e-12);
    assert_near(p[2], far, 1e-12);
    rig_pose_apply(&Rt, left, p);
    assert_near(p[0], -1, 1e-12);
    rig_pose_apply(&Rt, over, p);
    assert_true(p[1] < -0.4);
    rig_pose_apply(&rolled, over, p);
    assert_true(p[0] < -0.1); // the right side is down: what is over the middle leans left
}

// A picture of rows and columns through windows: moved, coarser, mirrored.
static void test_windows_show_their_part(void **state) {
    (void)state;
    rig_arena arena = {NULL};
    rig_err err = {""};
    rig_backdrop backdrop;
    rig_canvas canvas;
    assert_ok(rig_backdrop_make(&backdrop, SIZE, &arena, &err));
    assert_ok(rig_canvas_make(&canvas, SIZE, SIZE, &arena, &err));
    const int side = backdrop.canvas.width;
    for (int i = 0; i < side * side; i++) {
        backdrop.canvas.ink[i][0] = (int16_t)(256 * (i % side));
        backdrop.canvas.ink[i][1] = (int16_t)(256 * (i / side));
        backdrop.canvas.z[i] = (float)(i % side);
    }
    backdrop.deep = true;
    const rig_viewpoint none = {.Rt_cam_world = rig_pose_identity()};
    const rig_backdrop_window moved = {.x0 = 3.5, .y0 = 7, .step = 1.25};
    rig_backdrop_show(&backdrop, &moved, &none, &canvas);
    for (int y = 0; y < SIZE; y += 9)
        for (int x = 0; x < SIZE; x += 7) {
            assert_near(canvas.ink[y * SIZE + x][0], 256 * (3.5 + 1.25 * x), 3);
            assert_near(canvas.ink[y * SIZE + x][1], 256 * (7 + 1.25 * y), 3);
            assert_near((double)canvas.z[y * SIZE + x], 3.5 + 1.25 * x, 0.51);
        }
    rig_viewpoint level = {
        .camera = {.width = SIZE, .height = SIZE, .lens = RIG_LENS_PINHOLE0, .K = {60, 60, 31.5, 31.5}}};
    const double at[3] = {0, 0, 1.5};
    level.Rt_cam_world = rig_backdrop_camera(at, 0, 0, 0);
    assert_ok(rig_rays_make(&level.camera, &level.rays, &arena, &err));
    backdrop.deep = false;
    const rig_backdrop_window mirrored = {.x0 = 0, .y0 = 0, .step = 1, .mirrored = true};
    rig_backdrop_show(&backdrop, &mirrored, &level, &canvas);
    assert_near(canvas.ink[5 * SIZE][0], 256 * (SIZE - 1), 3);
    assert_near(canvas.ink[5 * SIZE + SIZE - 1][0], 0, 3);
    assert_true(canvas.z[0] > 1e6f);                                         // over the horizon
    assert_near((double)canvas.z[(SIZE - 1) * SIZE], 1.5 * 60 / 31.5, 1e-3); // the floor at the lower edge
    rig_arena_release(&arena);
}

typedef struct work {
    uint64_t seed;
    bool photo;
    rig_backdrop backdrop;
    rig_arena arena;
} work;

static rig_status work_do(void *self, rig_err *err) {
    work *w = self;
    rig_arena scratch = {NULL};
    static unsigned char grey[3 * 80 * 70];
    const rig_image photo = {.width = 80, .height = 70, .channels = 3, .stride = 240, .data = grey};
    memset(grey, 90, sizeof grey);
    rig_arena_release(&w->arena);
    rig_status status = rig_backdrop_make(&w->backdrop, SIZE, &w->arena, err);
    rig_rng rng = rig_rng_seed(w->seed, 1);
    if (status == RIG_OK)
        status = rig_backdrop_draw(&w->backdrop, &photo, w->photo, &rng, &scratch, err);
    rig_arena_release(&scratch);
    return status;
}

// Rooms, yards, clutter and photographs: all are drawn, the same for the same seed, or fail for want of memory only.
static void test_every_kind_is_drawn(void **state) {
    (void)state;
    int deep = 0, photos = 0;
    for (uint64_t seed = 1; seed <= 24; seed++) {
        work w = {.seed = seed, .photo = seed > 12}, again = w;
        rig_test_each_allocation_fails(work_do, &w);
        rig_err err = {""};
        assert_ok(work_do(&again, &err));
        const size_t n = (size_t)w.backdrop.canvas.width * (size_t)w.backdrop.canvas.width;
        assert_memory_equal(w.backdrop.canvas.ink, again.backdrop.canvas.ink, n * sizeof *w.backdrop.canvas.ink);
        assert_true(w.backdrop.radius_m > 1.5);
        double eye[3];
        rig_pose_centre(&w.backdrop.viewpoint.Rt_cam_world, eye);
        assert_true(eye[2] >= 0.8 && eye[2] <= 3);
        deep += w.backdrop.deep;
        photos += w.backdrop.canvas.ink[0][0] == 90 * RIG_INK_LEVEL;
        rig_arena_release(&w.arena);
        rig_arena_release(&again.arena);
    }
    assert_true(deep > 5 && deep < 22);
    assert_true(photos > 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_camera_looks_where_it_is_turned),
        cmocka_unit_test(test_windows_show_their_part),
        cmocka_unit_test(test_every_kind_is_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
