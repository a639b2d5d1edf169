// Where people walk: from one place of the room to the next, turning as people do, slowing for and passing one another.
#ifndef RIG_TOOLS_SYNTH_WALK_H
#define RIG_TOOLS_SYNTH_WALK_H

#include "core/arena.h"
#include "core/rng.h"
#include "core/status.h"

typedef struct rig_walk_place {
    double p[2];    // world, m
    double heading; // rad, 0 along world x, not wrapped
    double speed;   // m/s
    double phase; // of the gait, rad, never falling: at 2 pi k the left foot stands under the body, at 2 pi k + pi the
                  // right
} rig_walk_place;

typedef struct rig_walk {
    double start_s, step_s; // place i is where one is at start_s + i step_s
    int n;
    rig_walk_place *places;
} rig_walk;

typedef struct rig_walk_area {
    double centre[2], radius_m; // world
} rig_walk_area;

// The walks of n people at once, from before time 0 until after duration_s, so that steps begun or ended outside are
// there.
//   pace_m_s, stride_m  n, each one's own; a stride is two steps
// Fails with RIG_ERR_MEMORY. Cost O(n^2 duration_s).
RIG_CHECKED rig_status rig_walks_make(const rig_walk_area *area, double duration_s, int n, const double *pace_m_s,
                                      const double *stride_m, rig_rng *rng, rig_walk *walks, rig_arena *out,
                                      rig_err *err);
// The place at a time, between the stored ones by straight lines.
rig_walk_place rig_walk_at(const rig_walk *walk, double t_s);
// The first time at which the gait has come to a phase; the walk's end where it does not.
double rig_walk_time_of(const rig_walk *walk, double phase);

#endif
