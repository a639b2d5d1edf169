#include "calib/homography.h"
#include "calib/pnp.h"
#include "core/rng.h"
#include "tests/support/support.h"

#include <string.h>

static const double EXACT = 1e-8; // m, rad, px: only rounding is left

static const rig_camera CAMERA = {.width = 1920,
                                  .height = 1080,
                                  .lens = RIG_LENS_PINHOLE5,
                                  .K = {1400, 1395, 955, 545},
                                  .dist = {-0.12, 0.08, 0.0006, -0.0008, -0.02}};

static rig_pose made_pose(rig_rng *rng) {
    double r[3] = {rig_rng_uniform(rng, -0.7, 0.7), rig_rng_uniform(rng, -0.7, 0.7), rig_rng_uniform(rng, -3, 3)};
    double t[3] = {rig_rng_uniform(rng, -0.5, 0.5), rig_rng_uniform(rng, -0.3, 0.3), rig_rng_uniform(rng, 2, 4)};
    return rig_pose_from_rvec(r, t);
}

// n points in a box of +-0.5 m and `depth` in z, and their pixels.
static void look(rig_rng *rng, const rig_camera *camera, const rig_pose *pose, int n, double depth, double sigma_px,
                 double (*p)[3], double (*q)[2]) {
    for (int i = 0; i < n; i++) {
        double at[3];
        for (int k = 0; k < 3; k++)
            p[i][k] = rig_rng_uniform(rng, -1, 1) * (k < 2 ? 0.5 : depth);
        rig_pose_apply(pose, p[i], at);
        assert_true(rig_camera_project(camera, at, q[i], NULL, NULL));
        for (int k = 0; k < 2; k++)
            q[i][k] += sigma_px * rig_rng_normal(rng);
    }
}

static void assert_pose_near(const rig_pose *a, const rig_pose *b, double tolerance) {
    assert_near(rig_rotation_angle_between(a->R, b->R), 0, fmax(tolerance, 1e-7)); // acos near 1
    for (int k = 0; k < 3; k++)
        assert_near(a->t[k], b->t[k], tolerance);
}

static void exact_pixels_give_the_exact_pose(void **state) {
    (void)state;
    const double depths[] = {0, 1e-3, 0.05, 0.5};
    rig_rng rng = rig_rng_seed(1, 1);
    rig_arena scratch = {0};
    rig_err err;
    for (int round = 0; round < 50; round++)
        for (size_t k = 0; k < sizeof depths / sizeof *depths; k++) {
            double p[12][3], q[12][2], rms_px;
            rig_pose truth = made_pose(&rng), found;
            look(&rng, &CAMERA, &truth, 12, depths[k], 0, p, q);
            assert_ok(rig_pnp_solve(&CAMERA, (const double(*)[3])p, (const double(*)[2])q, 12, &found, &rms_px,
                                    &scratch, &err));
            assert_near(rms_px, 0, EXACT);
            assert_pose_near(&found, &truth, EXACT);
        }
    rig_arena_release(&scratch);
}

// A plane that is not z = 0 and not near its frame's origin.
static void any_plane_will_do(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(2, 1);
    rig_arena scratch = {0};
    rig_err err;
    for (int round = 0; round < 20; round++) {
        double p[4][3] = {{-0.5, -0.4, 0}, {0.5, -0.3, 0}, {0.4, 0.5, 0}, {-0.3, 0.4, 0}}, q[4][2], rms_px;
        double far[3] = {5, -3, 2}, r[3] = {1, 2, -1};
        rig_pose Rt_cam_plane = made_pose(&rng), Rt_obj_plane = rig_pose_from_rvec(r, far), found;
        rig_pose Rt_plane_obj = rig_pose_invert(&Rt_obj_plane);
        rig_pose truth = rig_pose_mul(&Rt_cam_plane, &Rt_plane_obj);
        for (int i = 0; i < 4; i++) {
            double at[3], moved[3];
            rig_pose_apply(&Rt_cam_plane, p[i], at);
            assert_true(rig_camera_project(&CAMERA, at, q[i], NULL, NULL));
            rig_pose_apply(&Rt_obj_plane, p[i], moved);
            memcpy(p[i], moved, sizeof moved);
        }
        assert_ok(
            rig_pnp_solve(&CAMERA, (const double(*)[3])p, (const double(*)[2])q, 4, &found, &rms_px, &scratch, &err));
        assert_pose_near(&found, &truth, 1e-7);
    }
    rig_arena_release(&scratch);
}

