// All frames of another tool's people at once, for tests.
#ifndef RIG_TESTS_IO_IMPORT_ALL_H
#define RIG_TESTS_IO_IMPORT_ALL_H

#include "io/imports.h"

#include <limits.h>

static inline rig_status import_all(rig_status opened, rig_import *import, rig_people2d *people, rig_arena *out,
                                    rig_err *err) {
    if (opened != RIG_OK)
        return opened;
    rig_status status = rig_import_next(import, INT_MAX, people, out, err);
    rig_import_close(import);
    return status;
}

static inline rig_status openpose_read(const char *folder, const rig_skeleton *skeleton, const double scale[2],
                                       rig_people2d *people, rig_arena *out, rig_err *err) {
    rig_import *import = NULL;
    rig_status status = rig_openpose_open(folder, skeleton, scale, &import, err);
    return import_all(status, import, people, out, err);
}

static inline rig_status coco_read(const char *path, const rig_skeleton *skeleton, const double scale[2],
                                   rig_people2d *people, rig_arena *out, rig_err *err) {
    rig_import *import = NULL;
    rig_status status = rig_coco_open(path, skeleton, scale, &import, err);
    return import_all(status, import, people, out, err);
}

#endif
