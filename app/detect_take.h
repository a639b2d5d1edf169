// People in all views of the take, by a network.
#ifndef RIG_APP_DETECT_TAKE_H
#define RIG_APP_DETECT_TAKE_H

#include "app/session.h"

enum { RIG_DETECT_THREADS_MAX = 16 };

// Gets the people of a frame of a view, each view's frames in their order; they are valid during the call. One call at
// a time.
typedef rig_status rig_detected(void *taker, int view, const rig_frame2d *frame, rig_err *err);

// Decode each feed once and run the network on each view of each frame, all views of all feeds on all cores. A view's
// frames go in groups (rig_zoom_period): in the first of a group people are looked for in the whole picture, in each
// next one near those of the frame before. Memory is that of the frames in work.
//   kept  how many frames of each view are there from before: they are not handed on, and each feed begins at the last
//         group before the first frame that one of its views lacks
//   until the place of the first frame of each view that is not asked for, where a group begins; LONG_MAX: none
// Fails as rig_reader_open, rig_detector_open, rig_detector_run, rig_reader_next and take; the first failure in order
// of frames and views is the one that is told, with its view and frame.
RIG_CHECKED rig_status rig_take_detect(rig_session *session, const rig_model *model, const long *kept,
                                       const long *until, rig_detected *take, void *taker, rig_err *err);

#endif
