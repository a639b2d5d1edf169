#include "triangulate/tracker.h"

#include "triangulate/joints.h"
#include "triangulate/person_cluster.h"

#include <assert.h>
#include <string.h>

static const double SPREAD_STEP = 0.02, SPREAD_LEAST = 0.2, SPREAD_MOST = 2; // of the sigma that a joint starts with

rig_tracker_params rig_tracker_defaults(void) {
    return (rig_tracker_params){
        .point = rig_point_defaults(), .min_score = 0.1, .min_joints = 5, .keep_s = 1, .max_speed_m_s = 6};
}

static rig_status check_rig(const rig_calibration *rig, rig_err *err) {
    if (rig->n < 2 || rig->n > RIG_VIEWS_MAX)
        return rig_fail(err, RIG_ERR_DATA, "need 2 to %d cameras, got %d", RIG_VIEWS_MAX, rig->n);
    for (int v = 0; v < rig->n; v++)
        if (!rig->cameras[v].has_pose)
            return rig_fail(err, RIG_ERR_DATA, "camera '%s': has no pose", rig->cameras[v].view);
    return RIG_OK;
}

static rig_status cameras_prepare(rig_tracker *tracker, rig_err *err) {
    const rig_calibration *rig = tracker->rig;
    tracker->eyes = RIG_NEW(&tracker->arena, rig_undistorter, rig->n);
    tracker->pairs = RIG_NEW(&tracker->arena, rig_view_pair, (size_t)rig->n * (size_t)rig->n);
    tracker->focal_px = RIG_NEW(&tracker->arena, double, rig->n);
    if (!tracker->eyes || !tracker->pairs || !tracker->focal_px)
        return rig_fail_memory(err, "tracker");
    for (int a = 0; a < rig->n; a++)
        tracker->focal_px[a] = (rig->cameras[a].camera.K[0] + rig->cameras[a].camera.K[1]) / 2;
    for (int a = 0; a < rig->n; a++)
        RIG_TRY(rig_undistorter_init(&rig->cameras[a], &tracker->eyes[a], &tracker->arena, err));
    rig_tracker_update_poses(tracker);
    return RIG_OK;
}

void rig_tracker_update_poses(rig_tracker *tracker) {
    const rig_calibration *rig = tracker->rig;
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
    *made = (rig_tracker){.rig = rig, .body = rig_body_init(skeleton), .params = *params, .fps = fps, .next_id = 1};
    memcpy(made->start_sigma_m, made->body.sigma_m, sizeof made->start_sigma_m);
    rig_status status = cameras_prepare(made, err);
    if (status == RIG_OK)
        *tracker = made;
    else
        rig_tracker_close(made);
    return status;
}

void rig_tracker_close(rig_tracker *tracker) {
    if (!tracker)
        return;
    rig_arena_release(&tracker->arena);
    rig_heap_free(tracker->tracks);
    rig_heap_free(tracker);
}

