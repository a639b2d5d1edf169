#include "core/board_pattern.h"

#include "tests/support/support.h"

static const double EPS = 1e-12; // metres; sums of a few numbers of size 1
enum { BOXES_MAX = 4096 };

static rig_board_box boxes[BOXES_MAX];

// Boxes that share more than an edge.
static int overlaps(int n) {
    int found = 0;
    for (int a = 0; a < n; a++)
        for (int b = a + 1; b < n; b++) {
            const double right = fmin(boxes[a].x + boxes[a].width, boxes[b].x + boxes[b].width);
            const double low = fmin(boxes[a].y + boxes[a].height, boxes[b].y + boxes[b].height);
            found += right - fmax(boxes[a].x, boxes[b].x) > EPS && low - fmax(boxes[a].y, boxes[b].y) > EPS;
        }
    return found;
}

static bool is_black(int n, double x, double y) {
    for (int i = 0; i < n; i++)
        if (x > boxes[i].x && x < boxes[i].x + boxes[i].width && y > boxes[i].y && y < boxes[i].y + boxes[i].height)
            return true;
    return false;
}

static int pattern_of(const rig_board *board, const rig_markers *markers) {
    const int n = rig_board_pattern(board, markers, NULL);
    assert_true(n <= BOXES_MAX);
    assert_int_equal(rig_board_pattern(board, markers, boxes), n);
    assert_int_equal(overlaps(n), 0);
    return n;
}

static void a_chessboard_is_black_at_the_top_left(void **state) {
    (void)state;
    const rig_board board = {.cols = 4, .rows = 3, .square_m = 0.5};
    const int n = pattern_of(&board, NULL);
    assert_int_equal(n, 10); // of 5 x 4
    for (int row = 0; row < 4; row++)
        for (int column = 0; column < 5; column++)
            assert_int_equal(is_black(n, 0.5 * column - 0.25, 0.5 * row - 0.25), (row + column) % 2 == 0);
    const rig_board_box extent = rig_board_extent(&board);
    assert_near(extent.x, -0.5, EPS);
    assert_near(extent.y, -0.5, EPS);
    assert_near(extent.width, 2.5, EPS);
    assert_near(extent.height, 2, EPS);
}

// In a 3 x 3 code, 100 / 010 / 000: white at its own top left and in its middle.
static const uint64_t CODES[] = {0x110, 0x110, 0x110, 0x110, 0x110, 0x110, 0x110, 0x110, 0x110, 0x110};

static void markers_stand_upright_in_white_squares(void **state) {
    (void)state;
    for (int white_first = 0; white_first < 2; white_first++) {
        const rig_board board = {
            .kind = RIG_BOARD_CHARUCO, .cols = 4, .rows = 3, .square_m = 1, .marker_m = 0.5, .other_way = white_first};
        const rig_markers markers = {.side = 3, .n = rig_board_markers(&board), .codes = CODES};
        const int n = pattern_of(&board, &markers);
        for (int row = 0; row < 4; row++)
            for (int column = 0; column < 5; column++) {
                const double x = column - 1, y = row - 1; // the square's top left
                const bool black = (row + column) % 2 == white_first;
                assert_int_equal(is_black(n, x + 0.2, y + 0.2), black);   // outside the marker
                assert_int_equal(is_black(n, x + 0.3, y + 0.3), true);    // its border: a cell is 0.1
                assert_int_equal(is_black(n, x + 0.40, y + 0.40), black); // its first cell
                assert_int_equal(is_black(n, x + 0.5, y + 0.5), black);
                assert_int_equal(is_black(n, x + 0.6, y + 0.4), true);
                assert_int_equal(is_black(n, x + 0.7, y + 0.7), true);
            }
    }
}

static void tags_have_borders_of_two_cells_and_squares_between(void **state) {
    (void)state;
    const uint64_t codes[] = {0x110, 0, 0, 0, 0x1ff, 0};
    for (int from_below = 0; from_below < 2; from_below++) {
        const rig_board board = {
            .kind = RIG_BOARD_APRILGRID, .cols = 6, .rows = 4, .square_m = 0.7, .gap_m = 0.3, .other_way = from_below};
        const rig_markers markers = {.side = 3, .n = 6, .codes = codes};
        const int n = pattern_of(&board, &markers);
        for (int row = 0; row <= 2; row++)
            for (int column = 0; column <= 3; column++) {
                assert_true(is_black(n, column - 0.15, row - 0.15)); // the small squares
                assert_false(is_black(n, column - 0.15, row + 0.35));
                assert_false(is_black(n, column + 0.35, row - 0.15));
            }
        const double y = from_below ? 1 : 0;
        assert_true(is_black(n, 0.15, y + 0.35)); // the border's second cell: a cell is 0.1
        assert_false(is_black(n, 0.25, y + 0.25));
        assert_true(is_black(n, 0.35, y + 0.25));
        assert_false(is_black(n, 0.35, y + 0.35));
        assert_false(is_black(n, 1.45, 1 - y + 0.45)); // tag 4, in the other row
        assert_true(is_black(n, 1.55, 1 - y + 0.45));
    }
    const rig_board board = {.kind = RIG_BOARD_APRILGRID, .cols = 6, .rows = 4, .square_m = 0.7, .gap_m = 0.3};
    const rig_board_box extent = rig_board_extent(&board);
    assert_near(extent.x, -0.3, EPS);
    assert_near(extent.width, 3.3, EPS);
    assert_near(extent.height, 2.3, EPS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chessboard_is_black_at_the_top_left),
        cmocka_unit_test(markers_stand_upright_in_white_squares),
        cmocka_unit_test(tags_have_borders_of_two_cells_and_squares_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
