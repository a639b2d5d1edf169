// A recorded session made up by us, with the truth of it: a room, a rig of cameras, a chessboard that moves, people who
// walk. Drawn by our own rasteriser from analytic bodies, pixel by pixel through the real lens model; same seed, same
// bytes.
#ifndef RIG_TOOLS_SYNTH_SYNTH_H
#define RIG_TOOLS_SYNTH_SYNTH_H

#include "core/arena.h"
#include "core/board.h"
#include "core/image.h"
#include "core/people.h"
#include "core/rig.h"

typedef struct rig_synth_params {
    uint64_t seed;
    int n_people;      // 1..4
    int width, height; // of one view
    double fps;
    int n_board, n_floor, n_take; // frames of the three recordings: board moving, board lying on the floor, people
} rig_synth_params;

rig_synth_params rig_synth_defaults(void); // seed 1, 2 people, 640x480, 25 fps, 120, 5, 150

typedef enum rig_synth_recording { RIG_SYNTH_BOARD, RIG_SYNTH_FLOOR, RIG_SYNTH_TAKE } rig_synth_recording;

// Views 0..3 (c1..c4) are the tiles of the four-view feed "quad"; 4 and 5 (left, right) the halves of the side-by-side
// feed "stereo". All in `truth`: rig (six cameras with poses, lens distortion), board, skeleton coco17, people in 3D
// for each frame.
typedef struct rig_synth rig_synth;

RIG_CHECKED rig_status rig_synth_open(const rig_synth_params *params, const rig_skeleton *coco17, rig_synth **synth,
                                      rig_err *err);
const rig_calibration *rig_synth_rig(const rig_synth *synth);
const rig_board *rig_synth_board(const rig_synth *synth);
const rig_people3d *rig_synth_people(const rig_synth *synth);
// Draw one view of one frame, BGR, with sensor noise, into image (resized). May be called from several threads at once.
// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_synth_draw(const rig_synth *synth, rig_synth_recording recording, int frame, int view,
                                      rig_image *image, rig_err *err);
void rig_synth_close(rig_synth *synth); // NULL is fine

#endif
