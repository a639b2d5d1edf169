#include "calib/extrinsics.h"
#include "calib/uncertainty.h"
#include "calib/world.h"
#include "tests/support/support.h"
#include "tests/unit/calib/made_rig.h"

#include <stdlib.h>

// Of 95 % intervals. The share of n independent ones is known to 0.22 / sqrt(n), 0.9 % for as many points as rigs; the
// numbers of cameras are more, but hang together.
static const double HELD_LEAST = 0.93, HELD_MOST = 0.97;
static const double NORMAL_95 = 1.959963985;
enum { RIGS = 600, CAMERAS = 3, FRAMES = 14 };

static rig_calibration lenses_of(made_rig *rig) {
    rig_calibration c = {.n = rig->n_cameras, .cameras = RIG_NEW(&rig->arena, rig_view_camera, rig->n_cameras)};
    for (int i = 0; i < c.n; i++) {
        snprintf(c.cameras[i].view, RIG_NAME_MAX, "c%d", i + 1);
        c.cameras[i].camera = rig->cameras[i];
    }
    return c;
}

typedef struct tally {
    int n, held;
} tally;

static void count(tally *t, double error, double sigma) {
    if (sigma == 0) // held
        return;
    t->n++;
    t->held += fabs(error) <= NORMAL_95 * sigma;
}

// The numbers of every camera against the truth, whose world is the first camera's or the floor board's.
static void count_cameras(const made_rig *rig, const rig_calibration *found, const rig_pose *Rt_world_new,
                          tally *lenses, tally *poses) {
    for (int c = 0; c < rig->n_cameras; c++) {
        const rig_view_camera *camera = &found->cameras[c];
        rig_pose truth = rig_pose_mul(&rig->Rt_cam_world[c], Rt_world_new);
        double r[3], r_truth[3];
        rig_rotation_to_rvec(camera->Rt_cam_world.R, r);
        rig_rotation_to_rvec(truth.R, r_truth);
        for (int k = 0; k < 4; k++)
            count(lenses, camera->camera.K[k] - rig->cameras[c].K[k], camera->sigma.K[k]);
        for (int k = 0; k < 5; k++)
            count(lenses, camera->camera.dist[k] - rig->cameras[c].dist[k], camera->sigma.dist[k]);
        for (int k = 0; k < 3; k++) {
            count(poses, r[k] - r_truth[k], camera->sigma.rvec[k]);
            count(poses, camera->Rt_cam_world.t[k] - truth.t[k], camera->sigma.t[k]);
        }
    }
}

static void assert_honest(const tally *t) {
    double share = (double)t->held / t->n;
    if (!(share >= HELD_LEAST && share <= HELD_MOST))
        fail_msg("95 %% intervals hold the truth in %.1f %% of %d cases", 100 * share, t->n);
}

// A point in space: its error over its covariance, squared, is chi square of three; 95 % lie below 7.815.
static void count_point(const made_rig *rig, const rig_calibration *found, tally *t) {
    const double CHI2_95 = 7.814728, p[3] = {0.3, -0.2, 0.1};
    const int all[CAMERAS] = {0, 1, 2};
    rig_pose Rt_first_world = rig->Rt_cam_world[0];
    double truth[3], keypoints[9], calibration[9], H[9] = {0}, g[3] = {0}, step[3], inverse[9], at[3];
    rig_pose_apply(&Rt_first_world, p, truth); // the found world is the first camera
    assert_true(rig_uncertainty_point(found, all, CAMERAS, truth, 1, keypoints, calibration));
    for (int c = 0; c < CAMERAS; c++) { // one Gauss-Newton step from the truth, pixels without noise
        double p_cam[3], q[2], q_found[2], J[6];
        rig_pose_apply(&rig->Rt_cam_world[c], p, p_cam);
        assert_true(rig_camera_project(&rig->cameras[c], p_cam, q, NULL, NULL));
        rig_pose_apply(&found->cameras[c].Rt_cam_world, truth, p_cam);
        assert_true(rig_camera_project(&found->cameras[c].camera, p_cam, q_found, J, NULL));
        for (int row = 0; row < 2; row++) {
            double a[3] = {0, 0, 0};
            for (int i = 0; i < 9; i++)
                a[i % 3] += J[3 * row + i / 3] * found->cameras[c].Rt_cam_world.R[i];
            for (int i = 0; i < 9; i++)
                H[i] += a[i / 3] * a[i % 3];
            for (int i = 0; i < 3; i++)
                g[i] += a[i] * (q[row] - q_found[row]);
        }
    }
    assert_true(rig_mat3_invert(H, inverse));
    rig_mat3_mul_vec(inverse, g, step);
    assert_true(rig_mat3_invert(calibration, inverse));
    rig_mat3_mul_vec(inverse, step, at);
    t->n++;
    t->held += rig_dot3(step, at) <= CHI2_95;
}

