// Who is who across placed views, and where their joints are.
#ifndef RIG_CALIB_PEOPLE_WHO_H
#define RIG_CALIB_PEOPLE_WHO_H

#include "calib/people_rig.h"

typedef struct rig_placed_views {
    int n;
    int view_of[RIG_VIEWS_MAX];
    rig_pose Rt_cam_world[RIG_VIEWS_MAX];
    double late_s[RIG_VIEWS_MAX]; // by how much later than moments say they saw people, against the first one
} rig_placed_views;

// Set `who` of the people of a moment: those whose epipolar distances between all their views are small are one, the
// nearest first. Views that are not placed have -1. Returns how many people that makes.
int rig_people_who(const rig_people_seen *seen, const rig_placed_views *placed, rig_seen_moment *now);

// The bundle of every `every`-th moment, who is set: joints that two placed views or more saw, by the point nearest to
// their rays.
//   joints  out: of each point of the bundle
// The poses and clocks of the bundle are those of placed, copied. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_people_points(rig_people_seen *seen, const rig_placed_views *placed, int every,
                                         rig_point_bundle *bundle, rig_rig_joint **joints, rig_arena *out,
                                         rig_err *err);

#endif
