// The report of a session, for the command and for `run`.
#ifndef RIG_APP_REPORT_H
#define RIG_APP_REPORT_H

#include "app/session.h"
#include "report/verdict.h"

typedef struct rig_report_summary {
    int n[RIG_VERDICT_STATES]; // verdicts of each state
    const char *path;          // of the report, in the session's arena
    char worst[512];           // the first sentence of the worst verdict; "": all is well
} rig_report_summary;

// Write out/report.html of whatever results there are, and say what is not as it should be; 90_doctor.yaml is made,
// too. Fails as the readers of the results do, with RIG_ERR_IO, RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_session_report(rig_session *session, rig_report_summary *summary, rig_err *err);

// The same of a report that is there. Fails with RIG_ERR_IO, RIG_ERR_FORMAT (it is none of ours), RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_report_summary_read(const char *path, rig_report_summary *summary, rig_arena *scratch,
                                               rig_err *err);
void rig_report_summary_event(const rig_report_summary *summary); // app/events.h

// Write a page of web/ to a file (report/page.h), with the template found beside the program.
RIG_CHECKED rig_status rig_report_page_write(const char *path, const char *name, const json_t *data, bool *plain,
                                             rig_arena *arena, rig_err *err);

#endif
