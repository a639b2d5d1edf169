// The hypothesis: pose segments of the cameras and offsets of their clocks; and the joints triangulated under it
// without one view.
#include "checks/watch_state.h"
#include "triangulate/point.h"

#include <limits.h>
#include <string.h>

// As in triangulate, but for the parallax: points of narrow angles are too unsure along their rays to test a view by.
static const double PARALLAX_RAD = 0.05, FLOOR_PX = 1;

const rig_pose_segment *rig_pose_segment_at(const rig_watch *watch, int view, int frame) {
    const rig_pose_segment *segments = watch->segments + view * RIG_POSE_SEGMENTS_MAX;
    int i = watch->n_segments[view] - 1;
    while (i > 0 && segments[i].from > frame)
        i--;
    return &segments[i];
}

static void pose_move(rig_pose *Rt_cam_world, const double delta[6]) {
    rig_pose moved = rig_pose_from_rvec(delta, delta + 3);
    *Rt_cam_world = rig_pose_mul(&moved, Rt_cam_world);
}

bool rig_pose_segments_move(rig_watch *watch, int view, int from, const double delta[6]) {
    rig_pose_segment *segments = watch->segments + view * RIG_POSE_SEGMENTS_MAX;
    int n = watch->n_segments[view], at = 0;
    while (at < n && segments[at].from < from)
        at++;
    if (at == n || segments[at].from > from) { // a new segment, before those that follow
        if (n == RIG_POSE_SEGMENTS_MAX)
            return false;
        memmove(segments + at + 1, segments + at, (size_t)(n - at) * sizeof *segments);
        segments[at] = segments[at - 1];
        segments[at].from = from;
        watch->n_segments[view] = n + 1;
    }
    for (int i = at; i < watch->n_segments[view]; i++)
        pose_move(&segments[i].camera.Rt_cam_world, delta);
    return true;
}

// The sample of the same person `steps` frames later (earlier where negative), or NULL.
static const rig_watch_sample *sample_beside(const rig_watch *watch, int sample, int steps) {
    const rig_watch_sample *at = &watch->samples[sample];
    int frame = at->frame + steps, way = steps < 0 ? -1 : 1;
    for (int i = sample; i >= 0 && i < watch->n && watch->samples[i].id == at->id; i += way) {
        if (watch->samples[i].frame == frame)
            return &watch->samples[i];
        if (way * (watch->samples[i].frame - frame) > 0)
            break;
    }
    return NULL;
}

static bool seen_in(const rig_watch_sample *sample, int view, int joint) {
    return sample && sample->detections[view] && rig_joint_set_has(&sample->detections[view]->has, joint);
}

// The view's observation of the joint at the sample's time: as the view's clock is late by its offset, it lies between
// two of the view's frames.
static bool observation_at(const rig_watch *watch, int sample, int view, int joint, rig_point_observation *observation,
                           double *px_per_m) {
    double offset = -watch->offset_frames[view];
    int before = (int)floor(offset);
    double part = offset - before;
    const rig_watch_sample *a = sample_beside(watch, sample, before),
                           *b = part > 0 ? sample_beside(watch, sample, before + 1) : a;
    if (!seen_in(a, view, joint) || !seen_in(b, view, joint))
        return false;
    const float *p = a->detections[view]->q[joint], *q = b->detections[view]->q[joint];
    double weight = fmin((double)p[2], (double)q[2]);
    *px_per_m = a->detections[view]->px_per_m;
    *observation = (rig_point_observation){
        .view = view, .sigma_px = fmax(FLOOR_PX, *px_per_m * watch->body.sigma_m[joint] / sqrt(fmax(weight, 0.1)))};
    for (int i = 0; i < 2; i++)
        observation->q[i] = (1 - part) * (double)p[i] + part * (double)q[i];
    return true;
}

void rig_loo_points_triangulate(const rig_watch *watch, int view, rig_loo_point *points) {
    for (int r = 0; r < watch->n; r++)
        for (int j = 0; j < watch->body.n; j++) {
            rig_ray rays[RIG_VIEWS_MAX];
            rig_joint3d joint;
            int n = 0;
            for (int v = 0; v < watch->rig->n; v++) {
                rig_point_observation observation;
                double px_per_m;
                if (v == view || !observation_at(watch, r, v, j, &observation, &px_per_m))
                    continue;
                rig_undistorter undistorter = watch->undistorters[v];
                undistorter.camera = &rig_pose_segment_at(watch, v, watch->samples[r].frame)->camera;
                n += rig_ray_init(&undistorter, &observation, fmax(watch->used.gate_px, watch->used.gate_m * px_per_m),
                                  &rays[n]);
            }
            rig_point_solve(rays, n, NULL, PARALLAX_RAD, &joint);
            rig_loo_point *point = &points[r * watch->body.n + j];
            point->ok = joint.state == RIG_JOINT_OK;
            memcpy(point->p, joint.p, sizeof point->p);
        }
}
