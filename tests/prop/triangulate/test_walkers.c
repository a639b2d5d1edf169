// Four people on crossing circles for 2,000 frames: who is who never changes, and where they are is nearly as good as
// least squares that is told which observations are whose.
#include "tests/unit/triangulate/walkers.h"

#include "triangulate/tracker.h"

enum { PEOPLE = 4, VIEWS = 4, FRAMES = 2000 };

static const double FPS = 25;
static const double OVER_LEAST_SQUARES = 1.1;
static const double TRUE_PX = 3.5 * 2; // an observation within this of the truth is a true one; noise has 2 px

// Mean error of least squares on the true observations of joint j of a person; negative where fewer than 2 views have
// one.
static double oracle(const ring *from, const shot *seen, const double p[3], int j) {
    rig_point_observation observations[VIEWS];
    int n = 0;
    for (int v = 0; v < VIEWS; v++) {
        double q[2], least = TRUE_PX;
        rig_point_observation observation = {.view = v, .sigma_px = 2};
        assert_true(ring_project(from, v, p, q));
        for (int k = 0; k < seen->frames[v].n; k++) {
            const rig_joint2d *joint = &seen->people[v][k].joints[j];
            double d = hypot(joint->q[0] - q[0], joint->q[1] - q[1]);
            if (joint->found && d < least)
                least = d, observation.q[0] = joint->q[0], observation.q[1] = joint->q[1];
        }
        if (least < TRUE_PX)
            observations[n++] = observation;
    }
    rig_point_params params = {.gate_px = 1e3, .min_parallax_rad = 0.02};
    rig_joint3d joint;
    ring_triangulate(from->undistorters, observations, n, &params, &joint);
    return joint.state == RIG_JOINT_OK ? ring_distance(joint.p, p) : -1;
}

typedef struct sums {
    double error, oracle;
    int n, switches, missed, extra;
    int last[PEOPLE];
} sums;

static double person_error(const rig_person3d *person, const double (*p)[3]) {
    double sum = 0;
    int n = 0;
    for (int j = 0; j < COCO; j++)
        if (person->joints[j].state == RIG_JOINT_OK)
            sum += ring_distance(person->joints[j].p, p[j]), n++;
    return n ? sum / n : INFINITY;
}

static void compare(const ring *from, const shot *seen, const rig_frame3d *frame, const double (*p)[COCO][3],
                    sums *all) {
    int found = 0;
    for (int k = 0; k < PEOPLE; k++) {
        const rig_person3d *person = NULL;
        for (int i = 0; i < frame->n; i++)
            if (person_error(&frame->people[i], p[k]) < 0.3)
                person = &frame->people[i];
        if (!person) {
            all->missed++;
            continue;
        }
        found++;
        all->switches += all->last[k] != 0 && all->last[k] != person->id;
        all->last[k] = person->id;
        for (int j = 0; j < COCO; j++) {
            double best = oracle(from, seen, p[k][j], j);
            if (person->joints[j].state != RIG_JOINT_OK || best < 0)
                continue;
            all->error += ring_distance(person->joints[j].p, p[k][j]);
            all->oracle += best;
            all->n++;
        }
    }
    all->extra += frame->n - found;
}

static void nobody_is_taken_for_another(void **state) {
    (void)state;
    static ring from;
    static shot seen;
    const detector how = {2, 0.05, 0.02, 0.03, 1, true, .swap = 0.01, .steal = 0.01, .split = 0.02};
    const double angle[PEOPLE] = {0, 3, 1.6, 4.6}, x[PEOPLE] = {-0.5, 0.5, 0, 0}, y[PEOPLE] = {0, 0, 0.6, -0.6};
    rig_skeleton skeleton = coco_skeleton();
    rig_tracker_params params = rig_tracker_defaults();
    rig_tracker *tracker;
    rig_rng rng = rig_rng_seed(21, 1);
    rig_arena out = {0}, scratch = {0};
    rig_err err;
    sums all = {0};
    ring_init(&from, VIEWS, 4.5);
    assert_ok(rig_tracker_open(&from.rig, &skeleton, FPS, &params, &tracker, &err));
    for (int f = 0; f < FRAMES; f++) {
        double p[PEOPLE][COCO][3];
        for (int k = 0; k < PEOPLE; k++) {
            const walker who = {x[k] + 1.3 * cos(angle[k]),
                                y[k] + 1.3 * sin(angle[k]),
                                angle[k] + 1.5708,
                                0.78,
                                0.6,
                                k,
                                0.92 + 0.04 * k};
            walker_at(&who, f / FPS, p[k]);
        }
        shot_take(&from, (const double(*)[COCO][3])p, PEOPLE, f, &how, &rng, &seen);
        rig_frame3d frame;
        assert_ok(rig_tracker_next(tracker, f, seen.views, &frame, &out, &scratch, &err));
        compare(&from, &seen, &frame, (const double(*)[COCO][3])p, &all);
        rig_arena_clear(&out);
    }
    print_message("mean %.2f mm, least squares on the true observations %.2f mm, missed %d of %d\n",
                  1e3 * all.error / all.n, 1e3 * all.oracle / all.n, all.missed, PEOPLE * FRAMES);
    assert_int_equal(all.switches, 0);
    assert_int_equal(all.extra, 0);
    assert_true(all.missed <= PEOPLE * FRAMES / 200);
    assert_true(all.error <= OVER_LEAST_SQUARES * all.oracle);
    rig_tracker_close(tracker);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(nobody_is_taken_for_another)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
