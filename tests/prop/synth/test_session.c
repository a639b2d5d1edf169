#include "tools/synth/scene.h"

#include "tests/support/support.h"
#include "tests/unit/synth/coco.h"

#include <stdlib.h>

enum { SEEDS = 4, SEEDS_OF_BOARDS = 10 };
static const double RIGID_M = 1e-9;
static const int DIFFERS = 14; // grey levels, sum of three channels: far beyond noise

// What moves rigidly: limbs by their ends.
static void test_limbs_keep_their_lengths(void **state) {
    (void)state;
    static const int limbs[][2] = {{5, 7},   {7, 9},   {6, 8},   {8, 10},  {11, 13},
                                   {13, 15}, {12, 14}, {14, 16}, {11, 12}, {0, 1}};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        rig_synth_params params = small_params(seed);
        params.width = 64, params.height = 48, params.n_take = 200;
        const rig_skeleton skeleton = coco17();
        rig_synth *synth = NULL;
        rig_err err = {""};
        assert_ok(rig_synth_open(&params, &skeleton, &synth, &err));
        const rig_people3d *people = rig_synth_people(synth);
        for (int f = 0; f < people->n_frames; f++)
            for (int i = 0; i < people->frames[f].n; i++)
                for (size_t k = 0; k < sizeof limbs / sizeof *limbs; k++) {
                    double length[2], d[3];
                    for (int when = 0; when < 2; when++) {
                        const rig_joint3d *joints = people->frames[when ? f : 0].people[i].joints;
                        for (int axis = 0; axis < 3; axis++)
                            d[axis] = joints[limbs[k][0]].p[axis] - joints[limbs[k][1]].p[axis];
                        length[when] = rig_norm3(d);
                    }
                    assert_near(length[1], length[0], RIGID_M);
                }
        rig_synth_close(synth);
    }
}

static void test_nobody_jumps(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        rig_synth_params params = small_params(seed);
        params.width = 64, params.height = 48, params.n_people = 4;
        const rig_skeleton skeleton = coco17();
        rig_synth *synth = NULL;
        rig_err err = {""};
        assert_ok(rig_synth_open(&params, &skeleton, &synth, &err));
        const rig_people3d *people = rig_synth_people(synth);
        for (int f = 1; f < people->n_frames; f++)
            for (int i = 0; i < people->frames[f].n; i++)
                for (int j = 0; j < 17; j++) {
                    const double *a = people->frames[f - 1].people[i].joints[j].p,
                                 *b = people->frames[f].people[i].joints[j].p;
                    const double d[3] = {b[0] - a[0], b[1] - a[1], b[2] - a[2]};
                    assert_true(rig_norm3(d) < 6.0 / 25); // 6 m/s: a swinging ankle
                }
        rig_synth_close(synth);
    }
}

// The joints that no other body hides lie on pixels that people changed.
static void test_people_are_drawn_where_their_joints_are(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        rig_synth_params params = small_params(seed);
        params.width = 320, params.height = 240;
        const rig_skeleton skeleton = coco17();
        rig_synth *synth = NULL;
        rig_image image = {0};
        rig_err err = {""};
        assert_ok(rig_synth_open(&params, &skeleton, &synth, &err));
        int n = 0, on = 0;
        for (int f = 0; f < params.n_take; f += 10)
            for (int v = 0; v < 6; v++) {
                const rig_frame3d *frame = &rig_synth_people(synth)->frames[f];
                assert_ok(rig_synth_draw(synth, RIG_SYNTH_TAKE, f, v, &image, &err));
                for (int i = 0; i < frame->n; i++)
                    for (int j = 0; j < 17; j++) {
                        double p[3], q[2];
                        rig_pose_apply(&synth->viewpoints[v].Rt_cam_world, frame->people[i].joints[j].p, p);
                        const bool inside = rig_viewpoint_project(&synth->viewpoints[v], p, q);
                        assert_int_equal(inside, frame->people[i].joints[j].views >> v & 1);
                        if (!inside)
                            continue;
                        const int at = (int)lround(q[1]) * params.width + (int)lround(q[0]);
                        int differs = 0;
                        for (int c = 0; c < 3; c++)
                            differs += abs(image.data[3 * at + c] - synth->empty[v].ink[at][c] / RIG_INK_LEVEL);
                        n++;
                        on += differs > DIFFERS;
                    }
            }
        assert_true(n > 300);
        assert_true(on > 0.93 * n); // a shirt may be of the wall's colour
        rig_image_release(&image);
        rig_synth_close(synth);
    }
}

static void test_every_camera_sees_the_board_in_forty_frames_of_a_hundred_and_twenty(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS_OF_BOARDS; seed++) {
        rig_synth_params params = rig_synth_defaults();
        params.seed = seed, params.width = 64, params.height = 48, params.n_take = 0;
        const rig_skeleton skeleton = coco17();
        rig_synth *synth = NULL;
        rig_err err = {""};
        assert_ok(rig_synth_open(&params, &skeleton, &synth, &err));
        int seen[6] = {0}, pair = 0, several = 0;
        for (int f = 0; f < params.n_board; f++) {
            const rig_pose Rt =
                rig_carry_board(&synth->carry, &synth->board, &synth->room->Rt_world_room, f, params.n_board);
            bool sees[6];
            int n = 0;
            for (int v = 0; v < 6; v++) {
                double q[2];
                sees[v] = rig_carry_seen(&synth->board, &Rt, &synth->rig.cameras[v], q);
                seen[v] += sees[v];
                n += sees[v];
            }
            pair += sees[4] && sees[5];
            several += n > 1;
        }
        for (int v = 0; v < 6; v++)
            assert_in_range(seen[v], 40, 120);
        assert_in_range(pair, 30, 120);
        assert_in_range(several, 60, 120);
        rig_synth_close(synth);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limbs_keep_their_lengths),
        cmocka_unit_test(test_nobody_jumps),
        cmocka_unit_test(test_people_are_drawn_where_their_joints_are),
        cmocka_unit_test(test_every_camera_sees_the_board_in_forty_frames_of_a_hundred_and_twenty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
