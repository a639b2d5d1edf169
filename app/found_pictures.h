// The pictures of a folder as sequences: those whose names differ in one number.
#ifndef RIG_APP_FOUND_PICTURES_H
#define RIG_APP_FOUND_PICTURES_H

#include "app/found_files.h"

// A path in which a rig YAML finds no pattern: `%%` for each '%'. NULL when memory is out.
const char *rig_pattern_escape(const char *path, rig_arena *out);

// Group n names, in natural order, of pictures in the folder `below`. left1.jpg and right1.jpg are of two sequences,
// cam1.jpg and cam2.jpg one picture each; names without numbers are one sequence, in their order. Fails with
// RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_pictures_group(const char *below, char **names, int n, rig_found_file **made, int *n_made,
                                          rig_arena *out, rig_err *err);

#endif
