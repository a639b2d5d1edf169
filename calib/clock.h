// Whether two views' clocks agree, by the board's motion: how many frames one is late.
#ifndef RIG_CALIB_CLOCK_H
#define RIG_CALIB_CLOCK_H

#include "core/arena.h"
#include "core/board.h"
#include "core/camera.h"

#ifdef __cplusplus
extern "C" {
#endif

// One view's clock beside another's.
typedef struct rig_clock_offset {
    bool known;          // false: too few boards in common, or the board hardly moved, or the poses never agree
    double frames;       // frame f of b was seen when frame f + frames of a was
    double sigma_frames; // one standard deviation, by the corners' noise; 0: the board jumps, a whole number of frames
    double rms_px;       // of both views' corners at that offset
    double rms_at_0_px;  // and without any; infinite where no poses agree then
    int n;               // moments
} rig_clock_offset;

// Find the offset within +-reach frames: a scan by how well the boards' poses agree, then the root of the slope of the
// joint refinement's cost. Pictures of a board that was put here and there have only the scan.
//   a, b          boards on one clock's frames; b's corners are read between its frames (cubic, over gaps of at most
//                 twice the usual one, or three frames)
//   cam_a, cam_b  lenses, taken as they are
// Fails with RIG_ERR_MEMORY. Cost: 2 reach + 1 links (calib/links.h) and some ten refinements of the pair.
RIG_CHECKED rig_status rig_clock_offset_find(const rig_board *board, const rig_view_corners *a,
                                             const rig_view_corners *b, const rig_camera *cam_a,
                                             const rig_camera *cam_b, int reach, rig_clock_offset *offset,
                                             rig_arena *scratch, rig_err *err);

#ifdef __cplusplus
}
#endif
#endif
