// One person's way through a stretch of a take: every joint at every moment, whether it is there or not.
#ifndef RIG_TRIANGULATE_PATH_H
#define RIG_TRIANGULATE_PATH_H

#include "core/arena.h"
#include "core/people.h"
#include "triangulate/body.h"

typedef struct rig_path {
    int id;
    int first, n; // frame numbers first .. first + n - 1
    int n_joints;
    rig_joint3d *joints;            // n x n_joints; MISSING where the frame, or the person in it, is absent
    bool *on;                       // n x n_joints: the joint has, or is given, a position
    double length_m[RIG_BONES_MAX]; // of the body's bones; 0: not known
    // Frames at the start that were refined before: where their joints are, and whether.
    int n_settled;
    const double (*settled)[3]; // n_settled x n_joints
    const bool *settled_on;     // so
} rig_path;

// The path of a person through n frames, which rise. A joint is on where it has a position that views support, and in
// gaps of at most fill_frames frames between such, where it is put on a straight line. From out: as much as there are
// frame numbers between the person's first and last. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_path_collect(const rig_frame3d *frames, int n, int n_joints, int id, int fill_frames,
                                        rig_path *path, rig_arena *out, rig_err *err);

// The end of the stretch of `on` that begins at frame f; *from: where the next one begins. false: there is none.
bool rig_path_next(const rig_path *path, int joint, int *from, int *to);

#endif
