#include "calib/stereo.h"
#include "cv/cv.h"
#include "tests/support/support.h"
#include "tests/unit/calib/made_rig.h"

static const double EXACT = 1e-6; // m, px

// Two cameras side by side, 12 cm apart.
static void made_pair(made_rig *rig, double sigma_px, rig_view_camera cameras[2]) {
    made_rig_init(rig, 2, 20, 0, 3);
    rig_rng rng = rig_rng_seed(5, 5);
    double r[3] = {0.01, -0.02, 0.005}, t[3] = {-0.12, 0.002, -0.001};
    rig_pose Rt_right_left = rig_pose_from_rvec(r, t);
    rig->Rt_cam_world[1] = rig_pose_mul(&Rt_right_left, &rig->Rt_cam_world[0]);
    made_rig_look(rig, &rng, sigma_px);
    for (int c = 0; c < 2; c++) {
        cameras[c] = (rig_view_camera){.camera = rig->cameras[c]};
        snprintf(cameras[c].view, RIG_NAME_MAX, "c%d", c + 1);
    }
}

static void perfect_corners_give_the_exact_pair(void **state) {
    (void)state;
    made_rig rig;
    rig_view_camera cameras[2];
    rig_stereo stereo;
    rig_arena scratch = {0};
    rig_err err;
    made_pair(&rig, 0, cameras);
    assert_ok(
        rig_stereo_solve(&rig.board, &rig.seen[0], &rig.seen[1], &cameras[0], &cameras[1], 0, &stereo, &scratch, &err));
    assert_string_equal(stereo.left, "c1");
    assert_string_equal(stereo.right, "c2");
    assert_near(stereo.Rt_right_left.t[0], -0.12, EXACT);
    assert_near(stereo.baseline_m, sqrt(0.12 * 0.12 + 0.002 * 0.002 + 0.001 * 0.001), EXACT);
    assert_near(stereo.rms_px, 0, EXACT);
    assert_near(stereo.epipolar_rms_px, 0, 10 * EXACT);
    assert_true(stereo.n_frames > 10);
    // After rectification a point lies in the same row of both, and its disparity tells its depth by Q.
    double p[3] = {0.1, 0.05, 2.5}, right[3], a[3], b[3];
    rig_pose_apply(&stereo.Rt_right_left, p, right);
    rig_mat3_mul_vec(stereo.R1, p, a);
    rig_mat3_mul_vec(stereo.R2, right, b);
    double ya = stereo.P1[5] * a[1] / a[2] + stereo.P1[6], yb = stereo.P2[5] * b[1] / b[2] + stereo.P2[6];
    assert_near(ya, yb, 1e-4);
    double xa = stereo.P1[0] * a[0] / a[2] + stereo.P1[2], xb = stereo.P2[0] * b[0] / b[2] + stereo.P2[2];
    double depth = stereo.Q[11] / (stereo.Q[14] * (xa - xb) + stereo.Q[15]);
    assert_near(depth, a[2], 1e-4);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

// The right camera's pictures at half the size: the same pose, matrices of the left one's size, rows that agree.
static void pictures_of_two_sizes_are_a_pair(void **state) {
    (void)state;
    made_rig rig;
    rig_view_camera cameras[2];
    rig_stereo stereo, whole;
    rig_arena scratch = {0};
    rig_err err;
    made_pair(&rig, 0, cameras);
    assert_ok(
        rig_stereo_solve(&rig.board, &rig.seen[0], &rig.seen[1], &cameras[0], &cameras[1], 0, &whole, &scratch, &err));
    const int width = rig.seen[1].width / 2, height = rig.seen[1].height / 2;
    cameras[1].camera = rig_camera_rescale(&cameras[1].camera, width, height);
    rig.seen[1].width = width, rig.seen[1].height = height;
    for (int b = 0; b < rig.seen[1].n; b++)
        for (int i = 0; i < rig_board_n(&rig.board); i++)
            for (int k = 0; k < 2; k++)
                rig.seen[1].boards[b].q[i][k] = (rig.seen[1].boards[b].q[i][k] + 0.5) / 2 - 0.5;
    assert_ok(
        rig_stereo_solve(&rig.board, &rig.seen[0], &rig.seen[1], &cameras[0], &cameras[1], 0, &stereo, &scratch, &err));
    assert_true(stereo.width == rig.seen[0].width && stereo.height == rig.seen[0].height);
    assert_near(stereo.baseline_m, whole.baseline_m, EXACT);
    for (int i = 0; i < 12; i++) { // as of the whole pictures: scaled ones are the same to the last pixel
        assert_near(stereo.P1[i], whole.P1[i], 1e-3);
        assert_near(stereo.P2[i], whole.P2[i], 1e-3);
    }
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

static void noise_and_wrong_frames(void **state) {
    (void)state;
    made_rig rig;
    rig_view_camera cameras[2];
    rig_stereo stereo;
    rig_arena scratch = {0};
    rig_err err;
    made_pair(&rig, 0.3, cameras);
    for (int i = 0; i < 54; i++)
        rig.seen[1].boards[4].q[i][0] += 60;
    assert_ok(
        rig_stereo_solve(&rig.board, &rig.seen[0], &rig.seen[1], &cameras[0], &cameras[1], 0, &stereo, &scratch, &err));
    assert_near(stereo.rms_px, 0.3 * sqrt(2), 0.02);
    assert_near(stereo.epipolar_rms_px, 0.3 * sqrt(2), 0.03); // each side's line moves with the other side's noise
    assert_near(stereo.baseline_m, 0.12, 1e-3);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

static void what_makes_no_pair_is_refused(void **state) {
    (void)state;
    made_rig rig;
    rig_view_camera cameras[2];
    rig_stereo stereo;
    rig_arena scratch = {0};
    rig_err err;
    made_pair(&rig, 0.3, cameras);
    rig.seen[0].n = 2;
    assert_int_equal(
        rig_stereo_solve(&rig.board, &rig.seen[0], &rig.seen[1], &cameras[0], &cameras[1], 0, &stereo, &scratch, &err),
        RIG_ERR_DATA);
    assert_contains(err.text, "stereo pair 'c1', 'c2': need >= 3 frames with the board in both, got");
    rig.seen[1].width = 640;
    assert_int_equal(
        rig_stereo_solve(&rig.board, &rig.seen[0], &rig.seen[1], &cameras[0], &cameras[1], 0, &stereo, &scratch, &err),
        RIG_ERR_DATA);
    assert_contains(err.text,
                    "camera 'c2': the lens is calibrated at 1920 x 1080 pixels, the corners are of 640 x 1080");
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

static rig_status solve_afresh(void *self, rig_err *err) {
    made_rig *rig = self;
    rig_view_camera cameras[2] = {{.view = "c1", .camera = rig->cameras[0]}, {.view = "c2", .camera = rig->cameras[1]}};
    rig_stereo stereo;
    rig_arena scratch = {0};
    rig_status status = rig_stereo_solve(&rig->board, &rig->seen[0], &rig->seen[1], &cameras[0], &cameras[1], 0,
                                         &stereo, &scratch, err);
    rig_arena_release(&scratch);
    return status;
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    made_rig rig;
    rig_view_camera cameras[2];
    made_pair(&rig, 0.3, cameras);
    assert_true(rig_test_each_allocation_fails(solve_afresh, &rig) >= 2);
    made_rig_release(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(perfect_corners_give_the_exact_pair),
        cmocka_unit_test(pictures_of_two_sizes_are_a_pair),
        cmocka_unit_test(noise_and_wrong_frames),
        cmocka_unit_test(what_makes_no_pair_is_refused),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    rig_cv_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
