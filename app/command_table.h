// The commands as a table: dispatch, help, the manual page and completion come from it.
#ifndef RIG_APP_COMMAND_TABLE_H
#define RIG_APP_COMMAND_TABLE_H

#include "app/arguments.h"
#include "app/stages.h"

typedef struct rig_command {
    rig_usage usage;
    const char *summary, *help; // help: what it says beside usage, summary and options
    rig_status (*run)(const rig_arguments *arguments, rig_err *err);
} rig_command;

extern const rig_command rig_commands[];
extern const int rig_commands_n;

const rig_command *rig_command_find(const char *name); // or NULL
rig_usage rig_stage_usage(const rig_stage *stage);
// Fails with RIG_ERR_USAGE: there is neither a command nor a stage of that name; says which was probably meant.
RIG_CHECKED rig_status rig_command_unknown(const char *name, rig_err *err);

#endif
