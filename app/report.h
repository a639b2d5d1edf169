// The report of a session, for the command and for `run`.
#ifndef RIG_APP_REPORT_H
#define RIG_APP_REPORT_H

#include "app/session.h"

// Write out/report.html of whatever results there are, and say what is not as it should be; 90_doctor.yaml is made,
// too. Fails as the readers of the results do, with RIG_ERR_IO, RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_session_report(rig_session *session, rig_err *err);

#endif
