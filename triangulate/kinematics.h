// How people move: velocities and accelerations of their joints, angles between their bones.
#ifndef RIG_TRIANGULATE_KINEMATICS_H
#define RIG_TRIANGULATE_KINEMATICS_H

#include "core/arena.h"
#include "core/people.h"

enum { RIG_ANGLES_MAX = 12 };

// What is asked for, and what of it the skeleton has the joints for.
typedef struct rig_kinematics {
    double fps;
    bool derivatives;
    int n_angles;
    const char *angles[RIG_ANGLES_MAX];        // their names, constants
    int n_corners, corners[RIG_ANGLES_MAX][3]; // joints: an end, the corner, the other end
    bool bends[RIG_ANGLES_MAX], has_trunk;     // 0 is straight
    int trunk[4];                              // left and right hip, left and right shoulder
} rig_kinematics;

// fps: frames a second, > 0. derivatives: velocities by central differences (at the ends of a stretch by one-sided
// ones), accelerations by second differences, of joints that have a position in the frames around: smooth them before.
// angles: those that the skeleton has the joints for; a joint without a position leaves its angles unknown. rad:
// left_, right_ elbow, knee, hip: 0 where the two bones (hip: trunk and thigh) are in line, growing as they bend;
// shoulder: 0 where the upper arm points along the trunk to the hip; ankle: between shin and foot; trunk: of the line
// from the middle of the hips to that of the shoulders with the world's z.
rig_kinematics rig_kinematics_init(const rig_skeleton *skeleton, double fps, bool derivatives, bool angles);
// Give the people of frames from .. to - 1, of n, a movement, from out. The frames beside them, one each way, are
// looked at, too. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_kinematics_run(const rig_kinematics *kinematics, rig_frame3d *frames, int n, int from,
                                          int to, int n_joints, rig_arena *out, rig_err *err);

#endif
