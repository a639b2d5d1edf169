// The delete-a-group jackknife of what is solved from boards: it is solved again without each of eight parts of the
// recording, one after the other, and 7/8 of the sum of squares of how far these lie from their mean is its variance
// (Tukey 1958; Shao and Wu 1989). Boards near in time err alike: by where in the picture they are, by a clock, by
// light; a covariance counts each corner as a witness of its own.
#ifndef RIG_CHECKS_GROUP_JACKKNIFE_H
#define RIG_CHECKS_GROUP_JACKKNIFE_H

#include "checks/doctor.h"

enum { RIG_JACKKNIFE_PARTS = 8 };
// How many of the jackknife's standard deviations are as unlikely as three of the normal distribution: Student's t of
// seven degrees of freedom.
#define RIG_JACKKNIFE_SIGMAS 4.5

// The boards of a view but those of one part of the frames from first to last.
RIG_CHECKED rig_status rig_jackknife_leave_out(const rig_view_corners *seen, int first, int last, int part,
                                               rig_view_corners *rest, rig_arena *out, rig_err *err);
// The camera of a view without one part of the boards that its lens was solved by; as it is where that is known.
//   solved  out: false: the rest is too little
RIG_CHECKED rig_status rig_jackknife_camera(const rig_doctor_recording *recording, int view, int part,
                                            rig_camera *camera, bool *solved, rig_arena *scratch, rig_err *err);
double rig_jackknife_sigma(const double x[RIG_JACKKNIFE_PARTS]);

#endif
