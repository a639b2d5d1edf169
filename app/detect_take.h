// People in all views of the take, by a network.
#ifndef RIG_APP_DETECT_TAKE_H
#define RIG_APP_DETECT_TAKE_H

#include "app/session.h"

enum { RIG_DETECT_THREADS_MAX = 16 };

// Decode each feed once and run the network on each view of each frame, all views of all feeds on all cores. A view's
// frames go in groups (rig_zoom_period): in the first of a group people are looked for in the whole picture, in each
// next one near those of the frame before.
//   people  out, one a view of the rig, zeroed before; views that the take does not have stay so
//   arenas  RIG_DETECT_THREADS_MAX, zeroed before: they hold the people and are the caller's to release, in any case
// Fails as rig_reader_open, rig_detector_open, rig_detector_run and rig_reader_next; the first failure in order of
// frames and views is the one that is told, with its view and frame.
RIG_CHECKED rig_status rig_take_detect(rig_session *session, const rig_model *model, rig_people2d *people,
                                       rig_arena *arenas, rig_err *err);

#endif
