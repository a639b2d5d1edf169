#include "calib/world.h"
#include "tests/support/support.h"
#include "tests/unit/calib/made_rig.h"

static const double EXACT = 1e-7; // m, rad: perfect corners, solved by iteration

// The rig as solved: its cameras in the first one's frame.
static rig_calibration solved(made_rig *rig) {
    rig_calibration c = {.n = rig->n_cameras, .cameras = RIG_NEW(&rig->arena, rig_view_camera, rig->n_cameras)};
    rig_pose Rt_world_first = rig_pose_invert(&rig->Rt_cam_world[0]);
    for (int i = 0; i < c.n; i++) {
        snprintf(c.cameras[i].view, RIG_NAME_MAX, "c%d", i + 1);
        c.cameras[i].camera = rig->cameras[i];
        c.cameras[i].Rt_cam_world = rig_pose_mul(&rig->Rt_cam_world[i], &Rt_world_first);
        c.cameras[i].has_pose = true;
    }
    return c;
}

static void assert_poses_near(const made_rig *rig, const rig_calibration *found, double tolerance) {
    for (int c = 0; c < rig->n_cameras; c++) {
        assert_true(found->cameras[c].has_pose);
        assert_near(rig_rotation_angle_between(found->cameras[c].Rt_cam_world.R, rig->Rt_cam_world[c].R), 0,
                    fmax(tolerance, 1e-7));
        for (int k = 0; k < 3; k++)
            assert_near(found->cameras[c].Rt_cam_world.t[k], rig->Rt_cam_world[c].t[k], tolerance);
    }
}

// The board on the floor of the made-up world: corner 0 at its origin, x along a row, face up. Three frames of it.
static void lay_on_floor(made_rig *rig, double sigma_px) {
    rig_rng rng = rig_rng_seed(9, 9);
    for (int f = 0; f < rig->n_frames; f++)
        rig->Rt_world_board[f] = (rig_pose){{1, 0, 0, 0, -1, 0, 0, 0, -1}, {0, 0, 0}};
    made_rig_look(rig, &rng, sigma_px);
}

static void a_board_on_the_floor_is_the_world(void **state) {
    (void)state;
    const double NOISY = 3e-3; // m, 0.3 px noise
    for (int noisy = 0; noisy < 2; noisy++) {
        made_rig rig;
        rig_arena scratch = {0};
        rig_err err;
        double rms_px;
        made_rig_init(&rig, 4, 3, 0, 1);
        lay_on_floor(&rig, noisy ? 0.3 : 0);
        rig_calibration found = solved(&rig);
        assert_ok(rig_world_from_board(&rig.board, rig.seen, 4, &found, &rms_px, &scratch, &err));
        assert_poses_near(&rig, &found, noisy ? NOISY : EXACT);
        assert_near(rms_px, noisy ? 0.3 * sqrt(2) : 0, noisy ? 0.05 : EXACT);
        rig_arena_release(&scratch);
        made_rig_release(&rig);
    }
}

static void mirror(double (*q)[2], int cols, int rows) {
    for (int y = 0; y < rows; y++)
        for (int x = 0; x < cols / 2; x++)
            for (int k = 0; k < 2; k++) {
                double old = q[y * cols + x][k];
                q[y * cols + x][k] = q[y * cols + cols - 1 - x][k];
                q[y * cols + cols - 1 - x][k] = old;
            }
}

static double lowest_camera(const rig_calibration *rig) {
    double low = INFINITY, at[3];
    for (int c = 0; c < rig->n; c++) {
        rig_pose_centre(&rig->cameras[c].Rt_cam_world, at);
        low = fmin(low, at[2]);
    }
    return low;
}

