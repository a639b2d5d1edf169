#include "calib/clock.h"

#include "tests/support/support.h"
#include "tests/unit/calib/carried.h"

#include <string.h>

enum { REACH = 12 };
static const double FPS = 30, FRAMES = 0.05; // largest error of an offset with 0.3 px noise; issue 4 asks for 0.1

static rig_clock_offset found(made_rig *rig, double late, int n_frames, int step, uint64_t seed, double sigma_px) {
    rig_arena scratch = {0};
    rig_err err;
    rig_clock_offset offset;
    rig_rng way = rig_rng_seed(seed, 5), noise = rig_rng_seed(seed, 6);
    made_rig_init(rig, 3, n_frames, 0, seed);
    for (int c = 0; c < 3; c++)
        carried_look(rig, &way, c, step, FPS, c == 1 ? late : 0, &noise, sigma_px);
    assert_ok(rig_clock_offset_find(&rig->board, &rig->seen[0], &rig->seen[1], &rig->cameras[0], &rig->cameras[1],
                                    REACH, &offset, &scratch, &err));
    rig_arena_release(&scratch);
    return offset;
}

static void a_late_view_is_known_to_a_part_of_a_frame(void **state) {
    (void)state;
    static const double LATE[6] = {0, 0.4, -0.25, 2.7, -7, 10.5};
    for (int k = 0; k < 6; k++)
        for (int step = 1; step <= 4; step += 3) {
            made_rig rig;
            rig_clock_offset offset = found(&rig, LATE[k], 90, step, 3 + (uint64_t)k, 0.3);
            assert_true(offset.known);
            assert_near(offset.frames, LATE[k], FRAMES);
            assert_true(offset.sigma_frames < FRAMES);
            assert_near(offset.rms_px, 0.3 * sqrt(2), 0.05);
            if (fabs(LATE[k]) > 0.2)
                assert_true(offset.rms_at_0_px > 1.1 * offset.rms_px);
            made_rig_release(&rig);
        }
}

// Pictures of a board put here and there: of one view some are missing at the start, or none are.
static void pictures_out_of_step_are_known_by_whole_numbers(void **state) {
    (void)state;
    for (int missing = 0; missing <= 3; missing++) {
        made_rig rig;
        rig_arena scratch = {0};
        rig_err err;
        rig_clock_offset offset;
        made_rig_init(&rig, 2, 25, 0.3, 4);
        rig_view_corners *seen = &rig.seen[1];
        while (seen->n > 0 && seen->boards[0].frame < missing)
            seen->boards++, seen->n--;
        for (int i = 0; i < seen->n; i++)
            seen->boards[i].frame -= missing;
        assert_ok(rig_clock_offset_find(&rig.board, &rig.seen[0], seen, &rig.cameras[0], &rig.cameras[1], REACH,
                                        &offset, &scratch, &err));
        assert_true(offset.known);
        assert_near(offset.frames, missing, FRAMES);
        rig_arena_release(&scratch);
        made_rig_release(&rig);
    }
}

static void a_board_that_hardly_moves_tells_no_time(void **state) {
    (void)state;
    made_rig rig;
    rig_arena scratch = {0};
    rig_err err;
    rig_clock_offset offset;
    rig_rng noise = rig_rng_seed(1, 6), way = rig_rng_seed(1, 5);
    made_rig_init(&rig, 2, 30, 0, 1);
    carry(&rig, &way, 0, FPS, 0);
    made_rig_look(&rig, &noise, 0.3);
    assert_ok(rig_clock_offset_find(&rig.board, &rig.seen[0], &rig.seen[1], &rig.cameras[0], &rig.cameras[1], REACH,
                                    &offset, &scratch, &err));
    assert_false(offset.known);
    rig.seen[1].n = 5; // nor do a few boards
    assert_ok(rig_clock_offset_find(&rig.board, &rig.seen[0], &rig.seen[1], &rig.cameras[0], &rig.cameras[1], REACH,
                                    &offset, &scratch, &err));
    assert_false(offset.known);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

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

static rig_status afresh(void *self, rig_err *err) {
    made_rig *rig = self;
    rig_arena scratch = {0};
    rig_clock_offset offset;
    rig_status status = rig_clock_offset_find(&rig->board, &rig->seen[0], &rig->seen[1], &rig->cameras[0],
                                              &rig->cameras[1], 0, &offset, &scratch, err);
    rig_arena_release(&scratch);
    return status;
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    made_rig rig;
    assert_true(found(&rig, 0.3, 12, 2, 1, 0.3).n > 0);
    assert_true(rig_test_each_allocation_fails(afresh, &rig) >= 2);
    made_rig_release(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_late_view_is_known_to_a_part_of_a_frame),
        cmocka_unit_test(pictures_out_of_step_are_known_by_whole_numbers),
        cmocka_unit_test(a_board_that_hardly_moves_tells_no_time),
        cmocka_unit_test(a_track_goes_on_between_frames_and_not_across_gaps),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
