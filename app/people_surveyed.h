#ifndef RIG_APP_PEOPLE_SURVEYED_H
#define RIG_APP_PEOPLE_SURVEYED_H

#include "app/session.h"
#include "calib/people_survey.h"

// Before people place the cameras of a rig: its surveyed poses into views (rig->n, from the session's arena), and off
// the rig. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_surveyed_take(rig_session *session, rig_calibration *rig, rig_survey_view **views,
                                         rig_err *err);
// After it: the rig into their world, as rig_survey_by_people; which of them do not hold is told.
RIG_CHECKED rig_status rig_surveyed_apply(rig_session *session, rig_calibration *rig, rig_survey_view *views,
                                          rig_err *err);

#endif
