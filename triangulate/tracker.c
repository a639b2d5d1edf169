#include "triangulate/tracker.h"

#include "triangulate/joints.h"
#include "triangulate/person_cluster.h"

#include <assert.h>
#include <string.h>

// How far a joint's sigma follows a frame's residuals (relative), and how far it may go, against its start.
static const double SIGMA_STEP = 0.02, SIGMA_LEAST = 0.2, SIGMA_MOST = 2;

rig_tracker_params rig_tracker_defaults(void) {
    const rig_point_params point = rig_point_defaults();
    return (rig_tracker_params){.detection = {.min_score = 0.1, .gate_m = 0.15, .gate_px = point.gate_px},
                                .min_parallax_rad = point.min_parallax_rad,
                                .min_joints = 5,
                                .keep_s = 1,
                                .max_speed_m_s = 6};
}

static rig_status check_rig(const rig_calibration *rig, rig_err *err) {
    if (rig->n < 2 || rig->n > RIG_VIEWS_MAX)
        return rig_fail(err, RIG_ERR_DATA, "need 2 to %d cameras, got %d", RIG_VIEWS_MAX, rig->n);
    for (int v = 0; v < rig->n; v++)
        if (!rig->cameras[v].has_pose)
            return rig_fail(err, RIG_ERR_DATA, "camera '%s': has no pose", rig->cameras[v].view);
    return RIG_OK;
}

static rig_status cameras_init(rig_tracker *tracker, rig_err *err) {
    const rig_calibration *given = tracker->given;
    rig_calibration *rig = RIG_NEW(&tracker->arena, rig_calibration, 1);
    if (rig)
        *rig = (rig_calibration){.n = given->n, .cameras = RIG_NEW(&tracker->arena, rig_view_camera, given->n)};
    if (!rig || !rig->cameras)
        return rig_fail_memory(err, "tracker");
    memcpy(rig->cameras, given->cameras, (size_t)given->n * sizeof *rig->cameras);
    tracker->rig = rig;
    tracker->undistorters = RIG_NEW(&tracker->arena, rig_undistorter, rig->n);
    tracker->pairs = RIG_NEW(&tracker->arena, rig_view_pair, (size_t)rig->n * (size_t)rig->n);
    tracker->focal_px = RIG_NEW(&tracker->arena, double, rig->n);
    if (!tracker->undistorters || !tracker->pairs || !tracker->focal_px)
        return rig_fail_memory(err, "tracker");
    for (int a = 0; a < rig->n; a++)
        tracker->focal_px[a] = (rig->cameras[a].camera.K[0] + rig->cameras[a].camera.K[1]) / 2;
    for (int a = 0; a < rig->n; a++)
        RIG_TRY(rig_undistorter_init(&rig->cameras[a], &tracker->undistorters[a], &tracker->arena, err));
    rig_tracker_update_poses(tracker);
    return RIG_OK;
}

void rig_tracker_update_poses(rig_tracker *tracker) {
    const rig_calibration *rig = tracker->rig;
    for (int a = 0; a < rig->n; a++) {
        rig_pose *pose = &rig->cameras[a].Rt_cam_world;
        *pose = tracker->given->cameras[a].Rt_cam_world;
        for (int i = 0; i < 3; i++)
            pose->t[i] /= tracker->scale;
    }
    for (int a = 0; a < rig->n; a++)
        for (int b = a + 1; b < rig->n; b++)
            tracker->pairs[a * rig->n + b] =
                rig_view_pair_init(&rig->cameras[a].Rt_cam_world, &rig->cameras[b].Rt_cam_world);
}

rig_status rig_tracker_open(const rig_calibration *rig, const rig_skeleton *skeleton, double fps,
                            const rig_tracker_params *params, rig_tracker **tracker, rig_err *err) {
    assert(fps > 0);
    *tracker = NULL;
    RIG_TRY(check_rig(rig, err));
    rig_tracker *made = rig_heap_resize(NULL, 1, sizeof *made);
    if (!made)
        return rig_fail_memory(err, "tracker");
    *made = (rig_tracker){
        .given = rig, .scale = 1, .body = rig_body_init(skeleton), .params = *params, .fps = fps, .next_id = 1};
    memcpy(made->start_sigma_m, made->body.sigma_m, sizeof made->start_sigma_m);
    rig_status status = cameras_init(made, err);
    if (status == RIG_OK)
        *tracker = made;
    else
        rig_tracker_close(made);
    return status;
}

