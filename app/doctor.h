// The parts of `rigpose doctor` that look at pictures and files; what corners tell is in checks/doctor.h.
#ifndef RIG_APP_DOCTOR_H
#define RIG_APP_DOCTOR_H

#include "app/session.h"
#include "checks/findings.h"

// Corners: where (almost) no board was found in a recording, whether one of a size next to the given one is there, or
// one with markers printed in another way, in a few pictures of it. Fails as reading pictures does.
RIG_CHECKED rig_status rig_doctor_sizes_of_board(rig_session *session, const rig_corners_file *corners,
                                                 rig_findings *findings, rig_err *err);

// Resolution: views whose pictures in some recording have another size than the calibration, or than in the recording
// that intrinsics come from.
//   corners  NULL: there are none
RIG_CHECKED rig_status rig_doctor_resolution(rig_session *session, const rig_corners_file *corners,
                                             rig_findings *findings, rig_err *err);

// Everything that the corners tell: links, clocks, swaps, focus, bumps, scale, order.
RIG_CHECKED rig_status rig_doctor_boards(rig_session *session, const rig_corners_file *corners, rig_findings *findings,
                                         rig_err *err);

#endif
