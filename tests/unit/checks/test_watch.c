#include "checks/watch_state.h"
#include "tests/unit/checks/watched.h"

#include <limits.h>

enum { FRAMES = 300, VIEWS = 4 };

static const double PI = 3.14159265358979323846;
static const detector GOOD = {.noise_px = 2, .miss = 0.05, .wrong = 0.02, .miss_person = 0.03, .swap = 0.01};
static const mishap NONE = {.view = -1, .from = INT_MAX};

static const rig_watch_finding *only_finding(const rig_watch_report *report) {
    for (int i = 1; i < report->n; i++)
        print_message("also: view %d, kind %d, chi2 %.0f\n", report->findings[i].view, (int)report->findings[i].kind,
                      report->findings[i].chi2);
    assert_int_equal(report->n, 1);
    return &report->findings[0];
}

// A direction from the seed.
static void direction(uint64_t seed, double d[3]) {
    rig_rng rng = rig_rng_seed(seed, 77);
    for (int i = 0; i < 3; i++)
        d[i] = rig_rng_normal(&rng);
    double length = rig_norm3(d);
    for (int i = 0; i < 3; i++)
        d[i] /= length;
}

static void healthy_rigs_raise_nothing(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 12; seed++) {
        rig_watch_report report;
        rig_repairs repairs;
        rig_arena out = {NULL};
        detector how = GOOD;
        how.noise_px = 1 + (double)(seed % 4), how.wrong = 0.02 * (double)(seed % 3);
        watched_take(3 + (int)(seed % 4), FRAMES, &NONE, &how, seed, &report, &repairs, &out);
        for (int i = 0; i < report.n; i++)
            fail_msg("seed %d: view %d, kind %d, chi2 %.0f", (int)seed, report.findings[i].view,
                     (int)report.findings[i].kind, report.findings[i].chi2);
        assert_int_equal(repairs.n_poses, 0);
        for (int v = 0; v < report.n_views; v++) {
            assert_true(report.views[v].n > 1000 && report.views[v].tested);
            assert_near(report.views[v].offset_frames, 0, 0.1);
            assert_near(repairs.offset_frames[v], 0, 0);
        }
        rig_arena_release(&out);
    }
}

// A detector that sees each person's joints, and each person as a whole, a little beside where they are, otherwise in
// each view, and otherwise again once they have turned: each at another time, as people do.
static uint64_t spoilt_seed;

static void turning_spoils(int frame, int n_views, shot *seen) {
    for (int v = 0; v < n_views; v++)
        for (int k = 0; k < seen->frames[v].n; k++) {
            const uint64_t turned = frame > 60 + 45 * k + (int)(13 * spoilt_seed) % 40;
            rig_rng rng = rig_rng_seed(spoilt_seed, 100 + 40 * (uint64_t)v + 2 * (uint64_t)k + turned);
            const double all[2] = {4 * rig_rng_normal(&rng), 4 * rig_rng_normal(&rng)};
            for (int j = 0; j < COCO; j++)
                for (int a = 0; a < 2; a++)
                    seen->joints[v][k][j].q[a] += all[a] + 6 * rig_rng_normal(&rng);
        }
}

static void people_who_turn_move_no_camera(void **state) {
    (void)state;
    for (spoilt_seed = 0; spoilt_seed < 6; spoilt_seed++) {
        rig_watch_report report;
        rig_repairs repairs;
        rig_arena out = {NULL};
        const detector how = {.noise_px = 1.5};
        watched_spoil = turning_spoils;
        watched_take(5, FRAMES, &NONE, &how, spoilt_seed, &report, &repairs, &out);
        watched_spoil = NULL;
        for (int i = 0; i < report.n; i++)
            fail_msg("seed %d: view %d, kind %d, chi2 %.0f, %.1f px", (int)spoilt_seed, report.findings[i].view,
                     (int)report.findings[i].kind, report.findings[i].chi2, report.findings[i].displaced_px);
        for (int v = 0; v < report.n_views; v++)
            assert_true(report.views[v].unseen_px > 4); // as it says itself
        rig_arena_release(&out);
    }
}

