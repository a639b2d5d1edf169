// What there is to export of a take: which result, which frames, who, and when.
#ifndef RIG_APP_PEOPLE_SURVEY_H
#define RIG_APP_PEOPLE_SURVEY_H

#include "app/session.h"
#include "io/export_take.h"
#include "io/people_cursor.h"

// A take's frames with the people who are exported: those kept who have a joint with a place.
//   visit  gets each frame in order; what it gets lives until it returns
typedef struct rig_people_survey {
    const char *file, *path; // 80_motion.yaml or 70_people3d.yaml; where it is
    rig_skeleton skeleton;
    rig_export_take take; // people: those kept
    int n_all;            // people there are
} rig_people_survey;

// Choose the result and read it once. Fails as rig_people_formats say.
RIG_CHECKED rig_status rig_people_survey_make(rig_session *session, rig_people_survey *survey, rig_err *err);
RIG_CHECKED rig_status rig_people_survey_visit(const rig_people_survey *survey,
                                               rig_status (*visit)(void *of, const rig_frame3d *frame, rig_err *err),
                                               void *of, rig_err *err);

#endif
