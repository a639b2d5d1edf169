// One person's joints in space from the people of the views that are this person.
#ifndef RIG_TRIANGULATE_JOINTS_H
#define RIG_TRIANGULATE_JOINTS_H

#include "triangulate/detection.h"
#include "triangulate/track.h"

// Triangulate every joint from the members, leaving out views that disagree.
//   members  n, sights of one person; two of one view may be parts of it
//   track    where the joints are expected, or NULL
//   joints   body->n, out: states and reasons; score is the mean over the views used
// Returns how many joints were triangulated.
int rig_joints_triangulate(const rig_body *body, const rig_detection *const *members, int n, const rig_track *track,
                           double min_parallax_rad, rig_joint3d *joints);

// Give the joints that could not be triangulated the place where the track expects them, along the ray of a view where
// one saw them: state FILLED, and how sure that is. Takes what was triangulated into the track.
//   keep_s   joints that were not seen for longer are not filled
void rig_joints_fill(const rig_body *body, const rig_detection *const *members, int n, rig_track *track, double keep_s,
                     rig_joint3d *joints);

// A person's size beside an adult's: the median of the long bones whose ends are there; 0 where there is none.
double rig_joints_scale(const rig_body *body, const rig_joint3d *joints);

#endif
