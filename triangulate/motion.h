// People through a whole take: gaps filled, bones of one length, filtered.
#ifndef RIG_TRIANGULATE_MOTION_H
#define RIG_TRIANGULATE_MOTION_H

#include "core/filter.h"
#include "triangulate/path.h"

typedef struct rig_motion_params {
    double fill_s; // gaps of a joint up to this long are filled
    double
        acceleration_m_s2; // how fast velocities of hands and feet change: 1 standard deviation, an axis (rig_smooth)
    rig_filter_params filter; // on top
} rig_motion_params;

rig_motion_params rig_motion_defaults(void); // 0.2 s, 15 m/s^2, no filter

// Refine a take.
//   raw     as the tracker made it, every frame; not changed
//   fps     frames a second, > 0
//   motion  out: the same frames and ids. Joints that are refined keep their state, views, score and rms_px; filled
//           ones are FILLED; where a gap is too long the joint has the state it had, MISSING where the track foresaw it
//           and lengths of the bones, by id rising, of those that enough moments show
//   skeleton must outlive motion: names of the lengths' joints
// Fails as rig_filter_run and rig_path_collect.
RIG_CHECKED rig_status rig_motion_refine(const rig_people3d *raw, const rig_skeleton *skeleton, double fps,
                                         const rig_motion_params *params, rig_people3d *motion, rig_arena *out,
                                         rig_arena *scratch, rig_err *err);

#endif
