#include "core/markers.h"

#include <stddef.h>

const char *const *rig_markers_names(rig_board_kind kind) {
    static const char *const charuco[] = {"4x4_50",  "4x4_100",  "4x4_250", "4x4_1000", "5x5_50",   "5x5_100",
                                          "5x5_250", "5x5_1000", "6x6_50",  "6x6_100",  "6x6_250",  "6x6_1000",
                                          "7x7_50",  "7x7_100",  "7x7_250", "7x7_1000", "original", NULL};
    static const char *const aprilgrid[] = {"16h5", "25h9", "36h10", "36h11", NULL};
    return kind == RIG_BOARD_CHARUCO ? charuco : kind == RIG_BOARD_APRILGRID ? aprilgrid : NULL;
}

int rig_board_markers(const rig_board *board) {
    int squares = (board->cols + 1) * (board->rows + 1), tags = board->cols / 2 * (board->rows / 2);
    return board->kind == RIG_BOARD_APRILGRID ? tags
           : board->kind == RIG_BOARD_CHARUCO ? (squares + board->other_way) / 2
                                              : 0;
}

void rig_board_marker_corner(const rig_board *board, int i, int *column, int *row) {
    if (board->kind == RIG_BOARD_APRILGRID) {
        int tags = board->cols / 2, y = i / tags;
        *column = 2 * (i % tags), *row = board->other_way ? board->rows - 2 - 2 * y : 2 * y;
        return;
    }
    int across = board->cols + 1, square = 2 * i + !board->other_way; // of all, were rows of an odd number of squares
    if (across % 2 ==
        0) { // every row has half of its squares white, and they begin now at the first, now at the second
        int y = i / (across / 2);
        square = y * across + 2 * (i % (across / 2)) + (y + !board->other_way) % 2;
    }
    *column = square % across - 1, *row = square / across - 1;
}

uint64_t rig_marker_turn(uint64_t code, int side) {
    uint64_t turned = 0;
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) { // what was x cells from the top and y from the right
            int from = x * side + side - 1 - y;
            turned = turned << 1 | (code >> (side * side - 1 - from) & 1);
        }
    return turned;
}

static int unlike(uint64_t a, uint64_t b) {
    int n = 0;
    for (uint64_t left = a ^ b; left; left &= left - 1)
        n++;
    return n;
}

int rig_markers_correctable(const uint64_t *codes, int n, int side) {
    const int enough = 2 * RIG_MARKERS_CORRECT + 1;
    int least = enough;
    for (int i = 0; i < n; i++) {
        uint64_t turned = codes[i];
        for (int turn = 0; turn < 4; turn++, turned = rig_marker_turn(turned, side))
            for (int j = i; j < n; j++) {
                int apart = j == i && turn == 0 ? enough : unlike(turned, codes[j]);
                least = apart < least ? apart : least;
            }
    }
    return least > 0 ? (least - 1) / 2 : 0;
}

int rig_marker_find(const rig_markers *markers, uint64_t code, int *quarters) {
    int best = -1, least = markers->correct + 1;
    for (int turn = 0; turn < 4; turn++, code = rig_marker_turn(code, markers->side))
        for (int i = 0; i < markers->n; i++) {
            int off = unlike(code, markers->codes[i]);
            if (off < least)
                least = off, best = i, *quarters = turn;
        }
    return best;
}
