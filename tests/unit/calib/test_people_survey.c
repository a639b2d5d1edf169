#include "calib/people_survey.h"

#include "calib/covariance.h"
#include "tests/support/support.h"
#include "tests/unit/calib/made_people.h"

static const double POSITION_M = 0.02; // what is asked of a rig by people
static const double SIGMAS = 4;        // the largest of a few errors of six numbers each

typedef struct placed {
    rig_arena arena, scratch;
    made_take take;
    rig_people_seen seen;
    rig_calibration rig;
    rig_view_camera cameras[MADE_CAMERAS_MAX];
    rig_survey_view views[MADE_CAMERAS_MAX];
} placed;

// A rig by people with its covariance, as the files have it, off by `unit` in scale.
static rig_status place(placed *p, int n_cameras, uint64_t seed, double unit, rig_err *err) {
    rig_people_rig found;
    rig_bundle_camera cameras[MADE_CAMERAS_MAX];
    int camera_of[MADE_CAMERAS_MAX];
    memset(p, 0, sizeof *p);
    made_take_init(&p->take, n_cameras, 2, 10, seed);
    RIG_TRY(made_take_see(&p->take, &p->seen, &p->arena, err));
    RIG_TRY(rig_people_rig_solve(&p->seen, &found, &p->arena, &p->scratch, err));
    rig_people_rig_scale(&found, unit * made_compare(&p->take, &found).scale);
    p->rig = (rig_calibration){.n = n_cameras, .cameras = p->cameras};
    for (int c = 0; c < n_cameras; c++) {
        const int v = camera_of[c] = found.view_of[c];
        p->cameras[v] =
            (rig_view_camera){.camera = p->take.cameras[v], .has_pose = true, .Rt_cam_world = found.Rt_cam_world[c]};
        cameras[c] = (rig_bundle_camera){p->take.cameras[v], found.Rt_cam_world[c], RIG_BUNDLE_HOLD_LENS, c == 0};
        p->views[v] = (rig_survey_view){.is_known = true, .Rt_cam_world = p->take.Rt_cam_world[v]};
    }
    const rig_bundle bundle = {.n_cameras = n_cameras, .cameras = cameras};
    const rig_bundle_report report = {
        .covariance = found.report.covariance, .n_free = 6 * (n_cameras - 1), .variance_px2 = 1};
    return rig_covariance_set(&bundle, &report, camera_of, &p->rig, &p->arena, err);
}

static void placed_release(placed *p) {
    rig_arena_release(&p->arena);
    rig_arena_release(&p->scratch);
}

// Largest error of a camera's six numbers, in sigmas; it is where it should be.
static double check_place(const placed *p, int c) {
    const rig_view_camera *camera = &p->cameras[c];
    double a[3], b[3], r_a[3], r_b[3], most = 0;
    rig_pose_centre(&camera->Rt_cam_world, a);
    rig_pose_centre(&p->take.Rt_cam_world[c], b);
    rig_rotation_to_rvec(camera->Rt_cam_world.R, r_a);
    rig_rotation_to_rvec(p->take.Rt_cam_world[c].R, r_b);
    for (int k = 0; k < 3; k++) {
        assert_near(a[k], b[k], POSITION_M);
        most = fmax(most, fabs(r_a[k] - r_b[k]) / camera->sigma.rvec[k]);
        most = fmax(most, fabs(camera->Rt_cam_world.t[k] - p->take.Rt_cam_world[c].t[k]) / camera->sigma.t[k]);
    }
    return most;
}

static void a_camera_without_a_pose_gets_one(void **state) {
    (void)state;
    static placed p;
    rig_err err = {""};
    for (uint64_t seed = 1; seed <= 2; seed++) {
        assert_ok(place(&p, 4, seed, 1.04, &err));
        p.views[2].is_known = false;
        assert_ok(rig_survey_by_people(&p.rig, p.views, &p.scratch, &err));
        assert_true(check_place(&p, 2) < SIGMAS);
        assert_false(p.cameras[2].surveyed);
        assert_true(rig_norm3(p.cameras[2].sigma.t) < POSITION_M && p.cameras[2].sigma.t[0] > 0);
        for (int c = 0; c < 4; c++)
            if (c != 2) {
                assert_true(p.views[c].holds && p.cameras[c].surveyed);
                assert_near(p.cameras[c].Rt_cam_world.t[0], p.take.Rt_cam_world[c].t[0], 0);
            }
        placed_release(&p);
    }
}

static void a_camera_that_moved_is_found(void **state) {
    (void)state;
    static placed p;
    rig_err err = {""};
    const double turn[3] = {0, 0.05, 0}, shift[3] = {0.1, 0, -0.2};
    const rig_pose by = rig_pose_from_rvec(turn, shift);
    assert_ok(place(&p, 5, 7, 0.97, &err));
    p.views[1].Rt_cam_world = rig_pose_mul(&by, &p.views[1].Rt_cam_world);
    assert_ok(rig_survey_by_people(&p.rig, p.views, &p.scratch, &err));
    for (int c = 0; c < 5; c++)
        assert_int_equal(p.views[c].holds, c != 1);
    assert_true(check_place(&p, 1) < SIGMAS);
    assert_near(p.views[1].off_rad, 0.05, 0.005);
    assert_near(p.views[1].off_m, rig_norm3(shift), 0.05); // it is turned about its old place as well
    placed_release(&p);
}

static void too_few_are_refused(void **state) {
    (void)state;
    static placed p;
    rig_err err = {""};
    assert_ok(place(&p, 3, 3, 1, &err));
    p.views[0].is_known = p.views[1].is_known = false;
    assert_true(rig_survey_by_people(&p.rig, p.views, &p.scratch, &err) == RIG_ERR_DATA);
    const double turn[3] = {0, 0.1, 0}, shift[3] = {0, 0, 0.5};
    const rig_pose by = rig_pose_from_rvec(turn, shift);
    p.views[0].is_known = true;
    p.views[0].Rt_cam_world = rig_pose_mul(&by, &p.views[0].Rt_cam_world);
    assert_true(rig_survey_by_people(&p.rig, p.views, &p.scratch, &err) == RIG_ERR_DATA);
    placed_release(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_camera_without_a_pose_gets_one),
        cmocka_unit_test(a_camera_that_moved_is_found),
        cmocka_unit_test(too_few_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
