#include "checks/watch.h"

#include "checks/watch_state.h"
#include "core/assign.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

enum { JOINTS_LEAST = 4 }; // in common, to match two people
enum { FRAMES_MOST = 20000, RUN = 50 };

static const double MATCH_M = 0.7; // a person of a view is at most this far from their place in space
static const double FAR_M = 1;     // no joint counts as farther in a match
static const double Z_LEAST = 0.1; // m, of a joint's depth

rig_status rig_watch_open(const rig_calibration *rig, const rig_skeleton *skeleton, const rig_detection_params *used,
                          double fps, rig_watch **watch, rig_err *err) {
    assert(fps > 0);
    *watch = NULL;
    if (rig->n < RIG_WATCH_VIEWS_LEAST || rig->n > RIG_VIEWS_MAX)
        return rig_fail(err, RIG_ERR_DATA, "need %d to %d cameras, got %d", RIG_WATCH_VIEWS_LEAST, RIG_VIEWS_MAX,
                        rig->n);
    rig_watch *made = rig_heap_resize(NULL, 1, sizeof *made);
    if (!made)
        return rig_fail_memory(err, "watch");
    *made = (rig_watch){.rig = rig, .body = rig_body_init(skeleton), .used = *used, .fps = fps, .runs = {RUN, 1}};
    made->undistorters = RIG_NEW(&made->arena, rig_undistorter, rig->n);
    made->segments = RIG_NEW(&made->arena, rig_pose_segment, rig->n * RIG_POSE_SEGMENTS_MAX);
    made->calibrated = RIG_NEW(&made->arena, rig_pose, rig->n);
    rig_status status =
        made->undistorters && made->segments && made->calibrated ? RIG_OK : rig_fail_memory(err, "watch");
    for (int v = 0; v < rig->n && status == RIG_OK; v++) {
        if (!rig->cameras[v].has_pose)
            status = rig_fail(err, RIG_ERR_DATA, "camera '%s': has no pose", rig->cameras[v].view);
        else
            status = rig_undistorter_init(&rig->cameras[v], &made->undistorters[v], &made->arena, err);
        made->segments[v * RIG_POSE_SEGMENTS_MAX] = (rig_pose_segment){INT_MIN, rig->cameras[v]};
        made->n_segments[v] = 1;
        made->calibrated[v] = rig->cameras[v].Rt_cam_world;
    }
    if (status == RIG_OK)
        *watch = made;
    else
        rig_watch_close(made);
    return status;
}

void rig_watch_close(rig_watch *watch) {
    if (!watch)
        return;
    rig_arena_release(&watch->detections);
    rig_arena_release(&watch->arena);
    rig_heap_free(watch->samples);
    rig_heap_free(watch);
}

void rig_watch_set_repairs(rig_watch *watch, const rig_repairs *repairs) {
    for (int i = 0; i < repairs->n_poses; i++) {
        const rig_repaired_pose *pose = &repairs->poses[i];
        const double still[6] = {0};
        rig_pose_segment *segments = watch->segments + pose->view * RIG_POSE_SEGMENTS_MAX;
        if (!rig_pose_segments_move(watch, pose->view, pose->from, still))
            continue;
        for (int k = 0; k < watch->n_segments[pose->view]; k++)
            if (segments[k].from >= pose->from)
                segments[k].camera.Rt_cam_world = pose->Rt_cam_world;
    }
    for (int v = 0; v < repairs->n_views; v++)
        watch->repaired_frames[v] = repairs->offset_frames[v];
}

static bool joint_usable(const rig_joint2d *joint, double min_score) {
    return joint->found && !joint->filled && joint->score >= min_score && isfinite(joint->score) &&
           fabs(joint->q[0]) < 1e5 && fabs(joint->q[1]) < 1e5; // a NaN fails each comparison
}

// Mean distance of the joints in the picture, in metres at their depths, and *px_per_m there. Infinite where too few
// joints are common.
static double match_distance(const rig_watch *watch, const rig_view_camera *camera, const rig_person3d *person,
                             const rig_person2d *detected, double *px_per_m) {
    double sum = 0, scale = 0, focal = (camera->camera.K[0] + camera->camera.K[1]) / 2;
    int n = 0;
    for (int j = 0; j < watch->body.n; j++) {
        const rig_joint3d *joint = &person->joints[j];
        double p[3], q[2];
        if ((joint->state != RIG_JOINT_OK && joint->state != RIG_JOINT_FILLED) ||
            !joint_usable(&detected->joints[j], watch->used.min_score))
            continue;
        rig_pose_apply(&camera->Rt_cam_world, joint->p, p);
        if (!(p[2] > Z_LEAST) || !rig_camera_project(&camera->camera, p, q, NULL, NULL)) // a fisheye sees behind itself
            continue;
        sum += fmin(hypot(q[0] - detected->joints[j].q[0], q[1] - detected->joints[j].q[1]) * p[2] / focal, FAR_M);
        scale += focal / p[2];
        n++;
    }
    *px_per_m = n ? scale / n : 0;
    return n >= rig_joints_needed(watch->body.n, JOINTS_LEAST) ? sum / n : INFINITY;
}

static size_t detection_size(const rig_watch *watch) {
    return sizeof(rig_watch_detection) + (size_t)watch->body.n * sizeof *((rig_watch_detection *)NULL)->q;
}

