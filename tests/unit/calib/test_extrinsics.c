#include "calib/extrinsics.h"
#include "calib/intrinsics.h"
#include "tests/support/support.h"
#include "tests/unit/calib/made_rig.h"

#include <stdlib.h>

static const double EXACT = 1e-6;        // m, relative, px: perfect corners leave only rounding
static const double POSITION_M = 1.5e-3; // 60 poses, 0.3 px noise, 3 m away
static const double FOCAL = 1e-3;        // relative, same

// The calibration a solver is given: names and lenses, the lenses off by `wrong` of the focal length.
static rig_calibration lenses_of(made_rig *rig, double wrong) {
    rig_calibration c = {.n = rig->n_cameras, .cameras = RIG_NEW(&rig->arena, rig_view_camera, rig->n_cameras)};
    for (int i = 0; i < c.n; i++) {
        snprintf(c.cameras[i].view, RIG_NAME_MAX, "c%d", i + 1);
        c.cameras[i].camera = rig->cameras[i];
        c.cameras[i].camera.K[0] *= 1 + wrong;
        c.cameras[i].camera.K[1] *= 1 + wrong;
    }
    return c;
}

// How far cameras stand from the truth, after the rigid motion that brings all of them nearest to it (the choice of the
// world frame is no error); with fewer than three cameras, in the first one's frame.
static void position_errors(const made_rig *rig, const rig_calibration *found, double *error) {
    double truth[MADE_CAMERAS_MAX][3], at[MADE_CAMERAS_MAX][3], moved[3];
    rig_pose Rt_truth_found, Rt_world_first = rig_pose_invert(&rig->Rt_cam_world[0]);
    for (int c = 0; c < rig->n_cameras; c++) {
        rig_pose_centre(&rig->Rt_cam_world[c], truth[c]);
        rig_pose_centre(&found->cameras[c].Rt_cam_world, at[c]);
    }
    if (!rig_pose_align((const double(*)[3])at, (const double(*)[3])truth, rig->n_cameras, &Rt_truth_found, NULL))
        Rt_truth_found = rig_pose_mul(&Rt_world_first, &found->cameras[0].Rt_cam_world);
    for (int c = 0; c < rig->n_cameras; c++) {
        rig_pose_apply(&Rt_truth_found, at[c], moved);
        for (int k = 0; k < 3; k++)
            moved[k] -= truth[c][k];
        error[c] = rig_norm3(moved);
    }
}

static void assert_rig_found(const made_rig *rig, const rig_calibration *found, double position_m, double focal) {
    double error[MADE_CAMERAS_MAX];
    position_errors(rig, found, error);
    for (int c = 0; c < rig->n_cameras; c++) {
        assert_true(found->cameras[c].has_pose);
        assert_near(error[c], 0, position_m);
        assert_near(found->cameras[c].camera.K[0] / rig->cameras[c].K[0], 1, focal);
    }
}

