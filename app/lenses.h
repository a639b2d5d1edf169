// Lenses that no board of this rig tells: of a calibration, or of focal lengths alone.
#ifndef RIG_APP_LENSES_H
#define RIG_APP_LENSES_H

#include "app/session.h"

// The recording whose pictures focal lengths are of: the take, or that of the poses; -1: there is none.
int rig_lenses_recording(const rig_config *config);
// Cameras without poses for `intrinsics: {cameras: PATH}` or `{focal_px: ...}`. Fails as rig_session_known_cameras, and
// with RIG_ERR_CONFIG where the size of a view's pictures is not known.
RIG_CHECKED rig_status rig_session_lenses(rig_session *session, rig_calibration *rig, rig_err *err);

#endif