// 0.4 degrees or 20 mm in any direction, half way: which camera, when, and how much. Where it stands now is known to a
// third of what it moved by.
static void a_bump_is_named_with_camera_and_frame(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 8; seed++) {
        rig_watch_report report;
        rig_repairs repairs;
        rig_arena out = {NULL};
        mishap bump = {.view = (int)(seed % VIEWS), .from = 100 + 11 * (int)seed};
        double d[3];
        direction(seed, d);
        for (int i = 0; i < 3; i++)
            (seed % 2 ? bump.turn : bump.shift)[i] = d[i] * (seed % 2 ? 0.4 * PI / 180 : 0.02);
        watched_take(VIEWS, FRAMES, &bump, &GOOD, seed, &report, &repairs, &out);
        const rig_watch_finding *told = only_finding(&report);
        assert_int_equal(told->kind, RIG_WATCH_MOVED);
        assert_int_equal(told->view, bump.view);
        assert_false(told->before);
        assert_near(told->from, bump.from, 2);
        assert_near(told->turn_rad, rig_norm3(bump.turn), 0.13 * PI / 180);
        assert_near(told->shift_m, rig_norm3(bump.shift), 0.007);
        assert_true(report.views[bump.view].unseen_m < 0.02);
        assert_int_equal(repairs.n_poses, 1);
        assert_int_equal(repairs.poses[0].view, bump.view);
        assert_int_equal(repairs.poses[0].from, told->from);
        rig_arena_release(&out);
    }
}

static void who_moved_before_the_take_is_named(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 4; seed++) {
        rig_watch_report report;
        rig_repairs repairs;
        rig_arena out = {NULL};
        mishap bump = {.view = (int)(seed % VIEWS), .from = 0, .turn = {0, 0.6 * PI / 180, 0}};
        bump.turn[0] = 0.002 * (double)seed;
        watched_take(VIEWS, FRAMES, &bump, &GOOD, seed, &report, &repairs, &out);
        const rig_watch_finding *told = only_finding(&report);
        assert_int_equal(told->kind, RIG_WATCH_MOVED);
        assert_int_equal(told->view, bump.view);
        assert_true(told->before);
        assert_near(told->turn_rad, rig_norm3(bump.turn), 0.1 * PI / 180);
        assert_int_equal(repairs.n_poses, 1);
        assert_int_equal(repairs.poses[0].from, INT_MIN);
        rig_arena_release(&out);
    }
}

static void a_view_out_of_step_is_timed(void **state) {
    (void)state;
    const double late[] = {1.5, -1.5, 0.5, 4};
    for (uint64_t seed = 0; seed < 8; seed++) {
        rig_watch_report report;
        rig_repairs repairs;
        rig_arena out = {NULL};
        mishap slow = {.view = (int)(seed % VIEWS), .from = INT_MAX, .late = late[seed / 2]};
        watched_take(VIEWS, FRAMES, &slow, &GOOD, seed, &report, &repairs, &out);
        const rig_watch_finding *told = only_finding(&report);
        assert_int_equal(told->kind, RIG_WATCH_OUT_OF_STEP);
        assert_int_equal(told->view, slow.view);
        assert_near(told->offset_frames, slow.late, 0.1);
        assert_near(repairs.offset_frames[slow.view], told->offset_frames, 1e-12);
        assert_int_equal(repairs.n_poses, 0);
        rig_arena_release(&out);
    }
}

// With three cameras one that moved makes the others look as if they had.
static void three_cameras_are_enough(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 6; seed++) {
        rig_watch_report report;
        rig_repairs repairs;
        rig_arena out = {NULL};
        mishap bump = {.view = (int)(seed % 3), .from = 150};
        direction(seed + 100, bump.turn);
        for (int i = 0; i < 3; i++)
            bump.turn[i] *= 0.4 * PI / 180;
        watched_take(3, FRAMES, &bump, &GOOD, seed, &report, &repairs, &out);
        const rig_watch_finding *told = only_finding(&report);
        assert_int_equal(told->view, bump.view);
        assert_near(told->from, bump.from, 3);
        rig_arena_release(&out);
    }
}

