// Where the world is: move a solved rig into the frame that its user named.
#ifndef RIG_CALIB_WORLD_H
#define RIG_CALIB_WORLD_H

#include "core/arena.h"
#include "core/board.h"
#include "core/people.h"
#include "core/rig.h"

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
// camera that saw it helps (bundle adjustment of the board's pose over all frames of `floor`, which must not move).
// Refused where some posed camera would lie under the floor in either reading of the board (a floor board seen once,
// from afar, has two poses: the one that buries no camera is taken, and where both would do and fit alike, neither).
// rms_px: of the floor board. Fails with RIG_ERR_DATA (nobody saw it), RIG_ERR_NUMERIC, RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_world_from_board(const rig_board *board, const rig_view_corners *floor, int n_views,
                                            rig_calibration *rig, double *rms_px, rig_arena *scratch, rig_err *err);
// World = scene points. Where the rig has poses, it is moved as a whole (6 numbers, least squares of the pixels); where
// a camera has none, its pose is solved from its own points, and its errors have nothing in common with the others'.
// How far the points are off is told by the pixels' residuals, few as they are, and by what is usual: a pixel of what
// is picked by hand, 5 mm of what is measured with a tape, worth 4 residuals. rms_px: over all pixels.
//   out  keeps the covariance; there is none where a camera that is placed has a lens whose errors are not known
// Fails with RIG_ERR_DATA, naming the view with too few points.
RIG_CHECKED rig_status rig_world_from_points(const rig_scene_points *points, rig_calibration *rig, double *rms_px,
                                             rig_arena *out, rig_arena *scratch, rig_err *err);
// World = the frame of a camera. Fails with RIG_ERR_DATA where no posed camera has that name.
RIG_CHECKED rig_status rig_world_from_camera(const char *view, rig_calibration *rig, rig_err *err);

typedef struct rig_gravity {
    int n;             // instants of somebody standing straight
    double spread_rad; // median angle between them and what is taken as up
} rig_gravity;

// Move a rig into the world of people who stand: z up, the floor 8 cm under their ankles (median), the origin in the
// middle of where they stood, x to the right of the rig's first posed camera.
//   people  in the rig's frame
// Up is a trimmed mean: of the unit vectors from between the ankles to between the shoulders, those within three median
// angles of the mean so far, ten times over. The floor is the median height of the lower ankles along it.
// Somebody stands where shoulders, hips and ankles are triangulated and lie on a line to 15 degrees. Walkers lean by a
// few degrees where they go; those who turn round cancel that.
// Fails with RIG_ERR_DATA: a skeleton without those joints, fewer than 30 instants, or a spread of more than 10
// degrees; RIG_ERR_MEMORY.
// A rig with a covariance: the frame follows the cameras' errors as the people do whom they triangulate, and has those
// of its own, by how much ten stretches of the take differ in where up and the floor are, and 2 cm by which ankles are
// not 8 cm over the floor. The middle of where people stood is the origin by definition.
RIG_CHECKED rig_status rig_world_from_people(const rig_people3d *people, const rig_skeleton *skeleton,
                                             rig_calibration *rig, rig_gravity *gravity, rig_arena *scratch,
                                             rig_err *err);

#endif
