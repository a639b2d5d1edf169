// What a view gave to nobody, or as a second choice, is found again by geometry; what is absurd hurts nobody.
#include "tests/unit/triangulate/walkers.h"

#include "triangulate/tracker.h"

enum { VIEWS = 4, WRIST = 9, ANKLE = 15 };

static const double FPS = 25;
static const walker WHO = {0.8, 0, 1.5708, 0.78, 0.6, 0, 1};
static const detector GOOD = {.noise_px = 2};

typedef struct take {
    ring from;
    rig_skeleton skeleton;
    rig_tracker *tracker;
    rig_rng rng;
    rig_arena out, scratch;
    shot seen;
    double p[1][COCO][3];
    rig_frame3d result;
} take;

static void take_open(take *one) {
    rig_tracker_params params = rig_tracker_defaults();
    rig_err err;
    memset(one, 0, sizeof *one);
    ring_init(&one->from, VIEWS, 4.5);
    one->skeleton = coco_skeleton();
    one->rng = rig_rng_seed(9, 1);
    assert_ok(rig_tracker_open(&one->from.rig, &one->skeleton, FPS, &params, &one->tracker, &err));
}

static void take_close(take *one) {
    rig_tracker_close(one->tracker);
    rig_arena_release(&one->out);
    rig_arena_release(&one->scratch);
}

static void look(take *one, int f) {
    walker_at(&WHO, f / FPS, one->p[0]);
    shot_take(&one->from, (const double(*)[COCO][3])one->p, 1, f, &GOOD, &one->rng, &one->seen);
}

static void next(take *one, int f) {
    rig_err err;
    assert_ok(rig_tracker_next(one->tracker, f, one->seen.views, &one->result, &one->out, &one->scratch, &err));
}

// Three of four views have the wrist 80 px off, each elsewhere, and the right place as a runner-up.
static void runners_up_are_chosen(void **state) {
    (void)state;
    for (int with = 0; with < 2; with++) {
        static take one;
        take_open(&one);
        int of_all = 0;
        for (int f = 0; f < 20; f++) {
            look(&one, f);
            for (int v = 1; v < VIEWS && f > 3; v++) {
                rig_joint2d *joint = &one.seen.joints[v][0][WRIST];
                joint->n_others = with;
                joint->others[0] = (rig_other2d){{joint->q[0], joint->q[1]}, 0.4, 0};
                joint->q[v % 2] += v == 3 ? -80 : 80;
            }
            next(&one, f);
            const rig_joint3d *wrist = &one.result.people[0].joints[WRIST];
            of_all += f > 3 && wrist->state == RIG_JOINT_OK && wrist->views == 0xf &&
                      ring_distance(wrist->p, one.p[0][WRIST]) < 0.03;
        }
        assert_true(with ? of_all >= 14 : of_all == 0); // of 16
        take_close(&one);
    }
}

// Two views have the wrist as a joint of nobody: a person of it alone.
static void joints_of_nobody_are_taken_up(void **state) {
    (void)state;
    static take one;
    int taken = 0;
    take_open(&one);
    for (int f = 0; f < 20; f++) {
        look(&one, f);
        for (int v = 0; v < 2; v++) {
            rig_joint2d *joints = one.seen.joints[v][1];
            memset(joints, 0, COCO * sizeof *joints);
            joints_swap(&one.seen.joints[v][0][WRIST], &joints[WRIST]);
            one.seen.people[v][1] = (rig_person2d){0.5, joints};
            one.seen.frames[v].n = 2;
        }
        next(&one, f);
        assert_int_equal(one.result.n, 1);
        taken += one.result.people[0].joints[WRIST].views == 0xf;
    }
    assert_true(taken >= 18);
    take_close(&one);
}

