// The distances between cameras that the rig YAML gives, and what the calibration makes of them.
#ifndef RIG_APP_LENGTHS_H
#define RIG_APP_LENGTHS_H

#include "app/session.h"

// Set the rig's lengths to those whose cameras both have poses. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_session_lengths(rig_session *session, rig_calibration *rig, rig_err *err);

#endif
