// Where the world is: move a solved rig into the frame that its user named.
#ifndef RIG_CALIB_WORLD_H
#define RIG_CALIB_WORLD_H

#include "core/arena.h"
#include "core/board.h"
#include "core/rig.h"

#ifdef __cplusplus
extern "C" {
#endif

// Known scene points and their pixels in some views.
typedef struct rig_scene_points {
    int n;
    const char *const *names;
    const double (*p)[3]; // world, m
    int n_views;
    const char *const *views;
    const double (*const *q)[2]; // q[view][point], q_cam
    const bool *const *seen;     // seen[view][point]
} rig_scene_points;

// World = the board as it lay on the floor: origin at corner 0, x along a row, z UP (so y = z cross x). Every posed
// camera that saw it helps (joint refinement of the board's pose over all frames of `floor`, which must not move).
// Refused where some posed camera would lie under the floor in either reading of the board (a floor board seen once,
// from afar, has two poses: the one that buries no camera is taken, and where both would do and fit alike, neither).
// rms_px: of the floor board. Fails with RIG_ERR_DATA (nobody saw it), RIG_ERR_NUMERIC, RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_world_from_board(const rig_board *board, const rig_view_corners *floor, int n_views,
                                            rig_calibration *rig, double *rms_px, rig_arena *scratch, rig_err *err);
// World = scene points. Where the rig has poses, it is moved as a whole (6 numbers, least squares of the pixels); where
// a camera has none, its pose is solved from its own points, and the rig's covariance is given up: its sigma is what
// tells. rms_px: over all pixels.
// Fails with RIG_ERR_DATA, naming the view with too few points.
RIG_CHECKED rig_status rig_world_from_points(const rig_scene_points *points, rig_calibration *rig, double *rms_px,
                                             rig_arena *scratch, rig_err *err);
// World = the frame of a camera. Fails with RIG_ERR_DATA where no posed camera has that name.
RIG_CHECKED rig_status rig_world_from_camera(const char *view, rig_calibration *rig, rig_err *err);

#ifdef __cplusplus
}
#endif
#endif
