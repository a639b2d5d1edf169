// Fits of clicked points: views for themselves, and as one body where boards have placed them.
#include "app/pick_solve.h"

#include "tests/support/support.h"

#include <string.h>

enum { POINTS = 6, VIEWS = 3 };
static const double EXACT_PX = 1e-4; // of a fit to exact pixels
static const double P[POINTS][3] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0}, {0.5, 0.5, 0.5}, {0.2, 0.9, 0.3}};
static const char *const NAMES[] = {"c1", "c2", "c3"};

typedef struct world {
    rig_view_camera cameras[VIEWS];
    rig_calibration lenses;
    const char *names[POINTS], *views[VIEWS];
    double p[POINTS][3], q[VIEWS][POINTS][2], (*rows[VIEWS])[2];
    bool seen[VIEWS][POINTS], *seen_rows[VIEWS];
    rig_points_file points;
} world;

static rig_pose pose_of(int v) {
    const double rvec[3] = {2.2, 0.3 * v, -0.2 * v}, t[3] = {-0.5, 0.2 * v, 4};
    return rig_pose_from_rvec(rvec, t);
}

// Every view sees all points; cameras have lenses and no poses.
static void world_init(world *w) {
    static const char *const points[] = {"a", "b", "c", "d", "e", "f"};
    *w = (world){.lenses = {.n = VIEWS}};
    w->lenses.cameras = w->cameras;
    memcpy(w->p, P, sizeof P);
    memcpy(w->names, points, sizeof points);
    for (int v = 0; v < VIEWS; v++) {
        rig_view_camera *camera = &w->cameras[v];
        const rig_pose Rt_cam_world = pose_of(v);
        snprintf(camera->view, sizeof camera->view, "%s", NAMES[v]);
        camera->camera =
            (rig_camera){.width = 640, .height = 480, .lens = RIG_LENS_PINHOLE0, .K = {500, 500, 319.5, 239.5}};
        for (int i = 0; i < POINTS; i++) {
            double p_cam[3];
            rig_pose_apply(&Rt_cam_world, P[i], p_cam);
            assert_true(rig_camera_project(&camera->camera, p_cam, w->q[v][i], NULL, NULL));
            w->seen[v][i] = true;
        }
        w->views[v] = NAMES[v], w->rows[v] = w->q[v], w->seen_rows[v] = w->seen[v];
    }
    w->points = (rig_points_file){POINTS, w->names, w->p, VIEWS, w->views, w->rows, w->seen_rows};
}

static rig_pick_fit *solved(world *w, rig_arena *out) {
    rig_err err = {""};
    rig_pick_fit *fits;
    rig_arena scratch = {NULL};
    assert_ok(rig_pick_solve(&w->lenses, &w->points, NAMES, VIEWS, &fits, out, &scratch, &err));
    rig_arena_release(&scratch);
    return fits;
}

static void test_each_view_fits_by_its_own_points(void **state) {
    (void)state;
    rig_arena out = {NULL};
    world w;
    world_init(&w);
    w.q[1][2][0] += 9; // a slip in one view shows there alone
    memset(w.seen[2], 0, sizeof w.seen[2]);
    w.seen[2][0] = w.seen[2][1] = w.seen[2][2] = true;
    const rig_pick_fit *fits = solved(&w, &out);
    assert_true(fits[0].placed && fits[0].n == POINTS && !fits[0].why);
    assert_near(fits[0].rms_px, 0, EXACT_PX);
    assert_near(fits[0].q[4][0], w.q[0][4][0], EXACT_PX);
    assert_true(fits[1].placed && fits[1].rms_px > 1);
    assert_false(fits[2].placed);
    assert_contains(fits[2].why, "3 of at least 4 points");
    rig_arena_release(&out);
}

static void test_what_cannot_be_placed_says_why(void **state) {
    (void)state;
    rig_arena out = {NULL};
    world w;
    world_init(&w);
    w.lenses.n = 2;       // c3 has no lens
    w.seen[1][0] = false; // five, not in a plane
    const rig_pick_fit *fits = solved(&w, &out);
    assert_true(fits[0].placed);
    assert_contains(fits[1].why, "6");
    assert_contains(fits[2].why, "lens is not calibrated");
    rig_arena_release(&out);
}

// Boards placed the cameras in a frame of their own: few clicks of a view are enough where another has four.
static void test_placed_cameras_move_as_one(void **state) {
    (void)state;
    rig_arena out = {NULL};
    world w;
    world_init(&w);
    const rig_pose Rt_world_board = rig_pose_from_rvec((const double[]){0.4, -1, 2}, (const double[]){3, -2, 1});
    for (int v = 0; v < VIEWS; v++) {
        const rig_pose Rt_cam_world = pose_of(v);
        w.cameras[v].Rt_cam_world = rig_pose_mul(&Rt_cam_world, &Rt_world_board);
        w.cameras[v].has_pose = true;
    }
    memset(w.seen[1] + 1, 0, sizeof w.seen[1] - sizeof *w.seen[1]);
    memset(w.seen[2], 0, sizeof w.seen[2]);
    const rig_pick_fit *fits = solved(&w, &out);
    for (int v = 0; v < VIEWS; v++) {
        assert_true(fits[v].placed);
        assert_near(fits[v].rms_px, 0, EXACT_PX);
        for (int i = 0; i < POINTS; i++)
            assert_near(fits[v].q[i][1], w.q[v][i][1], EXACT_PX);
    }
    memset(w.seen[0] + 2, 0, sizeof w.seen[0] - 2 * sizeof *w.seen[0]);
    fits = solved(&w, &out);
    for (int v = 0; v < VIEWS; v++)
        assert_true(!fits[v].placed && strstr(fits[v].why, "at least 4 points, none has more than 2"));
    rig_arena_release(&out);
}

static void test_nothing_clicked(void **state) {
    (void)state;
    rig_arena out = {NULL};
    world w;
    world_init(&w);
    w.points = (rig_points_file){0};
    const rig_pick_fit *fits = solved(&w, &out);
    assert_true(!fits[0].placed && fits[0].n == 0);
    w.cameras[0].has_pose = true;
    fits = solved(&w, &out);
    assert_true(!fits[0].placed && fits[0].why);
    rig_arena_release(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_view_fits_by_its_own_points),
        cmocka_unit_test(test_what_cannot_be_placed_says_why),
        cmocka_unit_test(test_placed_cameras_move_as_one),
        cmocka_unit_test(test_nothing_clicked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