static void nobody_says_nothing(void **state) {
    (void)state;
    rig_watch_report report;
    rig_repairs repairs;
    rig_arena out = {NULL};
    detector blind = {.miss_person = 1};
    watched_take(VIEWS, 50, &NONE, &blind, 1, &report, &repairs, &out);
    assert_int_equal(report.n, 0);
    assert_int_equal(report.n_views, VIEWS);
    assert_int_equal(report.views[0].n, 0);
    assert_false(report.views[0].tested);
    watched_take(VIEWS, 40, &NONE, &GOOD, 1, &report, &repairs, &out); // a second and a half
    assert_int_equal(report.n, 0);
    rig_arena_release(&out);
}

// What triangulate leaves out by the rig's keys, watch leaves out too.
static void scores_and_gates_are_the_rigs(void **state) {
    (void)state;
    const rig_detection_params usual = WATCHED_GATES;
    rig_watch_report report;
    rig_repairs repairs;
    rig_arena out = {NULL};
    watched_take(VIEWS, 50, &NONE, &GOOD, 1, &report, &repairs, &out);
    const long n = report.views[0].n;
    assert_true(n > 0);
    WATCHED_GATES.min_score = 2; // above every score
    watched_take(VIEWS, 50, &NONE, &GOOD, 1, &report, &repairs, &out);
    assert_int_equal(report.views[0].n, 0);
    WATCHED_GATES = usual;
    WATCHED_GATES.gate_px = 0.5, WATCHED_GATES.gate_m = 0.001; // less than the detector's noise
    watched_take(VIEWS, 50, &NONE, &GOOD, 1, &report, &repairs, &out);
    assert_true(report.views[0].n < n);
    WATCHED_GATES = usual;
    rig_arena_release(&out);
}

// What was repaired before is not found again.
static void repairs_are_known(void **state) {
    (void)state;
    static ring thought;
    rig_skeleton skeleton = coco_skeleton();
    rig_watch *watch;
    rig_watch_report report;
    rig_repairs repairs, known = {.n_poses = 2, .n_views = 3};
    rig_repaired_pose poses[2];
    double offsets[3] = {0, 0.5, 0};
    rig_arena out = {NULL}, scratch = {NULL};
    rig_err err;
    ring_init(&thought, 3, 4.5);
    poses[0] = (rig_repaired_pose){1, INT_MIN, thought.cameras[0].Rt_cam_world};
    poses[1] = (rig_repaired_pose){1, 40, thought.cameras[2].Rt_cam_world};
    known.poses = poses, known.offset_frames = offsets;
    assert_ok(rig_watch_open(&thought.rig, &skeleton, &WATCHED_GATES, WATCHED_FPS, &watch, &err));
    rig_watch_set_repairs(watch, &known);
    assert_ok(rig_watch_solve(watch, &report, &repairs, &out, &scratch, &err));
    assert_int_equal(report.n, 0);
    assert_int_equal(repairs.n_poses, 2);
    assert_memory_equal(&repairs.poses[0].Rt_cam_world, &poses[0].Rt_cam_world, sizeof poses[0].Rt_cam_world);
    assert_int_equal(repairs.poses[1].from, 40);
    assert_memory_equal(&repairs.poses[1].Rt_cam_world, &poses[1].Rt_cam_world, sizeof poses[1].Rt_cam_world);
    assert_near(repairs.offset_frames[1], 0.5, 0);
    rig_watch_close(watch);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
}

// Of a long take runs of frames are left out, more of them the longer it is, of what came first too.
static void long_takes_are_thinned(void **state) {
    (void)state;
    enum { LONG = 100000, RUN = 50, MOST = 20000 };
    static ring thought;
    static rig_joint3d joints[COCO];
    rig_person3d person = {.id = 1, .joints = joints};
    const rig_frame2d *views[3] = {NULL};
    rig_skeleton skeleton = coco_skeleton();
    rig_watch *watch;
    rig_arena scratch = {NULL};
    rig_err err;
    ring_init(&thought, 3, 4.5);
    assert_ok(rig_watch_open(&thought.rig, &skeleton, &WATCHED_GATES, WATCHED_FPS, &watch, &err));
    for (int f = 0; f < LONG; f++) {
        const rig_frame3d frame = {f, 1, &person};
        const rig_frame_runs runs = rig_watch_runs(watch);
        assert_true(f >= MOST || rig_frame_runs_have(&runs, f));
        assert_ok(rig_watch_next(watch, &frame, views, &scratch, &err));
        assert_true(watch->n <= MOST);
    }
    assert_int_equal(rig_watch_runs(watch).every, 8); // 20,000, 40,000 and 80,000 were passed
    assert_true(watch->n >= MOST / 2 && watch->n <= MOST);
    for (int i = 0; i < watch->n; i++)
        assert_int_equal(watch->samples[i].frame / RUN % 8, 0);
    rig_watch_close(watch);
    rig_arena_release(&scratch);
}

