// extrinsics from people: the poses of cameras whose lenses are known, by the people of the take.
#ifndef RIG_APP_EXTRINSICS_PEOPLE_H
#define RIG_APP_EXTRINSICS_PEOPLE_H

#include "app/session.h"

// Set the poses of rig's cameras that have people, its covariance, and the world where that is where people stand.
// Fails with RIG_ERR_DATA where people do not tell the poses, saying why and what to record.
RIG_CHECKED rig_status rig_poses_from_people(rig_session *session, rig_calibration *rig, rig_err *err);

#endif
