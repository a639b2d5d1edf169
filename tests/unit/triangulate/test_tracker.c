#include "tests/unit/triangulate/walkers.h"

#include "triangulate/tracker.h"

static const double FPS = 25;
static const double MATCH_M = 0.3;

// A take of walkers on circles that cross; nobody comes nearer to another than 0.9 m.
static const walker CROSSING[4] = {{0.8, 0, 1.5708, 0.78, 0.6, 0, 0.95},
                                   {-0.787, 0.1834, 4.5708, 0.78, 0.6, 1, 1.0},
                                   {-0.038, 1.8994, 3.1708, 0.78, 0.6, 2, 0.9},
                                   {-0.1458, -1.8918, 6.1708, 0.78, 0.6, 3, 1.05}};
static const detector GOOD = {.noise_px = 2, .miss = 0.05, .wrong = 0.02, .miss_person = 0.03, .shuffle = true};

typedef struct take {
    ring from;
    rig_skeleton skeleton;
    rig_tracker *tracker;
    rig_tracker_params params;
    rig_rng rng;
    rig_arena out, scratch;
    shot seen;
    rig_frame3d result;
} take;

static void take_open(take *one, int n_views) {
    rig_err err;
    memset(one, 0, sizeof *one);
    ring_init(&one->from, n_views, 4.5);
    one->skeleton = coco_skeleton();
    one->params = rig_tracker_defaults();
    one->rng = rig_rng_seed(5, 1);
    assert_ok(rig_tracker_open(&one->from.rig, &one->skeleton, FPS, &one->params, &one->tracker, &err));
}

static void take_close(take *one) {
    rig_tracker_close(one->tracker);
    rig_arena_release(&one->out);
    rig_arena_release(&one->scratch);
}

static void see(take *one, const walker *walkers, int n, int frame, const detector *how, double p[][COCO][3]) {
    for (int k = 0; k < n; k++)
        walker_at(&walkers[k], frame / FPS, p[k]);
    shot_take(&one->from, (const double(*)[COCO][3])p, n, frame, how, &one->rng, &one->seen);
}

static void next(take *one, int frame) {
    rig_err err;
    assert_ok(rig_tracker_next(one->tracker, frame, one->seen.views, &one->result, &one->out, &one->scratch, &err));
    for (int k = 1; k < one->result.n; k++)
        assert_true(one->result.people[k - 1].id < one->result.people[k].id);
}

static bool has_position(const rig_joint3d *joint) {
    return joint->state == RIG_JOINT_OK || joint->state == RIG_JOINT_FILLED;
}

// Mean distance of a result person from the truth, over the joints it has; infinite where it has none.
static double person_error(const rig_person3d *person, const double (*p)[3]) {
    double sum = 0;
    int n = 0;
    for (int j = 0; j < COCO; j++)
        if (has_position(&person->joints[j]))
            sum += ring_distance(person->joints[j].p, p[j]), n++;
    return n ? sum / n : INFINITY;
}

static const rig_person3d *find_person(const rig_frame3d *frame, const double (*p)[3]) {
    for (int k = 0; k < frame->n; k++)
        if (person_error(&frame->people[k], p) < MATCH_M)
            return &frame->people[k];
    return NULL;
}

typedef struct tally {
    int found, missed, extra, switches;
    double error_m; // mean over the people found
} tally;

static tally follow(take *one, const walker *walkers, int n, int n_frames, const detector *how) {
    tally sum = {0};
    int last[4] = {0};
    double p[4][COCO][3];
    for (int f = 0; f < n_frames; f++) {
        see(one, walkers, n, f, how, p);
        next(one, f);
        int found = 0;
        for (int k = 0; k < n; k++) {
            const rig_person3d *person = find_person(&one->result, (const double(*)[3])p[k]);
            if (!person)
                continue;
            found++;
            sum.error_m += person_error(person, (const double(*)[3])p[k]);
            sum.switches += last[k] != 0 && last[k] != person->id;
            last[k] = person->id;
        }
        sum.found += found, sum.missed += n - found, sum.extra += one->result.n - found;
    }
    sum.error_m /= sum.found ? sum.found : 1;
    return sum;
}