static void cameras_end_up_over_the_floor(void **state) {
    (void)state;
    made_rig rig;
    rig_arena scratch = {0};
    rig_err err;
    double rms_px;
    made_rig_init(&rig, 4, 3, 0, 1);
    lay_on_floor(&rig, 0);
    for (int c = 0; c < 4; c++)
        for (int i = 0; i < rig.seen[c].n; i++)
            mirror(rig.seen[c].boards[i].q, 9, 6);
    rig_calibration found = solved(&rig);
    assert_ok(rig_world_from_board(&rig.board, rig.seen, 4, &found, &rms_px, &scratch, &err));
    assert_near(rms_px, 0, EXACT);
    assert_near(lowest_camera(&found), 1.6, EXACT);

    // A camera that hangs under the floor, whichever way up that is.
    made_rig_look(&rig, &(rig_rng){0}, 0);
    found = solved(&rig);
    double under[3] = {0, 1, -2}, target[3] = {0, 0, 0};
    rig_pose Rt_world_first = rig_pose_invert(&rig.Rt_cam_world[0]), buried = made_look_at(under, target);
    found.cameras[3].Rt_cam_world = rig_pose_mul(&buried, &Rt_world_first);
    assert_int_equal(rig_world_from_board(&rig.board, rig.seen, 3, &found, &rms_px, &scratch, &err), RIG_ERR_DATA);
    assert_contains(err.text, "camera 'c4' 2.00 m below it");
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

// One camera alone sees the board, from near and from afar: afar, two tilts fit alike and one of them is another floor.
static void a_floor_seen_by_one_camera_from_afar_is_refused(void **state) {
    (void)state;
    for (int far = 0; far < 2; far++) {
        made_rig rig;
        rig_arena scratch = {0};
        rig_err err;
        double rms_px;
        made_rig_init(&rig, 2, 3, 0, 1);
        for (int c = 0; c < 2; c++) {
            const double target[3] = {0, 0, 0}, centre[3] = {far ? 20 : 2, c, far ? 25 : 2};
            rig.Rt_cam_world[c] = made_look_at(centre, target);
        }
        lay_on_floor(&rig, 0.3);
        rig_calibration found = solved(&rig);
        rig_status status = rig_world_from_board(&rig.board, rig.seen, 1, &found, &rms_px, &scratch, &err);
        if (far) {
            assert_int_equal(status, RIG_ERR_DATA);
            assert_contains(err.text,
                            "only camera 'c1' saw the board on the floor, and two orientations fit equally well");
        } else {
            assert_int_equal(status, RIG_OK);
            assert_poses_near(&rig, &found, 0.02);
        }
        rig_arena_release(&scratch);
        made_rig_release(&rig);
    }
}

static void a_floor_board_that_moved_or_was_not_seen_is_refused(void **state) {
    (void)state;
    made_rig rig;
    rig_arena scratch = {0};
    rig_err err;
    double rms_px;
    made_rig_init(&rig, 2, 3, 0, 1);
    rig_calibration found = solved(&rig);
    assert_int_equal(rig_world_from_board(&rig.board, rig.seen, 2, &found, &rms_px, &scratch, &err), RIG_ERR_DATA);
    assert_contains(err.text, "detections of the board on the floor agree");
    for (int c = 0; c < 2; c++)
        found.cameras[c].has_pose = false;
    assert_int_equal(rig_world_from_board(&rig.board, rig.seen, 2, &found, &rms_px, &scratch, &err), RIG_ERR_DATA);
    assert_contains(err.text, "no camera with a pose saw the board");
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

static const char *const NAMES[8] = {"a", "b", "c", "d", "e", "f", "g", "h"};
static const double SCENE[8][3] = {{-0.8, 0.3, 0}, {-0.8, 0, 0}, {-0.8, 0, 0.05}, {-0.8, -0.3, 0},
                                   {0.7, 0.3, 0},  {0.7, 0, 0},  {0.7, 0, 0.05},  {0.7, -0.3, 0}};

typedef struct made_scene {
    rig_scene_points points;
    const char *views[4];
    double q[4][8][2];
    bool seen[4][8];
    const double (*q_of[4])[2];
    const bool *seen_of[4];
    char names[4][RIG_NAME_MAX];
} made_scene;

static void made_scene_init(made_scene *s, const made_rig *rig) {
    *s = (made_scene){0};
    for (int c = 0; c < rig->n_cameras; c++) {
        snprintf(s->names[c], sizeof s->names[c], "c%d", c + 1);
        s->views[c] = s->names[c];
        s->q_of[c] = (const double(*)[2])s->q[c];
        s->seen_of[c] = s->seen[c];
        for (int i = 0; i < 8; i++) {
            double at[3];
            rig_pose_apply(&rig->Rt_cam_world[c], SCENE[i], at);
            s->seen[c][i] = rig_camera_project(&rig->cameras[c], at, s->q[c][i], NULL, NULL);
        }
    }
    s->points = (rig_scene_points){8, NAMES, SCENE, rig->n_cameras, s->views, s->q_of, s->seen_of};
}

static void scene_points_move_a_rig_and_place_the_rest(void **state) {
    (void)state;
    made_rig rig;
    made_scene scene;
    rig_arena scratch = {0};
    rig_err err;
    double rms_px;
    made_rig_init(&rig, 4, 1, 0, 1);
    made_scene_init(&scene, &rig);
    for (int n_posed = 0; n_posed <= 4; n_posed += 2) {
        rig_calibration found = solved(&rig);
        for (int c = n_posed; c < 4; c++)
            found.cameras[c].has_pose = false;
        assert_ok(rig_world_from_points(&scene.points, &found, &rms_px, &scratch, &scratch, &err));
        assert_poses_near(&rig, &found, EXACT);
        assert_near(rms_px, 0, EXACT);
    }
    rig_calibration found = solved(&rig);
    memset(scene.seen[0], 0, sizeof scene.seen[0]); // one camera sees them, one sees three: the rig moves as a whole
    memset(scene.seen[1], 0, sizeof scene.seen[1]);
    memset(scene.seen[2], 0, 5);
    assert_ok(rig_world_from_points(&scene.points, &found, &rms_px, &scratch, &scratch, &err));
    assert_poses_near(&rig, &found, EXACT);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

// Lenses as uncertain as they say, points as they are picked and measured: the errors are as large as the sigmas, and
// the covariance, say. With points better than usual they are smaller, and never half as large again.
static double error_of_placing(double px, double metres) {
    made_rig rig;
    made_scene scene;
    rig_arena scratch = {0};
    rig_err err;
    rig_rng rng = rig_rng_seed(5, 5);
    double rms_px, squares = 0, truth[3], p[8][3];
    enum { DRAWS = 400 };
    made_rig_init(&rig, 1, 1, 0, 1);
    rig_rotation_to_rvec(rig.Rt_cam_world[0].R, truth);
    for (int draw = 0; draw < DRAWS; draw++) {
        made_scene_init(&scene, &rig);
        scene.points.p = (const double(*)[3])p;
        for (int i = 0; i < 8; i++) {
            for (int k = 0; k < 2; k++)
                scene.q[0][i][k] += px * rig_rng_normal(&rng);
            for (int k = 0; k < 3; k++)
                p[i][k] = SCENE[i][k] + metres * rig_rng_normal(&rng);
        }
        rig_calibration found = solved(&rig);
        rig_view_camera *camera = &found.cameras[0];
        camera->has_pose = false;
        camera->has_sigma = true;
        const double off[3] = {2 * rig_rng_normal(&rng), 2 * rig_rng_normal(&rng), 2 * rig_rng_normal(&rng)};
        for (int k = 0; k < 4; k++) {
            camera->sigma.K[k] = 2;
            camera->camera.K[k] += off[k < 2 ? 0 : k - 1]; // focal lengths are off together
        }
        assert_ok(rig_world_from_points(&scene.points, &found, &rms_px, &scratch, &scratch, &err));
        double r[3];
        rig_rotation_to_rvec(camera->Rt_cam_world.R, r);
        for (int k = 0; k < 3; k++) {
            squares += pow((r[k] - truth[k]) / camera->sigma.rvec[k], 2) / (6 * DRAWS);
            squares +=
                pow((camera->Rt_cam_world.t[k] - rig.Rt_cam_world[0].t[k]) / camera->sigma.t[k], 2) / (6 * DRAWS);
        }
    }
    rig_arena_release(&scratch);
    made_rig_release(&rig);
    return squares;
}

static void a_camera_placed_by_points_says_how_well(void **state) {
    (void)state;
    const double usual = error_of_placing(1, 0.005), better = error_of_placing(0.3, 0.001),
                 worse = error_of_placing(3, 0);
    print_message("squares of errors in sigmas: %.2f, %.2f, %.2f\n", usual, better, worse);
    assert_true(usual > 0.8 && usual < 1.2);
    assert_true(better < 1.2 && worse < 1.6);
}

static void too_few_scene_points_are_refused_by_name(void **state) {
    (void)state;
    made_rig rig;
    made_scene scene;
    rig_arena scratch = {0};
    rig_err err;
    double rms_px;
    made_rig_init(&rig, 2, 1, 0, 1);
    made_scene_init(&scene, &rig);
    memset(scene.seen[0], 0, 5);
    memset(scene.seen[1], 0, 6);
    rig_calibration found = solved(&rig);
    assert_int_equal(rig_world_from_points(&scene.points, &found, &rms_px, &scratch, &scratch, &err), RIG_ERR_DATA);
    assert_contains(err.text, "scene points of camera 'c1': need >= 4, got 3");
    found.cameras[0].has_pose = found.cameras[1].has_pose = false;
    assert_int_equal(rig_world_from_points(&scene.points, &found, &rms_px, &scratch, &scratch, &err), RIG_ERR_DATA);
    assert_contains(err.text, "scene points of camera 'c1': a pose needs >= 4 points, got 3");
    found.n = 1;
    assert_int_equal(rig_world_from_points(&scene.points, &found, &rms_px, &scratch, &scratch, &err), RIG_ERR_DATA);
    assert_contains(err.text, "camera 'c2': no calibrated lens");
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

static void a_camera_may_be_the_world(void **state) {
    (void)state;
    made_rig rig;
    rig_err err;
    made_rig_init(&rig, 3, 1, 0, 1);
    rig_calibration found = solved(&rig);
    assert_ok(rig_world_from_camera("c2", &found, &err));
    for (int k = 0; k < 9; k++)
        assert_near(found.cameras[1].Rt_cam_world.R[k], k % 4 == 0, 1e-14);
    rig_pose Rt_world_c2 = rig_pose_invert(&rig.Rt_cam_world[1]);
    rig_pose truth = rig_pose_mul(&rig.Rt_cam_world[2], &Rt_world_c2);
    for (int k = 0; k < 3; k++)
        assert_near(found.cameras[2].Rt_cam_world.t[k], truth.t[k], 1e-12);
    assert_int_equal(rig_world_from_camera("c9", &found, &err), RIG_ERR_DATA);
    assert_contains(err.text, "no camera 'c9' with a pose");
    made_rig_release(&rig);
}

static rig_status worlds_afresh(void *self, rig_err *err) {
    made_rig *rig = self;
    made_scene scene;
    rig_arena scratch = {0};
    rig_view_camera cameras[2] = {{.view = "c1"}, {.view = "c2"}};
    rig_calibration found = {.n = 2, .cameras = cameras};
    double rms_px;
    for (int c = 0; c < 2; c++) {
        cameras[c].camera = rig->cameras[c];
        cameras[c].Rt_cam_world = rig->Rt_cam_world[c];
        cameras[c].has_pose = true;
    }
    made_scene_init(&scene, rig);
    rig_status status = rig_world_from_board(&rig->board, rig->seen, 2, &found, &rms_px, &scratch, err);
    rig_arena_release(&scratch);
    if (status == RIG_OK)
        status = rig_world_from_points(&scene.points, &found, &rms_px, &scratch, &scratch, err);
    rig_arena_release(&scratch);
    return status;
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    made_rig rig;
    made_rig_init(&rig, 2, 3, 0, 1);
    lay_on_floor(&rig, 0.3);
    assert_true(rig_test_each_allocation_fails(worlds_afresh, &rig) >= 2);
    made_rig_release(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_board_on_the_floor_is_the_world),
        cmocka_unit_test(cameras_end_up_over_the_floor),
        cmocka_unit_test(a_floor_seen_by_one_camera_from_afar_is_refused),
        cmocka_unit_test(a_floor_board_that_moved_or_was_not_seen_is_refused),
        cmocka_unit_test(scene_points_move_a_rig_and_place_the_rest),
        cmocka_unit_test(a_camera_placed_by_points_says_how_well),
        cmocka_unit_test(too_few_scene_points_are_refused_by_name),
        cmocka_unit_test(a_camera_may_be_the_world),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
