// Places in the world as a camera shows them, to be drawn: what the lens cannot show is left out.
#ifndef RIG_APP_OVERLAY_PROJECT_H
#define RIG_APP_OVERLAY_PROJECT_H

#include "core/rig.h"

// The pixel of a place in the world. False behind the camera, more than half a picture beside it, and where the lens
// model folds back into the picture.
bool rig_overlay_project(const rig_view_camera *camera, const double p[3], double q[2]);

#endif
