#include "calib/extrinsics.h"
#include "tests/support/support.h"
#include "tests/unit/calib/made_rig.h"

#include <string.h>

static const double NOISE_PX = 0.3, SIGMAS = 4;

// The corners of a board of a shape (core/rig.h).
static void points_of(const rig_board *board, const rig_board_shape *shape, double (*p)[3]) {
    for (int i = 0; i < rig_board_n(board); i++) {
        const double u = 2.0 * (i % board->cols) / (board->cols - 1) - 1;
        const double v = 2.0 * (i / board->cols) / (board->rows - 1) - 1;
        rig_board_point(board, i, p[i]);
        p[i][0] *= shape->square_m / board->square_m;
        p[i][1] *= shape->square_m / board->square_m;
        p[i][2] = shape->warp_m[0] * (1 - u * u) + shape->warp_m[1] * (1 - v * v);
    }
}

// All boards as the cameras see them, of a shape that is not the one they are said to have.
static void look(made_rig *rig, const rig_board_shape *shape, double sigma_px) {
    rig_rng rng = rig_rng_seed(3, 7);
    double p[64][3], at[3];
    points_of(&rig->board, shape, p);
    for (int c = 0; c < rig->n_cameras; c++)
        for (int i = 0; i < rig->seen[c].n; i++) {
            rig_board_view *board = &rig->seen[c].boards[i];
            rig_pose pose = rig_pose_mul(&rig->Rt_cam_world[c], &rig->Rt_world_board[board->frame]);
            for (int k = 0; k < rig_board_n(&rig->board); k++) {
                rig_pose_apply(&pose, p[k], at);
                assert_true(rig_camera_project(&rig->cameras[c], at, board->q[k], NULL, NULL));
                for (int axis = 0; axis < 2; axis++)
                    board->q[k][axis] += sigma_px > 0 ? sigma_px * rig_rng_normal(&rng) : 0;
            }
        }
}

static rig_calibration lenses_of(made_rig *rig, int n_surveyed) {
    rig_calibration c = {.n = rig->n_cameras, .cameras = RIG_NEW(&rig->arena, rig_view_camera, rig->n_cameras)};
    for (int i = 0; i < c.n; i++) {
        snprintf(c.cameras[i].view, RIG_NAME_MAX, "c%d", i + 1);
        c.cameras[i].camera = rig->cameras[i];
        c.cameras[i].surveyed = c.cameras[i].has_pose = i < n_surveyed;
        c.cameras[i].Rt_cam_world = rig->Rt_cam_world[i];
    }
    return c;
}

static rig_status solve(made_rig *rig, rig_calibration *found, rig_err *err) {
    rig_arena scratch = {0};
    rig_status status =
        rig_extrinsics_solve(&rig->board, rig->seen, found->n, NULL, 0, false, found, &rig->arena, &scratch, err);
    rig_arena_release(&scratch);
    return status;
}

static void a_warped_board_is_found_and_no_longer_bends_the_rig(void **state) {
    (void)state;
    static const double WARPS[3][2] = {{0.004, -0.002}, {0, 0.003}, {0, 0}};
    for (int k = 0; k < 3; k++) {
        made_rig rig;
        rig_err err;
        const rig_board_shape shape = {.square_m = 0.1, .warp_m = {WARPS[k][0], WARPS[k][1]}};
        made_rig_init(&rig, 4, 50, 0, 5);
        look(&rig, &shape, NOISE_PX);
        rig_calibration flat = lenses_of(&rig, 0), found = lenses_of(&rig, 0);
        found.shape.has_warp = true;
        assert_ok(solve(&rig, &flat, &err));
        assert_ok(solve(&rig, &found, &err));
        for (int axis = 0; axis < 2; axis++) {
            assert_true(found.shape.sigma_warp_m[axis] > 0 && found.shape.sigma_warp_m[axis] < 2e-4);
            assert_near(found.shape.warp_m[axis], WARPS[k][axis], SIGMAS * found.shape.sigma_warp_m[axis]);
        }
        assert_near(found.shape.square_m, 0.1, 1e-15);
        assert_near(found.rms_px, NOISE_PX * sqrt(2), 0.01);
        assert_near(found.held_out_rms_px, NOISE_PX * sqrt(2), 0.03);
        if (k < 2)
            assert_true(flat.rms_px > 1.1 * found.rms_px && flat.held_out_rms_px > 1.1 * found.held_out_rms_px);
        made_rig_release(&rig);
    }
}

