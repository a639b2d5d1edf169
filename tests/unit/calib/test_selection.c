#include "calib/selection.h"

#include "calib/intrinsics.h"
#include "tests/support/support.h"
#include "tests/unit/calib/made_rig.h"

#include <string.h>

enum { ALIKE = 180, OTHER = 20, CHOSEN = 25 };

// A board that is held still for long, and then shown about.
static int make(made_rig *rig) {
    made_rig_init(rig, 1, 1, 0, 1);
    made_lens_boards(rig, ALIKE + OTHER, 0.6, 0, 3);
    rig_rng rng = rig_rng_seed(4, 4);
    for (int f = 1; f < ALIKE; f++)
        rig->Rt_world_board[f] = rig->Rt_world_board[0];
    made_rig_look(rig, &rng, 0.3);
    int n_other = 0;
    for (int i = 0; i < rig->seen[0].n; i++)
        n_other += rig->seen[0].boards[i].frame >= ALIKE;
    assert_true(n_other > OTHER / 2 && rig->seen[0].n > ALIKE);
    return n_other;
}

static void boards_that_differ_are_chosen(void **state) {
    (void)state;
    made_rig rig;
    rig_arena scratch = {0};
    rig_err err;
    rig_view_corners kept;
    int n_other = 0, n_seen = make(&rig);
    assert_ok(rig_boards_select(&rig.board, rig.seen, 1, CHOSEN, &kept, &rig.arena, &scratch, &err));
    assert_int_equal(kept.n, CHOSEN);
    for (int i = 0; i < kept.n; i++) {
        assert_true(i == 0 || kept.boards[i].frame > kept.boards[i - 1].frame);
        n_other += kept.boards[i].frame >= ALIKE;
    }
    assert_int_equal(n_other, n_seen);

    // They know the lens better than as many taken at even steps.
    rig_view_corners even = rig.seen[0];
    even.boards = RIG_NEW(&rig.arena, rig_board_view, CHOSEN);
    for (even.n = 0; even.n < CHOSEN; even.n++)
        even.boards[even.n] = rig.seen[0].boards[even.n * rig.seen[0].n / CHOSEN];
    rig_view_camera by_choice, by_steps;
    assert_ok(rig_intrinsics_solve(&rig.board, &kept, RIG_LENS_PINHOLE5, &by_choice, &rig.arena, &scratch, &err));
    if (rig_intrinsics_solve(&rig.board, &even, RIG_LENS_PINHOLE5, &by_steps, &rig.arena, &scratch, &err) == RIG_OK)
        assert_true(by_choice.sigma.K[0] < 0.7 * by_steps.sigma.K[0]);
    assert_true(by_choice.variety.coverage > 0.5);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

static void moments_are_chosen_for_all_views_at_once(void **state) {
    (void)state;
    made_rig rig;
    rig_arena scratch = {0};
    rig_err err;
    rig_view_corners kept[4];
    made_rig_init(&rig, 4, 60, 0.3, 2);
    rig.seen[3].n = 0; // and a view that saw nothing
    assert_ok(rig_boards_select(&rig.board, rig.seen, 4, 20, kept, &rig.arena, &scratch, &err));
    for (int v = 0; v < 3; v++) {
        assert_int_equal(kept[v].n, 20);
        for (int i = 0; i < 20; i++)
            assert_int_equal(kept[v].boards[i].frame, kept[0].boards[i].frame);
    }
    assert_int_equal(kept[3].n, 0);
    assert_ok(rig_boards_select(&rig.board, rig.seen, 4, 1000, kept, &rig.arena, &scratch, &err));
    assert_int_equal(kept[1].n, rig.seen[1].n);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

static rig_status afresh(void *self, rig_err *err) {
    made_rig *rig = self;
    rig_arena out = {0}, scratch = {0};
    rig_view_corners kept[2];
    rig_status status = rig_boards_select(&rig->board, rig->seen, 2, 5, kept, &out, &scratch, err);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    return status;
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    made_rig rig;
    made_rig_init(&rig, 2, 10, 0, 1);
    assert_true(rig_test_each_allocation_fails(afresh, &rig) >= 2);
    made_rig_release(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boards_that_differ_are_chosen),
        cmocka_unit_test(moments_are_chosen_for_all_views_at_once),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
