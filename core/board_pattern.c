#include "core/board_pattern.h"

#include <stddef.h>

enum { BORDER_CHARUCO = 1, BORDER_TAG = 2 }; // cells

typedef struct pattern {
    rig_board_box *boxes; // NULL: they are counted
    int n;
} pattern;

static void box_add(pattern *to, double x, double y, double width, double height) {
    if (to->boxes)
        to->boxes[to->n] = (rig_board_box){x, y, width, height};
    to->n++;
}

rig_board_box rig_board_extent(const rig_board *board) {
    const double rim = board->kind == RIG_BOARD_APRILGRID ? board->gap_m : board->square_m;
    return (rig_board_box){-rim, -rim, rig_board_along(board, board->cols - 1) + 2 * rim,
                           rig_board_along(board, board->rows - 1) + 2 * rim};
}

static bool code_is_white(uint64_t code, int side, int x, int y) {
    return x >= 0 && y >= 0 && x < side && y < side && (code >> (side * side - 1 - y * side - x) & 1);
}

// A marker whose top left is at (x, y): each row's runs of black cells.
static void marker_add(pattern *to, uint64_t code, int side, int border, double x, double y, double edge) {
    const int n = side + 2 * border;
    const double cell = edge / n;
    for (int row = 0; row < n; row++)
        for (int from = 0, end; from < n; from = end + 1) {
            for (end = from; end < n && !code_is_white(code, side, end - border, row - border); end++)
                continue;
            if (end > from)
                box_add(to, x + from * cell, y + row * cell, (end - from) * cell, cell);
        }
}

static void squares_add(pattern *to, const rig_board *board) {
    for (int row = 0; row <= board->rows; row++)
        for (int column = 0; column <= board->cols; column++)
            if ((row + column) % 2 == board->other_way)
                box_add(to, board->square_m * (column - 1), board->square_m * (row - 1), board->square_m,
                        board->square_m);
}

// The small squares between the corners of tags, and at the rim.
static void gaps_add(pattern *to, const rig_board *board) {
    for (int row = 0; row <= board->rows / 2; row++)
        for (int column = 0; column <= board->cols / 2; column++)
            box_add(to, rig_board_along(board, 2 * column) - board->gap_m,
                    rig_board_along(board, 2 * row) - board->gap_m, board->gap_m, board->gap_m);
}

int rig_board_pattern(const rig_board *board, const rig_markers *markers, rig_board_box *boxes) {
    pattern to = {.boxes = boxes};
    const bool tags = board->kind == RIG_BOARD_APRILGRID;
    const double edge = tags ? board->square_m : board->marker_m, aside = tags ? 0 : (board->square_m - edge) / 2;
    if (tags)
        gaps_add(&to, board);
    else
        squares_add(&to, board);
    for (int i = 0; markers && i < markers->n; i++) {
        int column, row;
        rig_board_marker_corner(board, i, &column, &row);
        const double x = tags ? rig_board_along(board, column) : board->square_m * column;
        const double y = tags ? rig_board_along(board, row) : board->square_m * row;
        marker_add(&to, markers->codes[i], markers->side, tags ? BORDER_TAG : BORDER_CHARUCO, x + aside, y + aside,
                   edge);
    }
    return to.n;
}
