// The joints of one person in space, from the detections that are this person.
#ifndef RIG_TRIANGULATE_JOINTS_H
#define RIG_TRIANGULATE_JOINTS_H

#include "triangulate/detection.h"
#include "triangulate/track.h"

// Triangulate every joint from the members' rays (rig_point_solve, where rays that disagree are left out), then reject
// the joints at the ends of bones that are much longer than the person's others.
//   members  n detections of one person; two of one view may be parts of it
//   track    where the joints are expected, or NULL
//   joints   body->n, out: states and reasons; score is the mean weight of the views used
// Returns how many joints are RIG_JOINT_OK.
int rig_joints_triangulate(const rig_body *body, const rig_detection *const *members, int n, const rig_track *track,
                           double min_parallax_rad, rig_joint3d *joints);

// Measure the track by the joints that are OK, and fill the others from the track: where it predicts the joint, moved
// onto the viewing ray of a member that saw the joint near there. State FILLED, with the covariance of the prediction
// and that ray together.
//   keep_s   joints that were not triangulated for longer are not filled
void rig_joints_fill(const rig_body *body, const rig_detection *const *members, int n, rig_track *track, double keep_s,
                     rig_joint3d *joints);

// A person's size, 1 for an adult of 1.75 m: the median over the bones whose ends are OK; 0 where there is none.
double rig_joints_scale(const rig_body *body, const rig_joint3d *joints);

#endif
