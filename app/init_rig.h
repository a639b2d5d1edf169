// The rig YAML that init writes for what it found.
#ifndef RIG_APP_INIT_RIG_H
#define RIG_APP_INIT_RIG_H

#include "app/found_cameras.h"

typedef struct rig_init {
    rig_found *found;
    rig_found_roles roles;
    rig_found_calibrations calibrations;
    rig_found_misfit *misfits; // of the calibration that is taken
    int n_misfits;
    int corners[2]; // of the board; 0: not found
} rig_init;

// Write it, commented. Fails with RIG_ERR_IO and RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_init_write(const rig_init *init, const char *path, rig_arena *arena, rig_err *err);

#endif
