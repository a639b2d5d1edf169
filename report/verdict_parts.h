// How the files of verdicts make one.
#ifndef RIG_REPORT_VERDICT_PARTS_H
#define RIG_REPORT_VERDICT_PARTS_H

#include "report/verdict.h"

// A new verdict, OK so far.
rig_verdict *rig_verdict_new(rig_verdicts *verdicts, const char *stage);
// A sentence more, the state at least this bad; view NULL: of no view. Sentences beyond the last place are dropped.
// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_verdict_say(rig_verdicts *verdicts, rig_verdict *verdict, rig_verdict_state state,
                                       const char *view, rig_err *err, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
void rig_verdict_worsen(rig_verdict *verdict, rig_verdict_state state);
// What is measured; value and limit may come from rig_arena_printf, which NULL says failed.
RIG_CHECKED rig_status rig_verdict_measure(rig_verdict *verdict, const char *measure, const char *value,
                                           const char *limit, rig_err *err);

#endif
