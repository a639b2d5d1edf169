// Calibration boards and the corners seen of them.
#ifndef RIG_CORE_BOARD_H
#define RIG_CORE_BOARD_H

#include "core/status.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum rig_board_kind { RIG_BOARD_CHESSBOARD } rig_board_kind;

typedef struct rig_board {
    rig_board_kind kind;
    int cols, rows; // INNER corners in a row, and rows
    double square_m;
} rig_board;

// One board found in one frame of one view.
typedef struct rig_board_view {
    int frame;      // of the recording
    double (*q)[2]; // cols * rows corners, row by row, q_cam
} rig_board_view;

// What one view saw of the board in one recording.
typedef struct rig_view_corners {
    char view[RIG_NAME_MAX];
    int width, height;      // of the view
    int n_searched;         // frames looked at
    int n;                  // boards found
    rig_board_view *boards; // in frame order
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
// Corner i in the board's frame, metres: x along a row, y along a column, z = 0; z points AWAY from who looks at the
// printed side with corner 0 at the top left (x right, y down), as OpenCV's convention has it.
static inline void rig_board_point(const rig_board *board, int i, double p[3]) {
    p[0] = board->square_m * (i % board->cols);
    p[1] = board->square_m * (i / board->cols);
    p[2] = 0;
}

#ifdef __cplusplus
}
#endif
#endif
