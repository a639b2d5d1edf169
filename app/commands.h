// The commands of the command line, as main.c calls them, and how they take their options.
#ifndef RIG_APP_COMMANDS_H
#define RIG_APP_COMMANDS_H

#include "core/status.h"

#include <stdbool.h>

#define RIG_COMMAND(name) RIG_CHECKED rig_status rig_command_##name(int n, char **argv, rig_err *err)
RIG_COMMAND(run);
RIG_COMMAND(check);
RIG_COMMAND(init);
RIG_COMMAND(stages);
RIG_COMMAND(summary);
RIG_COMMAND(synth);
RIG_COMMAND(demo);
RIG_COMMAND(eval);
RIG_COMMAND(export);
RIG_COMMAND(uncertainty);
RIG_COMMAND(doctor);
RIG_COMMAND(batch);
RIG_COMMAND(models);

// Arguments: options that a command knows are taken out of argv, what is left are its operands. An option that needs a
// value takes the next argument. Unknown options fail with RIG_ERR_USAGE.
typedef struct rig_option {
    const char *name;   // "--force"
    bool *flag;         // set where the option is there, or
    const char **value; // the argument that follows it
} rig_option;
RIG_CHECKED rig_status rig_options_take(int *n, char **argv, const rig_option *options, int n_options, rig_err *err);
// A whole number as an option's value: low <= *value <= high.
RIG_CHECKED rig_status rig_option_int(const char *name, const char *text, int low, int high, int *value, rig_err *err);

#endif
