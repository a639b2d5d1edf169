#include "tests/unit/triangulate/walkers.h"

#include "triangulate/affinity.h"

static const rig_detection_params USED = {.min_score = 0.1, .gate_m = 0.15, .gate_px = 25};

typedef struct scene {
    ring from;
    rig_skeleton skeleton;
    rig_body body;
    shot seen;
    rig_arena scratch;
    rig_detections detections;
    double p[2][COCO][3];
} scene;

// Two people 1.2 m apart, two views 90 degrees apart; seen without noise, people of a view in order.
static void scene_open(scene *one) {
    static const walker TWO[2] = {{.x = 0.6, .heading = 1, .speed = 1, .size = 1},
                                  {.x = -0.6, .heading = 2, .size = 0.95}};
    const detector exact = {0};
    rig_rng rng = rig_rng_seed(1, 1);
    rig_err err;
    memset(one, 0, sizeof *one);
    ring_init(&one->from, 4, 4.5);
    one->from.rig.n = 2;
    one->skeleton = coco_skeleton();
    one->body = rig_body_init(&one->skeleton);
    for (int k = 0; k < 2; k++)
        walker_at(&TWO[k], 0, one->p[k]);
    shot_take(&one->from, (const double(*)[COCO][3])one->p, 2, 0, &exact, &rng, &one->seen);
    assert_ok(rig_detections_collect(one->from.undistorters, one->from.rig.n, &one->body, one->seen.views, &USED,
                                     &one->detections, &one->scratch, &err));
    assert_int_equal(one->detections.n, 4);
}

static void same_person_attracts_more_than_others(void **state) {
    (void)state;
    static scene one;
    scene_open(&one);
    rig_view_pair pair = rig_view_pair_init(&one.from.cameras[0].Rt_cam_world, &one.from.cameras[1].Rt_cam_world);
    double w[2][2];
    for (int a = 0; a < 2; a++)
        for (int b = 0; b < 2; b++)
            w[a][b] = rig_affinity_across_views(&pair, &one.body, &one.detections.list[a], &one.detections.list[2 + b]);
    assert_true(w[0][0] > 10 && w[1][1] > 10);
    assert_true(w[0][1] < 2 && w[1][0] < 2); // two views alone may leave a little doubt
    rig_arena_release(&one.scratch);
}

static void expected_person_attracts_itself(void **state) {
    (void)state;
    static scene one;
    double sigma_m[COCO];
    scene_open(&one);
    for (int j = 0; j < COCO; j++)
        sigma_m[j] = 0.03;
    const rig_joint_set all = joints_between(0, COCO - 1), none = {{0}};
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < 4; i++) {
            const rig_detection *seen = &one.detections.list[i];
            double w = rig_affinity_with_prediction(&one.body, seen, &all, (const double(*)[3])one.p[k], sigma_m);
            assert_true(i % 2 == k ? w > 6 : w < -2);
            assert_true(rig_affinity_with_prediction(&one.body, seen, &none, (const double(*)[3])one.p[k], sigma_m) ==
                        0);
        }
    rig_arena_release(&one.scratch);
}

static void parts_of_one_may_be_joined(void **state) {
    (void)state;
    static scene one;
    scene_open(&one);
    rig_detection upper = one.detections.list[0], lower = one.detections.list[0], twice = one.detections.list[0];
    upper.has = joints_between(0, 10), lower.has = joints_between(11, COCO - 1);
    assert_true(rig_affinity_within_view(&one.body, &upper, &lower) == 0);
    assert_true(rig_affinity_within_view(&one.body, &one.detections.list[0], &twice) == 0); // found twice at one place
    assert_true(rig_affinity_within_view(&one.body, &one.detections.list[0], &one.detections.list[1]) ==
                RIG_AFFINITY_NEVER);
    rig_arena_release(&one.scratch);
}

// A person who would be 4 m tall where the rays meet is not met there.
static void size_speaks(void **state) {
    (void)state;
    static scene one;
    scene_open(&one);
    rig_view_pair pair = rig_view_pair_init(&one.from.cameras[0].Rt_cam_world, &one.from.cameras[1].Rt_cam_world);
    double before = rig_affinity_across_views(&pair, &one.body, &one.detections.list[0], &one.detections.list[2]);
    one.detections.list[0].px_per_m *= 2.3;
    double after = rig_affinity_across_views(&pair, &one.body, &one.detections.list[0], &one.detections.list[2]);
    assert_true(after < before - 3);
    rig_arena_release(&one.scratch);
}

static void pixels_that_are_none_are_not_seen(void **state) {
    (void)state;
    static scene one;
    rig_err err;
    scene_open(&one);
    rig_joint2d *joints = one.seen.joints[0][0];
    joints[0].q[0] = NAN, joints[1].score = NAN, joints[2].q[1] = 1e9, joints[3].score = -1, joints[4].found = false;
    joints[5].score = INFINITY, joints[6].score = 0.05, joints[7].filled = true, joints[7].score = 1,
    joints[8].score = 40;
    for (int j = 0; j < COCO; j++)
        one.seen.joints[1][0][j].found = false; // a person without joints is none
    assert_ok(rig_detections_collect(one.from.undistorters, one.from.rig.n, &one.body, one.seen.views, &USED,
                                     &one.detections, &one.scratch, &err));
    assert_int_equal(one.detections.n, 3);
    assert_joints(&one.detections.list[0].has, joints_between(7, COCO - 1));
    assert_int_equal(one.detections.list[0].n, COCO - 7);
    assert_near(one.detections.list[0].weight[8], 1, 0);
    assert_true(one.detections.list[0].weight[7] < 0.5);
    assert_true(one.detections.list[0].rays[7].sigma_px > one.detections.list[0].rays[8].sigma_px);
    rig_arena_release(&one.scratch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_person_attracts_more_than_others),
        cmocka_unit_test(expected_person_attracts_itself),
        cmocka_unit_test(parts_of_one_may_be_joined),
        cmocka_unit_test(size_speaks),
        cmocka_unit_test(pixels_that_are_none_are_not_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
