// The chessboard: its print through the lens, filtered so that corners lie where the camera model says, to 0.01 px.
#ifndef RIG_TOOLS_SYNTH_CHART_H
#define RIG_TOOLS_SYNTH_CHART_H

#include "core/board.h"
#include "tools/synth/draw.h"

// The square between corners (0, 0), (1, 0), (0, 1) and (1, 1) is black: where one of cols and rows is odd and the
// other even, the square at the opposite end is then white, and the colours tell the board from the board turned by
// half.
enum { RIG_CHART_FIRST_BLACK = 1 };

// Draw the board with its white margin of one square (and its plain back), hidden where the canvas is nearer.
void rig_chart_draw(rig_canvas *canvas, const rig_viewpoint *viewpoint, const rig_lights *lights,
                    const rig_board *board, const rig_pose *Rt_world_board);
// The board as a solid, for its shadow.
rig_solid rig_chart_solid(const rig_board *board, const rig_pose *Rt_world_board);

#endif
