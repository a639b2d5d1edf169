// What is wrong with a rig YAML, all of it: readers note what they find and go on.
#ifndef RIG_IO_CONFIG_PROBLEMS_H
#define RIG_IO_CONFIG_PROBLEMS_H

#include "io/config.h"

// Keep a failure of status RIG_ERR_CONFIG with the others and return RIG_OK; any other status is returned. What was
// noted already, and a failure without words (one that follows from another), is not kept again.
RIG_CHECKED rig_status rig_config_note(rig_config *config, rig_status status, rig_arena *out, rig_err *err);

// The same of a reader's call, in a function with `config`, `out` and `err`.
#define RIG_NOTE(expr)                                                                                                 \
    do {                                                                                                               \
        rig_status rig_note_status_ = rig_config_note(config, (expr), out, err);                                       \
        if (rig_note_status_ != RIG_OK)                                                                                \
            return rig_note_status_;                                                                                   \
    } while (0)

// Fail without words: the reason was told already.
RIG_CHECKED rig_status rig_config_fail_silent(rig_err *err);

// Hold every key of the file against the table of keys: unknown ones, those that do not go together, types and ranges.
RIG_CHECKED rig_status rig_config_check_keys(rig_config *config, rig_arena *out, rig_err *err);

// RIG_OK where nothing was noted; else put the problems in the order of their lines and fail with the first, and how
// many more there are.
RIG_CHECKED rig_status rig_config_problems_tell(rig_config *config, rig_err *err);

#endif