// Move all tracks on to the frame, closing those that were not seen for long or never became somebody.
static void advance(rig_tracker *tracker, int frame) {
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

// How much support makes a track somebody. Of n people a view, n^2 pairs of a pair of views may agree by chance: one
// agreeing pair is enough where there is one person, twice that many people need one more agreeing view or frame.
static double support_needed(const rig_tracker *tracker, const rig_detection *seen, int n_seen) {
    uint64_t views = 0;
    int n_views = 0;
    for (int i = 0; i < n_seen; i++)
        views |= UINT64_C(1) << seen[i].view;
    for (int v = 0; v < tracker->rig->n; v++)
        n_views += (int)(views >> v & 1);
    return n_views ? 1 + log2((double)n_seen / n_views) : 1;
}

// Whether the residuals of joint j are larger (1) or smaller (-1) than its sigma says; 0 where fewer than 3 views
// agree.
static int spread_vote(const rig_person_cluster *group, int j) {
    double x2 = 0, x[2], z;
    int dof = -3;
    for (int k = 0; k < group->n; k++) {
        const rig_detection *seen = group->members[k];
        if (!rig_joint_set_has(&seen->has, j) || !(group->joints[j].views >> seen->view & 1) ||
            !rig_ray_residual(&seen->rays[j], group->joints[j].p, x, &z))
            continue;
        x2 += x[0] * x[0] + x[1] * x[1];
        dof += 2;
    }
    double k = 1 - 2.0 / (9 * dof), median = dof * k * k * k; // of chi squared: Wilson and Hilferty 1931
    return group->joints[j].state != RIG_JOINT_OK || dof < 3 ? 0 : x2 > median ? 1 : -1;
}

// The detector's own spread: each joint's sigma follows the residuals. A step up for a large one, down for a small one,
// so that the median settles and outliers count no more than others.
static void follow_spread(rig_tracker *tracker, const rig_person_clusters *groups) {
    for (int j = 0; j < tracker->body.n; j++) {
        int votes = 0;
        for (int g = 0; g < groups->n; g++)
            if (groups->of[g].track >= 0 && tracker->tracks[groups->of[g].track].id > 0)
                votes += spread_vote(&groups->of[g], j);
        double start = tracker->start_sigma_m[j], sigma = tracker->body.sigma_m[j] * exp(SPREAD_STEP * votes);
        rig_body_set_sigma(&tracker->body, j, fmin(fmax(sigma, SPREAD_LEAST * start), SPREAD_MOST * start));
    }
}

static void update_track(rig_tracker *tracker, rig_person_cluster *group, double needed) {
    rig_track *track = &tracker->tracks[group->track];
    int enough = track->id > 0 ? tracker->params.min_joints / 2 : tracker->params.min_joints; // who is known needs less
    bool seen = group->n_ok >= enough && group->n_agree >= 2;
    rig_joints_fill(&tracker->body, group->members, group->n, track, tracker->params.keep_s, group->joints);
    if (seen)
        track->unseen_s = 0;
    if (track->id > 0)
        return;
    track->support += seen ? group->n_agree - 1 : -1;
    if (track->support >= needed)
        track->id = tracker->next_id++;
}

// Somebody who is seen by a view now, and has joints enough to be a person.
static bool is_shown(const rig_tracker *tracker, const rig_person_cluster *group) {
    if (group->track < 0 || group->n == 0 || tracker->tracks[group->track].id == 0)
        return false;
    int n = 0;
    for (int j = 0; j < tracker->body.n; j++)
        n += group->joints[j].state == RIG_JOINT_OK || group->joints[j].state == RIG_JOINT_FILLED;
    return n >= tracker->params.min_joints;
}

static rig_status write_frame(const rig_tracker *tracker, const rig_person_clusters *groups, rig_frame3d *frame3d,
                              rig_arena *out, rig_err *err) {
    size_t n_joints = (size_t)tracker->body.n;
    frame3d->people = RIG_NEW(out, rig_person3d, groups->n);
    if (!frame3d->people)
        return rig_fail_memory(err, "people");
    for (int g = 0; g < groups->n; g++) {
        if (!is_shown(tracker, &groups->of[g]))
            continue;
        rig_person3d person = {.id = tracker->tracks[groups->of[g].track].id,
                               .joints = RIG_NEW(out, rig_joint3d, n_joints)};
        if (!person.joints)
            return rig_fail_memory(err, "joints");
        memcpy(person.joints, groups->of[g].joints, n_joints * sizeof *person.joints);
        int at = frame3d->n++;
        for (; at > 0 && frame3d->people[at - 1].id > person.id; at--)
            frame3d->people[at] = frame3d->people[at - 1];
        frame3d->people[at] = person;
    }
    return RIG_OK;
}

static rig_status next(rig_tracker *tracker, const rig_frame2d *const *views, rig_frame3d *frame3d, rig_arena *out,
                       rig_arena *scratch, rig_err *err) {
    rig_detections sights;
    rig_person_clusters groups;
    RIG_TRY(rig_detections_collect(tracker->eyes, tracker->rig->n, &tracker->body, views, tracker->params.min_score,
                                   tracker->params.point.gate_px, &sights, scratch, err));
    RIG_TRY(rig_person_clusters_make(tracker, sights.seen, sights.n, &groups, scratch, err));
    groups.n_loose = sights.n_loose, groups.loose = sights.loose;
    for (int g = 0; g < groups.n; g++)
        rig_person_cluster_triangulate(tracker, &groups.of[g]);
    RIG_TRY(rig_person_clusters_assign_tracks(tracker, &groups, scratch, err));
    rig_person_clusters_resolve_sides(tracker, &groups);
    rig_person_clusters_match_guided(tracker, &groups);
    double needed = support_needed(tracker, sights.seen, sights.n);
    for (int t = 0; t < tracker->n_tracks; t++) // in the order of tracks, so that ids do not depend on the views' order
        for (int g = 0; g < groups.n; g++)
            if (groups.of[g].track == t)
                update_track(tracker, &groups.of[g], needed);
    follow_spread(tracker, &groups);
    return write_frame(tracker, &groups, frame3d, out, err);
}

rig_status rig_tracker_next(rig_tracker *tracker, int frame, const rig_frame2d *const *views, rig_frame3d *frame3d,
                            rig_arena *out, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    assert(!tracker->started || frame > tracker->last_frame);
    *frame3d = (rig_frame3d){.frame = frame};
    advance(tracker, frame);
    rig_status status = next(tracker, views, frame3d, out, scratch, err);
    rig_arena_rewind(scratch, mark);
    return status;
}
