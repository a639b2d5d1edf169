#include "triangulate/people.h"

#include "core/assign.h"
#include "triangulate/affinity.h"
#include "triangulate/cluster.h"
#include "triangulate/fuse.h"

#include <string.h>

struct rig_tracker {
    const rig_calibration *rig;
    rig_body body;
    rig_tracker_params params;
    double fps;
    int last_frame;
    bool started;
    int next_id;
    int n_tracks, room;
    rig_track *tracks;    // ids rising
    rig_view_pair *pairs; // rig->n x rig->n; [a][b] for a < b
};

rig_tracker_params rig_tracker_defaults(void) {
    return (rig_tracker_params){
        .point = rig_point_defaults(), .min_score = 0.1, .min_joints = 5, .keep_s = 1, .max_speed_m_s = 6};
}

rig_status rig_tracker_open(const rig_calibration *rig, const rig_skeleton *skeleton, double fps,
                            const rig_tracker_params *params, rig_tracker **tracker, rig_err *err) {
    *tracker = NULL;
    if (rig->n < 2 || rig->n > RIG_VIEWS_MAX)
        return rig_fail(err, RIG_ERR_DATA, "need 2 to %d cameras, got %d", RIG_VIEWS_MAX, rig->n);
    for (int v = 0; v < rig->n; v++)
        if (!rig->cameras[v].has_pose)
            return rig_fail(err, RIG_ERR_DATA, "camera '%s': has no pose", rig->cameras[v].view);
    rig_tracker *made = rig_heap_resize(NULL, 1, sizeof *made);
    if (!made)
        return rig_fail_memory(err, "tracker");
    memset(made, 0, sizeof *made);
    made->pairs = rig_heap_resize(NULL, (size_t)rig->n * (size_t)rig->n, sizeof *made->pairs);
    if (!made->pairs) {
        rig_tracker_close(made);
        return rig_fail_memory(err, "tracker");
    }
    for (int a = 0; a < rig->n; a++)
        for (int b = a + 1; b < rig->n; b++)
            made->pairs[a * rig->n + b] =
                rig_view_pair_init(&rig->cameras[a].Rt_cam_world, &rig->cameras[b].Rt_cam_world);
    made->rig = rig;
    made->body = rig_body_init(skeleton);
    made->params = *params;
    made->fps = fps;
    made->next_id = 1;
    *tracker = made;
    return RIG_OK;
}

void rig_tracker_close(rig_tracker *tracker) {
    if (!tracker)
        return;
    rig_heap_free(tracker->pairs);
    rig_heap_free(tracker->tracks);
    rig_heap_free(tracker);
}

// A cluster: who it was, and who in the views it is.
typedef struct group {
    int track; // index, -1: nobody that is known
    int n, n_views, n_ok;
    const rig_seen **members;
    rig_joint3d *joints;
} group;

static rig_status reserve_tracks(rig_tracker *tracker, int more, rig_err *err) {
    int need = tracker->n_tracks + more;
    if (need <= tracker->room)
        return RIG_OK;
    rig_track *grown = rig_heap_resize(tracker->tracks, (size_t)need * 2, sizeof *grown);
    if (!grown)
        return rig_fail_memory(err, "tracks");
    tracker->tracks = grown;
    tracker->room = need * 2;
    return RIG_OK;
}

static void advance(rig_tracker *tracker, int frame) {
    double dt = tracker->started ? (frame - tracker->last_frame) / tracker->fps : 0;
    int kept = 0;
    for (int t = 0; t < tracker->n_tracks; t++) {
        rig_track *track = &tracker->tracks[t];
        rig_track_predict(track, &tracker->body, dt, tracker->params.max_speed_m_s);
        if (track->unseen_s <= tracker->params.keep_s)
            tracker->tracks[kept++] = *track;
    }
    tracker->n_tracks = kept;
    tracker->last_frame = frame;
    tracker->started = true;
}

static double seen_affinity(const rig_tracker *tracker, const rig_seen *a, const rig_seen *b) {
    return a->view == b->view
               ? rig_affinity_in_view(&tracker->body, a, b)
               : rig_affinity_of_views(&tracker->pairs[a->view * tracker->rig->n + b->view], &tracker->body, a, b);
}

static double track_affinity(const rig_tracker *tracker, const rig_track *track, const rig_seen *seen) {
    double p[RIG_JOINTS_MAX][3], sigma_m[RIG_JOINTS_MAX];
    for (int j = 0; j < tracker->body.n; j++) {
        memcpy(p[j], track->joints[j].p, sizeof p[j]);
        sigma_m[j] = rig_track_sigma(track, j);
    }
    return rig_affinity_of_expected(&tracker->body, seen, track->known, (const double(*)[3])p, sigma_m);
}

