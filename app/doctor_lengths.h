// doctor: whether the lengths of a session can be metres, by the numbers alone, by the tags' gaps and by the people.
#ifndef RIG_APP_DOCTOR_LENGTHS_H
#define RIG_APP_DOCTOR_LENGTHS_H

#include "app/session.h"
#include "checks/doctor.h"

// Add findings.
//   corners  NULL: the rig has no board
RIG_CHECKED rig_status rig_doctor_lengths(rig_session *session, const rig_corners_file *corners, rig_findings *findings,
                                          rig_err *err);

#endif
