// Every observation of the board: which view, which moment, and the poses the board may have before that camera.
#ifndef RIG_CALIB_OBSERVATIONS_H
#define RIG_CALIB_OBSERVATIONS_H

#include "calib/bundle.h"
#include "calib/pnp.h"
#include "core/arena.h"
#include "core/board.h"

typedef struct rig_board_observation {
    int view, at; // boards[at] of seen[view]
    int moment;
    const double (*q)[2];
    const bool *seen;      // which of q there are; NULL: all
    const float *sigma_px; // of each; NULL: not known
    int outer[4];          // the outermost of those
    rig_plane_poses poses;
    int reading;   // quarter turns of the board after which q's labels are right (rig_board_turn)
    bool doubtful; // its pose agrees with no other view's of the same moment
} rig_board_observation;

typedef struct rig_board_observations {
    const rig_board *board;
    int n_points;
    const double (*p)[3]; // of the board
    double centre[3];
    int n_views;
    const rig_camera **cameras; // a view
    int n;
    rig_board_observation *list; // by moment, in a moment by view
    int n_moments;
    int *first; // where a moment's begin, n_moments + 1
} rig_board_observations;

// Gather all boards of n_views views and find their poses; one thread a view's share, same result for any number.
//   cameras  n_views, kept as pointers
//   out      keeps the list
// Fails with RIG_ERR_MEMORY. Cost O(all corners).
RIG_CHECKED rig_status rig_board_observations_gather(const rig_board *board, const rig_view_corners *seen, int n_views,
                                                     const rig_camera *const *cameras,
                                                     rig_board_observations *observations, rig_arena *out,
                                                     rig_err *err);

// The view's q and seen: the observation's, in the order in which it is to be read; copies in `out` where that is not
// the given one. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_board_observation_read(const rig_board_observations *observations,
                                                  const rig_board_observation *observation, rig_bundle_view *view,
                                                  rig_arena *out, rig_err *err);

// Quarter turns between the readings that a board allows: 2, since half a turn leaves its outline as it was; a board of
// as many columns as rows: 1; one whose markers tell: 4, none but the given one.
int rig_board_turn_step(const rig_board *board);
// Rt_board_turned: a quarter turn of the board about its middle, `quarters` times. Corner i of the turned board is
// where corner rig_board_turn_corner(i) was. What is seen of Rt_cam_board as read with `quarters` is seen of
// Rt_cam_board * Rt_board_turned as it is.
rig_pose rig_board_turn(const rig_board_observations *observations, int quarters);
int rig_board_turn_corner(const rig_board *board, int i, int quarters);

// How far (px, root mean square over the four outermost corners) the corners of a observation lie from where a
// pose of the board puts them, the corners read after so many quarter turns; at most limit_px.
double rig_board_observation_residual(const rig_board_observations *observations,
                                      const rig_board_observation *observation, const rig_pose *Rt_cam_board,
                                      int reading, double limit_px);

// One moment's board in the world: of all poses that its observations give, the one that all of them together fit best.
// Sets reading and doubtful of its observations. Where the reading is open, most keep the given one.
//   Rt_cam_world  a view
// Returns false where no observation has a pose.
bool rig_board_observations_pose(rig_board_observations *observations, int moment, const rig_pose *Rt_cam_world,
                                 rig_pose *Rt_world_board);

#endif
