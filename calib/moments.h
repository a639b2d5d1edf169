// Where the board was at each moment, once cameras are placed: which sighting to believe, from which end each is read.
#ifndef RIG_CALIB_MOMENTS_H
#define RIG_CALIB_MOMENTS_H

#include "calib/sightings.h"

#ifdef __cplusplus
extern "C" {
#endif

// One moment's board in the world: of all poses that its sightings give, the one that all of them together fit best.
// Sets reading and doubtful of its sightings. Where the reading is open, most keep the given one.
//   Rt_cam_world  a view
// Returns false where no sighting has a pose.
bool rig_moment_settle(rig_sightings *sightings, int moment, const rig_pose *Rt_cam_world, rig_pose *Rt_world_board);

#ifdef __cplusplus
}
#endif
#endif
