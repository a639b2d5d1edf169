// A YAML text that people wrote, changed where they would change it: all else stays as it is, comments too.
#ifndef RIG_IO_YAML_EDIT_H
#define RIG_IO_YAML_EDIT_H

#include "core/arena.h"
#include "core/status.h"

// The keys that lead from the top of a file to a value.
typedef struct rig_yaml_path {
    int n;
    const char *keys[3];
} rig_yaml_path;

// *text with a list of n numbers as the value of path. Maps that lead there and are wanting are made, in lines of their
// own, or in braces where they would stand in braces.
// Fails with RIG_ERR_FORMAT where *text is not one map of YAML, path leads through what is no map or through an alias,
// or a comment would be lost: *text stays as it is. RIG_ERR_MEMORY. Cost O(length).
RIG_CHECKED rig_status rig_yaml_text_set(const char **text, const rig_yaml_path *path, const double *values, int n,
                                         rig_arena *out, rig_err *err);
// *text without the key that path leads to; a comment beside it stays, in a line of its own. One that is not there is
// fine. Fails as rig_yaml_text_set.
RIG_CHECKED rig_status rig_yaml_text_remove(const char **text, const rig_yaml_path *path, rig_arena *out, rig_err *err);

#endif