static void of_many_rigs_95_percent_hold_the_truth(void **state) {
    (void)state;
    tally lenses = {0}, poses = {0}, points = {0}, floor_poses = {0};
    rig_arena scratch = {0};
    rig_err err;
    for (int i = 0; i < RIGS; i++) {
        made_rig rig;
        rig_rng rng = rig_rng_seed(1000 + (uint64_t)i, 7);
        double rms_px;
        made_rig_init(&rig, CAMERAS, FRAMES, 0, 3);
        made_rig_look(&rig, &rng, 0.3);
        rig_calibration found = lenses_of(&rig);
        assert_ok(
            rig_extrinsics_solve(&rig.board, rig.seen, CAMERAS, NULL, 0, false, &found, &rig.arena, &scratch, &err));
        rig_pose Rt_world_first = rig_pose_invert(&rig.Rt_cam_world[0]);
        count_cameras(&rig, &found, &Rt_world_first, &lenses, &poses);
        count_point(&rig, &found, &points);
        // The first board lies on the floor: the corners of another moment.
        rig_pose half = rig_pose_identity(), floor_pose;
        half.R[4] = half.R[8] = -1;
        rig.n_frames = 1;
        rig.Rt_world_board[0] = (rig_pose){{1, 0, 0, 0, -1, 0, 0, 0, -1}, {-0.4, 0.25, 0}};
        made_rig_look(&rig, &rng, 0.3);
        assert_ok(rig_world_from_board(&rig.board, rig.seen, CAMERAS, &found, &rms_px, &scratch, &err));
        floor_pose = rig_pose_mul(&rig.Rt_world_board[0], &half);
        tally unused = {0};
        count_cameras(&rig, &found, &floor_pose, &unused, &floor_poses);
        made_rig_release(&rig);
    }
    printf("held: lenses %.4f, poses %.4f, points %.4f, poses over the floor %.4f\n", (double)lenses.held / lenses.n,
           (double)poses.held / poses.n, (double)points.held / points.n, (double)floor_poses.held / floor_poses.n);
    assert_honest(&lenses);
    assert_honest(&poses);
    assert_honest(&points);
    assert_honest(&floor_poses);
    rig_arena_release(&scratch);
}

static void another_camera_as_world_and_back_changes_nothing(void **state) {
    (void)state;
    made_rig rig;
    rig_arena scratch = {0};
    rig_err err;
    made_rig_init(&rig, CAMERAS, FRAMES, 0.3, 3);
    rig_calibration found = lenses_of(&rig);
    assert_ok(rig_extrinsics_solve(&rig.board, rig.seen, CAMERAS, NULL, 0, false, &found, &rig.arena, &scratch, &err));
    const rig_camera_sigma before = found.cameras[2].sigma;
    assert_near(found.cameras[0].sigma.t[0], 0, 0);
    assert_ok(rig_world_from_camera("c2", &found, &err));
    assert_near(found.cameras[1].sigma.t[1], 0, 1e-9);
    assert_true(found.cameras[0].sigma.t[1] > 1e-6);
    assert_ok(rig_world_from_camera("c1", &found, &err));
    for (int k = 0; k < 3; k++) {
        assert_near(found.cameras[2].sigma.t[k] / before.t[k], 1, 1e-6);
        assert_near(found.cameras[2].sigma.rvec[k] / before.rvec[k], 1, 1e-6);
    }
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

static void more_cameras_know_a_point_better(void **state) {
    (void)state;
    made_rig rig;
    const double p[3] = {0, 0, 0.5}, behind[3] = {100, 0, 0};
    double two[9], three[9], calibration[9], low[3], high[3];
    made_rig_init(&rig, CAMERAS, FRAMES, 0.3, 3);
    rig_calibration found = lenses_of(&rig);
    for (int c = 0; c < CAMERAS; c++)
        found.cameras[c].has_pose = true, found.cameras[c].Rt_cam_world = rig.Rt_cam_world[c];
    assert_true(rig_uncertainty_point(&found, (const int[]){0, 1}, 2, p, 1, two, calibration));
    assert_true(rig_uncertainty_point(&found, (const int[]){0, 1, 2}, 3, p, 1, three, calibration));
    assert_true(rig_uncertainty_sigma(three) < rig_uncertainty_sigma(two));
    assert_near(rig_uncertainty_sigma(calibration), 0, 0); // nothing is known of it
    assert_near(rig_uncertainty_sigma(three), 3.4 / 1400 / sqrt(1.5) * sqrt(2.0 / 3), 0.001);
    assert_false(rig_uncertainty_point(&found, (const int[]){0, 1}, 2, behind, 1, two, calibration));
    assert_true(rig_uncertainty_volume(&found, low, high));
    assert_near(low[2], 0, 1e-9); // where all look
    assert_near(high[0], 3, 1e-9);
    found.n = 1;
    assert_false(rig_uncertainty_volume(&found, low, high));
    made_rig_release(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_many_rigs_95_percent_hold_the_truth),
        cmocka_unit_test(another_camera_as_world_and_back_changes_nothing),
        cmocka_unit_test(more_cameras_know_a_point_better),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
