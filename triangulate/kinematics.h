// How people move: velocities and accelerations of their joints, angles between their bones.
#ifndef RIG_TRIANGULATE_KINEMATICS_H
#define RIG_TRIANGULATE_KINEMATICS_H

#include "core/arena.h"
#include "core/people.h"

// Give every person of `people` a movement.
//   fps          frames a second, > 0
//   derivatives  velocities by central differences (at the ends of a stretch by one-sided ones), accelerations by
//   second
//                differences, of joints that have a position in the frames around: smooth them before
//   angles       those that the skeleton has the joints for; a joint without a position leaves its angles unknown
//   out          of the movements; people->angles are constants
// Angles, rad: left_, right_ elbow, knee, hip: 0 where the two bones (hip: trunk and thigh) are in line, growing as
// they bend; shoulder: 0 where the upper arm points along the trunk to the hip; ankle: between shin and foot; trunk: of
// the line from the middle of the hips to that of the shoulders with the world's z. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_kinematics(rig_people3d *people, const rig_skeleton *skeleton, double fps, bool derivatives,
                                      bool angles, rig_arena *out, rig_err *err);

#endif
