// The commands of the command line, as main.c calls them.
#ifndef RIG_APP_COMMANDS_H
#define RIG_APP_COMMANDS_H

#include "app/arguments.h"

#define RIG_COMMAND(name) RIG_CHECKED rig_status rig_command_##name(const rig_arguments *arguments, rig_err *err)
RIG_COMMAND(run);
RIG_COMMAND(check);
RIG_COMMAND(init);
RIG_COMMAND(board);
RIG_COMMAND(stages);
RIG_COMMAND(keys);
RIG_COMMAND(summary);
RIG_COMMAND(synth);
RIG_COMMAND(demo);
RIG_COMMAND(eval);
RIG_COMMAND(overlay);
RIG_COMMAND(export);
RIG_COMMAND(uncertainty);
RIG_COMMAND(doctor);
RIG_COMMAND(report);
RIG_COMMAND(pick);
RIG_COMMAND(batch);
RIG_COMMAND(models);
RIG_COMMAND(help);
RIG_COMMAND(completion);
RIG_COMMAND(manual);

// The keys of the rig YAML that act in a stage, as `rigpose keys` prints them.
void rig_keys_of_stage_print(const char *stage);

#endif
