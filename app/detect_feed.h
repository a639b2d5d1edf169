// People in all views of one feed of the take, by a network.
#ifndef RIG_APP_DETECT_FEED_H
#define RIG_APP_DETECT_FEED_H

#include "app/session.h"

// Decode the feed once and run the network on each view of each frame, the views of a frame on all cores.
//   people  out, one a view of the feed, zeroed before
//   arenas  one a view, zeroed before: they hold the people and are the caller's to release, in any case
// Fails as rig_detector_open, rig_detector_run and rig_reader_next, naming view and frame.
RIG_CHECKED rig_status rig_feed_detect(rig_session *session, const rig_model *model, int feed, rig_people2d *people,
                                       rig_arena *arenas, rig_err *err);

#endif
