#include "calib/world.h"

#include "tests/support/support.h"
#include "tests/unit/calib/made_rig.h"

#include <string.h>

enum { JOINTS = 6, FRAMES = 200 };
static const double DEGREE = 3.14159265358979 / 180, ANKLE = 0.08;

static const rig_skeleton SKELETON = {
    .name = "made",
    .n = JOINTS,
    .names = {"left_shoulder", "right_shoulder", "left_hip", "right_hip", "left_ankle", "right_ankle"}};

typedef struct walkers {
    rig_arena arena;
    rig_people3d people;
    made_rig rig;
    rig_calibration found; // in the second camera's frame, as the people are
} walkers;

// One person a frame who walks round the room, leaning by `lean` where it goes; every fifth sits.
static void joints_of(rig_rng *rng, int f, double lean, rig_joint3d joints[JOINTS]) {
    static const double HEIGHT[3] = {1.45, 0.9, 0}, SIDE[3] = {0.18, 0.1, 0.1};
    const double way = 0.1 * f, at[2] = {1.5 * cos(way) + 0.3, sin(way) - 0.2}, ahead[2] = {-sin(way), cos(way)};
    for (int j = 0; j < JOINTS; j++) {
        const int part = j / 2, sits = f % 5 == 0 && part < 2;
        const double h = HEIGHT[part] - (sits ? 0.45 : 0), side = (j % 2 ? -1 : 1) * SIDE[part];
        const double forward = h * tan(lean) + (sits ? -0.4 : 0) + (part == 2 ? 0.15 * (j % 2 ? 1 : -1) : 0);
        const double p[3] = {at[0] + forward * ahead[0] - side * ahead[1], at[1] + forward * ahead[1] + side * ahead[0],
                             ANKLE + h + (part == 2 && j % 2 ? 0.05 : 0)};
        joints[j].state = RIG_JOINT_OK;
        for (int k = 0; k < 3; k++)
            joints[j].p[k] = p[k] + 0.01 * rig_rng_normal(rng);
    }
}

static void walkers_init(walkers *w, int n_frames, double lean, double fallen) {
    rig_rng rng = rig_rng_seed(3, 3);
    *w = (walkers){.people = {.n_joints = JOINTS, .n_frames = n_frames}};
    made_rig_init(&w->rig, 3, 1, 0, 1);
    w->people.frames = RIG_NEW(&w->arena, rig_frame3d, n_frames);
    const rig_pose *Rt_c2_world = &w->rig.Rt_cam_world[1], Rt_world_c2 = rig_pose_invert(Rt_c2_world);
    for (int f = 0; f < n_frames; f++) {
        rig_person3d *person = RIG_NEW(&w->arena, rig_person3d, 1);
        person->joints = RIG_NEW(&w->arena, rig_joint3d, JOINTS);
        joints_of(&rng, f, lean, person->joints);
        const double turn[3] = {fallen * rig_rng_normal(&rng), fallen * rig_rng_normal(&rng), 0}, zero[3] = {0, 0, 0};
        const rig_pose tip = rig_pose_from_rvec(turn, zero), seen = rig_pose_mul(Rt_c2_world, &tip);
        for (int j = 0; j < JOINTS; j++) {
            double p[3];
            rig_pose_apply(&seen, person->joints[j].p, p);
            memcpy(person->joints[j].p, p, sizeof p);
        }
        w->people.frames[f] = (rig_frame3d){f, 1, person};
    }
    w->found = (rig_calibration){.n = 3, .cameras = RIG_NEW(&w->arena, rig_view_camera, 3)};
    for (int c = 0; c < 3; c++) {
        w->found.cameras[c].camera = w->rig.cameras[c];
        w->found.cameras[c].has_pose = true;
        w->found.cameras[c].Rt_cam_world = rig_pose_mul(&w->rig.Rt_cam_world[c], &Rt_world_c2);
    }
}

static void walkers_release(walkers *w) {
    rig_arena_release(&w->arena);
    made_rig_release(&w->rig);
}

static void people_who_stand_tell_up_and_the_floor(void **state) {
    (void)state;
    const double TILT = 0.5 * DEGREE, HEIGHT_M = 0.02; // walkers who lean by 4 degrees, going round
    walkers w;
    rig_arena scratch = {0};
    rig_err err;
    rig_gravity gravity;
    walkers_init(&w, FRAMES, 4 * DEGREE, 0);
    assert_ok(rig_world_from_people(&w.people, &SKELETON, &w.found, &gravity, &scratch, &err));
    assert_true(gravity.n > 0.7 * FRAMES && gravity.n <= 0.8 * FRAMES); // those who sit are no help
    assert_near(gravity.spread_rad, 4 * DEGREE, 1.5 * DEGREE);
    for (int c = 0; c < 3; c++) {
        double at[3], truth[3];
        const double *R = w.found.cameras[c].Rt_cam_world.R, *Rt = w.rig.Rt_cam_world[c].R;
        rig_pose_centre(&w.found.cameras[c].Rt_cam_world, at);
        rig_pose_centre(&w.rig.Rt_cam_world[c], truth);
        assert_near(at[2], truth[2], HEIGHT_M + 4 * TILT);
        for (int k = 0; k < 3; k++) // up, as each camera sees it
            assert_near(R[3 * k + 2], Rt[3 * k + 2], TILT);
    }
    assert_near(w.found.cameras[0].Rt_cam_world.R[1], 0, 1e-9); // x is the first one's right, made level
    assert_true(w.found.cameras[0].Rt_cam_world.R[0] > 0.99);
    rig_arena_release(&scratch);
    walkers_release(&w);
}

static void who_does_not_stand_is_refused(void **state) {
    (void)state;
    walkers w;
    rig_arena scratch = {0};
    rig_err err;
    rig_gravity gravity;
    walkers_init(&w, 30, 0, 0); // a fifth sits: 24 are left
    assert_int_equal(rig_world_from_people(&w.people, &SKELETON, &w.found, &gravity, &scratch, &err), RIG_ERR_DATA);
    assert_contains(err.text, "at 24 instants, need >= 30");
    walkers_release(&w);
    walkers_init(&w, FRAMES, 0, 0.5);
    assert_int_equal(rig_world_from_people(&w.people, &SKELETON, &w.found, &gravity, &scratch, &err), RIG_ERR_DATA);
    assert_contains(err.text, "spread by");
    rig_skeleton other = SKELETON;
    strcpy(other.names[4], "toe");
    assert_int_equal(rig_world_from_people(&w.people, &other, &w.found, &gravity, &scratch, &err), RIG_ERR_DATA);
    assert_contains(err.text, "no joint 'left_ankle'");
    rig_arena_release(&scratch);
    walkers_release(&w);
}

static rig_status afresh(void *self, rig_err *err) {
    walkers *w = self;
    rig_arena scratch = {0};
    rig_gravity gravity;
    rig_status status = rig_world_from_people(&w->people, &SKELETON, &w->found, &gravity, &scratch, err);
    rig_arena_release(&scratch);
    return status;
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    walkers w;
    walkers_init(&w, FRAMES, 0, 0);
    assert_true(rig_test_each_allocation_fails(afresh, &w) >= 1);
    walkers_release(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_who_stand_tell_up_and_the_floor),
        cmocka_unit_test(who_does_not_stand_is_refused),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