static rig_status detection_add(rig_watch *watch, int view, const rig_person2d *person, double px_per_m,
                                rig_watch_sample *sample, rig_err *err) {
    rig_watch_detection *made = rig_arena_alloc(&watch->detections, 1, detection_size(watch));
    if (!made)
        return rig_fail_memory(err, "detections");
    made->px_per_m = (float)px_per_m;
    for (int j = 0; j < watch->body.n; j++) {
        const rig_joint2d *joint = &person->joints[j];
        if (!joint_usable(joint, watch->used.min_score))
            continue;
        rig_joint_set_add(&made->has, j);
        made->q[j][0] = (float)joint->q[0], made->q[j][1] = (float)joint->q[1];
        made->q[j][2] = (float)fmin(joint->score, 1);
    }
    sample->detections[view] = made;
    return RIG_OK;
}

// Match the people of the view to those in space, and keep their detections.
static rig_status match_view(rig_watch *watch, int view, const rig_frame3d *people, const rig_frame2d *seen,
                             rig_watch_sample *samples, rig_arena *scratch, rig_err *err) {
    const rig_view_camera *camera = &rig_pose_segment_at(watch, view, people->frame)->camera;
    size_t count = (size_t)people->n * (size_t)seen->n;
    double *cost = RIG_NEW(scratch, double, count), *px_per_m = RIG_NEW(scratch, double, count);
    int *chosen = RIG_NEW(scratch, int, people->n);
    if (!cost || !px_per_m || !chosen)
        return rig_fail_memory(err, "detections");
    for (int i = 0; i < people->n; i++)
        for (int k = 0; k < seen->n; k++) {
            size_t at = (size_t)i * (size_t)seen->n + (size_t)k;
            double d = match_distance(watch, camera, &people->people[i], &seen->people[k], &px_per_m[at]);
            cost[at] = d < MATCH_M ? d : RIG_ASSIGN_FORBIDDEN;
        }
    RIG_TRY(rig_assign(cost, people->n, seen->n, chosen, scratch, err));
    for (int i = 0; i < people->n; i++)
        if (chosen[i] >= 0)
            RIG_TRY(detection_add(watch, view, &seen->people[chosen[i]],
                                  px_per_m[(size_t)i * (size_t)seen->n + (size_t)chosen[i]], &samples[i], err));
    return RIG_OK;
}

static rig_status samples_reserve(rig_watch *watch, int more, rig_err *err) {
    if (watch->n + more <= watch->room)
        return RIG_OK;
    int room = 2 * (watch->n + more);
    rig_watch_sample *samples = rig_heap_resize(watch->samples, (size_t)room, sizeof *samples);
    if (!samples)
        return rig_fail_memory(err, "detections");
    watch->samples = samples, watch->room = room;
    return RIG_OK;
}

rig_frame_runs rig_watch_runs(const rig_watch *watch) {
    return watch->runs;
}

static rig_status sample_copy(const rig_watch *watch, rig_watch_sample *sample, rig_arena *out, rig_err *err) {
    const rig_watch_detection **kept = RIG_NEW(out, const rig_watch_detection *, watch->rig->n);
    for (int v = 0; kept && v < watch->rig->n; v++) {
        if (!sample->detections[v])
            continue;
        rig_watch_detection *copy = rig_arena_alloc(out, 1, detection_size(watch));
        if (!copy)
            return rig_fail_memory(err, "detections");
        memcpy(copy, sample->detections[v], detection_size(watch));
        kept[v] = copy;
    }
    sample->detections = kept;
    return kept ? RIG_OK : rig_fail_memory(err, "detections");
}

// Halve the runs of frames that count, those before included: the samples that no longer do are dropped.
static rig_status samples_thin(rig_watch *watch, rig_err *err) {
    rig_arena kept = {NULL};
    rig_status status = RIG_OK;
    int n = 0;
    watch->runs.every *= 2;
    watch->n_frames = 0;
    for (int i = 0; i < watch->n && status == RIG_OK; i++) {
        rig_watch_sample sample = watch->samples[i];
        if (!rig_frame_runs_have(&watch->runs, sample.frame))
            continue;
        status = sample_copy(watch, &sample, &kept, err);
        watch->n_frames += n == 0 || watch->samples[n - 1].frame != sample.frame;
        watch->samples[n++] = sample;
    }
    watch->n = n;
    rig_arena_release(&watch->detections);
    watch->detections = kept;
    return status;
}

rig_status rig_watch_next(rig_watch *watch, const rig_frame3d *people, const rig_frame2d *const *views,
                          rig_arena *scratch, rig_err *err) {
    if (watch->n_frames == FRAMES_MOST)
        RIG_TRY(samples_thin(watch, err));
    if (!rig_frame_runs_have(&watch->runs, people->frame) || people->n == 0)
        return RIG_OK;
    watch->n_frames++;
    RIG_TRY(samples_reserve(watch, people->n, err));
    rig_watch_sample *samples = watch->samples + watch->n;
    for (int i = 0; i < people->n; i++) {
        samples[i] = (rig_watch_sample){people->people[i].id, people->frame, NULL};
        samples[i].detections = RIG_NEW(&watch->detections, const rig_watch_detection *, watch->rig->n);
        if (!samples[i].detections)
            return rig_fail_memory(err, "detections");
    }
    watch->n += people->n;
    for (int v = 0; v < watch->rig->n; v++) {
        rig_arena_mark mark = rig_arena_tell(scratch);
        if (views[v] && views[v]->n > 0)
            RIG_TRY(match_view(watch, v, people, views[v], samples, scratch, err));
        rig_arena_rewind(scratch, mark);
    }
    return RIG_OK;
}
