// The boards that a view saw, as they are found.
#ifndef RIG_APP_VIEW_CORNERS_H
#define RIG_APP_VIEW_CORNERS_H

#include "calib/corners.h"
#include "core/arena.h"

// How a frame was searched.
typedef enum rig_search_way {
    RIG_WAY_SEARCHED,
    RIG_WAY_PART,
    RIG_WAY_FOLLOWED,
    RIG_WAY_STILL,
    RIG_WAY_RESTED
} rig_search_way;

// Add what was found of a board of n corners in a frame after those that are there. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_view_corners_add(rig_arena *arena, int n, int frame, const rig_found_board *found,
                                            rig_search_way way, rig_view_corners *to, rig_err *err);

#endif