// One joint candidate cannot be two joints: of two people, and not of left and right.
static void a_loose_sight_is_used_once(void **state) {
    (void)state;
    static take one;
    take_open(&one);
    for (int f = 0; f < 8; f++) {
        look(&one, f);
        for (int v = 0; v < VIEWS; v++) { // both wrists at one place; view 3 has it once, of nobody
            rig_joint2d *joints = one.seen.joints[v][0];
            joints[WRIST + 1] = joints[WRIST];
            if (v < 3)
                continue;
            memset(one.seen.joints[v][1], 0, COCO * sizeof *joints);
            joints_swap(&joints[WRIST], &one.seen.joints[v][1][WRIST]);
            joints[WRIST + 1].found = false;
            one.seen.people[v][1] = (rig_person2d){0.5, one.seen.joints[v][1]};
            one.seen.frames[v].n = 2;
        }
        next(&one, f);
        const rig_joint3d *joints = one.result.people[0].joints;
        assert_false((joints[WRIST].views >> 3 & 1) && (joints[WRIST + 1].views >> 3 & 1));
        assert_true((joints[WRIST].views >> 3 & 1) || (joints[WRIST + 1].views >> 3 & 1));
    }
    take_close(&one);
}

// A detector that does not know a left foot from a right one: in each view, in turn, both joints lie on one foot, the
// other foot is a runner-up of both. Knees tell which is which.
static void feet_are_told_apart(void **state) {
    (void)state;
    static take one;
    int right = 0, n = 0;
    take_open(&one);
    for (int f = 0; f < 40; f++) {
        look(&one, f);
        for (int v = 0; v < VIEWS; v++) {
            rig_joint2d *ankles = &one.seen.joints[v][0][ANKLE];
            const rig_joint2d left = ankles[0], other = ankles[1];
            for (int side = 0; side < 2; side++) {
                ankles[side] = (f + v) % 3 ? left : other;
                ankles[side].score = 0.5;
                ankles[side].n_others = 1;
                ankles[side].others[0] =
                    (rig_other2d){{(f + v) % 3 ? other.q[0] : left.q[0], (f + v) % 3 ? other.q[1] : left.q[1]}, 0.5, 0};
            }
        }
        next(&one, f);
        for (int side = 0; side < 2 && ring_distance(one.p[0][ANKLE], one.p[0][ANKLE + 1]) > 0.3; side++, n++) {
            const rig_joint3d *ankle = &one.result.people[0].joints[ANKLE + side];
            right += ankle->state == RIG_JOINT_OK && ring_distance(ankle->p, one.p[0][ANKLE + side]) < 0.1;
        }
    }
    assert_true(n >= 30 && right > 0.9 * n);
    take_close(&one);
}

// Pixels and scores that are NaN, infinite, huge or negative, and frames that one view lacks: the person is followed.
static void absurdities_hurt_nobody(void **state) {
    (void)state;
    static take one;
    const double absurd[] = {NAN, INFINITY, -INFINITY, 1e300, -1e9};
    int ok = 0, n = 0;
    take_open(&one);
    for (int f = 0; f < 60; f++) {
        look(&one, f);
        for (int k = 0; k < 12; k++) {
            rig_joint2d *joint = &one.seen.joints[rig_rng_below(&one.rng, VIEWS)][0][rig_rng_below(&one.rng, COCO)];
            double value = absurd[rig_rng_below(&one.rng, 5)];
            if (k % 3 == 2)
                joint->score = value;
            else
                joint->q[k % 3] = value;
            joint->n_others = 1;
            joint->others[0] = (rig_other2d){{value, value}, value, value};
        }
        if (f % 3 == 1)
            one.seen.views[f % VIEWS] = NULL;
        next(&one, f);
        if (f < 2)
            continue;
        assert_int_equal(one.result.n, 1);
        assert_int_equal(one.result.people[0].id, 1);
        for (int j = 0; j < COCO; j++, n++) {
            const rig_joint3d *joint = &one.result.people[0].joints[j];
            if (joint->state == RIG_JOINT_OK || joint->state == RIG_JOINT_FILLED)
                assert_true(ring_distance(joint->p, one.p[0][j]) < 0.15);
            ok += joint->state == RIG_JOINT_OK;
        }
    }
    assert_true(ok > 0.97 * n);
    take_close(&one);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runners_up_are_chosen),      cmocka_unit_test(joints_of_nobody_are_taken_up),
        cmocka_unit_test(a_loose_sight_is_used_once), cmocka_unit_test(feet_are_told_apart),
        cmocka_unit_test(absurdities_hurt_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
