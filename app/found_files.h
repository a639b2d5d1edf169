// The footage in a folder and the folders below it: videos, and pictures that make sequences.
#ifndef RIG_APP_FOUND_FILES_H
#define RIG_APP_FOUND_FILES_H

#include "core/arena.h"
#include "core/status.h"

#include <stdbool.h>

enum { RIG_FOUND_FILES_MAX = 1024 };

// A video, a picture, or pictures that differ in a number. Paths are below the folder that was looked through.
typedef struct rig_found_file {
    const char *name;            // its path without ending; of a sequence without the number either
    const char *first;           // the path of the video or first picture
    const char *text;            // as the rig YAML says it: a path or a pattern; NULL: the list is
    const char *const *pictures; // NULL: a video
    int n_pictures;
} rig_found_file;

typedef struct rig_found_files {
    int n, n_passed, n_people, n_calibrations;
    rig_found_file files[RIG_FOUND_FILES_MAX];
    const char *passed[RIG_FOUND_FILES_MAX];       // what is not taken, and why: `name: why`
    const char *people[RIG_FOUND_FILES_MAX];       // folders of JSON files
    int n_json[RIG_FOUND_FILES_MAX];               // how many of a folder's are no calibration
    const char *calibrations[RIG_FOUND_FILES_MAX]; // files that may be calibrations, by their names
    int n_others;                                  // files that are no footage
} rig_found_files;

// Look through a folder: in natural order, files before folders. Hidden files, folders of results and what cannot be
// read are passed over. Fails with RIG_ERR_IO where the folder itself cannot be read, RIG_ERR_DATA (more than
// RIG_FOUND_FILES_MAX), RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_found_files_look(const char *folder, rig_found_files *found, rig_arena *out, rig_err *err);
// Remember what is not taken.
RIG_CHECKED rig_status rig_found_files_pass(rig_found_files *found, rig_arena *out, rig_err *err, const char *format,
                                            ...) __attribute__((format(printf, 4, 5)));

#endif
