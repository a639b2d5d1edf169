#include "triangulate/motion.h"

#include "triangulate/smooth.h"

#include <math.h>
#include <string.h>

static const double SIGMA_LEAST_M = 0.002, SIGMA_UNKNOWN_M = 0.02; // of a sample that is filtered

rig_motion_params rig_motion_defaults(void) {
    return (rig_motion_params){.fill_s = 0.2, .acceleration_m_s2 = 15, .filter = rig_filter_defaults(RIG_FILTER_NONE)};
}

// The least id above `id`, or 0.
static int next_id(const rig_people3d *people, int id) {
    int next = 0;
    for (int f = 0; f < people->n_frames; f++)
        for (int i = 0; i < people->frames[f].n; i++) {
            int at = people->frames[f].people[i].id;
            next = at > id && (next == 0 || at < next) ? at : next;
        }
    return next;
}

static rig_status filter_joint(rig_path *path, int j, int from, int to, double fps, const rig_motion_params *params,
                               double *x, double *sigma, rig_arena *scratch, rig_err *err) {
    for (int i = from; i < to; i++) {
        double s = path->joints[i * path->n_joints + j].sigma_m;
        sigma[i - from] = s > 0 ? fmax(s, SIGMA_LEAST_M) : SIGMA_UNKNOWN_M;
    }
    for (int k = 0; k < 3; k++) {
        for (int i = from; i < to; i++)
            x[i - from] = path->joints[i * path->n_joints + j].p[k];
        RIG_TRY(rig_filter_run(&params->filter, fps, x, sigma, params->acceleration_m_s2, to - from, scratch, err));
        for (int i = from; i < to; i++)
            path->joints[i * path->n_joints + j].p[k] = x[i - from];
    }
    return RIG_OK;
}

static rig_status filter_path(rig_path *path, double fps, const rig_motion_params *params, rig_arena *scratch,
                              rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    double *x = RIG_NEW(scratch, double, path->n), *sigma = RIG_NEW(scratch, double, path->n);
    if (!x || !sigma)
        return rig_fail_memory(err, "filter");
    for (int j = 0; j < path->n_joints; j++)
        for (int from = 0, to; rig_path_next(path, j, &from, &to); from = to)
            RIG_TRY(filter_joint(path, j, from, to, fps, params, x, sigma, scratch, err));
    rig_arena_rewind(scratch, mark);
    return RIG_OK;
}

// Somebody is there where a joint is, or where the raw frame had them.
static bool has_somebody(const rig_path *path, const rig_frame3d *raw) {
    int at = raw->frame - path->first;
    if (at < 0 || at >= path->n)
        return false;
    for (int j = 0; j < path->n_joints; j++)
        if (path->on[at * path->n_joints + j])
            return true;
    for (int i = 0; i < raw->n; i++)
        if (raw->people[i].id == path->id)
            return true;
    return false;
}

static rig_status motion_init(const rig_people3d *raw, int n_ids, rig_people3d *motion, rig_arena *out, rig_err *err) {
    *motion = *raw;
    motion->frames = RIG_NEW(out, rig_frame3d, raw->n_frames);
    if (!motion->frames)
        return rig_fail_memory(err, "frames");
    for (int f = 0; f < raw->n_frames; f++) {
        motion->frames[f] = (rig_frame3d){.frame = raw->frames[f].frame};
        motion->frames[f].people = RIG_NEW(out, rig_person3d, n_ids);
        if (!motion->frames[f].people)
            return rig_fail_memory(err, "people");
    }
    motion->n_angles = motion->n_lengths = 0;
    return RIG_OK;
}

typedef struct refiner {
    const rig_people3d *raw;
    const rig_skeleton *skeleton;
    const rig_body *body;
    double fps;
    const rig_motion_params *params;
    rig_people3d *motion;
    rig_arena *out, *scratch;
} refiner;

static void keep_lengths(const refiner *r, const rig_path *path) {
    for (int k = 0; k < r->body->n_bones + r->body->n_rigid; k++)
        if (path->length_m[k] > 0)
            r->motion->lengths[r->motion->n_lengths++] =
                (rig_bone_length){path->id, r->skeleton->names[r->body->bones[k].a],
                                  r->skeleton->names[r->body->bones[k].b], path->length_m[k]};
}

static rig_status refine_person(const refiner *r, int id, rig_err *err) {
    rig_path path;
    int fill_frames = (int)floor(r->params->fill_s * r->fps + 1e-6);
    RIG_TRY(rig_path_collect(r->raw, id, fill_frames, &path, r->out, err));
    RIG_TRY(rig_path_measure(&path, r->body, r->scratch, err));
    RIG_TRY(rig_smooth(&path, r->body, r->fps, r->params->acceleration_m_s2, r->scratch, err));
    RIG_TRY(filter_path(&path, r->fps, r->params, r->scratch, err));
    keep_lengths(r, &path);
    for (int f = 0; f < r->raw->n_frames; f++) {
        rig_frame3d *frame = &r->motion->frames[f];
        if (has_somebody(&path, &r->raw->frames[f])) {
            size_t at = (size_t)(frame->frame - path.first) * (size_t)path.n_joints;
            frame->people[frame->n++] = (rig_person3d){.id = id, .joints = path.joints + at};
        }
    }
    return RIG_OK;
}

rig_status rig_motion_refine(const rig_people3d *raw, const rig_skeleton *skeleton, double fps,
                             const rig_motion_params *params, rig_people3d *motion, rig_arena *out, rig_arena *scratch,
                             rig_err *err) {
    rig_body body = rig_body_init(skeleton);
    refiner r = {raw, skeleton, &body, fps, params, motion, out, scratch};
    int n_ids = 0;
    for (int id = next_id(raw, 0); id > 0; id = next_id(raw, id))
        n_ids++;
    RIG_TRY(motion_init(raw, n_ids, motion, out, err));
    motion->lengths = RIG_NEW(out, rig_bone_length, (size_t)n_ids * (size_t)(body.n_bones + body.n_rigid));
    if (!motion->lengths)
        return rig_fail_memory(err, "bones");
    for (int id = next_id(raw, 0); id > 0; id = next_id(raw, id))
        RIG_TRY(refine_person(&r, id, err));
    return RIG_OK;
}