static void people_who_cross_keep_their_ids(void **state) {
    (void)state;
    static take one;
    for (int n = 1; n <= 4; n++) {
        take_open(&one, 4);
        tally sum = follow(&one, CROSSING, n, 150, &GOOD);
        assert_int_equal(sum.switches, 0);
        assert_int_equal(sum.extra, 0);
        assert_true(sum.missed <= 2 * n); // frames in which they are not yet sure, or seen once
        assert_true(sum.error_m < 0.013); // least squares on the true observations: 0.010
        take_close(&one);
    }
}

static void two_cameras_are_enough(void **state) {
    (void)state;
    static take one;
    take_open(&one, 5);
    one.from.rig.n = 2; // 72 degrees apart
    take_close(&one);
    rig_err err;
    one.rng = rig_rng_seed(6, 1);
    assert_ok(rig_tracker_open(&one.from.rig, &one.skeleton, FPS, &one.params, &one.tracker, &err));
    tally sum = follow(&one, CROSSING, 3, 150, &GOOD);
    assert_int_equal(sum.switches, 0);
    assert_int_equal(sum.extra, 0);
    assert_true(sum.missed <= 10);
    assert_true(sum.error_m < 0.03);
    take_close(&one);
}

static void mistakes_of_grouping_are_mended(void **state) {
    (void)state;
    static take one;
    const detector careless = {3, 0.05, 0.02, 0.03, 1, true, .swap = 0.1, .steal = 0.1, .split = 0.1};
    take_open(&one, 4);
    tally sum = follow(&one, CROSSING, 4, 150, &careless);
    assert_int_equal(sum.switches, 0);
    assert_int_equal(sum.extra, 0);
    assert_true(sum.missed <= 8);
    assert_true(sum.error_m < 0.022); // least squares on the true observations: 0.015
    take_close(&one);
}

static void ghosts_are_nobody(void **state) {
    (void)state;
    static take one;
    detector haunted = GOOD;
    haunted.ghosts = 30;
    take_open(&one, 4);
    tally sum = follow(&one, CROSSING, 2, 40, &haunted);
    assert_int_equal(sum.extra, 0);
    assert_int_equal(sum.switches, 0);
    assert_true(sum.missed <= 6);
    take_close(&one);
}

static void a_view_may_drop_out(void **state) {
    (void)state;
    static take one;
    double p[2][COCO][3];
    take_open(&one, 4);
    int id[2] = {0};
    for (int f = 0; f < 60; f++) {
        see(&one, CROSSING, 2, f, &GOOD, p);
        if (f >= 30)
            one.seen.views[1] = NULL;
        next(&one, f);
        for (int k = 0; k < 2 && f >= 2; k++) {
            const rig_person3d *person = find_person(&one.result, (const double(*)[3])p[k]);
            if (!person)
                continue; // nobody is found where one view of three is left
            assert_true(id[k] == 0 || id[k] == person->id);
            id[k] = person->id;
            for (int j = 0; j < COCO && f >= 30; j++)
                assert_false(person->joints[j].views >> 1 & 1);
        }
    }
    assert_true(id[0] > 0 && id[1] > 0);
    take_close(&one);
}

static void nobody_is_normal(void **state) {
    (void)state;
    static take one;
    take_open(&one, 3);
    shot_take(&one.from, NULL, 0, 0, &GOOD, &one.rng, &one.seen);
    next(&one, 0);
    assert_int_equal(one.result.n, 0);
    one.seen.views[0] = one.seen.views[1] = one.seen.views[2] = NULL;
    next(&one, 1);
    assert_int_equal(one.result.n, 0);
    assert_int_equal(one.result.frame, 1);
    take_close(&one);
}

