#include "calib/trajectory.h"

#include "tests/support/support.h"
#include "tests/unit/calib/carried.h"

#include <string.h>

static const double FPS = 30;

// Read from alternating ends, with a gap, some corners hidden: between frames as they would have been seen.
static void a_track_goes_on_between_frames_and_not_across_gaps(void **state) {
    (void)state;
    const double SMOOTH_PX = 0.02, SMOOTH_PX_FRAME = 0.05; // of a cubic over two frames at 0.4 m/s
    made_rig rig;
    rig_arena scratch = {0};
    rig_err err;
    rig_board_trajectory track;
    rig_rng way = rig_rng_seed(2, 5), noise = rig_rng_seed(2, 6);
    double q[54][2], velocity[54][2];
    bool seen[54], hidden[54];
    made_rig_init(&rig, 1, 40, 0, 2);
    carried_look(&rig, &way, 0, 2, FPS, 0, &noise, 0);
    rig_view_corners *view = &rig.seen[0];
    assert_int_equal(view->n, 40);
    for (int i = 1; i < view->n; i += 2)
        for (int k = 0; k < 27; k++)
            for (int axis = 0; axis < 2; axis++) {
                double old = view->boards[i].q[k][axis];
                view->boards[i].q[k][axis] = view->boards[i].q[53 - k][axis];
                view->boards[i].q[53 - k][axis] = old;
            }
    memset(hidden, true, sizeof hidden);
    hidden[7] = false;
    view->boards[12].seen = hidden;
    memmove(view->boards + 20, view->boards + 30, sizeof *view->boards * 10); // frames 40 to 59 are lost
    view->n = 30;
    assert_ok(rig_board_trajectory_init(&rig.board, view, &track, &scratch, &err));
    for (int k = 0; k < 8; k++) {
        double x = 5 + 0.25 * k, p[3], at[3], truth[2];
        rig_pose board = carried_at(&rig.board, &way, x / FPS);
        board = rig_pose_mul(&rig.Rt_cam_world[0], &board);
        assert_true(rig_board_trajectory_at(&track, x, q, velocity, seen));
        for (int i = 0; i < 54; i++) {
            double soon[2];
            rig_board_point(&rig.board, i, p);
            rig_pose_apply(&board, p, at);
            assert_true(seen[i] && rig_camera_project(&rig.cameras[0], at, truth, NULL, NULL));
            rig_pose later = carried_at(&rig.board, &way, (x + 0.01) / FPS);
            later = rig_pose_mul(&rig.Rt_cam_world[0], &later);
            rig_pose_apply(&later, p, at);
            assert_true(rig_camera_project(&rig.cameras[0], at, soon, NULL, NULL));
            for (int axis = 0; axis < 2; axis++) {
                assert_near(q[i][axis], truth[axis], SMOOTH_PX);
                assert_near(velocity[i][axis], (soon[axis] - truth[axis]) / 0.01, 10 * SMOOTH_PX_FRAME);
            }
        }
    }
    assert_true(rig_board_trajectory_at(&track, 23.5, q, velocity, seen));
    assert_true(seen[6] && !seen[7]);
    assert_true(rig_board_trajectory_at(&track, 38, q, velocity, seen));
    assert_false(rig_board_trajectory_at(&track, 38.5, q, velocity, seen));
    assert_false(rig_board_trajectory_at(&track, -0.5, q, velocity, seen));
    assert_false(rig_board_trajectory_at(&track, 78.5, q, velocity, seen));
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

// The largest distance of a corner from where the board was at frames x.
static double farthest(const made_rig *rig, const rig_rng *way, const rig_view_corners *made, double later) {
    double most = 0;
    for (int b = 0; b < made->n; b++) {
        rig_pose board = carried_at(&rig->board, way, (made->boards[b].frame + later) / FPS);
        board = rig_pose_mul(&rig->Rt_cam_world[0], &board);
        for (int i = 0; i < rig_board_n(&rig->board); i++) {
            double p[3], at[3], q[2];
            rig_board_point(&rig->board, i, p);
            rig_pose_apply(&board, p, at);
            assert_true(rig_camera_project(&rig->cameras[0], at, q, NULL, NULL));
            most = fmax(most, hypot(q[0] - made->boards[b].q[i][0], q[1] - made->boards[b].q[i][1]));
        }
    }
    return most;
}

static void boards_are_moved_where_they_go_smoothly(void **state) {
    (void)state;
    const double SEEN_PX = 2,
                 MOVED_PX = 0.5; // 0.4 frames of 0.4 m/s; what is left of it at the ends, by a straight line
    made_rig rig;
    rig_arena out = {0}, scratch = {0};
    rig_err err;
    rig_rng way = rig_rng_seed(2, 5), noise = rig_rng_seed(2, 6);
    rig_view_corners made;
    double x[30];
    bool smooth;
    made_rig_init(&rig, 1, 30, 0, 2);
    carried_look(&rig, &way, 0, 2, FPS, 0, &noise, 0);
    const rig_view_corners *view = &rig.seen[0];
    for (int k = 0; k < 30; k++)
        x[k] = view->boards[k].frame + 0.4;
    assert_ok(rig_boards_at(&rig.board, view, x, &made, &smooth, &out, &scratch, &err));
    assert_true(smooth && made.n == 30);
    assert_true(farthest(&rig, &way, view, 0.4) > SEEN_PX);
    assert_true(farthest(&rig, &way, &made, 0.4) < MOVED_PX);
    for (int k = 0; k < 15; k++) { // put here and there: from one end of the way to the other
        rig_board_view kept = view->boards[2 * k];
        const int other = (7 * k) % 15 * 2;
        view->boards[2 * k].q = view->boards[other].q, view->boards[other].q = kept.q;
    }
    assert_ok(rig_boards_at(&rig.board, view, x, &made, &smooth, &out, &scratch, &err));
    assert_true(!smooth && made.n == 30);
    for (int k = 0; k < 30; k++)
        assert_memory_equal(made.boards[k].q, view->boards[k].q, sizeof(double) * 2 * 54);
    rig_arena_release(&out), rig_arena_release(&scratch);
    made_rig_release(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_track_goes_on_between_frames_and_not_across_gaps),
        cmocka_unit_test(boards_are_moved_where_they_go_smoothly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