static void perfect_corners_give_the_exact_rig(void **state) {
    (void)state;
    made_rig rig;
    rig_arena out = {0}, scratch = {0};
    rig_err err;
    made_rig_init(&rig, 4, 40, 0, 1);
    rig_calibration found = lenses_of(&rig, 0.01);
    assert_ok(rig_extrinsics_solve(&rig.board, rig.seen, 4, NULL, 0, false, &found, &out, &scratch, &err));
    assert_rig_found(&rig, &found, EXACT, EXACT);
    assert_near(found.rms_px, 0, EXACT);
    for (int c = 0; c < 4; c++)
        for (int i = 0; i < 5; i++)
            assert_near(found.cameras[c].camera.dist[i], rig.cameras[c].dist[i], 10 * EXACT);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

static void noise_moves_the_rig_by_its_share(void **state) {
    (void)state;
    made_rig rig;
    rig_arena out = {0}, scratch = {0};
    rig_err err;
    made_rig_init(&rig, 4, 60, 0.3, 1);
    rig_calibration found = lenses_of(&rig, 0.005);
    assert_ok(rig_extrinsics_solve(&rig.board, rig.seen, 4, NULL, 0, false, &found, &out, &scratch, &err));
    assert_rig_found(&rig, &found, POSITION_M, FOCAL);
    assert_near(found.rms_px, 0.3 * sqrt(2), 0.01);
    for (int c = 0; c < 4; c++)
        assert_int_equal(found.cameras[c].n_frames, rig.seen[c].n);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

static void turn_half(double (*q)[2], int n) {
    for (int i = 0; i < n / 2; i++)
        for (int k = 0; k < 2; k++) {
            double old = q[i][k];
            q[i][k] = q[n - 1 - i][k];
            q[n - 1 - i][k] = old;
        }
}

static void boards_read_from_the_wrong_end_are_turned_back(void **state) {
    (void)state;
    for (int cols = 8; cols <= 9; cols++) { // the colours settle 9 x 6, not 8 x 6
        made_rig rig;
        rig_arena out = {0}, scratch = {0};
        rig_err err;
        rig_rng rng = rig_rng_seed(4, 4);
        made_rig_init(&rig, 4, 40, 0.3, 2);
        rig.board.cols = cols;
        made_rig_look(&rig, &rng, 0.3);
        for (int c = 0; c < 4; c++)
            for (int i = 0; i < rig.seen[c].n; i++)
                if (rig_rng_below(&rng, 3) == 0 || (c == 1 && cols == 8))
                    turn_half(rig.seen[c].boards[i].q, rig_board_n(&rig.board));
        rig_calibration found = lenses_of(&rig, 0);
        assert_ok(rig_extrinsics_solve(&rig.board, rig.seen, 4, NULL, 0, true, &found, &out, &scratch, &err));
        assert_rig_found(&rig, &found, POSITION_M, FOCAL);
        assert_near(found.rms_px, 0.3 * sqrt(2), 0.01);
        for (int c = 0; c < 4; c++)
            assert_int_equal(found.cameras[c].n_frames, rig.seen[c].n);
        rig_arena_release(&out);
        rig_arena_release(&scratch);
        made_rig_release(&rig);
    }
}

static void it_is_told_how_many_boards_were_turned_and_left_out(void **state) {
    (void)state;
    made_rig rig;
    rig_arena out = {0}, scratch = {0};
    rig_err err;
    int n_turned = 0;
    made_rig_init(&rig, 4, 40, 0.3, 12);
    for (int i = 0; i < rig.seen[1].n; i += 3, n_turned++)
        turn_half(rig.seen[1].boards[i].q, 54);
    for (int i = 10; i < 20; i++) // as another moment has it
        memcpy(rig.seen[3].boards[i].q, rig.seen[3].boards[i + 15].q, sizeof(double[2]) * 54);
    rig_calibration found = lenses_of(&rig, 0);
    assert_ok(rig_extrinsics_solve(&rig.board, rig.seen, 4, NULL, 0, true, &found, &out, &scratch, &err));
    for (int c = 0; c < 4; c++) {
        const rig_view_camera *camera = &found.cameras[c];
        bool warned = camera->n_warnings > 0 && strcmp(camera->warnings[camera->n_warnings - 1], "left_out") == 0;
        assert_int_equal(camera->n_turned, c == 1 ? n_turned : 0);
        assert_int_equal(camera->n_fits - camera->n_frames, c == 3 ? 10 : 0);
        assert_int_equal(warned, c == 3);
    }
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

// A third of the corners hidden, what stands in their place being no matter; from cold. Every third board of c2 is read
// from its other end, where its markers do not tell.
static void partly_hidden_boards_give_the_rig(rig_board_kind kind) {
    made_rig rig;
    rig_arena out = {0}, scratch = {0};
    rig_err err;
    rig_rng rng = rig_rng_seed(8, 8);
    made_rig_init(&rig, 4, 40, 0, 1);
    rig.board.kind = kind;
    for (int c = 0; c < 4; c++)
        for (int i = 0; i < rig.seen[c].n; i++) {
            rig_board_view *board = &rig.seen[c].boards[i];
            board->seen = RIG_NEW(&rig.arena, bool, 54);
            for (int k = 0; k < 54; k++) {
                board->seen[k] = rig_rng_below(&rng, 3) > 0 && (i % 4 > 0 || k % 9 > 4); // some in one half only
                if (!board->seen[k])
                    board->q[k][0] = board->q[k][1] = 0;
            }
            if (kind == RIG_BOARD_CHESSBOARD && c == 1 && i % 3 == 0) {
                turn_half(board->q, 54);
                for (int k = 0; k < 27; k++) {
                    const bool old = board->seen[k];
                    board->seen[k] = board->seen[53 - k];
                    board->seen[53 - k] = old;
                }
            }
        }
    rig_calibration found = lenses_of(&rig, 0);
    assert_ok(
        rig_intrinsics_solve_all(&rig.board, rig.seen, 4, RIG_LENS_PINHOLE5, found.cameras, &out, &scratch, &err));
    assert_ok(rig_extrinsics_solve(&rig.board, rig.seen, 4, NULL, 0, false, &found, &out, &scratch, &err));
    assert_rig_found(&rig, &found, EXACT, EXACT);
    for (int c = 0; c < 4; c++)
        assert_int_equal(found.cameras[c].n_frames, rig.seen[c].n);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

static void boards_that_are_partly_hidden_serve_as_far_as_they_are_seen(void **state) {
    (void)state;
    partly_hidden_boards_give_the_rig(RIG_BOARD_CHARUCO);
    partly_hidden_boards_give_the_rig(RIG_BOARD_CHESSBOARD);
}

// Two cameras whose poses someone measured stay where they are, and the others come out in their world.
static void surveyed_cameras_are_held_and_are_the_world(void **state) {
    (void)state;
    made_rig rig;
    rig_arena out = {0}, scratch = {0};
    rig_err err;
    for (int n_held = 1; n_held <= 2; n_held++) {
        made_rig_init(&rig, 4, 40, 0.3, 9);
        rig_calibration found = lenses_of(&rig, 0);
        for (int c = 2; c < 2 + n_held; c++) {
            found.cameras[c].Rt_cam_world = rig.Rt_cam_world[c];
            found.cameras[c].surveyed = found.cameras[c].has_pose = true;
        }
        assert_ok(rig_extrinsics_solve(&rig.board, rig.seen, 4, NULL, 0, true, &found, &out, &scratch, &err));
        for (int c = 0; c < 4; c++) {
            double truth[3], at[3];
            rig_pose_centre(&rig.Rt_cam_world[c], truth);
            rig_pose_centre(&found.cameras[c].Rt_cam_world, at);
            for (int k = 0; k < 3; k++)
                assert_near(at[k], truth[k], 2 * POSITION_M);
            if (found.cameras[c].surveyed)
                assert_memory_equal(&found.cameras[c].Rt_cam_world, &rig.Rt_cam_world[c], sizeof(rig_pose));
            assert_memory_equal(found.cameras[c].camera.K, rig.cameras[c].K, sizeof rig.cameras[c].K);
            assert_near(found.cameras[c].sigma.t[0] > 0, !found.cameras[c].surveyed, 0);
        }
        made_rig_release(&rig);
    }
    // Where the survey is of another scale than the board, nothing fits it.
    made_rig_init(&rig, 3, 40, 0.3, 9);
    rig_calibration found = lenses_of(&rig, 0);
    for (int c = 1; c < 3; c++) {
        found.cameras[c].Rt_cam_world = rig.Rt_cam_world[c];
        for (int k = 0; k < 3; k++)
            found.cameras[c].Rt_cam_world.t[k] *= 1.2;
        found.cameras[c].surveyed = found.cameras[c].has_pose = true;
    }
    assert_int_equal(rig_extrinsics_solve(&rig.board, rig.seen, 3, NULL, 0, true, &found, &out, &scratch, &err),
                     RIG_ERR_DATA);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

static void wrong_corners_and_wrong_moments_do_not_matter(void **state) {
    (void)state;
    made_rig rig;
    rig_arena out = {0}, scratch = {0};
    rig_err err;
    rig_rng rng = rig_rng_seed(6, 6);
    made_rig_init(&rig, 4, 60, 0.3, 3);
    for (int c = 0; c < 4; c++) // a tenth of all corners is anywhere
        for (int i = 0; i < rig.seen[c].n; i++)
            for (int k = 0; k < 54; k++)
                if (rig_rng_below(&rng, 10) == 0) {
                    rig.seen[c].boards[i].q[k][0] += rig_rng_uniform(&rng, -200, 200);
                    rig.seen[c].boards[i].q[k][1] += rig_rng_uniform(&rng, -200, 200);
                }
    int n_wrong = 0;
    for (int i = 0; i + 3 < rig.seen[2].n / 2; i++, n_wrong++) // one camera runs three frames ahead for a while
        memcpy(rig.seen[2].boards[i].q, rig.seen[2].boards[i + 3].q, sizeof(double[2]) * 54);
    rig_calibration found = lenses_of(&rig, 0.002);
    assert_ok(rig_extrinsics_solve(&rig.board, rig.seen, 4, NULL, 0, false, &found, &out, &scratch, &err));
    assert_rig_found(&rig, &found, 2 * POSITION_M, 2 * FOCAL);
    assert_near(found.rms_px, 0.3 * sqrt(2), 0.02);
    int n_left_out = 0;
    for (int i = 0; i < found.cameras[2].n_fits; i++)
        if (found.cameras[2].fits[i].left_out) {
            assert_true(i < n_wrong);
            assert_contains(found.cameras[2].fits[i].left_out, "px");
            n_left_out++;
        }
    assert_int_equal(n_left_out, n_wrong);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

// Keep the boards of frames [from, to) only.
static void keep_frames(rig_view_corners *seen, int from, int to) {
    int n = 0;
    for (int i = 0; i < seen->n; i++)
        if (seen->boards[i].frame >= from && seen->boards[i].frame < to)
            seen->boards[n++] = seen->boards[i];
    seen->n = n;
}

static void cameras_that_share_no_board_are_named(void **state) {
    (void)state;
    made_rig rig;
    rig_arena out = {0}, scratch = {0};
    rig_err err;
    made_rig_init(&rig, 4, 40, 0.3, 1);
    rig_calibration found = lenses_of(&rig, 0);
    for (int c = 0; c < 4; c++)
        keep_frames(&rig.seen[c], c % 2 ? 20 : 0, c % 2 ? 40 : 20);
    assert_int_equal(rig_extrinsics_solve(&rig.board, rig.seen, 4, NULL, 0, true, &found, &out, &scratch, &err),
                     RIG_ERR_DATA);
    assert_string_equal(err.text, "cameras 'c1', 'c3' share no board frame with 'c2', 'c4'");
    rig.seen[1].n = 0;
    assert_int_equal(rig_extrinsics_solve(&rig.board, rig.seen, 4, NULL, 0, true, &found, &out, &scratch, &err),
                     RIG_ERR_DATA);
    assert_string_equal(err.text, "camera 'c2': no board was found in any of its 40 frames");
    found.n = 3;
    rig.seen[1].n = 5;
    assert_int_equal(rig_extrinsics_solve(&rig.board, rig.seen, 4, NULL, 0, true, &found, &out, &scratch, &err),
                     RIG_ERR_DATA);
    assert_string_equal(err.text, "camera 'c4': no calibrated lens");
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

static void swapped_recordings_are_refused(void **state) {
    (void)state;
    made_rig rig, other;
    rig_arena out = {0}, scratch = {0};
    rig_err err;
    made_rig_init(&rig, 2, 40, 0.3, 1);
    made_rig_init(&other, 2, 40, 0.3, 99);
    rig_view_corners seen[2] = {rig.seen[0], other.seen[1]};
    rig_calibration found = lenses_of(&rig, 0);
    assert_int_equal(rig_extrinsics_solve(&rig.board, seen, 2, NULL, 0, true, &found, &out, &scratch, &err),
                     RIG_ERR_DATA);
    assert_contains(err.text, "camera 'c1' shares no usable board frame with 'c2'");
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
    made_rig_release(&other);
}

static void a_chain_links_cameras_that_share_no_view(void **state) {
    (void)state;
    made_rig rig;
    rig_arena out = {0}, scratch = {0};
    rig_err err;
    made_rig_init(&rig, 4, 60, 0.3, 1);
    for (int c = 0; c < 4; c++)
        keep_frames(&rig.seen[c], 15 * c, 15 * c + 30);
    rig_calibration found = lenses_of(&rig, 0);
    assert_ok(rig_extrinsics_solve(&rig.board, rig.seen, 4, NULL, 0, true, &found, &out, &scratch, &err));
    assert_rig_found(&rig, &found, 4 * POSITION_M, FOCAL);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

static void lens_boards_hold_the_lenses(void **state) {
    (void)state;
    made_rig rig, lens;
    rig_arena out = {0}, scratch = {0};
    rig_err err;
    made_rig_init(&rig, 2, 4, 0.3, 1); // four far boards would leave the lenses loose
    made_rig_init(&lens, 1, 1, 0, 1);
    made_lens_boards(&lens, 40, 0.6, 0.3, 5);
    rig_calibration found = lenses_of(&rig, 0.01);
    rig_view_corners more[1] = {lens.seen[0]};
    assert_ok(rig_extrinsics_solve(&rig.board, rig.seen, 2, more, 1, false, &found, &out, &scratch, &err));
    assert_near(found.cameras[0].camera.K[0] / rig.cameras[0].K[0], 1, 2 * FOCAL);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
    made_rig_release(&lens);
}

static rig_status solve_afresh(void *self, rig_err *err) {
    made_rig *rig = self;
    rig_arena out = {0}, scratch = {0};
    rig_view_camera cameras[4] = {{.view = "c1"}, {.view = "c2"}, {.view = "c3"}, {.view = "c4"}};
    for (int c = 0; c < 4; c++)
        cameras[c].camera = rig->cameras[c];
    rig_calibration found = {.n = 4, .cameras = cameras};
    rig_status status =
        rig_extrinsics_solve(&rig->board, rig->seen, 4, rig->seen, 1, false, &found, &out, &scratch, err);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    return status;
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    made_rig rig;
    made_rig_init(&rig, 4, 12, 0.3, 1);
    turn_half(rig.seen[1].boards[0].q, 54);
    assert_true(rig_test_each_allocation_fails(solve_afresh, &rig) >= 3);
    made_rig_release(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(perfect_corners_give_the_exact_rig),
        cmocka_unit_test(noise_moves_the_rig_by_its_share),
        cmocka_unit_test(boards_read_from_the_wrong_end_are_turned_back),
        cmocka_unit_test(it_is_told_how_many_boards_were_turned_and_left_out),
        cmocka_unit_test(boards_that_are_partly_hidden_serve_as_far_as_they_are_seen),
        cmocka_unit_test(surveyed_cameras_are_held_and_are_the_world),
        cmocka_unit_test(wrong_corners_and_wrong_moments_do_not_matter),
        cmocka_unit_test(cameras_that_share_no_board_are_named),
        cmocka_unit_test(swapped_recordings_are_refused),
        cmocka_unit_test(a_chain_links_cameras_that_share_no_view),
        cmocka_unit_test(lens_boards_hold_the_lenses),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