static void perfect_corners_give_the_exact_shape(void **state) {
    (void)state;
    made_rig rig;
    rig_err err;
    const rig_board_shape shape = {.square_m = 0.1, .warp_m = {0.003, -0.0015}};
    made_rig_init(&rig, 4, 40, 0, 6);
    look(&rig, &shape, 0);
    rig_calibration found = lenses_of(&rig, 0);
    found.shape.has_warp = true;
    assert_ok(solve(&rig, &found, &err));
    assert_near(found.shape.warp_m[0], 0.003, 1e-7);
    assert_near(found.shape.warp_m[1], -0.0015, 1e-7);
    assert_near(found.rms_px, 0, 1e-3);
    made_rig_release(&rig);
}

static void two_surveyed_cameras_tell_the_squares_size(void **state) {
    (void)state;
    made_rig rig;
    rig_err err;
    const rig_board_shape shape = {.square_m = 0.1015, .warp_m = {0.002, 0.001}};
    made_rig_init(&rig, 4, 50, 0, 7);
    look(&rig, &shape, NOISE_PX);
    rig_calibration found = lenses_of(&rig, 2);
    found.shape.has_warp = found.shape.has_square = true;
    assert_ok(solve(&rig, &found, &err));
    assert_true(found.shape.sigma_square_m < 1e-4);
    assert_near(found.shape.square_m, 0.1015, SIGMAS * found.shape.sigma_square_m);
    assert_near(found.shape.warp_m[0], 0.002, SIGMAS * found.shape.sigma_warp_m[0]);
    for (int n = 0; n < 2; n++) { // one alone tells no length
        found = lenses_of(&rig, n);
        found.shape.has_square = true;
        assert_int_equal(solve(&rig, &found, &err), RIG_ERR_DATA);
        assert_contains(err.text, "fewer than two surveyed cameras");
    }
    made_rig_release(&rig);
}

// A surveyed camera's lens is known less well where the board's shape is not: its errors are the lens's too.
static void what_the_shape_leaves_open_is_in_the_cameras_sigma(void **state) {
    (void)state;
    made_rig rig;
    rig_err err;
    made_rig_init(&rig, 4, 50, NOISE_PX, 7);
    rig_calibration held = lenses_of(&rig, 2), free = lenses_of(&rig, 2);
    free.shape.has_warp = free.shape.has_square = true;
    assert_ok(solve(&rig, &held, &err));
    assert_ok(solve(&rig, &free, &err));
    for (int c = 0; c < 2; c++)
        for (int k = 0; k < 2; k++)
            assert_true(free.cameras[c].sigma.K[k] > 1.2 * held.cameras[c].sigma.K[k]);
    made_rig_release(&rig);
}

static rig_status afresh(void *self, rig_err *err) {
    made_rig *rig = self;
    rig_arena out = {0}, scratch = {0};
    rig_view_camera cameras[2] = {{.view = "c1", .camera = rig->cameras[0]}, {.view = "c2", .camera = rig->cameras[1]}};
    rig_calibration found = {.n = 2, .cameras = cameras, .shape = {.has_warp = true}};
    rig_status status = rig_extrinsics_solve(&rig->board, rig->seen, 2, NULL, 0, true, &found, &out, &scratch, err);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    return status;
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    made_rig rig;
    made_rig_init(&rig, 2, 12, 0.3, 1);
    assert_true(rig_test_each_allocation_fails(afresh, &rig) >= 2);
    made_rig_release(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_warped_board_is_found_and_no_longer_bends_the_rig),
        cmocka_unit_test(perfect_corners_give_the_exact_shape),
        cmocka_unit_test(two_surveyed_cameras_tell_the_squares_size),
        cmocka_unit_test(what_the_shape_leaves_open_is_in_the_cameras_sigma),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
