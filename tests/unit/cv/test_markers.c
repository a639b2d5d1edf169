#include "cv/cv.h"
#include "tests/support/support.h"

static rig_err err;

// Codes that others have published for their first markers.
static void the_first_markers_of_known_dictionaries(void **state) {
    (void)state;
    rig_arena arena = {0};
    rig_markers markers;
    rig_board board = {.kind = RIG_BOARD_CHARUCO, .cols = 4, .rows = 3, .square_m = 1, .dictionary = 0};
    assert_ok(rig_cv_markers_load(&board, &markers, &arena, &err));
    assert_int_equal(markers.side, 4);
    assert_int_equal(markers.n, 10);
    assert_int_equal(markers.codes[0], 0xb532);
    board.first_id = 1;
    assert_ok(rig_cv_markers_load(&board, &markers, &arena, &err));
    assert_int_equal(markers.codes[0], 0x0f9a);
    board = (rig_board){.kind = RIG_BOARD_APRILGRID, .cols = 12, .rows = 12, .square_m = 1, .dictionary = 3};
    assert_ok(rig_cv_markers_load(&board, &markers, &arena, &err));
    assert_int_equal(markers.side, 6);
    assert_int_equal(markers.n, 36);
    assert_int_equal(markers.codes[0], 0xd5d628584); // AprilTag's tag36h11, row by row
    assert_int_equal(markers.correct, RIG_MARKERS_CORRECT);
    rig_arena_release(&arena);
}

static void every_dictionary_loads(void **state) {
    (void)state;
    const rig_board_kind kinds[2] = {RIG_BOARD_CHARUCO, RIG_BOARD_APRILGRID};
    rig_arena arena = {0};
    rig_markers markers;
    for (int k = 0; k < 2; k++)
        for (int i = 0; rig_markers_names(kinds[k])[i]; i++) {
            rig_board board = {.kind = kinds[k], .cols = 4, .rows = 4, .square_m = 1, .dictionary = i};
            const char *name = rig_markers_names(kinds[k])[i];
            assert_ok(rig_cv_markers_load(&board, &markers, &arena, &err));
            if (name[0] >= '4' && name[0] <= '7')
                assert_int_equal(markers.side, name[0] - '0');
            board.first_id = 5000;
            assert_int_equal(rig_cv_markers_load(&board, &markers, &arena, &err), RIG_ERR_CONFIG);
            assert_contains(err.text, name);
        }
    rig_arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_markers_of_known_dictionaries),
        cmocka_unit_test(every_dictionary_loads),
    };
    const rig_board any = {.kind = RIG_BOARD_CHARUCO, .cols = 3, .rows = 3, .square_m = 1};
    rig_arena arena = {0};
    rig_markers markers;
    rig_status status = rig_cv_markers_load(&any, &markers, &arena, &err);
    rig_arena_release(&arena);
    if (status == RIG_ERR_CONFIG) // OpenCV without its aruco module
        return RIG_TEST_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
