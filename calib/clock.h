// Whether two views' clocks agree, by the board's motion: how many frames one is late.
#ifndef RIG_CALIB_CLOCK_H
#define RIG_CALIB_CLOCK_H

#include "core/arena.h"
#include "core/board.h"
#include "core/camera.h"

// One view's clock beside another's.
typedef struct rig_clock_offset {
    bool known;          // false: too few boards in common, or the board hardly moved, or the poses never agree
    double frames;       // frame f of b was seen when frame f + frames of a was
    double sigma_frames; // one standard deviation, by the corners' noise and by how moments differ; 0: the board jumps,
                         // a whole number of frames
    double rms_px;       // of both views' corners at that offset
    double rms_at_0_px;  // and without any; infinite where no poses agree then
    int n;               // moments
} rig_clock_offset;

// Let view b be late by d frames, so that its corners q_b are read at t - d, and let c(d) be the least of 1/2 sum of
// squared residuals r over all poses. By the envelope theorem only q_b's own motion counts in its slope, dc/dd = sum r
// . v with v the corners' velocity; its root is found by secants, whose last curvature k gives the offset's sigma,
// sqrt(variance of the residuals / k). Between frames a board is where a curve has it, and all its corners err
// together: where the moments' shares s of the slope scatter by more, it is sqrt(sum of s^2) / k (Huber 1967).
//
// Find the offset within +-reach frames: a scan by how well the boards' poses agree, then the root of the slope of the
// bundle adjustment's cost. Pictures of a board that was put here and there have only the scan.
//   a, b          boards on one clock's frames; b's corners are read between its frames (cubic, over gaps of at most
//                 twice the usual one, or three frames)
//   cam_a, cam_b  lenses, taken as they are
// Fails with RIG_ERR_MEMORY. Cost: 2 reach + 1 relative poses (calib/pose_graph.h) and some ten refinements of the
// pair.
RIG_CHECKED rig_status rig_clock_offset_find(const rig_board *board, const rig_view_corners *a,
                                             const rig_view_corners *b, const rig_camera *cam_a,
                                             const rig_camera *cam_b, int reach, rig_clock_offset *offset,
                                             rig_arena *scratch, rig_err *err);

#endif
