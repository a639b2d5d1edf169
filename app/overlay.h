// Pictures that show what was found in the take: people drawn into the views, and a network's maps.
#ifndef RIG_APP_OVERLAY_H
#define RIG_APP_OVERLAY_H

#include "app/session.h"
#include "core/people.h"

// out/overlay/VIEW.mp4 from the take and 60_people2d/: limbs in a colour that a person keeps from frame to frame,
// joints coloured by tag where there are tags. Feeds without pictures are passed over. Fails as the readers and writers
// do.
RIG_CHECKED rig_status rig_overlay_write(rig_session *session, rig_err *err);

// out/maps/VIEW/FRAME.png of the take's first 20 frames: left the greatest heat of all joints, right the tag of the
// joint of the greatest heat, each over the picture; joints with their tags as numbers. The take's people must come
// from a network. Fails as rig_detector_open and rig_detector_run, and as readers and writers do.
RIG_CHECKED rig_status rig_maps_draw(rig_session *session, rig_err *err);

// A tag as a colour, and the same hue for tags 8 apart: people settle about 2 apart.
void rig_tag_colour(double tag, unsigned char bgr[3]);
// One of a few colours that are easily told apart.
void rig_person_colour(int i, unsigned char bgr[3]);
// Draw a person: limbs in one colour, joints in theirs. scale: 1 for a view of 720 rows.
void rig_person_draw(rig_image *image, const rig_person2d *person, const rig_skeleton *skeleton,
                     const unsigned char bgr[3], bool tags, double scale);

#endif
