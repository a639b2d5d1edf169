// Tracks for the clusters that the partition gave none: merging, finding again, beginning.
#include "core/assign.h"
#include "triangulate/person_cluster.h"

#include <string.h>

static const double SAME_M = 0.25; // two clusters nearer than this, in the mean over their joints, are one person
static const double TURN_M_S2 = 4; // how fast a body that nobody sees may leave its predicted way
static const double SLACK_M = 0.3; // reach of a track that was seen in the last frame

static bool is_person(const rig_tracker *tracker, const rig_person_cluster *cluster) {
    return cluster->n_agree >= 2 && cluster->n_ok >= tracker->params.min_joints;
}

// Move the members of `from` in views that `to` has none of to it, and empty `from`.
static void merge(const rig_tracker *tracker, rig_person_cluster *to, rig_person_cluster *from) {
    int before = to->n;
    uint64_t taken = to->views;
    for (int k = 0; k < from->n; k++) {
        if (taken >> from->members[k]->view & 1)
            continue;
        to->members[to->n++] = from->members[k];
        to->views |= UINT64_C(1) << from->members[k]->view;
    }
    if (to->n > before)
        rig_person_cluster_triangulate(tracker, to);
    from->n = from->n_ok = from->n_agree = 0;
}

// A cluster at the place of one with a track is the same person: part of them, or a second detection.
static void merge_doubles(const rig_tracker *tracker, rig_person_clusters *clusters) {
    for (int g = 0; g < clusters->n; g++) {
        rig_person_cluster *cluster = &clusters->list[g];
        if (cluster->track >= 0 || !is_person(tracker, cluster))
            continue;
        for (int k = 0; k < clusters->n && cluster->n > 0; k++)
            if (clusters->list[k].track >= 0 &&
                rig_person_cluster_distance(tracker, &clusters->list[k], cluster) < SAME_M)
                merge(tracker, &clusters->list[k], cluster);
    }
}

// Mean distance of the cluster's joints from where the track predicts them.
static double distance_to_track(const rig_tracker *tracker, const rig_person_cluster *cluster, const rig_track *track) {
    double sum = 0;
    int n = 0;
    for (int j = 0; j < tracker->body.n; j++) {
        if (cluster->joints[j].state != RIG_JOINT_OK || !rig_joint_set_has(&track->known, j))
            continue;
        double d[3];
        for (int i = 0; i < 3; i++)
            d[i] = cluster->joints[j].p[i] - track->joints[j].p[i];
        sum += rig_norm3(d);
        n++;
    }
    return n ? sum / n : INFINITY;
}

// Find lost people again: assign the tracks with an id that no cluster of this frame shows to the clusters within their
// reach, at the least sum of distances. The reach grows with the time since the track was seen.
static rig_status find_lost(rig_tracker *tracker, rig_person_clusters *clusters, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    size_t n_tracks = (size_t)tracker->n_tracks;
    bool *busy = RIG_NEW(scratch, bool, n_tracks);
    double *cost = RIG_NEW(scratch, double, (size_t)clusters->n *n_tracks);
    int *track_of = RIG_NEW(scratch, int, clusters->n);
    if (!busy || !cost || !track_of)
        return rig_fail_memory(err, "lost tracks");
    for (int g = 0; g < clusters->n; g++)
        if (clusters->list[g].track >= 0 && clusters->list[g].n_ok > 0)
            busy[clusters->list[g].track] = true;
    for (int g = 0; g < clusters->n; g++)
        for (size_t t = 0; t < n_tracks; t++) {
            const rig_person_cluster *cluster = &clusters->list[g];
            const rig_track *track = &tracker->tracks[t];
            double away_s = track->unseen_s, turned = TURN_M_S2 * away_s * away_s / 2, d = INFINITY;
            double reach = SLACK_M + fmin(tracker->params.max_speed_m_s * away_s, turned);
            if (cluster->track < 0 && is_person(tracker, cluster) && track->id > 0 && !busy[t])
                d = distance_to_track(tracker, cluster, track);
            cost[(size_t)g * n_tracks + t] = d < reach ? d : RIG_ASSIGN_FORBIDDEN;
        }
    RIG_TRY(rig_assign(cost, clusters->n, tracker->n_tracks, track_of, scratch, err));
    for (int g = 0; g < clusters->n; g++) {
        if (track_of[g] < 0)
            continue;
        for (int k = 0; k < clusters->n; k++) // the cluster that held the track without detections
            if (clusters->list[k].track == track_of[g])
                clusters->list[k].track = -1, clusters->list[k].n_ok = 0;
        clusters->list[g].track = track_of[g];
        tracker->tracks[track_of[g]].known = (rig_joint_set){{0}}; // the predictions were wrong: the filters start anew
    }
    rig_arena_rewind(scratch, mark);
    return RIG_OK;
}

static rig_status tracks_reserve(rig_tracker *tracker, int more, rig_err *err) {
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

rig_status rig_person_clusters_assign_tracks(rig_tracker *tracker, rig_person_clusters *clusters, rig_arena *scratch,
                                             rig_err *err) {
    merge_doubles(tracker, clusters);
    RIG_TRY(tracks_reserve(tracker, clusters->n, err));
    RIG_TRY(find_lost(tracker, clusters, scratch, err));
    for (int g = 0; g < clusters->n; g++) {
        rig_person_cluster *cluster = &clusters->list[g];
        if (cluster->track >= 0 || !is_person(tracker, cluster))
            continue;
        cluster->track = tracker->n_tracks++;
        memset(&tracker->tracks[cluster->track], 0, sizeof *tracker->tracks);
    }
    return RIG_OK;
}