static void one_view_makes_nobody_but_follows_somebody(void **state) {
    (void)state;
    static take one;
    double p[1][COCO][3];
    const detector exact = {0};
    take_open(&one, 3);
    for (int f = 0; f < 45; f++) {
        see(&one, CROSSING, 1, f, &exact, p);
        if (f < 5 || f >= 15)
            one.seen.views[0] = one.seen.views[2] = NULL;
        next(&one, f);
        if (f < 5) {
            assert_int_equal(one.result.n, 0);
            continue;
        }
        if (f >= 15 && (f - 13) / FPS > one.params.keep_s) { // a frame's play: times are sums
            assert_true(one.result.n == 0 || f == 39);
            continue;
        }
        assert_int_equal(one.result.n, 1);
        for (int j = 0; j < COCO; j++) {
            const rig_joint3d *joint = &one.result.people[0].joints[j];
            assert_int_equal(joint->state, f < 15 ? RIG_JOINT_OK : RIG_JOINT_FILLED);
            assert_int_equal(joint->views, f < 15 ? 7 : 2); // filled along the ray of the view that saw it
            if (f < 15 || j < 7) // arms and legs swing on, and one view does not tell how far
                assert_near(ring_distance(joint->p, p[0][j]), 0, f < 15 ? 1e-6 : 0.2);
        }
    }
    take_close(&one);
}

static void absent_joints_say_why(void **state) {
    (void)state;
    static take one;
    double p[1][COCO][3];
    const detector exact = {0};
    take_open(&one, 3);
    see(&one, CROSSING, 1, 0, &exact, p);
    for (int v = 0; v < 3; v++) {
        one.seen.joints[v][0][3].found = false;
        one.seen.joints[v][0][4].score = NAN;
        one.seen.joints[v][0][9].q[0] = v == 1 ? INFINITY : NAN;
        one.seen.joints[v][0][10].q[v % 2] += v == 0 ? 0 : v * 130; // no two views agree
        one.seen.joints[v][0][15].score = v == 1 ? 0.9 : INFINITY;
        one.seen.joints[v][0][16].q[0] = v == 1 ? one.seen.joints[v][0][16].q[0] : 1e200;
    }
    next(&one, 0);
    assert_int_equal(one.result.n, 1);
    const rig_joint3d *joints = one.result.people[0].joints;
    assert_int_equal(joints[3].state, RIG_JOINT_MISSING);
    assert_int_equal(joints[4].state, RIG_JOINT_MISSING);
    assert_int_equal(joints[9].state, RIG_JOINT_MISSING);
    assert_int_equal(joints[10].state, RIG_JOINT_REJECTED);
    assert_int_equal(joints[15].state, RIG_JOINT_FEW_VIEWS);
    assert_int_equal(joints[16].state, RIG_JOINT_FEW_VIEWS);
    assert_int_equal(joints[0].state, RIG_JOINT_OK);
    take_close(&one);
}

// Who leaves for less than keep_s comes back as who they were; after longer, as somebody new.
static void ids_are_kept_and_not_used_again(void **state) {
    (void)state;
    static take one;
    double p[1][COCO][3];
    take_open(&one, 4);
    for (int f = 0; f < 100; f++) {
        bool away = (f >= 10 && f < 30) || (f >= 40 && f < 80);
        see(&one, CROSSING, away ? 0 : 1, f, &GOOD, p);
        next(&one, f);
        assert_int_equal(one.result.n, away ? 0 : 1);
        if (!away)
            assert_int_equal(one.result.people[0].id, f < 80 ? 1 : 2);
    }
    take_close(&one);
}

