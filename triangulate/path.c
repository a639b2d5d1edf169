#include "triangulate/path.h"

#include <string.h>

// A position that the track foresaw and no view saw is none: what lies before and after says more.
static bool is_seen(const rig_joint3d *joint) {
    return joint->state == RIG_JOINT_OK || (joint->state == RIG_JOINT_FILLED && joint->views);
}

static const rig_person3d *find_person(const rig_frame3d *frame, int id) {
    for (int i = 0; i < frame->n; i++)
        if (frame->people[i].id == id)
            return &frame->people[i];
    return NULL;
}

// Put the joint on the line from frame a to frame b, between them.
static void bridge(rig_path *path, int j, int a, int b) {
    const rig_joint3d *from = &path->joints[a * path->n_joints + j], *to = &path->joints[b * path->n_joints + j];
    for (int f = a + 1; f < b; f++) {
        double part = (double)(f - a) / (b - a);
        rig_joint3d *joint = &path->joints[f * path->n_joints + j];
        *joint = (rig_joint3d){.state = RIG_JOINT_FILLED, .score = from->score + part * (to->score - from->score)};
        for (int i = 0; i < 3; i++)
            joint->p[i] = from->p[i] + part * (to->p[i] - from->p[i]);
        path->on[f * path->n_joints + j] = true;
    }
}

static void bridge_gaps(rig_path *path, int fill_frames) {
    for (int j = 0; j < path->n_joints; j++)
        for (int f = 0, last = -1; f < path->n; f++) {
            if (!path->on[f * path->n_joints + j])
                continue;
            if (last >= 0 && f - last > 1 && f - last - 1 <= fill_frames)
                bridge(path, j, last, f);
            last = f;
        }
}

rig_status rig_path_collect(const rig_frame3d *frames, int n, int n_joints, int id, int fill_frames, rig_path *path,
                            rig_arena *out, rig_err *err) {
    *path = (rig_path){.id = id, .n_joints = n_joints};
    for (int f = 0; f < n; f++) {
        if (!find_person(&frames[f], id))
            continue;
        if (path->n == 0)
            path->first = frames[f].frame;
        path->n = frames[f].frame - path->first + 1;
    }
    size_t count = (size_t)path->n * (size_t)path->n_joints;
    path->joints = RIG_NEW(out, rig_joint3d, count);
    path->on = RIG_NEW(out, bool, count);
    if (!path->joints || !path->on)
        return rig_fail_memory(err, "a person's path");
    for (int f = 0; f < n; f++) {
        const rig_person3d *person = find_person(&frames[f], id);
        if (!person)
            continue;
        size_t at = (size_t)(frames[f].frame - path->first) * (size_t)path->n_joints;
        memcpy(path->joints + at, person->joints, (size_t)path->n_joints * sizeof *path->joints);
        for (int j = 0; j < path->n_joints; j++) {
            path->on[at + (size_t)j] = is_seen(&person->joints[j]);
            if (person->joints[j].state == RIG_JOINT_FILLED && !path->on[at + (size_t)j])
                path->joints[at + (size_t)j] = (rig_joint3d){.state = RIG_JOINT_MISSING};
        }
    }
    bridge_gaps(path, fill_frames);
    return RIG_OK;
}

bool rig_path_next(const rig_path *path, int joint, int *from, int *to) {
    while (*from < path->n && !path->on[*from * path->n_joints + joint])
        ++*from;
    for (*to = *from; *to < path->n && path->on[*to * path->n_joints + joint];)
        ++*to;
    return *from < path->n;
}
