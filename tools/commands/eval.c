// eval: a result against the truth, as YAML on stdout.
#include "app/commands.h"
#include "tools/commands/evaluate.h"

#include <stdio.h>

rig_status rig_command_eval(const rig_arguments *arguments, rig_err *err) {
    rig_arena arena = {0};
    rig_evaluation evaluation;
    rig_status status = rig_evaluate(arguments->operands[0], arguments->operands[1], &evaluation, &arena, err);
    if (status == RIG_OK)
        status = rig_evaluation_print(&evaluation, stdout, &arena, err);
    rig_arena_release(&arena);
    return status;
}
