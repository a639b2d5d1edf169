// Every sighting of the board: which view, which moment, and the poses the board may have before that camera.
#ifndef RIG_CALIB_SIGHTINGS_H
#define RIG_CALIB_SIGHTINGS_H

#include "calib/bundle.h"
#include "calib/plane_pose.h"
#include "core/arena.h"
#include "core/board.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rig_sighting {
    int view, at; // boards[at] of seen[view]
    int moment;
    const double (*q)[2];
    const bool *seen; // which of q there are; NULL: all
    int outer[4];     // the outermost of those
    rig_plane_poses poses;
    int reading;   // quarter turns of the board after which q's labels are right (rig_board_turn)
    bool doubtful; // its pose agrees with no other view's of the same moment
} rig_sighting;

typedef struct rig_sightings {
    const rig_board *board;
    int n_points;
    const double (*p)[3]; // of the board
    double centre[3];
    int n_views;
    const rig_camera **cameras; // a view
    int n;
    rig_sighting *list; // by moment, in a moment by view
    int n_moments;
    int *first; // where a moment's begin, n_moments + 1
} rig_sightings;

// Gather all boards of n_views views and find their poses; one thread a view's share, same result for any number.
//   cameras  n_views, kept as pointers
//   out      keeps the list
// Fails with RIG_ERR_MEMORY. Cost O(all corners).
RIG_CHECKED rig_status rig_sightings_gather(const rig_board *board, const rig_view_corners *seen, int n_views,
                                            const rig_camera *const *cameras, rig_sightings *sightings, rig_arena *out,
                                            rig_err *err);

// The view's q and seen: the sighting's, in the order in which it is to be read; copies in `out` where that is not the
// given one. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_sighting_read(const rig_sightings *sightings, const rig_sighting *sighting,
                                         rig_bundle_view *view, rig_arena *out, rig_err *err);

// Quarter turns between the readings that a board allows: 2, since half a turn leaves its outline as it was; a board of
// as many columns as rows: 1; one whose markers tell: 4, none but the given one.
int rig_board_turn_step(const rig_board *board);
// Rt_board_turned: a quarter turn of the board about its middle, `quarters` times. Corner i of the turned board is
// where corner rig_board_turn_corner(i) was. What is seen of Rt_cam_board as read with `quarters` is seen of
// Rt_cam_board * Rt_board_turned as it is.
rig_pose rig_board_turn(const rig_sightings *sightings, int quarters);
int rig_board_turn_corner(const rig_board *board, int i, int quarters);

// How far (px, root mean square over the four outermost corners) the corners of a sighting lie from where a
// pose of the board puts them, the corners read after so many quarter turns; at most limit_px.
double rig_sighting_misfit(const rig_sightings *sightings, const rig_sighting *sighting, const rig_pose *Rt_cam_board,
                           int reading, double limit_px);

#ifdef __cplusplus
}
#endif
#endif
