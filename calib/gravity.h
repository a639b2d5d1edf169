// Which way is up, and where the floor is, by people who stand on it.
#ifndef RIG_CALIB_GRAVITY_H
#define RIG_CALIB_GRAVITY_H

#include "core/arena.h"
#include "core/people.h"
#include "core/rig.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rig_gravity {
    int n;             // instants of somebody standing straight
    double spread_rad; // median angle between them and what is taken as up
} rig_gravity;

// Move a rig into the world of people who stand: z up, the floor 8 cm under their ankles (median), the origin in the
// middle of where they stood, x to the right of the rig's first posed camera.
//   people  in the rig's frame
// Somebody stands where shoulders, hips and ankles are triangulated and lie on a line to 15 degrees. Walkers lean by a
// few degrees where they go; those who turn round cancel that.
// Fails with RIG_ERR_DATA: a skeleton without those joints, fewer than 30 instants, or a spread of more than 10
// degrees; RIG_ERR_MEMORY. Poses' covariances stay those of the rig among itself.
RIG_CHECKED rig_status rig_world_from_people(const rig_people3d *people, const rig_skeleton *skeleton,
                                             rig_calibration *rig, rig_gravity *gravity, rig_arena *scratch,
                                             rig_err *err);

#ifdef __cplusplus
}
#endif
#endif
