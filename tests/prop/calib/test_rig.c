// What a calibration must not depend on: the order of views, the number of threads, the names; and what must depend on
// nothing but it: all reprojections.
#include "calib/extrinsics.h"
#include "calib/intrinsics.h"
#include "tests/support/support.h"
#include "tests/unit/calib/made_rig.h"

#include <stdlib.h>

enum { ROUNDS = 5 };

static void use_threads(int n) {
    char text[16];
    snprintf(text, sizeof text, "%d", n);
    assert_int_equal(setenv("OMP_NUM_THREADS", text, 1), 0);
}

static rig_calibration lenses_of(made_rig *rig) {
    rig_calibration c = {.n = rig->n_cameras, .cameras = RIG_NEW(&rig->arena, rig_view_camera, rig->n_cameras)};
    for (int i = 0; i < c.n; i++) {
        snprintf(c.cameras[i].view, RIG_NAME_MAX, "c%d", i + 1);
        c.cameras[i].camera = rig->cameras[i];
    }
    return c;
}

static void solve(made_rig *rig, const rig_view_corners *seen, rig_calibration *found) {
    rig_arena scratch = {0};
    rig_err err;
    assert_ok(
        rig_extrinsics_solve(&rig->board, seen, rig->n_cameras, NULL, 0, false, found, &rig->arena, &scratch, &err));
    rig_arena_release(&scratch);
}

static void no_result_depends_on_the_number_of_threads(void **state) {
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        made_rig rig;
        made_rig_init(&rig, 3 + round % 2, 30, 0.3, 10 + (uint64_t)round);
        rig.seen[1].boards[2].q[5][0] += 40;
        rig_calibration found[3];
        for (int threads = 1; threads <= 3; threads++) {
            use_threads(threads);
            found[threads - 1] = lenses_of(&rig);
            solve(&rig, rig.seen, &found[threads - 1]);
        }
        for (int k = 1; k < 3; k++) {
            assert_memory_equal(&found[k].rms_px, &found[0].rms_px, sizeof(double));
            for (int c = 0; c < rig.n_cameras; c++) {
                const rig_view_camera *a = &found[0].cameras[c], *b = &found[k].cameras[c];
                assert_memory_equal(a->camera.K, b->camera.K, sizeof a->camera.K);
                assert_memory_equal(a->camera.dist, b->camera.dist, sizeof a->camera.dist);
                assert_memory_equal(&a->Rt_cam_world, &b->Rt_cam_world, sizeof a->Rt_cam_world);
            }
        }
        use_threads(2);
        made_rig_release(&rig);
    }
}

static void the_order_of_views_is_only_the_choice_of_the_first(void **state) {
    (void)state;
    const double SAME = 1e-6; // m and px: two ways to one optimum
    for (int round = 0; round < ROUNDS; round++) {
        made_rig rig;
        made_rig_init(&rig, 4, 30, 0.3, 20 + (uint64_t)round);
        rig_calibration a = lenses_of(&rig), b = lenses_of(&rig);
        rig_view_corners turned[4] = {rig.seen[2], rig.seen[0], rig.seen[3], rig.seen[1]};
        solve(&rig, rig.seen, &a);
        solve(&rig, turned, &b);
        assert_near(a.rms_px, b.rms_px, SAME);
        for (int c = 0; c < 4; c++) {
            rig_pose first = rig_pose_invert(&a.cameras[2].Rt_cam_world);
            rig_pose moved = rig_pose_mul(&a.cameras[c].Rt_cam_world, &first); // to camera 3's frame, as b has it
            for (int k = 0; k < 3; k++)
                assert_near(moved.t[k], b.cameras[c].Rt_cam_world.t[k], SAME);
            assert_near(a.cameras[c].camera.K[0], b.cameras[c].camera.K[0], 100 * SAME);
        }
        made_rig_release(&rig);
    }
}

// A board of twice the square in a room of twice the size looks the same: lenses stay, lengths double.
static void lengths_follow_the_square(void **state) {
    (void)state;
    const double SAME = 1e-6;
    made_rig rig;
    made_rig_init(&rig, 3, 25, 0.3, 31);
    rig_calibration a = lenses_of(&rig), b = lenses_of(&rig);
    solve(&rig, rig.seen, &a);
    rig.board.square_m *= 2;
    solve(&rig, rig.seen, &b);
    for (int c = 0; c < 3; c++) {
        assert_near(a.cameras[c].camera.K[0], b.cameras[c].camera.K[0], 100 * SAME);
        for (int k = 0; k < 3; k++)
            assert_near(2 * a.cameras[c].Rt_cam_world.t[k], b.cameras[c].Rt_cam_world.t[k], SAME);
    }
    made_rig_release(&rig);
}

// A window cut out of every picture moves the centre of the lens and nothing else.
static void a_crop_moves_the_centre(void **state) {
    (void)state;
    const double SAME = 1e-5; // px
    made_rig rig;
    rig_arena scratch = {0};
    rig_err err;
    rig_view_camera whole, cut;
    made_rig_init(&rig, 1, 1, 0, 1);
    made_lens_boards(&rig, 25, 0.6, 0.3, 41);
    rig_view_corners *seen = &rig.seen[0];
    assert_ok(rig_intrinsics_solve(&rig.board, seen, RIG_LENS_PINHOLE5, &whole, &rig.arena, &scratch, &err));
    for (int i = 0; i < seen->n; i++)
        for (int k = 0; k < 54; k++)
            seen->boards[i].q[k][0] -= 200, seen->boards[i].q[k][1] += 100;
    assert_ok(rig_intrinsics_solve(&rig.board, seen, RIG_LENS_PINHOLE5, &cut, &rig.arena, &scratch, &err));
    assert_near(cut.camera.K[0], whole.camera.K[0], SAME);
    assert_near(cut.camera.K[2], whole.camera.K[2] - 200, SAME);
    assert_near(cut.camera.K[3], whole.camera.K[3] + 100, SAME);
    assert_near(cut.camera.dist[0], whole.camera.dist[0], SAME);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_result_depends_on_the_number_of_threads),
        cmocka_unit_test(the_order_of_views_is_only_the_choice_of_the_first),
        cmocka_unit_test(lengths_follow_the_square),
        cmocka_unit_test(a_crop_moves_the_centre),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
