#include "core/rig.h"

#include <string.h>

const rig_view_camera *rig_calibration_find(const rig_calibration *calibration, const char *view) {
    for (int i = 0; i < calibration->n; i++)
        if (strcmp(calibration->cameras[i].view, view) == 0)
            return &calibration->cameras[i];
    return NULL;
}

int rig_calibration_at(const rig_calibration *calibration, int camera) {
    int at = 0;
    for (int c = 0; c < camera; c++)
        at += 4 + rig_lens_n_dist(calibration->cameras[c].camera.lens) + 6;
    return at;
}
