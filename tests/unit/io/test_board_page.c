// Pages of boards of many shapes and sizes: nothing leaves the page or lies on the pattern.
#include "io/board.h"
#include "io/board_page.h"

#include "tests/unit/io/files.h"

static const double EDGE = 5;     // mm of the sheet that stay white
static const double EPS = 1e-6;   // mm
static const double WIDER = 1.15; // a font may be than Helvetica

enum { MARKERS_MAX = 1300 };
static const uint64_t codes[MARKERS_MAX]; // all black

static rig_board board_of(rig_board_kind kind, int cols, int rows, double square_m) {
    rig_board board = {.kind = kind, .cols = cols, .rows = rows, .square_m = square_m};
    board.marker_m = kind == RIG_BOARD_CHARUCO ? 0.7 * square_m : 0;
    board.gap_m = kind == RIG_BOARD_APRILGRID ? 0.3 * square_m : 0;
    return board;
}

static void page_draw(const rig_board *board, const double page[2], rig_drawing *drawing, rig_arena *arena) {
    rig_err err = {""};
    const rig_markers markers = {.side = 4, .n = rig_board_markers(board), .codes = codes};
    assert_true(markers.n <= MARKERS_MAX);
    assert_ok(rig_board_page_draw(board, markers.n ? &markers : NULL, page, drawing, arena, &err));
}

typedef struct region {
    double low[2], high[2];
} region;

static region shape_region(const rig_shape *shape) {
    region r = {{INFINITY, INFINITY}, {-INFINITY, -INFINITY}};
    for (int i = 0; i < 8; i++) {
        r.low[i % 2] = fmin(r.low[i % 2], shape->p[i / 2][i % 2]);
        r.high[i % 2] = fmax(r.high[i % 2], shape->p[i / 2][i % 2]);
    }
    return r;
}

static region label_region(const rig_label *label) {
    const double width = WIDER * label->size * rig_helvetica_width(label->text, -1);
    const double left = label->p[0] - width * (int)label->align / 2;
    return (region){{left, label->p[1] - 0.75 * label->size}, {left + width, label->p[1] + 0.22 * label->size}};
}

static bool apart(const region *a, const region *b) {
    return a->high[0] <= b->low[0] + EPS || b->high[0] <= a->low[0] + EPS || a->high[1] <= b->low[1] + EPS ||
           b->high[1] <= a->low[1] + EPS;
}

static void page_hold(const region *r, const double page[2], const char *what) {
    for (int k = 0; k < 2; k++)
        if (r->low[k] < EDGE - 0.1 || r->high[k] > page[k] - EDGE + 0.1) // half the width of a ruler's line
            fail_msg("%s from (%g, %g) to (%g, %g) on a page of %g x %g", what, r->low[0], r->low[1], r->high[0],
                     r->high[1], page[0], page[1]);
}

// The pattern comes first, at its size; all else keeps off it, and labels off each other.
static void drawing_check(const rig_board *board, const rig_drawing *drawing) {
    const rig_markers markers = {.side = 4, .n = rig_board_markers(board), .codes = codes};
    const int n = rig_board_pattern(board, markers.n ? &markers : NULL, NULL);
    const rig_board_box extent = rig_board_extent(board);
    region pattern = {{INFINITY, INFINITY}, {-INFINITY, -INFINITY}};
    for (int i = 0; i < n; i++) {
        const region r = shape_region(&drawing->shapes[i]);
        for (int k = 0; k < 2; k++)
            pattern.low[k] = fmin(pattern.low[k], r.low[k]), pattern.high[k] = fmax(pattern.high[k], r.high[k]);
    }
    assert_near(pattern.high[0] - pattern.low[0], 1000 * extent.width, EPS);
    assert_near(pattern.high[1] - pattern.low[1], 1000 * extent.height, EPS);
    const double white = 0.2 * 1000 * board->square_m - 0.1;
    const region clear = {{pattern.low[0] - white, pattern.low[1] - white},
                          {pattern.high[0] + white, pattern.high[1] + white}};
    page_hold(&clear, drawing->size, "the pattern");
    for (int i = n; i < drawing->n_shapes; i++) {
        const region r = shape_region(&drawing->shapes[i]);
        page_hold(&r, drawing->size, "a shape");
        assert_true(apart(&r, &clear));
    }
    for (int i = 0; i < drawing->n_labels; i++) {
        const region r = label_region(&drawing->labels[i]);
        page_hold(&r, drawing->size, drawing->labels[i].text);
        assert_true(apart(&r, &clear));
        for (int j = 0; j < i; j++) {
            const region other = label_region(&drawing->labels[j]);
            if (!apart(&r, &other))
                fail_msg("'%s' lies on '%s'", drawing->labels[i].text, drawing->labels[j].text);
        }
    }
}

