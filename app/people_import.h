// The people of another tool, brought into our form.
#ifndef RIG_APP_PEOPLE_IMPORT_H
#define RIG_APP_PEOPLE_IMPORT_H

#include "app/session.h"

// Write the people of each view of the take. Fails as rig_import_open, rig_import_next, rig_import_check_end, and where
// no frame is one of the recording's.
RIG_CHECKED rig_status rig_take_import(rig_session *session, const rig_inputs *inputs, rig_err *err);
// Whether a view's files can be read: opens them, and takes the first frames.
RIG_CHECKED rig_status rig_take_import_check(rig_session *session, int view, rig_err *err);

#endif
