// Calibration boards and the corners seen of them.
#ifndef RIG_CORE_BOARD_H
#define RIG_CORE_BOARD_H

#include "core/status.h"

#include <stdbool.h>

typedef enum rig_board_kind {
    RIG_BOARD_CHESSBOARD,
    RIG_BOARD_CHARUCO,   // a chessboard with a marker in each white square
    RIG_BOARD_APRILGRID, // rows of tags, a small black square between the corners of each four
} rig_board_kind;

typedef struct rig_board {
    rig_board_kind kind;
    int cols, rows;  // corners in a row, and rows: INNER corners of a chessboard; of a grid of tags two a tag each way
    double square_m; // a square's edge; a tag's
    // Boards with markers only:
    double marker_m; // a ChArUco board's: a marker's edge
    double gap_m;    // a grid of tags': from tag to tag
    int dictionary;  // which of the kind's (core/markers.h)
    int first_id;    // of the first marker; the others follow row by row
    bool other_way;  // ChArUco: the first square is white. Tags: the first row is the lowest
} rig_board;

// One board found in one frame of one view.
typedef struct rig_board_view {
    int frame;       // of the recording
    double (*q)[2];  // cols * rows corners, row by row, q_cam
    bool *seen;      // cols * rows, which of them were seen; NULL: all
    float *sigma_px; // of each, per axis; NULL: not known
} rig_board_view;

// What one view saw of the board in one recording.
typedef struct rig_view_corners {
    char view[RIG_NAME_MAX];
    int width, height;      // of the view
    int n_searched;         // frames looked at
    int n;                  // boards found
    rig_board_view *boards; // in frame order
    // Of the frames looked at, those whose
    int n_followed; // board was fitted from where it had been in the frame before
    int n_part;     // picture was searched only where it had changed
    int n_still;    // picture had not changed since a frame without a board: not searched
    int n_rested;   // picture had not changed for a second: it has the board of the frame before
} rig_view_corners;

// A recording's corners, all its views.
typedef struct rig_recording_corners {
    char recording[RIG_NAME_MAX];
    int n_views;
    rig_view_corners *views;
} rig_recording_corners;

static inline int rig_board_n(const rig_board *board) {
    return board->cols * board->rows;
}
// Whether its markers say which corner is which. Elsewhere a board may be read from another end, too.
static inline bool rig_board_has_markers(const rig_board *board) {
    return board->kind != RIG_BOARD_CHESSBOARD;
}
// How far the corners of column (or row) i are from those of the first, metres: tags have a gap between them.
static inline double rig_board_along(const rig_board *board, int i) {
    return board->kind == RIG_BOARD_APRILGRID ? i / 2 * (board->square_m + board->gap_m) + i % 2 * board->square_m
                                              : board->square_m * i;
}
// Corner i in the board's frame, metres: x along a row, y along a column, z = 0; z points AWAY from who looks at the
// printed side with corner 0 at the top left (x right, y down), as OpenCV's convention has it.
static inline void rig_board_point(const rig_board *board, int i, double p[3]) {
    p[0] = rig_board_along(board, i % board->cols);
    p[1] = rig_board_along(board, i / board->cols);
    p[2] = 0;
}

#endif