// Tracks first, then the people of the views.
static void fill_affinities(const rig_tracker *tracker, const rig_seen *seen, int n_seen, double *W) {
    int n_tracks = tracker->n_tracks, n = n_tracks + n_seen;
    for (int i = 0; i < n; i++)
        for (int k = i + 1; k < n; k++) {
            double w = k < n_tracks   ? RIG_AFFINITY_NEVER
                       : i < n_tracks ? track_affinity(tracker, &tracker->tracks[i], &seen[k - n_tracks])
                                      : seen_affinity(tracker, &seen[i - n_tracks], &seen[k - n_tracks]);
            W[i * n + k] = W[k * n + i] = w;
        }
}

static rig_status make_groups(const rig_tracker *tracker, const rig_seen *seen, int n_seen, group **groups,
                              int *n_groups, rig_arena *scratch, rig_err *err) {
    int n_tracks = tracker->n_tracks, n = n_tracks + n_seen;
    double *W = RIG_NEW(scratch, double, (size_t)n *(size_t)n);
    int *label = RIG_NEW(scratch, int, n);
    if (!W || !label)
        return rig_fail_memory(err, "affinities");
    fill_affinities(tracker, seen, n_seen, W);
    RIG_TRY(rig_cluster(W, n, label, n_groups, scratch, err));
    *groups = RIG_NEW(scratch, group, *n_groups);
    const rig_seen **members = RIG_NEW(scratch, const rig_seen *, n_seen);
    rig_joint3d *joints = RIG_NEW(scratch, rig_joint3d, (size_t)*n_groups * (size_t)tracker->body.n);
    if (!*groups || !members || !joints)
        return rig_fail_memory(err, "groups");
    for (int g = 0; g < *n_groups; g++) {
        group *made = &(*groups)[g];
        uint64_t views = 0;
        *made = (group){.track = -1, .members = members, .joints = joints + g * tracker->body.n};
        for (int i = 0; i < n; i++) {
            if (label[i] != g)
                continue;
            if (i < n_tracks) {
                made->track = i;
                continue;
            }
            made->members[made->n++] = &seen[i - n_tracks];
            made->n_views += !(views >> seen[i - n_tracks].view & 1);
            views |= UINT64_C(1) << seen[i - n_tracks].view;
        }
        members += made->n;
    }
    return RIG_OK;
}

static int birth(rig_tracker *tracker) {
    rig_track *track = &tracker->tracks[tracker->n_tracks];
    memset(track, 0, sizeof *track);
    track->id = tracker->next_id++;
    return tracker->n_tracks++;
}

static rig_status write_person(const rig_tracker *tracker, const group *from, rig_person3d *person, rig_arena *out,
                               rig_err *err) {
    int n = tracker->body.n;
    person->id = tracker->tracks[from->track].id;
    person->joints = RIG_NEW(out, rig_joint3d, n);
    if (!person->joints)
        return rig_fail_memory(err, "joints");
    memcpy(person->joints, from->joints, (size_t)n * sizeof *person->joints);
    return RIG_OK;
}

static rig_status write_frame(const rig_tracker *tracker, const group *groups, int n_groups, rig_frame3d *frame3d,
                              rig_arena *out, rig_err *err) {
    frame3d->people = RIG_NEW(out, rig_person3d, n_groups);
    if (!frame3d->people)
        return rig_fail_memory(err, "people");
    for (int t = 0; t < tracker->n_tracks; t++)
        for (int g = 0; g < n_groups; g++)
            if (groups[g].track == t && groups[g].n_ok > 0)
                RIG_TRY(write_person(tracker, &groups[g], &frame3d->people[frame3d->n++], out, err));
    return RIG_OK;
}

rig_status rig_tracker_next(rig_tracker *tracker, int frame, const rig_frame2d *const *views, rig_frame3d *frame3d,
                            rig_arena *out, rig_arena *scratch, rig_err *err) {
    const rig_tracker_params *params = &tracker->params;
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_seen *seen;
    group *groups = NULL;
    int n_seen, n_groups;
    *frame3d = (rig_frame3d){.frame = frame};
    advance(tracker, frame);
    RIG_TRY(rig_seen_collect(tracker->rig, &tracker->body, views, params->min_score, params->point.gate_px, &seen,
                             &n_seen, scratch, err));
    RIG_TRY(make_groups(tracker, seen, n_seen, &groups, &n_groups, scratch, err));
    RIG_TRY(reserve_tracks(tracker, n_groups, err));
    for (int g = 0; g < n_groups; g++) {
        group *one = &groups[g];
        const rig_track *known = one->track < 0 ? NULL : &tracker->tracks[one->track];
        one->n_ok = rig_fuse(&tracker->body, one->members, one->n, known, params->point.min_parallax_rad, one->joints);
        if (!known && one->n_views >= 2 && one->n_ok >= params->min_joints)
            one->track = birth(tracker);
        if (one->track < 0)
            continue;
        rig_track *track = &tracker->tracks[one->track];
        rig_fuse_fill(&tracker->body, one->members, one->n, track, params->keep_s, one->joints);
        if (one->n_ok >= params->min_joints)
            track->unseen_s = 0;
    }
    rig_status status = write_frame(tracker, groups, n_groups, frame3d, out, err);
    rig_arena_rewind(scratch, mark);
    return status;
}
