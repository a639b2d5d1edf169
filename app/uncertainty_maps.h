// Pictures of how well a rig knows its points and pixels.
#ifndef RIG_APP_UNCERTAINTY_MAPS_H
#define RIG_APP_UNCERTAINTY_MAPS_H

#include "core/arena.h"
#include "io/uncertainty.h"

// folder/volume.png: the volume's middle level from above, left by keypoints, right by calibration, cameras as discs;
// and folder/VIEW.png: a camera's pixels. Blue is well known, yellow badly; grey: fewer than two cameras. Fails with
// RIG_ERR_IO, RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_uncertainty_draw(const rig_calibration *rig, const rig_uncertainty *uncertainty,
                                            const char *folder, rig_arena *scratch, rig_err *err);

// The cameras that see a point, as bits and as a list. Returns how many.
int rig_cameras_that_see(const rig_calibration *rig, const double p[3], uint64_t *views, int *cameras);

#endif
