#include "core/board.h"

#include "tests/support/support.h"

static const double M_TOLERANCE = 1e-15; // m, rounding

static void test_corners_go_row_by_row(void **state) {
    (void)state;
    const rig_board board = {.cols = 4, .rows = 3, .square_m = 0.1};
    double p[3];
    assert_int_equal(rig_board_n(&board), 12);
    rig_board_point(&board, 0, p);
    assert_near(p[0], 0, 0);
    assert_near(p[1], 0, 0);
    rig_board_point(&board, 6, p);
    assert_near(p[0], 0.2, M_TOLERANCE);
    assert_near(p[1], 0.1, M_TOLERANCE);
    assert_near(p[2], 0, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_corners_go_row_by_row)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