static void everything_has_its_place(void **state) {
    (void)state;
    const int shapes[][2] = {{2, 2}, {4, 2}, {2, 4}, {9, 6}, {6, 9}, {50, 4}, {2, 50}, {50, 50}};
    const double squares[] = {0.005, 0.0133, 0.025, 0.11};
    rig_arena arena = {0};
    for (int kind = 0; kind < 3; kind++)
        for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
            for (size_t e = 0; e < sizeof squares / sizeof *squares; e++) {
                const int least = kind == RIG_BOARD_APRILGRID ? 2 : 1; // corners come in twos
                const int cols = (shapes[s][0] + least - 1) / least * least;
                const int rows = (shapes[s][1] + least - 1) / least * least;
                const rig_board board = board_of((rig_board_kind)kind, cols, rows, squares[e]);
                double need[2], page[2], other[2];
                rig_drawing drawing;
                rig_board_page_need(&board, need);
                assert_true(rig_board_page_fits(&board, need, page));
                assert_near(page[0], need[0], EPS);
                assert_near(page[1], need[1], EPS);
                assert_true(rig_board_page_fits(&board, (const double[]){need[1], need[0]}, page));
                assert_near(page[0], need[0], EPS);
                for (int k = 0; k < 2; k++) {
                    const double narrow[2] = {need[0] - 0.01 * !k, need[1] - 0.01 * k};
                    assert_false(rig_board_page_fits(&board, narrow, other));
                }
                page_draw(&board, page, &drawing, &arena);
                drawing_check(&board, &drawing);
                page_draw(&board, (const double[]){need[0] + 13, need[1] + 170}, &drawing, &arena);
                drawing_check(&board, &drawing);
                rig_arena_clear(&arena);
            }
    rig_arena_release(&arena);
}

static void boards_are_put_into_words(void **state) {
    (void)state;
    char text[RIG_BOARD_TEXT_MAX];
    rig_board board = board_of(RIG_BOARD_CHESSBOARD, 9, 6, 0.0245);
    rig_board_title(&board, text);
    assert_string_equal(text, "Chessboard: 10 x 7 squares of 24.5 mm (9 x 6 inner corners)");
    rig_board_readers(&board, text);
    assert_string_equal(text, "");
    board = board_of(RIG_BOARD_CHARUCO, 50, 50, 1.2345678);
    board.dictionary = 15, board.first_id = 100, board.other_way = true;
    rig_board_title(&board, text);
    assert_string_equal(
        text, "ChArUco board: 51 x 51 squares of 1234.57 mm (50 x 50 inner corners), markers of 864.197 mm, dictionary "
              "7x7_1000, ids 100 to 1400, first square white");
    board = board_of(RIG_BOARD_APRILGRID, 50, 50, 0.03);
    board.first_id = 5;
    rig_board_title(&board, text);
    assert_string_equal(
        text, "AprilTag grid: 25 x 25 tags of 30 mm, 9 mm apart, family 16h5, ids 5 to 629, the first at the top left");
    rig_board_readers(&board, text);
    assert_string_equal(text, ""); // Kalibr counts from the bottom, from 0, and has 36h11 alone
    board.first_id = 0, board.other_way = true, board.dictionary = 3, board.square_m = 0.02, board.gap_m = 0.005;
    rig_board_readers(&board, text);
    assert_string_equal(text, "Kalibr: tagCols: 25, tagRows: 25, tagSize: 0.02, tagSpacing: 0.25.");
    board.dictionary = 2;
    rig_board_readers(&board, text);
    assert_string_equal(text, "");
}

static rig_status draw_again(void *self, rig_err *err) {
    const rig_board board = board_of(RIG_BOARD_CHARUCO, 9, 6, 0.025);
    const rig_markers markers = {.side = 4, .n = rig_board_markers(&board), .codes = codes};
    rig_arena arena = {0};
    rig_drawing drawing;
    (void)self;
    const rig_status status = rig_board_page_draw(&board, &markers, (const double[]){297, 210}, &drawing, &arena, err);
    rig_arena_release(&arena);
    return status;
}

static rig_status read_again(void *path, rig_err *err) {
    rig_arena arena = {0};
    rig_board board;
    const rig_status status = rig_board_read(path, &board, &arena, err);
    rig_arena_release(&arena);
    return status;
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    char *path = (char *)(uintptr_t)file_put_text(
        "board.yaml", "schema: rigpose/rig/1\nboard: {kind: chessboard, corners: [9, 6], square_m: 0.02}\n");
    assert_true(rig_test_each_allocation_fails(draw_again, NULL) > 0);
    assert_true(rig_test_each_allocation_fails(read_again, path) > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_has_its_place),
        cmocka_unit_test(boards_are_put_into_words),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
