// The checks of `rigpose doctor` that look at pictures and files.
#ifndef RIG_APP_DOCTOR_PICTURES_H
#define RIG_APP_DOCTOR_PICTURES_H

#include "app/session.h"
#include "checks/doctor.h"

// Corners: where (almost) no board was found in a recording, whether a board of a size next to the given one, or with
// markers printed in another way, is found in a few pictures of it. Fails as reading pictures does.
RIG_CHECKED rig_status rig_doctor_board_print(rig_session *session, const rig_corners_file *corners,
                                              rig_findings *findings, rig_err *err);

// Resolution: views whose pictures in some recording have another size than the calibration, or than in the recording
// that intrinsics come from.
//   corners  NULL: there are none
RIG_CHECKED rig_status rig_doctor_resolution(rig_session *session, const rig_corners_file *corners,
                                             rig_findings *findings, rig_err *err);

#endif
