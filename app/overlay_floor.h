// The world drawn into a view: its axes, and its floor, z = 0, as a grid in metres.
#ifndef RIG_APP_OVERLAY_FLOOR_H
#define RIG_APP_OVERLAY_FLOOR_H

#include "core/image.h"
#include "core/rig.h"

// Around the cameras and the origin; step_m is what is between two lines.
typedef struct rig_overlay_floor {
    double low[2], high[2], step_m;
} rig_overlay_floor;
rig_overlay_floor rig_overlay_floor_of(const rig_calibration *rig);
// camera: has a pose.
void rig_overlay_floor_draw(rig_image *image, const rig_overlay_floor *f, const rig_view_camera *camera);

#endif
