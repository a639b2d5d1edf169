// eval: a result against the truth, as YAML on stdout.
#include "app/commands.h"
#include "tools/commands/evaluate.h"

#include <stdio.h>

rig_status rig_command_eval(int n, char **argv, rig_err *err) {
    rig_arena arena = {0};
    rig_evaluation evaluation;
    RIG_TRY(rig_options_take(&n, argv, NULL, 0, err));
    if (n != 2)
        return rig_fail(err, RIG_ERR_USAGE, "usage: rigpose eval RESULT TRUTH");
    rig_status status = rig_evaluate(argv[0], argv[1], &evaluation, &arena, err);
    if (status == RIG_OK)
        status = rig_evaluation_print(&evaluation, stdout, &arena, err);
    rig_arena_release(&arena);
    return status;
}
