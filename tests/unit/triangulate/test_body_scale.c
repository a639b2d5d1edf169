// People are found alike whatever the unit of length, and whatever their size; and what became of those who are not.
#include "tests/unit/triangulate/walkers.h"

#include "triangulate/tracker.h"

enum { N_VIEWS = 6, N_PEOPLE = 3, N_FRAMES = 60 };

static const double FPS = 25;
static const double SIZE_OFF = 0.15;   // of the people's size: measured by bones that detectors place with noise
static const double SAME_SHARE = 0.99; // of joints: those at a gate may go either way
static const double SAME_M = 0.002;    // of an adult
static const walker WHO[N_PEOPLE] = {{0.8, 0, 1.5708, 0.78, 0.6, 0, 0.95},
                                     {-0.787, 0.1834, 4.5708, 0.78, 0.6, 1, 1.0},
                                     {-0.038, 1.8994, 3.17, 0.78, 0.6, 2, 0.9}};
static const detector GOOD = {.noise_px = 2, .miss = 0.05, .wrong = 0.02, .miss_person = 0.03, .shuffle = true};

typedef struct run {
    ring from;                        // as it sees
    rig_view_camera cameras[N_VIEWS]; // as the calibration has it
    rig_calibration rig;
    rig_skeleton skeleton;
    rig_tracker *tracker;
    rig_rng rng;
    rig_arena scratch, out;
    shot seen;
    rig_frame3d result;
    double size;
} run;

// limits_too: the limits of lengths are told in these units, and tight enough to matter.
static void run_open(run *one, double units, bool of_people, bool limits_too) {
    rig_err err;
    memset(one, 0, sizeof *one);
    ring_init(&one->from, N_VIEWS, 4.5);
    one->skeleton = coco_skeleton();
    for (int j = 0; j < COCO && !of_people; j++)
        snprintf(one->skeleton.names[j], sizeof one->skeleton.names[j], "point_%d", j);
    memcpy(one->cameras, one->from.cameras, sizeof one->cameras);
    for (int v = 0; v < N_VIEWS; v++)
        for (int k = 0; k < 3; k++)
            one->cameras[v].Rt_cam_world.t[k] *= units;
    one->rig = (rig_calibration){.n = N_VIEWS, .cameras = one->cameras};
    rig_tracker_params params = rig_tracker_defaults();
    params.gate_as_is = params.speed_as_is = limits_too;
    params.detection.gate_m *= limits_too ? units : 1;
    params.max_speed_m_s = limits_too ? 1.5 * units : params.max_speed_m_s;
    params.detection.gate_px = limits_too ? 4 : params.detection.gate_px;
    assert_ok(rig_tracker_open(&one->rig, &one->skeleton, FPS, &params, &one->tracker, &err));
}

static void run_see(run *one, int frame) {
    double p[N_PEOPLE][COCO][3];
    for (int k = 0; k < N_PEOPLE; k++)
        walker_at(&WHO[k], frame / FPS, p[k]);
    if (frame == 0)
        one->rng = rig_rng_seed(5, 1);
    shot_take(&one->from, (const double(*)[COCO][3])p, N_PEOPLE, frame, &GOOD, &one->rng, &one->seen);
}

static void run_measure(run *one) {
    rig_err err;
    bool enough = false;
    for (int f = 0; f < N_FRAMES && !enough; f++) {
        run_see(one, f);
        assert_ok(rig_tracker_measure(one->tracker, one->seen.views, &enough, &one->scratch, &err));
    }
    one->size = rig_tracker_settle(one->tracker);
}

static void run_close(run *one) {
    rig_tracker_close(one->tracker);
    rig_arena_release(&one->out);
    rig_arena_release(&one->scratch);
}

static void run_next(run *one, int f) {
    rig_err err;
    run_see(one, f);
    assert_ok(rig_tracker_next(one->tracker, f, one->seen.views, &one->result, &one->out, &one->scratch, &err));
}

// One in metres and one in another unit, frame by frame.
static void follow_alike(double units, bool of_people, bool limits_too) {
    static run metres, other;
    long n = 0, same = 0;
    run_open(&metres, 1, of_people, limits_too);
    run_open(&other, units, of_people, limits_too);
    run_measure(&metres);
    run_measure(&other);
    assert_true(rig_tracker_scale(metres.tracker) == 1);
    assert_true(fabs(other.size / (units * metres.size) - 1) < 1e-6);
    assert_true(fabs(rig_tracker_scale(other.tracker) - other.size) < 1e-12 * other.size);
    for (int f = 0; f < N_FRAMES; f++) {
        run_next(&metres, f);
        run_next(&other, f);
        assert_int_equal(metres.result.n, other.result.n);
        for (int i = 0; i < metres.result.n; i++) {
            assert_int_equal(metres.result.people[i].id, other.result.people[i].id);
            for (int j = 0; j < COCO; j++) {
                rig_joint3d *a = &metres.result.people[i].joints[j], *b = &other.result.people[i].joints[j];
                const double p[3] = {b->p[0] / units, b->p[1] / units, b->p[2] / units};
                n++;
                same += a->state == b->state && ring_distance(a->p, p) < SAME_M;
            }
        }
    }
    assert_true((double)n > 0.9 * N_FRAMES * N_PEOPLE * COCO);
    assert_true((double)same >= SAME_SHARE * (double)n);
    run_close(&metres);
    run_close(&other);
}

static void a_unit_changes_nothing(void **state) {
    (void)state;
    const double units[] = {1 / 15.0, 15, 1000, 0.001, 100, 39.3701, 3.28084};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        follow_alike(units[i], true, i < 4);
}

