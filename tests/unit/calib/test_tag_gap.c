#include "calib/tag_gap.h"
#include "tests/support/support.h"
#include "tests/unit/calib/made_rig.h"

static const double GAPS[] = {0.3, 0.1, 0.25, 0.5, 1};

// Grids with the gaps above, lenses with distortion, noise of 0.2 px.
static void the_gap_is_measured(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof GAPS / sizeof *GAPS; k++) {
        made_rig rig;
        rig_arena scratch = {0};
        rig_err err;
        double share;
        made_rig_init(&rig, 2, 10, 0, 5);
        rig.board =
            (rig_board){.kind = RIG_BOARD_APRILGRID, .cols = 12, .rows = 12, .square_m = 0.1, .gap_m = 0.1 * GAPS[k]};
        made_lens_boards(&rig, 12, 0.5, 0.2, 9);
        assert_ok(rig_tag_gap_measure(&rig.board, rig.seen, 1, &share, &scratch, &err));
        assert_near(share / GAPS[k], 1, 0.02);
        assert_false(rig_tag_gap_differs(&rig.board, share));
        rig.board.gap_m *= 1.2;
        assert_true(rig_tag_gap_differs(&rig.board, share));
        rig_arena_release(&scratch);
        made_rig_release(&rig);
    }
}

static void too_little_says_nothing(void **state) {
    (void)state;
    made_rig rig;
    rig_arena scratch = {0};
    rig_err err;
    double share;
    made_rig_init(&rig, 1, 1, 0.2, 5);
    rig.board = (rig_board){.kind = RIG_BOARD_APRILGRID, .cols = 4, .rows = 2, .square_m = 0.1, .gap_m = 0.03};
    rig.seen[0].n = 0;
    assert_ok(rig_tag_gap_measure(&rig.board, rig.seen, 1, &share, &scratch, &err));
    assert_true(share == 0 && !rig_tag_gap_differs(&rig.board, share));
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_gap_is_measured),
                                       cmocka_unit_test(too_little_says_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
