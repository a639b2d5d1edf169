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

// The Gauss-Newton step of a point of the found rig's world towards where its cameras triangulate p, whose pixels have
// no noise.
static void step_towards(const made_rig *rig, const rig_calibration *found, const double p[3], const double at[3],
                         double step[3]) {
    double H[9] = {0}, g[3] = {0}, inverse[9];
    for (int c = 0; c < CAMERAS; c++) {
        double p_cam[3], q[2], q_found[2], J[6];
        rig_pose_apply(&rig->Rt_cam_world[c], p, p_cam);
        assert_true(rig_camera_project(&rig->cameras[c], p_cam, q, NULL, NULL));
        rig_pose_apply(&found->cameras[c].Rt_cam_world, at, p_cam);
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
}

// A point in space: its error over its covariance, squared, is chi square of three; 95 % lie below 7.815.
static void count_point(const made_rig *rig, const rig_calibration *found, tally *t) {
    const double CHI2_95 = 7.814728, p[3] = {0.3, -0.2, 0.1};
    const int all[CAMERAS] = {0, 1, 2};
    rig_pose Rt_first_world = rig->Rt_cam_world[0];
    double truth[3], keypoints[9], calibration[9], step[3], inverse[9], at[3];
    rig_pose_apply(&Rt_first_world, p, truth); // the found world is the first camera
    assert_true(rig_uncertainty_point(found, all, CAMERAS, truth, 1, keypoints, calibration));
    step_towards(rig, found, p, truth, step);
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

// --- a world by people -----------------------------------------------------------------------------------------------

enum { BODY = 6, INSTANTS = 60, LEAN_LASTS = 3 };
static const rig_skeleton SKELETON = {
    .name = "made",
    .n = BODY,
    .names = {"left_shoulder", "right_shoulder", "left_hip", "right_hip", "left_ankle", "right_ankle"}};

static int rising(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_of(double *values, int n) {
    qsort(values, (size_t)n, sizeof *values, rising);
    return (values[n / 2] + values[(n - 1) / 2]) / 2;
}

// Dolls who stand where all cameras look, each lean of a few instants, as the found rig triangulates them.
//   feet  between the ankles, in the true world
static rig_people3d people_of(made_rig *rig, const rig_calibration *found, rig_rng *rng, double lean_rad,
                              double ankle_m, double feet[INSTANTS][2]) {
    static const double HEIGHT[3] = {0.42, 0.25, 0}, SIDE[3] = {0.08, 0.06, 0.06};
    rig_people3d people = {.n_joints = BODY, .n_frames = INSTANTS};
    rig_pose leaning = rig_pose_identity();
    people.frames = RIG_NEW(&rig->arena, rig_frame3d, INSTANTS);
    for (int f = 0; f < INSTANTS; f++) {
        rig_person3d *person = RIG_NEW(&rig->arena, rig_person3d, 1);
        const double way = rig_rng_uniform(rng, 0, 6.28);
        person->joints = RIG_NEW(&rig->arena, rig_joint3d, BODY);
        if (f % LEAN_LASTS == 0)
            leaning = rig_pose_from_rvec((double[]){lean_rad * rig_rng_normal(rng), lean_rad * rig_rng_normal(rng), 0},
                                         (double[]){0, 0, 0});
        for (int k = 0; k < 2; k++)
            feet[f][k] = rig_rng_uniform(rng, -0.2, 0.2);
        for (int j = 0; j < BODY; j++) {
            const double side = (j % 2 ? -1 : 1) * SIDE[j / 2],
                         body[3] = {side * cos(way), side * sin(way), HEIGHT[j / 2]};
            double p[3], step[3];
            rig_pose_apply(&leaning, body, p);
            p[0] += feet[f][0], p[1] += feet[f][1];
            p[2] = j / 2 == 2 ? ankle_m : p[2] + ankle_m; // both feet on the floor
            person->joints[j].state = RIG_JOINT_OK;
            rig_pose_apply(&rig->Rt_cam_world[0], p, person->joints[j].p);
            for (int round = 0; round < 4; round++) {
                step_towards(rig, found, p, person->joints[j].p, step);
                for (int k = 0; k < 3; k++)
                    person->joints[j].p[k] += step[k];
            }
        }
        people.frames[f] = (rig_frame3d){f, 1, person};
    }
    return people;
}

// Upright, the floor at 0, x the first camera's right made level, the origin in the middle of all feet.
static rig_pose world_of(const made_rig *rig, double feet[INSTANTS][2]) {
    const double *right = rig->Rt_cam_world[0].R, level = hypot(right[0], right[1]);
    const double c = right[0] / level, s = right[1] / level;
    double along[2][INSTANTS];
    for (int f = 0; f < INSTANTS; f++) {
        along[0][f] = c * feet[f][0] + s * feet[f][1];
        along[1][f] = c * feet[f][1] - s * feet[f][0];
    }
    const double x = median_of(along[0], INSTANTS), y = median_of(along[1], INSTANTS);
    return (rig_pose){{c, -s, 0, s, c, 0, 0, 0, 1}, {c * x - s * y, s * x + c * y, 0}};
}

static void count_people_worlds(double lean_rad, double noise_px, double ankle_sigma_m, tally *poses) {
    rig_arena scratch = {0};
    rig_err err;
    for (int i = 0; i < RIGS / 2; i++) {
        made_rig rig;
        rig_rng rng = rig_rng_seed(5000 + (uint64_t)i, 7);
        rig_gravity gravity;
        double feet[INSTANTS][2];
        tally unused = {0};
        made_rig_init(&rig, CAMERAS, FRAMES, 0, 3);
        made_rig_look(&rig, &rng, noise_px);
        rig_calibration found = lenses_of(&rig);
        assert_ok(
            rig_extrinsics_solve(&rig.board, rig.seen, CAMERAS, NULL, 0, false, &found, &rig.arena, &scratch, &err));
        const rig_people3d people =
            people_of(&rig, &found, &rng, lean_rad, 0.08 + ankle_sigma_m * rig_rng_normal(&rng), feet);
        assert_ok(rig_world_from_people(&people, &SKELETON, &found, &gravity, &scratch, &err));
        const rig_pose Rt_world_new = world_of(&rig, feet);
        count_cameras(&rig, &found, &Rt_world_new, &unused, poses);
        made_rig_release(&rig);
    }
    rig_arena_release(&scratch);
}

static void a_world_by_people_is_known_as_well_as_it_says(void **state) {
    (void)state;
    const double ANKLE_SIGMA_M = 0.02; // what rig_world_from_people takes it for
    tally lean = {0}, straight = {0};
    count_people_worlds(0.05, 0.3, ANKLE_SIGMA_M, &lean);
    count_people_worlds(0, 0.3, ANKLE_SIGMA_M, &straight); // the cameras' errors are what turns the world
    printf("held: poses by people who lean %.4f, who do not %.4f\n", (double)lean.held / lean.n,
           (double)straight.held / straight.n);
    assert_honest(&lean);
    assert_honest(&straight);
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
        cmocka_unit_test(a_world_by_people_is_known_as_well_as_it_says),
        cmocka_unit_test(another_camera_as_world_and_back_changes_nothing),
        cmocka_unit_test(more_cameras_know_a_point_better),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
