#include "calib/intrinsics.h"
#include "tests/support/support.h"
#include "tests/unit/calib/made_rig.h"

static const double EXACT = 1e-6; // relative, and pixels: perfect corners leave only rounding

static void made_lens(made_rig *rig, rig_lens lens, int n_frames, double tilt, double sigma_px) {
    made_rig_init(rig, 1, 1, 0, 1);
    rig_camera *camera = &rig->cameras[0];
    camera->lens = lens;
    memset(camera->dist, 0, sizeof camera->dist);
    double pinhole[12] = {-0.12, 0.08, 0.0006, -0.0008, -0.02, 0.03, -0.01, 0.004, 0.0005, -0.0002, -0.0004, 0.0003};
    double fisheye[4] = {-0.02, 0.006, -0.003, 0.0005};
    memcpy(camera->dist, lens == RIG_LENS_FISHEYE4 ? fisheye : pinhole, sizeof(double) * (size_t)rig_lens_n_dist(lens));
    if (lens == RIG_LENS_FISHEYE4)
        camera->K[0] = camera->K[1] = 700;
    made_lens_boards(rig, n_frames, tilt, sigma_px, 7);
}

static void perfect_corners_give_the_exact_lens(void **state) {
    (void)state;
    const rig_lens lenses[] = {RIG_LENS_PINHOLE0, RIG_LENS_PINHOLE2,  RIG_LENS_PINHOLE4, RIG_LENS_PINHOLE5,
                               RIG_LENS_PINHOLE8, RIG_LENS_PINHOLE12, RIG_LENS_FISHEYE4};
    for (size_t k = 0; k < sizeof lenses / sizeof *lenses; k++) {
        made_rig rig;
        rig_arena out = {0}, scratch = {0};
        rig_err err;
        rig_view_camera found;
        made_lens(&rig, lenses[k], 30, 0.6, 0);
        assert_ok(rig_intrinsics_solve(&rig.board, &rig.seen[0], lenses[k], &found, &out, &scratch, &err));
        assert_near(found.rms_px, 0, EXACT);
        assert_int_equal(found.n_frames, rig.seen[0].n);
        assert_string_equal(found.view, "c1");
        for (int i = 0; i < 4; i++)
            assert_near(found.camera.K[i] / rig.cameras[0].K[i], 1, EXACT);
        bool ratio = lenses[k] == RIG_LENS_PINHOLE8 || lenses[k] == RIG_LENS_PINHOLE12;
        for (int i = 0; i < 5 && !ratio; i++) // a ratio of polynomials has many near equals
            assert_near(found.camera.dist[i], rig.cameras[0].dist[i], EXACT);
        rig_arena_release(&out);
        rig_arena_release(&scratch);
        made_rig_release(&rig);
    }
}

