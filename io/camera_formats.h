// Calibrations in other tools' files. A format is a row of one table; its writer and its reader stand in one file,
// io/camera_<format>.c, which says where the tool's own definition is to be found.
#ifndef RIG_IO_CAMERA_FORMATS_H
#define RIG_IO_CAMERA_FORMATS_H

#include "core/arena.h"
#include "core/rig.h"

typedef struct rig_foreign rig_foreign; // a file of another tool (io/camera_parts.h)

typedef struct rig_camera_format {
    const char *name;    // "anipose"
    const char *summary; // what is written: files, unit of lengths, for which tools
    unsigned lenses;     // 1u << rig_lens of each that its files hold as it is
    bool needs_poses;    // a camera without a pose cannot be written
    double unit_m;       // the length in metres of what a 1 of its poses is, as it is written
    // What its files say of the unit: true, unit_m is the format's own; false, whoever made the file chose it.
    bool unit_fixed;
    // Write into folder, which is there: the poses in metres, the lenses of those above. NULL: it is only read.
    rig_status (*write)(const char *folder, const rig_calibration *rig, rig_err *err);
    // Whether a file is of this format, by its contents; NULL: another row's reader reads it too.
    bool (*is)(const rig_foreign *file);
    // All that the file says, poses in the file's own unit; a camera of no known size has width 0.
    rig_status (*read)(const rig_foreign *file, rig_calibration *rig, rig_arena *out, rig_err *err);
} rig_camera_format;

extern const rig_camera_format rig_camera_formats[]; // ends with a row of no name

#endif