static void points_that_leave_it_open_are_refused(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(3, 1);
    rig_arena scratch = {0};
    rig_err err;
    double p[8][3], q[8][2];
    rig_pose truth = made_pose(&rng), found;
    look(&rng, &CAMERA, &truth, 8, 0.4, 0, p, q);
    const double(*cp)[3] = (const double(*)[3])p, (*cq)[2] = (const double(*)[2])q;
    assert_int_equal(rig_pnp_solve(&CAMERA, cp, cq, 3, &found, NULL, &scratch, &err), RIG_ERR_DATA);
    assert_contains(err.text, "needs >= 4 points, got 3");
    assert_int_equal(rig_pnp_solve(&CAMERA, cp, cq, 5, &found, NULL, &scratch, &err), RIG_ERR_DATA);
    assert_contains(err.text, ">= 6 points that are not coplanar, got 5");
    for (int i = 0; i < 8; i++)
        for (int k = 0; k < 3; k++)
            p[i][k] = i * (k + 1) * 0.1;
    assert_int_equal(rig_pnp_solve(&CAMERA, cp, cq, 8, &found, NULL, &scratch, &err), RIG_ERR_DATA);
    assert_contains(err.text, "not collinear");
    rig_arena_release(&scratch);
}

// A small far board looks alike under two tilts: both must be offered, and the true one be among them.
static void a_far_plane_has_two_poses(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(4, 1);
    double p[54][3], q[54][2], a[54][2], b[54][2], w[54];
    rig_plane_work work = {a, b, w};
    int n_two = 0;
    for (int round = 0; round < 50; round++) {
        double r[3] = {0.5, 0.2, 0.3}, t[3] = {0.3, 0.2, 6};
        rig_pose truth = rig_pose_from_rvec(r, t);
        rig_view_points points = {.n = 54, .p = (const double(*)[3])p, .q = (const double(*)[2])q};
        for (int i = 0; i < 54; i++) {
            double at[3];
            p[i][0] = 0.03 * (i % 9), p[i][1] = 0.03 * (i / 9), p[i][2] = 0;
            rig_pose_apply(&truth, p[i], at);
            assert_true(rig_camera_project(&CAMERA, at, q[i], NULL, NULL));
            for (int k = 0; k < 2; k++)
                q[i][k] += 0.3 * rig_rng_normal(&rng);
        }
        rig_points_centre(points.p, 54, points.centre);
        rig_plane_poses poses;
        rig_plane_poses_find(&CAMERA, &points, &work, &poses);
        assert_true(poses.n >= 1);
        double nearest = INFINITY;
        for (int k = 0; k < poses.n; k++)
            nearest = fmin(nearest, rig_rotation_angle_between(poses.Rt_cam_board[k].R, truth.R));
        assert_true(nearest < 0.15);
        assert_true(poses.n == 1 || poses.rms_px[0] <= poses.rms_px[1]);
        n_two += poses.n == 2;
    }
    assert_true(n_two > 25);
}

static void a_homography_survives_wrong_points(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(5, 1);
    double a[60][2], b[60][2], w[60], H[9], truth[9] = {300, 20, 500, -10, 280, 400, 0.05, -0.08, 1};
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 60; i++) {
            a[i][0] = rig_rng_uniform(&rng, -1, 1), a[i][1] = rig_rng_uniform(&rng, -1, 1);
            double z = truth[6] * a[i][0] + truth[7] * a[i][1] + 1;
            for (int k = 0; k < 2; k++)
                b[i][k] = (truth[3 * k] * a[i][0] + truth[3 * k + 1] * a[i][1] + truth[3 * k + 2]) / z +
                          0.1 * rig_rng_normal(&rng) + (i % 10 == 3 ? rig_rng_uniform(&rng, -200, 200) : 0);
        }
        assert_true(rig_homography_fit((const double(*)[2])a, (const double(*)[2])b, 60, w, H));
        assert_near(H[2], truth[2], 0.3); // px
        assert_near(H[6], truth[6], 2e-3);
    }
    for (int i = 0; i < 60; i++)
        a[i][1] = a[i][0];
    assert_false(rig_homography_fit((const double(*)[2])a, (const double(*)[2])b, 60, w, H));
    assert_false(rig_homography_fit((const double(*)[2])a, (const double(*)[2])b, 3, w, H));
}

static rig_status solve_afresh(void *self, rig_err *err) {
    rig_rng rng = rig_rng_seed(6, 1);
    rig_arena scratch = {0};
    double(*p)[3] = self, q[9][2];
    rig_pose truth = made_pose(&rng), found;
    look(&rng, &CAMERA, &truth, 9, 0.05, 0, p, q);
    rig_status status =
        rig_pnp_solve(&CAMERA, (const double(*)[3])p, (const double(*)[2])q, 9, &found, NULL, &scratch, err);
    rig_arena_release(&scratch);
    return status;
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    double p[9][3];
    assert_true(rig_test_each_allocation_fails(solve_afresh, p) >= 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_pixels_give_the_exact_pose),      cmocka_unit_test(any_plane_will_do),
        cmocka_unit_test(points_that_leave_it_open_are_refused), cmocka_unit_test(a_far_plane_has_two_poses),
        cmocka_unit_test(a_homography_survives_wrong_points),    cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