static void noise_moves_the_lens_by_its_share(void **state) {
    (void)state;
    const double FOCAL = 2e-3; // relative: 0.3 px noise over 40 boards of 54 corners
    made_rig rig;
    rig_arena out = {0}, scratch = {0};
    rig_err err;
    rig_view_camera found;
    made_lens(&rig, RIG_LENS_PINHOLE5, 40, 0.6, 0.3);
    assert_ok(rig_intrinsics_solve(&rig.board, &rig.seen[0], RIG_LENS_PINHOLE5, &found, &out, &scratch, &err));
    assert_near(found.rms_px, 0.3 * sqrt(2), 0.02);
    assert_near(found.camera.K[0] / rig.cameras[0].K[0], 1, FOCAL);
    assert_near(found.camera.K[1] / rig.cameras[0].K[1], 1, FOCAL);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

static void wrong_boards_are_left_out_with_the_reason(void **state) {
    (void)state;
    made_rig rig;
    rig_arena out = {0}, scratch = {0};
    rig_err err;
    rig_view_camera found;
    rig_rng rng = rig_rng_seed(5, 5);
    made_lens(&rig, RIG_LENS_PINHOLE5, 20, 0.6, 0.2);
    for (int i = 0; i < 54; i++) // two boards with corners all over, one with three wrong corners
        for (int k = 0; k < 2; k++) {
            rig.seen[0].boards[3].q[i][k] += 30 * rig_rng_normal(&rng);
            rig.seen[0].boards[7].q[i][k] += 5 * rig_rng_normal(&rng);
        }
    rig.seen[0].boards[9].q[11][0] += 80;
    rig.seen[0].boards[9].q[17][1] -= 60;
    rig.seen[0].boards[9].q[40][0] += 20;
    assert_ok(rig_intrinsics_solve(&rig.board, &rig.seen[0], RIG_LENS_PINHOLE5, &found, &out, &scratch, &err));
    assert_near(found.rms_px, 0.2 * sqrt(2), 0.02);
    assert_int_equal(found.n_frames, rig.seen[0].n - 2);
    for (int i = 0; i < found.n_fits; i++)
        assert_true((found.fits[i].left_out != NULL) == (i == 3 || i == 7));
    assert_contains(found.fits[3].left_out, "corners are off by more than");
    assert_near(found.camera.K[0] / rig.cameras[0].K[0], 1, 3e-3);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

static void a_tenth_of_all_corners_may_be_anywhere(void **state) {
    (void)state;
    made_rig rig;
    rig_arena out = {0}, scratch = {0};
    rig_err err;
    rig_view_camera found;
    rig_rng rng = rig_rng_seed(8, 5);
    made_lens(&rig, RIG_LENS_PINHOLE5, 30, 0.6, 0.3);
    for (int i = 0; i < rig.seen[0].n; i++)
        for (int j = 0; j < 54; j++)
            if (rig_rng_below(&rng, 10) == 0)
                for (int k = 0; k < 2; k++)
                    rig.seen[0].boards[i].q[j][k] += rig_rng_uniform(&rng, -300, 300);
    assert_ok(rig_intrinsics_solve(&rig.board, &rig.seen[0], RIG_LENS_PINHOLE5, &found, &out, &scratch, &err));
    assert_near(found.rms_px, 0.3 * sqrt(2), 0.02);
    assert_int_equal(found.n_frames, rig.seen[0].n);
    assert_near(found.camera.K[0] / rig.cameras[0].K[0], 1, 3e-3);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

static void strong_lenses_are_found_from_afar(void **state) {
    (void)state;
    for (int fisheye = 0; fisheye < 2; fisheye++) {
        made_rig rig;
        rig_arena out = {0}, scratch = {0};
        rig_err err;
        rig_view_camera found;
        rig_lens lens = fisheye ? RIG_LENS_FISHEYE4 : RIG_LENS_PINHOLE5;
        made_rig_init(&rig, 1, 1, 0, 1);
        rig_camera barrel = {1920, 1080, lens, {900, 905, 950, 540}, {-0.32, 0.12, 0, 0, -0.02}};
        rig_camera wide = {1920, 1080, lens, {520, 521, 950, 540}, {-0.02, 0.004}}; // a view of 210 degrees
        rig.cameras[0] = fisheye ? wide : barrel;
        made_lens_boards(&rig, 30, 0.6, 0.3, 4);
        assert_ok(rig_intrinsics_solve(&rig.board, &rig.seen[0], lens, &found, &out, &scratch, &err));
        assert_near(found.rms_px, 0.3 * sqrt(2), 0.02);
        assert_near(found.camera.K[0] / rig.cameras[0].K[0], 1, 5e-3);
        rig_arena_release(&out);
        rig_arena_release(&scratch);
        made_rig_release(&rig);
    }
}

// A corner counts by what is known of it: one that is off, and says so, moves nothing and is not called wrong.
static void a_corner_counts_by_its_sigma(void **state) {
    (void)state;
    made_rig rig;
    rig_arena out = {0}, scratch = {0};
    rig_err err;
    rig_view_camera without, with;
    made_lens(&rig, RIG_LENS_PINHOLE5, 20, 0.6, 0.2);
    assert_ok(rig_intrinsics_solve(&rig.board, rig.seen, RIG_LENS_PINHOLE5, &without, &out, &scratch, &err));
    for (int i = 0; i < rig.seen[0].n; i++) {
        rig_board_view *board = &rig.seen[0].boards[i];
        board->sigma_px = RIG_NEW(&rig.arena, float, 54);
        for (int k = 0; k < 54; k++)
            board->sigma_px[k] = k % 9 == 4 ? 20 : 0.2f;
        for (int k = 4; k < 54; k += 9)
            board->q[k][0] += i % 2 ? 15 : -15;
    }
    assert_ok(rig_intrinsics_solve(&rig.board, rig.seen, RIG_LENS_PINHOLE5, &with, &out, &scratch, &err));
    assert_int_equal(with.n_rejected, without.n_rejected);
    assert_near(with.camera.K[0] / without.camera.K[0], 1, 2e-3);
    assert_near(with.rms_px, 15.0 / 3, 0.5); // a ninth of all are off by 15 px, and the figure does not hide it
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

// Pictures cut from larger ones: the centre lies beside them.
static void a_centre_outside_the_picture_is_found(void **state) {
    (void)state;
    static const double CENTRES[3][2] = {{1150, 820}, {-250, -160}, {1700, 300}};
    for (int k = 0; k < 3; k++) {
        made_rig rig;
        rig_arena out = {0}, scratch = {0};
        rig_err err;
        rig_view_camera found;
        rig_rng rng = rig_rng_seed(9, (uint64_t)k);
        made_rig_init(&rig, 1, 1, 0, 1);
        rig.board.square_m = 0.03;
        rig_camera *camera = &rig.cameras[0];
        *camera = (rig_camera){800, 600, RIG_LENS_PINHOLE5, {900, 900, CENTRES[k][0], CENTRES[k][1]}, {-0.2, 0.05}};
        rig.n_frames = 200; // of which some thirty lie wholly in the picture
        rig.Rt_cam_world[0] = rig_pose_identity();
        rig.Rt_world_board = RIG_NEW(&rig.arena, rig_pose, rig.n_frames);
        for (int f = 0; f < rig.n_frames; f++) {
            const double z = rig_rng_uniform(&rng, 0.4, 0.9), middle[3] = {0.12, 0.075, 0};
            double r[3], t[3] = {(rig_rng_uniform(&rng, 0, 800) - camera->K[2]) / 900 * z,
                                 (rig_rng_uniform(&rng, 0, 600) - camera->K[3]) / 900 * z, z};
            for (int j = 0; j < 3; j++)
                r[j] = rig_rng_uniform(&rng, -0.6, 0.6);
            rig_pose pose = rig_pose_from_rvec(r, t);
            double turned[3];
            rig_mat3_mul_vec(pose.R, middle, turned);
            for (int j = 0; j < 3; j++)
                pose.t[j] -= turned[j];
            rig.Rt_world_board[f] = pose;
        }
        made_rig_look(&rig, &rng, 0.05);
        rig.seen[0].n = rig.seen[0].n < 20 ? rig.seen[0].n : 20;
        assert_ok(rig_intrinsics_solve(&rig.board, &rig.seen[0], RIG_LENS_PINHOLE5, &found, &out, &scratch, &err));
        assert_near(found.rms_px, 0.05 * sqrt(2), 0.01);
        for (int i = 0; i < 4; i++)
            assert_near(found.camera.K[i] / camera->K[i], 1, 0.01);
        rig_arena_release(&out);
        rig_arena_release(&scratch);
        made_rig_release(&rig);
    }
}

static void boards_that_leave_the_lens_open_are_refused(void **state) {
    (void)state;
    made_rig rig;
    rig_arena out = {0}, scratch = {0};
    rig_err err;
    rig_view_camera found;
    for (int noisy = 0; noisy < 2; noisy++) {
        made_lens(&rig, RIG_LENS_PINHOLE5, 12, 0, noisy ? 0.2 : 0); // all face on
        assert_int_equal(
            rig_intrinsics_solve(&rig.board, &rig.seen[0], RIG_LENS_PINHOLE5, &found, &out, &scratch, &err),
            RIG_ERR_DATA);
        assert_contains(err.text, "camera 'c1': the focal length");
        made_rig_release(&rig);

        made_lens(&rig, RIG_LENS_PINHOLE5, 12, 0.6, 0); // one pose, again and again
        rig_rng rng = rig_rng_seed(3, 3);
        for (int f = 0; f < rig.seen[0].n; f++)
            for (int i = 0; i < 54; i++)
                for (int k = 0; k < 2; k++)
                    rig.seen[0].boards[f].q[i][k] =
                        rig.seen[0].boards[0].q[i][k] + (noisy && f ? 0.2 * rig_rng_normal(&rng) : 0);
        assert_int_equal(
            rig_intrinsics_solve(&rig.board, &rig.seen[0], RIG_LENS_PINHOLE5, &found, &out, &scratch, &err),
            RIG_ERR_DATA);
        assert_contains(err.text, "camera 'c1': the focal length");
        rig.seen[0].n = 2;
        assert_int_equal(
            rig_intrinsics_solve(&rig.board, &rig.seen[0], RIG_LENS_PINHOLE5, &found, &out, &scratch, &err),
            RIG_ERR_DATA);
        assert_contains(err.text, "camera 'c1': need >= 3 boards, got 2");
        made_rig_release(&rig);
    }
    rig_arena_release(&out);
    rig_arena_release(&scratch);
}

static rig_status solve_afresh(void *self, rig_err *err) {
    made_rig *rig = self;
    rig_arena out = {0}, scratch = {0};
    rig_view_camera found;
    rig_status status =
        rig_intrinsics_solve(&rig->board, &rig->seen[0], RIG_LENS_PINHOLE5, &found, &out, &scratch, err);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    return status;
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    made_rig rig;
    made_lens(&rig, RIG_LENS_PINHOLE5, 20, 0.6, 0.2);
    assert_true(rig_test_each_allocation_fails(solve_afresh, &rig) >= 2);
    made_rig_release(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(perfect_corners_give_the_exact_lens),
        cmocka_unit_test(noise_moves_the_lens_by_its_share),
        cmocka_unit_test(wrong_boards_are_left_out_with_the_reason),
        cmocka_unit_test(a_tenth_of_all_corners_may_be_anywhere),
        cmocka_unit_test(strong_lenses_are_found_from_afar),
        cmocka_unit_test(a_corner_counts_by_its_sigma),
        cmocka_unit_test(a_centre_outside_the_picture_is_found),
        cmocka_unit_test(boards_that_leave_the_lens_open_are_refused),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
