// Calibrations in other tools' files. A format is a row of one table; its writer and its reader stand in one file,
// io/camera_<format>.c, which says where the tool's own definition is to be found. docs/formats.md has what each loses.
#ifndef RIG_IO_CAMERA_FORMATS_H
#define RIG_IO_CAMERA_FORMATS_H

#include "core/arena.h"
#include "core/rig.h"

typedef struct rig_foreign rig_foreign; // a file of another tool (io/camera_parts.h)

typedef struct rig_camera_format {
    const char *name;    // "anipose"
    const char *summary; // what is written: files, unit of lengths, for which tools. NULL: it is only read
    const char *tool;    // whose files those are that `is` takes, as people call it: "COLMAP"
    unsigned lenses;     // 1u << rig_lens of each that can be written as it is
    bool needs_poses;    // a camera without a pose cannot be written
    bool has_poses;      // its files say where cameras stand
    bool has_pair;       // its files have the stereo pair too
    bool has_names;      // its files say what cameras are called
    bool a_file_each;    // a file has one camera, a folder the rig
    const char *beside;  // the other file of the two that a calibration is, in the same folder; NULL: there is none
    double unit_m;       // what a 1 of its lengths is in metres, as they are written
    bool unit_open; // its files do not say the unit, and tools and people differ: it is known by the cameras' distances
    const char *note; // what people are told when it is read, beside its tool; NULL: nothing
    rig_status (*write)(const char *folder, const rig_calibration *rig, const rig_stereo *stereo, rig_err *err);
    // Whether a file is of this format, by its contents; NULL: the reader of another row reads it too.
    bool (*is)(const rig_foreign *file);
    // What the file says: poses in the file's own unit, a camera of no known size has width 0.
    rig_status (*read)(const rig_foreign *file, rig_calibration *rig, rig_arena *out, rig_err *err);
} rig_camera_format;

extern const rig_camera_format rig_camera_formats[]; // ends with a row of no name

// The written format of that name, or NULL.
const rig_camera_format *rig_camera_format_find(const char *name);
// Which reader takes a file; NULL: it is no calibration of another tool, or cannot be read.
const rig_camera_format *rig_camera_format_of(const char *path);

// Read a calibration of any tool, which its contents tell: a file or a folder. *format: whose it is; NULL: our own
// (rig_calibration_read). Poses are in metres where the unit is the format's own, else in the file's. Fails with
// RIG_ERR_IO, RIG_ERR_FORMAT (file:line: what is wrong, or that it is none of those known), RIG_ERR_DATA (a lens that
// we do not have) and RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_cameras_read(const char *path, const rig_camera_format **format, rig_calibration *rig,
                                        rig_arena *out, rig_err *err);
// The files that a calibration at path is made of; *ours: it is none of another tool. Fails with RIG_ERR_IO and
// RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_cameras_files(const char *path, char ***paths, int *n, bool *ours, rig_arena *out,
                                         rig_err *err);

#endif