const rig_tracker_tally *rig_tracker_tally_of(const rig_tracker *tracker) {
    return &tracker->tally;
}

void rig_tracker_close(rig_tracker *tracker) {
    if (!tracker)
        return;
    rig_arena_release(&tracker->arena);
    rig_heap_free(tracker->tracks);
    rig_heap_free(tracker);
}

// Predict all tracks for the frame. Tracks that were not seen for long are closed, and those without an id whose
// support is used up.
static void tracks_predict(rig_tracker *tracker, int frame) {
    double dt = tracker->started ? (frame - tracker->last_frame) / tracker->fps : 0;
    int kept = 0;
    for (int t = 0; t < tracker->n_tracks; t++) {
        rig_track *track = &tracker->tracks[t];
        rig_track_predict(track, &tracker->body, dt, tracker->params.max_speed_m_s);
        rig_track_forget(track, &tracker->body, tracker->params.keep_s);
        if (track->unseen_s <= tracker->params.keep_s && (track->id > 0 || track->support > 0))
            tracker->tracks[kept++] = *track;
    }
    tracker->n_tracks = kept;
    tracker->last_frame = frame;
    tracker->started = true;
}

// How much support gives a track its id. Of n detections a view, n^2 pairs of two views may agree by chance: one view
// that agrees with a first is enough where there is one person; twice as many people need one more, or one more frame.
static double support_needed(const rig_tracker *tracker, const rig_detection *detections, int n_detections) {
    uint64_t views = 0;
    int n_views = 0;
    for (int i = 0; i < n_detections; i++)
        views |= UINT64_C(1) << detections[i].view;
    for (int v = 0; v < tracker->rig->n; v++)
        n_views += (int)(views >> v & 1);
    return n_views ? 1 + log2((double)n_detections / n_views) : 1;
}

// Whether the sum of the squared residuals of joint j lies above (1) or below (-1) the median that its sigma predicts,
// that of chi squared; 0 where fewer than 3 views agree.
static int sigma_vote(const rig_person_cluster *cluster, int j) {
    double x2 = 0, x[2], z;
    int dof = -3;
    for (int k = 0; k < cluster->n; k++) {
        const rig_detection *detection = cluster->members[k];
        if (!rig_joint_set_has(&detection->has, j) || !(cluster->joints[j].views >> detection->view & 1) ||
            !rig_ray_residual(&detection->rays[j], cluster->joints[j].p, x, &z))
            continue;
        x2 += x[0] * x[0] + x[1] * x[1];
        dof += 2;
    }
    double k = 1 - 2.0 / (9 * dof), median = dof * k * k * k; // Wilson and Hilferty 1931
    return cluster->joints[j].state != RIG_JOINT_OK || dof < 3 ? 0 : x2 > median ? 1 : -1;
}

// Estimate the detector's own spread: each joint's sigma goes a step up for residuals above the median, a step down for
// those below. So the sigma settles where the median fits, and outliers count no more than others.
static void sigmas_follow(rig_tracker *tracker, const rig_person_clusters *clusters) {
    for (int j = 0; j < tracker->body.n; j++) {
        int votes = 0;
        for (int g = 0; g < clusters->n; g++)
            if (clusters->list[g].track >= 0 && tracker->tracks[clusters->list[g].track].id > 0)
                votes += sigma_vote(&clusters->list[g], j);
        double start = tracker->start_sigma_m[j], sigma = tracker->body.sigma_m[j] * exp(SIGMA_STEP * votes);
        rig_body_set_sigma(&tracker->body, j, fmin(fmax(sigma, SIGMA_LEAST * start), SIGMA_MOST * start));
    }
}

static void update_track(rig_tracker *tracker, rig_person_cluster *cluster, double needed) {
    rig_track *track = &tracker->tracks[cluster->track];
    int enough = track->id > 0 ? tracker->params.min_joints / 2 : tracker->params.min_joints; // less with an id
    bool seen = cluster->n_ok >= enough && cluster->n_agree >= 2;
    rig_joints_fill(&tracker->body, cluster->members, cluster->n, track, tracker->params.keep_s, cluster->joints);
    if (seen)
        track->unseen_s = 0;
    if (track->id > 0)
        return;
    track->support += seen ? cluster->n_agree - 1 : -1;
    if (track->support >= needed)
        track->id = tracker->next_id++;
}

