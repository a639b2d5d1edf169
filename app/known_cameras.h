// `cameras` of the rig YAML, or of its `intrinsics`: a calibration of ours or of another tool, as the session takes it.
#ifndef RIG_APP_KNOWN_CAMERAS_H
#define RIG_APP_KNOWN_CAMERAS_H

#include "app/session.h"

// Read it: cameras are called as the rig's views, poses are in metres. Those of another tool are found by name where
// any has a view's, else by order where there are as many as views. What was taken how is told once a session. Fails as
// rig_cameras_read, and with RIG_ERR_CONFIG where neither names nor numbers match, or the unit could be either.
RIG_CHECKED rig_status rig_session_known_cameras(rig_session *session, rig_calibration *calibration, rig_err *err);

// The file or folder that it is read from: `cameras`, or `intrinsics: {cameras: PATH}`, of which lenses alone are
// taken.
const char *rig_known_cameras_path(const rig_config *config);

// The word for a unit of cameras_unit: "metres", "centimetres" or "millimetres".
const char *rig_unit_name(double unit_m);

#endif
