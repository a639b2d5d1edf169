// The calibrations in a folder of recordings: files of other tools, told by their contents, and rigpose's own.
#ifndef RIG_APP_FOUND_CAMERAS_H
#define RIG_APP_FOUND_CAMERAS_H

#include "app/found_roles.h"
#include "core/rig.h"

typedef struct rig_found_calibration {
    const char *path;     // below the folder that was looked through; a folder where each camera has a file; "." for it
    const char *account;  // "Qualisys, 4 cameras, 4 of them named as views here; lengths in millimetres"
    const char *unusable; // why it cannot be `cameras` as it is; NULL: it can
    bool by_order;        // no camera is named as a view, and there are as many: which is which is a guess
    bool unit_missing;    // nothing tells the unit: cameras_unit must
    rig_calibration rig;
} rig_found_calibration;

typedef struct rig_found_calibrations {
    int n, n_usable;
    rig_found_calibration *of;
    const rig_found_calibration *chosen; // the one that is usable; NULL where none or several are
} rig_found_calibrations;

// Read each file in which a calibration may be. A file that is recognised and cannot be read is passed over by name.
// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_found_calibrations_look(const char *folder, rig_found *found, rig_found_calibrations *made,
                                                   rig_arena *out, rig_err *err);

// A view whose pictures in the take are of another shape than its calibration's.
typedef struct rig_found_misfit {
    const char *view;
    int width, height; // of the take's pictures
    int calibrated_w, calibrated_h;
    rig_rect rect; // the largest window of the calibration's shape, in the middle
} rig_found_misfit;

// The misfits of a calibration, in the order of the feeds; those with more than one tile are not looked at. Fails with
// RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_found_misfits(const rig_found *found, int take, const rig_found_calibration *calibration,
                                         rig_found_misfit **misfits, int *n, rig_arena *out, rig_err *err);

#endif
