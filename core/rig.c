#include "core/rig.h"

#include <string.h>

const rig_view_camera *rig_calibration_find(const rig_calibration *calibration, const char *view) {
    for (int i = 0; i < calibration->n; i++)
        if (strcmp(calibration->cameras[i].view, view) == 0)
            return &calibration->cameras[i];
    return NULL;
}