static void bodies_without_a_person_s_bones_are_measured_too(void **state) {
    (void)state;
    follow_alike(1 / 15.0, false, false);
    follow_alike(1000, false, false);
}

static void people_are_measured(void **state) {
    (void)state;
    static run one;
    run_open(&one, 1000, true, false);
    run_measure(&one);
    assert_near(one.size / 1000, 0.95, SIZE_OFF);
    run_close(&one);
    run_open(&one, 1, true, false); // nobody is measured
    assert_true(rig_tracker_settle(one.tracker) == 0 && rig_tracker_scale(one.tracker) == 1);
    run_close(&one);
}

static void who_is_in_no_skeleton_is_counted_by_reason(void **state) {
    (void)state;
    static run one;
    run_open(&one, 1, true, false);
    for (int f = 0; f < 20; f++) // all views
        run_next(&one, f);
    const rig_tracker_tally *tally = rig_tracker_tally_of(one.tracker);
    assert_true(tally->n > 200 && (double)tally->used > 0.95 * (double)tally->n);
    run_close(&one);

    run_open(&one, 1, true, false); // one view
    for (int f = 0; f < 20; f++) {
        rig_err err;
        run_see(&one, f);
        for (int v = 1; v < N_VIEWS; v++)
            one.seen.views[v] = NULL;
        assert_ok(rig_tracker_next(one.tracker, f, one.seen.views, &one.result, &one.out, &one.scratch, &err));
    }
    tally = rig_tracker_tally_of(one.tracker);
    assert_true(tally->n > 50 && tally->alone == tally->n && tally->used == 0);
    run_close(&one);

    run_open(&one, 1, true, false); // no camera where it is said to be
    for (int v = 0; v < N_VIEWS; v++)
        one.cameras[v].Rt_cam_world.t[1] += v % 2 ? 2 + 0.3 * v : -1.5 * v - 1;
    rig_tracker_update_poses(one.tracker);
    for (int f = 0; f < 20; f++) {
        rig_err err;
        run_see(&one, f);
        for (int v = 4; v < N_VIEWS; v++) // more would meet by chance
            one.seen.views[v] = NULL;
        assert_ok(rig_tracker_next(one.tracker, f, one.seen.views, &one.result, &one.out, &one.scratch, &err));
    }
    tally = rig_tracker_tally_of(one.tracker);
    assert_int_equal(tally->n, tally->used + tally->few_2d + tally->alone + tally->unmatched + tally->parallel +
                                   tally->behind + tally->disagree + tally->few_3d + tally->unsure);
    assert_true(2 * tally->used < tally->n && 2 * tally->unmatched > tally->n);
    run_close(&one);

    run_open(&one, 1, true, false); // all cameras at one place
    for (int v = 0; v < N_VIEWS; v++)
        one.cameras[v] = one.from.cameras[0];
    rig_tracker_update_poses(one.tracker);
    for (int f = 0; f < 20; f++) {
        rig_err err;
        run_see(&one, f);
        for (int v = 1; v < N_VIEWS; v++)
            one.seen.views[v] = one.seen.views[0];
        assert_ok(rig_tracker_next(one.tracker, f, one.seen.views, &one.result, &one.out, &one.scratch, &err));
    }
    tally = rig_tracker_tally_of(one.tracker);
    assert_true((double)tally->parallel > 0.9 * (double)tally->n);
    run_close(&one);
}

// Of view 1 as a detector gives it: from mirrored pictures, with sides called wrongly, or digitised from mirrored ones.
static void exchange(run *one, rig_exchange how) {
    for (int k = 0; k < one->seen.frames[1].n && how != RIG_EXCHANGED_NOT; k++) {
        rig_joint2d *joints = one->seen.people[1][k].joints;
        for (int j = 0; j < COCO; j++) {
            if (how != RIG_EXCHANGED_PICTURE && j % 2 == 1)
                joints_swap(&joints[j], &joints[j + 1]);
            if (how != RIG_EXCHANGED_NAMES)
                joints[j].q[0] = one->cameras[1].camera.width - 1 - joints[j].q[0];
        }
    }
}

static void what_is_exchanged_in_a_view_is_found(void **state) {
    (void)state;
    static run one;
    for (rig_exchange how = RIG_EXCHANGED_NOT; how < RIG_EXCHANGES; how++)
        for (int n_views = 2; n_views <= N_VIEWS; n_views++) {
            rig_err err;
            bool enough = false; // six views measure sizes enough in fewer moments than it takes to tell an exchange
            run_open(&one, how == RIG_EXCHANGED_BOTH ? 1000 : 1, true, false);
            for (int f = 0; f < N_FRAMES && !enough; f++) {
                run_see(&one, f);
                exchange(&one, how);
                for (int v = n_views; v < N_VIEWS; v++)
                    one.seen.views[v] = NULL;
                assert_ok(rig_tracker_measure(one.tracker, one.seen.views, &enough, &one.scratch, &err));
            }
            assert_int_equal(rig_tracker_exchange_of(one.tracker, 1), how);
            for (int v = 0; v < N_VIEWS && n_views > 2; v++)
                if (v != 1)
                    assert_int_equal(rig_tracker_exchange_of(one.tracker, v), RIG_EXCHANGED_NOT);
            run_close(&one);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_unit_changes_nothing),
        cmocka_unit_test(bodies_without_a_person_s_bones_are_measured_too),
        cmocka_unit_test(people_are_measured),
        cmocka_unit_test(what_is_exchanged_in_a_view_is_found),
        cmocka_unit_test(who_is_in_no_skeleton_is_counted_by_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
