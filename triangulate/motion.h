// People through a whole take: gaps filled, bones of one length, filtered.
//
// A take of any length is refined in windows of 4096 frames, counted from its first, one after the other. A window sees
// as many frames before and after it as have an influence on it (rig_smooth_reach, rig_filter_reach); where joints were
// in the window before is settled, and what follows joins on to it. So memory is that of a window, and neither does the
// result depend on how frames come, nor is there a seam.
#ifndef RIG_TRIANGULATE_MOTION_H
#define RIG_TRIANGULATE_MOTION_H

#include "triangulate/bone_lengths.h"
#include "triangulate/filter.h"

typedef struct rig_motion_params {
    double fill_s;            // gaps of a joint up to this long are filled
    double acceleration_m_s2; // of hands and feet: 1 standard deviation, an axis (rig_smooth)
    rig_filter_params filter; // on top
} rig_motion_params;

rig_motion_params rig_motion_defaults(void); // 0.2 s, 15 m/s^2, no filter

typedef struct rig_motion rig_motion;

// body and lengths (ended) must outlive it; fps frames a second, > 0. From the heap. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_motion_open(const rig_body *body, const rig_bone_lengths *lengths, double fps,
                                       const rig_motion_params *params, rig_motion **motion, rig_err *err);
// The next frame, as the tracker made it, frames rising; copied. *more = false: not yet, the window in hand is complete
// and to be refined before. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_motion_add(rig_motion *motion, const rig_frame3d *frame, bool *more, rig_err *err);
// Refine the window in hand: begin, then each of its n people (0 .. n - 1, in any order, by several threads at a time,
// a scratch each), then end, which gives its frames: the same numbers and ids. Joints that are refined keep their
// state, views, score and rms_px; filled ones are FILLED; where a gap is too long the joint has the state it had,
// MISSING where the track foresaw it. *n_frames = 0: no frames are left. They are valid until the next
// begin but one: a window's frames may be written while the next one is refined. Fail as
// rig_filter_run, and with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_motion_begin(rig_motion *motion, int *n_people, rig_err *err);
RIG_CHECKED rig_status rig_motion_person(rig_motion *motion, int person, rig_arena *scratch, rig_err *err);
RIG_CHECKED rig_status rig_motion_end(rig_motion *motion, rig_frame3d **frames, int *n_frames, rig_err *err);
void rig_motion_close(rig_motion *motion); // NULL is fine

#endif