static void two_cameras_are_refused(void **state) {
    (void)state;
    static ring two;
    rig_skeleton skeleton = coco_skeleton();
    rig_watch *watch;
    rig_err err;
    ring_init(&two, 2, 4.5);
    assert_int_equal(rig_watch_open(&two.rig, &skeleton, &WATCHED_GATES, WATCHED_FPS, &watch, &err), RIG_ERR_DATA);
    assert_contains(err.text, "need 3 to 64 cameras, got 2");
    assert_null(watch);
    rig_watch_close(NULL);
    ring_init(&two, 4, 4.5);
    two.cameras[2].has_pose = false;
    assert_int_equal(rig_watch_open(&two.rig, &skeleton, &WATCHED_GATES, WATCHED_FPS, &watch, &err), RIG_ERR_DATA);
    assert_contains(err.text, "camera 'c3': has no pose");
}

typedef struct small_take {
    ring from;
    rig_skeleton skeleton;
    shot seen[110];
    rig_frame3d frames[110];
} small_take;

static rig_status watch_small(void *self, rig_err *err) {
    const small_take *one = self;
    rig_watch *watch;
    rig_watch_report report;
    rig_repairs repairs;
    rig_arena out = {NULL}, scratch = {NULL};
    RIG_TRY(rig_watch_open(&one->from.rig, &one->skeleton, &WATCHED_GATES, WATCHED_FPS, &watch, err));
    rig_status status = RIG_OK;
    for (int f = 0; f < 110 && status == RIG_OK; f++)
        status = rig_watch_next(watch, &one->frames[f], one->seen[f].views, &scratch, err);
    if (status == RIG_OK)
        status = rig_watch_solve(watch, &report, &repairs, &out, &scratch, err);
    rig_watch_close(watch);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    static small_take one;
    static rig_joint3d joints[110][COCO];
    static rig_person3d people[110];
    rig_rng rng = rig_rng_seed(1, 1);
    ring_init(&one.from, 3, 4.5);
    one.skeleton = coco_skeleton();
    for (int f = 0; f < 110; f++) {
        double p[1][COCO][3];
        const walker who = watched_walker(0);
        walker_at(&who, f / WATCHED_FPS, p[0]);
        shot_take(&one.from, (const double(*)[COCO][3])p, 1, f, &GOOD, &rng, &one.seen[f]);
        for (int j = 0; j < COCO; j++) {
            joints[f][j].state = RIG_JOINT_OK;
            memcpy(joints[f][j].p, p[0][j], sizeof p[0][j]);
        }
        people[f] = (rig_person3d){.id = 1, .joints = joints[f]};
        one.frames[f] = (rig_frame3d){f, 1, &people[f]};
    }
    assert_true(rig_test_each_allocation_fails(watch_small, &one) >= 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(healthy_rigs_raise_nothing),
        cmocka_unit_test(people_who_turn_move_no_camera),
        cmocka_unit_test(a_bump_is_named_with_camera_and_frame),
        cmocka_unit_test(who_moved_before_the_take_is_named),
        cmocka_unit_test(a_view_out_of_step_is_timed),
        cmocka_unit_test(three_cameras_are_enough),
        cmocka_unit_test(nobody_says_nothing),
        cmocka_unit_test(scores_and_gates_are_the_rigs),
        cmocka_unit_test(repairs_are_known),
        cmocka_unit_test(long_takes_are_thinned),
        cmocka_unit_test(two_cameras_are_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
