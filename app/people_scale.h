#ifndef RIG_APP_PEOPLE_SCALE_H
#define RIG_APP_PEOPLE_SCALE_H

#include "app/session.h"
#include "calib/people_rig.h"

// Bring a rig to metres, by what the rig YAML says: people's height, the distance of two joints or of two cameras, or
// poses that are known (those of `rig`); and see that people, or points, determine it. Fails as rig_people_rig_check,
// and where there is nothing to go by.
RIG_CHECKED rig_status rig_people_scale(rig_session *session, const rig_people_seen *seen, const rig_skeleton *skeleton,
                                        const rig_calibration *rig, rig_people_rig *found, rig_err *err);

#endif
