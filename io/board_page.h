// A calibration board as a page to print: the pattern with white about it, rulers on two sides that show at what scale
// it came out of the printer, and text that says what it is.
#ifndef RIG_IO_BOARD_PAGE_H
#define RIG_IO_BOARD_PAGE_H

#include "core/arena.h"
#include "core/board_pattern.h"
#include "io/drawing.h"

enum { RIG_BOARD_TEXT_MAX = 256 };

// What the board is, without a full stop: kind, squares or tags, sizes in millimetres, markers.
void rig_board_title(const rig_board *board, char title[RIG_BOARD_TEXT_MAX]);
// Which other programs read it as it is, a sentence or more; "" where there is nothing to say.
void rig_board_readers(const rig_board *board, char text[RIG_BOARD_TEXT_MAX]);

// The smallest page that takes the board with all about it: width and height, millimetres.
void rig_board_page_need(const rig_board *board, double need_mm[2]);
// Whether a sheet does, upright or on its side; page_mm is the sheet as the board lies on it.
bool rig_board_page_fits(const rig_board *board, const double paper_mm[2], double page_mm[2]);

// The page, which must fit.
//   markers   the board's; NULL for a chessboard
//   drawing   out: lives in `out`
// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_board_page_draw(const rig_board *board, const rig_markers *markers, const double page_mm[2],
                                           rig_drawing *drawing, rig_arena *out, rig_err *err);

#endif
