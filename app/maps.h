// A network's maps as pictures.
#ifndef RIG_APP_MAPS_H
#define RIG_APP_MAPS_H

#include "app/session.h"

// out/maps/VIEW/FRAME.png of the take's first 20 frames: left the greatest heat of all joints, right the tag of the
// joint of the greatest heat, each over the picture; joints with their tags as numbers. The take's people must come
// from a network. Fails as rig_detector_open and rig_detector_run, and as readers and writers do.
RIG_CHECKED rig_status rig_maps_draw(rig_session *session, rig_err *err);

#endif
