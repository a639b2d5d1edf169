#include "core/markers.h"

#include "tests/support/support.h"

#include <string.h>

static const rig_board charuco = {.kind = RIG_BOARD_CHARUCO, .cols = 4, .rows = 3, .square_m = 1};

// 1 where marker i's square should be, by colours.
static void white_squares_carry_markers_row_by_row(void **state) {
    (void)state;
    const int shapes[][2] = {{4, 3}, {5, 3}, {4, 4}, {5, 4}, {2, 2}};
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++)
        for (int white_first = 0; white_first < 2; white_first++) {
            rig_board board = charuco;
            board.cols = shapes[k][0], board.rows = shapes[k][1], board.other_way = white_first;
            int n = 0;
            for (int y = 0; y <= board.rows; y++)
                for (int x = 0; x <= board.cols; x++) {
                    int column, row;
                    if ((x + y) % 2 == white_first)
                        continue;
                    rig_board_marker_corner(&board, n++, &column, &row);
                    assert_int_equal(column, x - 1);
                    assert_int_equal(row, y - 1);
                }
            assert_int_equal(n, rig_board_markers(&board));
        }
}

static void tags_stand_in_rows_from_above_or_below(void **state) {
    (void)state;
    rig_board board = {.kind = RIG_BOARD_APRILGRID, .cols = 6, .rows = 4, .square_m = 0.08, .gap_m = 0.02};
    int column, row;
    assert_int_equal(rig_board_markers(&board), 6);
    rig_board_marker_corner(&board, 4, &column, &row);
    assert_int_equal(column, 2);
    assert_int_equal(row, 2);
    board.other_way = true;
    rig_board_marker_corner(&board, 4, &column, &row);
    assert_int_equal(row, 0);
    assert_near(rig_board_along(&board, 0), 0, 0);
    assert_near(rig_board_along(&board, 1), 0.08, 1e-15);
    assert_near(rig_board_along(&board, 2), 0.1, 1e-15);
    assert_near(rig_board_along(&board, 5), 0.28, 1e-15);
}

static void a_code_turns(void **state) {
    (void)state;
    uint64_t code = 0x188;                             // 110 / 001 / 000: its right column comes to the top
    assert_int_equal(rig_marker_turn(code, 3), 0x0a4); // 010 / 100 / 100
    for (int turn = 0; turn < 4; turn++)
        code = rig_marker_turn(code, 3);
    assert_int_equal(code, 0x188);
}

static void markers_are_found_turned_and_with_wrong_cells(void **state) {
    (void)state;
    const uint64_t codes[] = {0xb532, 0x0f9a, 0x332d}; // ArUco's first three of 4 x 4 cells
    int correct = rig_markers_correctable(codes, 3, 4), quarters;
    rig_markers markers = {.side = 4, .n = 3, .correct = correct, .codes = codes};
    assert_true(correct >= 1);
    for (int i = 0; i < 3; i++) {
        uint64_t seen = codes[i];
        for (int turn = 0; turn < 4; turn++, seen = rig_marker_turn(seen, 4))
            for (int wrong = 0; wrong < 16; wrong++) {
                assert_int_equal(rig_marker_find(&markers, seen ^ (uint64_t)1 << wrong, &quarters), i);
                assert_int_equal((turn + quarters) % 4, 0);
            }
    }
    assert_int_equal(rig_marker_find(&markers, 0, &quarters), -1);
}

static void like_markers_allow_no_wrong_cells(void **state) {
    (void)state;
    const uint64_t alike[] = {0xb532, 0xb533}, same_turned[] = {0x8000, 0x0001};
    assert_int_equal(rig_markers_correctable(alike, 2, 4), 0);
    assert_int_equal(rig_markers_correctable(same_turned, 2, 4), 0);
    assert_int_equal(rig_markers_correctable(alike, 0, 4), RIG_MARKERS_CORRECT);
}

static void kinds_have_their_own_dictionaries(void **state) {
    (void)state;
    assert_null(rig_markers_names(RIG_BOARD_CHESSBOARD));
    assert_string_equal(rig_markers_names(RIG_BOARD_CHARUCO)[8], "6x6_50");
    assert_string_equal(rig_markers_names(RIG_BOARD_APRILGRID)[3], "36h11");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(white_squares_carry_markers_row_by_row),
        cmocka_unit_test(tags_stand_in_rows_from_above_or_below),
        cmocka_unit_test(a_code_turns),
        cmocka_unit_test(markers_are_found_turned_and_with_wrong_cells),
        cmocka_unit_test(like_markers_allow_no_wrong_cells),
        cmocka_unit_test(kinds_have_their_own_dictionaries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