// Whether the frame's result has the cluster: its track has an id, a view sees it, and it has joints enough.
static bool is_in_result(const rig_tracker *tracker, const rig_person_cluster *cluster) {
    if (cluster->track < 0 || cluster->n == 0 || tracker->tracks[cluster->track].id == 0)
        return false;
    int n = 0;
    for (int j = 0; j < tracker->body.n; j++)
        n += cluster->joints[j].state == RIG_JOINT_OK || cluster->joints[j].state == RIG_JOINT_FILLED;
    return n >= tracker->params.min_joints;
}

static rig_status frame_write(const rig_tracker *tracker, const rig_person_clusters *clusters, const bool *in_result,
                              rig_frame3d *frame3d, rig_arena *out, rig_err *err) {
    size_t n_joints = (size_t)tracker->body.n;
    frame3d->people = RIG_NEW(out, rig_person3d, clusters->n);
    if (!frame3d->people)
        return rig_fail_memory(err, "people");
    for (int g = 0; g < clusters->n; g++) {
        if (!in_result[g])
            continue;
        rig_person3d person = {.id = tracker->tracks[clusters->list[g].track].id,
                               .joints = RIG_NEW(out, rig_joint3d, n_joints)};
        if (!person.joints)
            return rig_fail_memory(err, "joints");
        memcpy(person.joints, clusters->list[g].joints, n_joints * sizeof *person.joints);
        int at = frame3d->n++;
        for (; at > 0 && frame3d->people[at - 1].id > person.id; at--)
            frame3d->people[at] = frame3d->people[at - 1];
        frame3d->people[at] = person;
    }
    rig_frame3d_scale(frame3d, tracker->body.n, tracker->scale);
    return RIG_OK;
}

static rig_status frame_track(rig_tracker *tracker, const rig_frame2d *const *views, rig_frame3d *frame3d,
                              rig_arena *out, rig_arena *scratch, rig_err *err) {
    rig_detections detections;
    rig_person_clusters clusters;
    RIG_TRY(rig_detections_collect(tracker->undistorters, tracker->rig->n, &tracker->body, views,
                                   &tracker->params.detection, &detections, scratch, err));
    RIG_TRY(rig_person_clusters_make(tracker, detections.list, detections.n, &clusters, scratch, err));
    clusters.n_candidates = detections.n_candidates, clusters.candidates = detections.candidates;
    for (int g = 0; g < clusters.n; g++)
        rig_person_cluster_triangulate(tracker, &clusters.list[g]);
    RIG_TRY(rig_person_clusters_assign_tracks(tracker, &clusters, scratch, err));
    rig_person_clusters_resolve_sides(tracker, &clusters);
    rig_person_clusters_match_guided(tracker, &clusters);
    double needed = support_needed(tracker, detections.list, detections.n);
    for (int t = 0; t < tracker->n_tracks; t++) // in the order of tracks, so that ids do not depend on the views' order
        for (int g = 0; g < clusters.n; g++)
            if (clusters.list[g].track == t)
                update_track(tracker, &clusters.list[g], needed);
    sigmas_follow(tracker, &clusters);
    bool *in_result = RIG_NEW(scratch, bool, clusters.n);
    if (!in_result)
        return rig_fail_memory(err, "people");
    for (int g = 0; g < clusters.n; g++)
        in_result[g] = is_in_result(tracker, &clusters.list[g]);
    rig_person_clusters_tally(tracker, &detections, &clusters, in_result, &tracker->tally);
    return frame_write(tracker, &clusters, in_result, frame3d, out, err);
}

rig_status rig_tracker_next(rig_tracker *tracker, int frame, const rig_frame2d *const *views, rig_frame3d *frame3d,
                            rig_arena *out, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    assert(!tracker->started || frame > tracker->last_frame);
    *frame3d = (rig_frame3d){.frame = frame};
    tracks_predict(tracker, frame);
    rig_status status = frame_track(tracker, views, frame3d, out, scratch, err);
    rig_arena_rewind(scratch, mark);
    return status;
}
