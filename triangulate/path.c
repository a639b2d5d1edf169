#include "triangulate/path.h"

#include "core/geom.h"

#include <stdlib.h>
#include <string.h>

enum { MEASURED_LEAST = 5 }; // moments that show a bone, before it has a length
enum { SPARSE = 100 };       // frames for each that is there: a file with more is damaged

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

rig_status rig_path_collect(const rig_people3d *people, int id, int fill_frames, rig_path *path, rig_arena *out,
                            rig_err *err) {
    *path = (rig_path){.id = id, .n_joints = people->n_joints};
    for (int f = 0; f < people->n_frames; f++) {
        if (!find_person(&people->frames[f], id))
            continue;
        if (path->n == 0)
            path->first = people->frames[f].frame;
        path->n = people->frames[f].frame - path->first + 1;
    }
    if (path->n / SPARSE > people->n_frames)
        return rig_fail(err, RIG_ERR_DATA, "id %d: %d frames from %d on, of which at most %d are there", id, path->n,
                        path->first, people->n_frames);
    size_t count = (size_t)path->n * (size_t)path->n_joints;
    path->joints = RIG_NEW(out, rig_joint3d, count);
    path->on = RIG_NEW(out, bool, count);
    if (!path->joints || !path->on)
        return rig_fail_memory(err, "a person's path");
    for (int f = 0; f < people->n_frames; f++) {
        const rig_person3d *person = find_person(&people->frames[f], id);
        if (!person)
            continue;
        size_t at = (size_t)(people->frames[f].frame - path->first) * (size_t)path->n_joints;
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

typedef struct length {
    double m, weight;
} length;

static int by_length(const void *a, const void *b) {
    double x = ((const length *)a)->m, y = ((const length *)b)->m;
    return (x > y) - (x < y);
}

static double weighted_median(length *lengths, int n) {
    double sum = 0, half = 0;
    qsort(lengths, (size_t)n, sizeof *lengths, by_length);
    for (int i = 0; i < n; i++)
        half += lengths[i].weight / 2;
    for (int i = 0; i < n; i++)
        if ((sum += lengths[i].weight) >= half)
            return lengths[i].m;
    return 0;
}

rig_status rig_path_measure(rig_path *path, const rig_body *body, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    length *lengths = RIG_NEW(scratch, length, path->n);
    if (!lengths)
        return rig_fail_memory(err, "bones");
    for (int k = 0; k < body->n_bones + body->n_rigid; k++) {
        int n = 0;
        for (int f = 0; f < path->n; f++) {
            const rig_joint3d *a = &path->joints[f * path->n_joints + body->bones[k].a];
            const rig_joint3d *b = &path->joints[f * path->n_joints + body->bones[k].b];
            if (a->state != RIG_JOINT_OK || b->state != RIG_JOINT_OK)
                continue;
            double d[3] = {a->p[0] - b->p[0], a->p[1] - b->p[1], a->p[2] - b->p[2]};
            double spread2 = a->sigma_m * a->sigma_m + b->sigma_m * b->sigma_m;
            lengths[n++] = (length){rig_norm3(d), spread2 > 0 ? 1 / spread2 : 1};
        }
        path->length_m[k] = n >= MEASURED_LEAST ? weighted_median(lengths, n) : 0;
    }
    rig_arena_rewind(scratch, mark);
    return RIG_OK;
}