// The same take with views and people in another order, and in another world.
static void order_and_world_do_not_matter(void **state) {
    (void)state;
    static take one, other;
    double p[3][COCO][3];
    const double rvec[3] = {0.3, 0.2, 1.4}, t[3] = {3, -2, 1};
    rig_pose Rt_there_here = rig_pose_from_rvec(rvec, t), Rt_here_there = rig_pose_invert(&Rt_there_here);
    detector how = GOOD;
    how.shuffle = false;
    take_open(&one, 4), take_open(&other, 4);
    rig_tracker_close(other.tracker);
    for (int v = 0; v < 4; v++) {
        other.from.cameras[v] = one.from.cameras[3 - v];
        other.from.cameras[v].Rt_cam_world = rig_pose_mul(&one.from.cameras[3 - v].Rt_cam_world, &Rt_here_there);
    }
    rig_err err;
    assert_ok(rig_tracker_open(&other.from.rig, &one.skeleton, FPS, &one.params, &other.tracker, &err));
    for (int f = 0; f < 50; f++) {
        see(&one, CROSSING, 3, f, &how, p);
        next(&one, f);
        for (int v = 0; v < 4; v++) {
            for (int k = 0; k < one.seen.frames[v].n / 2; k++) { // people the other way round
                rig_person2d *people = one.seen.people[v], kept = people[k];
                people[k] = people[one.seen.frames[v].n - 1 - k];
                people[one.seen.frames[v].n - 1 - k] = kept;
            }
            other.seen.views[v] = one.seen.views[3 - v];
        }
        next(&other, f);
        assert_int_equal(one.result.n, other.result.n);
        for (int k = 0; k < one.result.n; k++)
            for (int j = 0; j < COCO; j++) {
                const rig_joint3d *a = &one.result.people[k].joints[j], *b = NULL;
                double moved[3], least = INFINITY;
                rig_pose_apply(&Rt_there_here, a->p, moved);
                for (int i = 0; i < other.result.n; i++) { // ids of people who appear together may differ
                    const rig_joint3d *c = &other.result.people[i].joints[j];
                    if (c->state == a->state && ring_distance(c->p, moved) < least)
                        least = ring_distance(c->p, moved), b = c;
                }
                assert_non_null(b);
                if (has_position(a))
                    assert_near(least, 0, 1e-6);
            }
    }
    take_close(&one), take_close(&other);
}

static void rigs_that_cannot_triangulate_are_refused(void **state) {
    (void)state;
    static ring from;
    rig_skeleton skeleton = coco_skeleton();
    rig_tracker_params params = rig_tracker_defaults();
    rig_tracker *tracker;
    rig_err err;
    ring_init(&from, 3, 4);
    from.cameras[1].has_pose = false;
    assert_int_equal(rig_tracker_open(&from.rig, &skeleton, FPS, &params, &tracker, &err), RIG_ERR_DATA);
    assert_contains(err.text, "'c2'");
    assert_null(tracker);
    from.rig.n = 1;
    assert_int_equal(rig_tracker_open(&from.rig, &skeleton, FPS, &params, &tracker, &err), RIG_ERR_DATA);
    assert_contains(err.text, "got 1");
    rig_tracker_close(NULL);
}

static rig_status whole_take(void *self, rig_err *err) {
    take *one = self;
    rig_arena out = {0}, scratch = {0};
    rig_tracker *tracker = NULL;
    rig_status status = rig_tracker_open(&one->from.rig, &one->skeleton, FPS, &one->params, &tracker, err);
    for (int f = 0; f < 3 && status == RIG_OK; f++)
        status = rig_tracker_next(tracker, f, one->seen.views, &one->result, &out, &scratch, err);
    rig_tracker_close(tracker);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    static take one;
    double p[4][COCO][3];
    detector haunted = GOOD;
    haunted.ghosts = 20; // more than the first chunk holds
    take_open(&one, 4);
    see(&one, CROSSING, 4, 0, &haunted, p);
    assert_true(rig_test_each_allocation_fails(whole_take, &one) >= 5);
    take_close(&one);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_who_cross_keep_their_ids),
        cmocka_unit_test(two_cameras_are_enough),
        cmocka_unit_test(mistakes_of_grouping_are_mended),
        cmocka_unit_test(ghosts_are_nobody),
        cmocka_unit_test(a_view_may_drop_out),
        cmocka_unit_test(nobody_is_normal),
        cmocka_unit_test(one_view_makes_nobody_but_follows_somebody),
        cmocka_unit_test(absent_joints_say_why),
        cmocka_unit_test(ids_are_kept_and_not_used_again),
        cmocka_unit_test(order_and_world_do_not_matter),
        cmocka_unit_test(rigs_that_cannot_triangulate_are_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
