#include "tests/unit/triangulate/walkers.h"

#include "triangulate/joints.h"
#include "triangulate/track.h"

static const double DT = 0.04;

static rig_body coco_body(void) {
    rig_skeleton skeleton = coco_skeleton();
    return rig_body_init(&skeleton);
}

static void steady_motion_is_foreseen(void **state) {
    (void)state;
    rig_body body = coco_body();
    rig_track track = {0};
    for (int f = 0; f < 30; f++) {
        rig_track_predict(&track, &body, DT, 6);
        for (int j = 0; j < COCO; j++) {
            double p[3] = {1.2 * f * DT, j, -0.5 * f * DT};
            if (f > 15)
                assert_near(ring_distance(track.joints[j].p, p), 0, 0.005);
            rig_track_measure(&track, j, p, 0.01);
        }
    }
    assert_true(rig_track_sigma(&track, 0) < 0.02);
    assert_joints(&track.known, joints_between(0, COCO - 1));
}

// A joint that is hidden goes with the body, less and less surely; it is forgotten in time.
static void hidden_joint_goes_with_the_body(void **state) {
    (void)state;
    rig_body body = coco_body();
    rig_track track = {0};
    double before = 0;
    for (int f = 0; f < 40; f++) {
        rig_track_predict(&track, &body, DT, 6);
        rig_track_forget(&track, &body, 0.5);
        for (int j = 0; j < COCO; j++)
            if (j != 9 || f < 20)
                rig_track_measure(&track, j, (const double[3]){f * DT, j, 0}, 0.01);
        bool kept = f <= 31; // half a second after frame 19
        assert_int_equal(rig_joint_set_has(&track.known, 9), kept);
        if (f >= 21 && kept) {
            assert_near(ring_distance(track.joints[9].p, (const double[3]){f * DT, 9, 0}), 0, 0.01);
            assert_true(rig_track_sigma(&track, 9) > before);
            before = rig_track_sigma(&track, 9);
        }
    }
}

static void speed_has_a_limit(void **state) {
    (void)state;
    rig_body body = coco_body();
    rig_track track = {0};
    rig_track_measure(&track, 0, (const double[3]){0, 0, 0}, 0.01);
    rig_track_predict(&track, &body, DT, 3);
    rig_track_measure(&track, 0, (const double[3]){5, 0, 0}, 0.01);
    double from = track.joints[0].p[0];
    rig_track_predict(&track, &body, DT, 3);
    assert_true(track.joints[0].p[0] - from <= 3 * DT + 1e-12);
}

static void one_view_tells_across_its_ray(void **state) {
    (void)state;
    rig_body body = coco_body();
    rig_track track = {0};
    rig_track_measure(&track, 3, (const double[3]){0, 0, 0}, 0.01);
    for (int f = 0; f < 20; f++)
        rig_track_predict(&track, &body, DT, 6);
    assert_near(rig_track_sigma_across(&track, 3), rig_track_sigma(&track, 3), 0);
    rig_track_set_on_ray(&track, 3, (const double[3]){1, 2, 3});
    assert_true(rig_track_sigma_across(&track, 3) <= 0.1 && rig_track_sigma(&track, 3) > 0.2);
    assert_near(track.joints[3].p[1], 2, 0);
}

// Joints of a person who stands, as a group of views would have them.
static void stretched_bones_are_refused(void **state) {
    (void)state;
    static ring from;
    static shot seen;
    rig_skeleton skeleton = coco_skeleton();
    rig_body body = rig_body_init(&skeleton);
    rig_arena scratch = {0};
    rig_rng rng = rig_rng_seed(1, 1);
    rig_err err;
    rig_detections detections;
    const rig_detection_params params = {.min_score = 0.1, .gate_m = 0.15, .gate_px = 25};
    double p[1][COCO][3];
    const detector exact = {0};
    ring_init(&from, 3, 4.5);
    walker_at(&(walker){.size = 1}, 0, p[0]);
    p[0][9][0] += 0.5; // the left wrist: all views agree on something else
    shot_take(&from, (const double(*)[COCO][3])p, 1, 0, &exact, &rng, &seen);
    assert_ok(
        rig_detections_collect(from.undistorters, from.rig.n, &body, seen.views, &params, &detections, &scratch, &err));
    const rig_detection *members[3] = {&detections.list[0], &detections.list[1], &detections.list[2]};
    rig_joint3d joints[COCO] = {{0}};
    assert_int_equal(rig_joints_triangulate(&body, members, 3, NULL, 0.02, joints), COCO - 1);
    for (int j = 0; j < COCO; j++)
        assert_int_equal(joints[j].state, j == 9 ? RIG_JOINT_REJECTED : RIG_JOINT_OK);
    rig_arena_release(&scratch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steady_motion_is_foreseen),   cmocka_unit_test(hidden_joint_goes_with_the_body),
        cmocka_unit_test(speed_has_a_limit),           cmocka_unit_test(one_view_tells_across_its_ray),
        cmocka_unit_test(stretched_bones_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
