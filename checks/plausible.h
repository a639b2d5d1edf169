// Whether lengths can be metres. Every length of a session is in metres; what is not goes through all stages without an
// error, only as large as it was said to be.
#ifndef RIG_CHECKS_PLAUSIBLE_H
#define RIG_CHECKS_PLAUSIBLE_H

#include "core/arena.h"
#include "core/board.h"
#include "core/rig.h"
#include "core/skeleton.h"

// Each of these: NULL where the length may be right, else a text from out (rig_arena_printf's: NULL, too, where there
// is no memory) that says what was found, the unit that it may have been given in, and what it would be in metres.

// A square's edge (a tag's), 1 mm to 1 m.
const char *rig_implausible_square(const rig_board *board, rig_arena *out);
// What lies in one room or on one field is 5 mm to 250 m apart.
//   what  "the scene points"
const char *rig_implausible_span(double span_m, const char *what, rig_arena *out);
// How far the farthest two of n points are apart along an axis.
double rig_span_of(const double (*p)[3], int n);
double rig_cameras_span(const rig_calibration *rig); // so, of cameras with a pose; 0: fewer than two
// The unit of lengths of which only the farthest distance between cameras along an axis is known: 1 where they are
// metres, 0.001 for millimetres, 0 where they may be either. Cameras of one rig stand 0.1 m to 25 m apart, or nearer.
double rig_plausible_unit_m(double cameras_span);
// People: size is theirs against an adult's, by rig_tracker_settle; 0.25 (newborn) to 2.2. Skeletons without a person's
// arms and legs say nothing.
const char *rig_implausible_people(double size, const rig_skeleton *skeleton, rig_arena *out);

#endif
