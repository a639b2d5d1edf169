// A whole run of a session, as `run` and `batch` do it: stages, then the report.
#ifndef RIG_APP_RUN_SESSION_H
#define RIG_APP_RUN_SESSION_H

#include "app/report.h"
#include "app/stages.h"

// Run the stages that are not current, and write the report of whatever came out: what failed is red in it. A report
// that is there stays where no stage ran since; where the run stops early (options->to) there is none unless a stage
// failed. Fails as rig_stages_run.
RIG_CHECKED rig_status rig_session_run(rig_session *session, const rig_stage_options *options, rig_err *err);

#endif
