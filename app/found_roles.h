// What the recordings found are for, by their names, and the people that another tool found in the take.
#ifndef RIG_APP_FOUND_ROLES_H
#define RIG_APP_FOUND_ROLES_H

#include "app/found_feeds.h"

typedef struct rig_found_roles {
    int intrinsics, extrinsics, floor, take; // recordings, or -1
    const char *people;                      // the path of keypoints.people, or NULL
    const char *left, *right;                // views of a stereo pair that the intrinsics recording has, or NULL
} rig_found_roles;

// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_found_roles_tell(rig_found *found, rig_found_roles *roles, rig_arena *out, rig_err *err);

// Its pictures show boards, whatever its name says.
void rig_found_roles_board(const rig_found *found, int recording, rig_found_roles *roles, rig_arena *out);

bool rig_found_has(const rig_found *found, int recording, int feed);
// The name of a feed's view, by its tile: the feed's own where it is one picture.
const char *rig_found_view(const rig_found_feed *feed, int tile, rig_arena *out);

#endif
