// The board in every frame of a recording.
#ifndef RIG_APP_CORNERS_SEARCH_H
#define RIG_APP_CORNERS_SEARCH_H

#include "app/corner_slices.h"
#include "app/corners_kept.h"
#include "app/session.h"
#include "core/markers.h"

// Decode each feed of a recording that has boards once, and search each view of each frame, all views of all feeds on
// all cores. In a video, which changes little from frame to frame, a board is followed from the frame before where it
// can be, searched where the picture has changed since the last frame that was searched whole (once a second), and not
// searched where nothing has changed since a frame without one. What is found does not depend on the number of threads.
// Memory is that of the frames in work, and of the corners.
//   markers  of the board; NULL: it has none
//   slices   which feeds are asked for, and what is known of them from slices
//   corners  its views, in the session's arena
// Fails as rig_reader_open_grey, rig_reader_next and rig_corners_find_in, naming view and frame; RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_corners_search(rig_session *session, int recording, const rig_markers *markers,
                                          rig_corner_slices *slices, rig_corners_kept *kept,
                                          rig_recording_corners *corners, rig_err *err);

#endif
