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
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
