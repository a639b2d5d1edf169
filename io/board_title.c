// A board in words.
#include "io/board_page.h"
#include "io/config_keys.h"

#include <stdio.h>
#include <string.h>

static double millimetres(double m) {
    return m * 1000;
}

static void tags_say(const rig_board *board, char title[RIG_BOARD_TEXT_MAX]) {
    snprintf(title, RIG_BOARD_TEXT_MAX,
             "AprilTag grid: %d x %d tags of %.6g mm, %.6g mm apart, family %s, ids %d to %d, the first at the %s left",
             board->cols / 2, board->rows / 2, millimetres(board->square_m), millimetres(board->gap_m),
             rig_markers_names(board->kind)[board->dictionary], board->first_id,
             board->first_id + rig_board_markers(board) - 1,
             rig_key_word_at(rig_key_find("board.first_row"), board->other_way));
}

void rig_board_title(const rig_board *board, char title[RIG_BOARD_TEXT_MAX]) {
    const bool charuco = board->kind == RIG_BOARD_CHARUCO;
    if (board->kind == RIG_BOARD_APRILGRID) {
        tags_say(board, title);
        return;
    }
    const int n = snprintf(title, RIG_BOARD_TEXT_MAX, "%s: %d x %d squares of %.6g mm (%d x %d inner corners)",
                           charuco ? "ChArUco board" : "Chessboard", board->cols + 1, board->rows + 1,
                           millimetres(board->square_m), board->cols, board->rows);
    if (charuco)
        snprintf(title + n, (size_t)(RIG_BOARD_TEXT_MAX - n),
                 ", markers of %.6g mm, dictionary %s, ids %d to %d, first square %s", millimetres(board->marker_m),
                 rig_markers_names(board->kind)[board->dictionary], board->first_id,
                 board->first_id + rig_board_markers(board) - 1,
                 rig_key_word_at(rig_key_find("board.first_square"), board->other_way));
}

// OpenCV 4.6 turned the pattern of boards with an even number of rows of squares; others were always as they are.
static const char *opencv_says(const rig_board *board) {
    const bool even = board->rows % 2 == 1;
    if (board->other_way)
        return even ? "OpenCV reads this pattern before version 4.6, later versions after setLegacyPattern(true)."
                    : "OpenCV has no such pattern.";
    return even ? "OpenCV reads this pattern from version 4.6 on." : "Every version of OpenCV reads this pattern.";
}

static bool kalibr_reads(const rig_board *board) {
    return board->kind == RIG_BOARD_APRILGRID && board->other_way && board->first_id == 0 &&
           strcmp(rig_markers_names(board->kind)[board->dictionary], "36h11") == 0;
}

void rig_board_readers(const rig_board *board, char text[RIG_BOARD_TEXT_MAX]) {
    *text = 0;
    if (board->kind == RIG_BOARD_CHARUCO)
        snprintf(text, RIG_BOARD_TEXT_MAX, "%s", opencv_says(board));
    else if (kalibr_reads(board))
        snprintf(text, RIG_BOARD_TEXT_MAX, "Kalibr: tagCols: %d, tagRows: %d, tagSize: %.6g, tagSpacing: %.6g.",
                 board->cols / 2, board->rows / 2, board->square_m, board->gap_m / board->square_m);
}
