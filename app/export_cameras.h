// The calibration in another tool's format.
#ifndef RIG_APP_EXPORT_CAMERAS_H
#define RIG_APP_EXPORT_CAMERAS_H

#include "app/session.h"

// Write the session's calibration into folder, as the format of that name (io/camera_formats.h) has it. Fails with
// RIG_ERR_DATA where the calibration is stale, or holds what the format cannot.
RIG_CHECKED rig_status rig_export_cameras(rig_session *session, const char *name, const char *folder, rig_err *err);

#endif
