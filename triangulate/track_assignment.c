#include "core/assign.h"
#include "triangulate/person_cluster.h"

#include <string.h>

static const double SAME_M = 0.25; // two groups nearer than this, joint by joint, are one person
static const double TURN_M_S2 = 4; // how fast a body leaves the way that it went
static const double SLACK_M = 0.3; // joints are about a body, not all at its middle

static bool is_person(const rig_tracker *tracker, const rig_person_cluster *group) {
    return group->n_agree >= 2 && group->n_ok >= tracker->params.min_joints;
}

// Add the people of `from` in views that `to` has nobody in.
static void absorb(const rig_tracker *tracker, rig_person_cluster *to, rig_person_cluster *from) {
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

// A group at the place of one with a track is part of it, or a second finding of the same person.
static void absorb_doubles(const rig_tracker *tracker, rig_person_clusters *groups) {
    for (int g = 0; g < groups->n; g++) {
        rig_person_cluster *group = &groups->of[g];
        if (group->track >= 0 || !is_person(tracker, group))
            continue;
        for (int k = 0; k < groups->n && group->n > 0; k++)
            if (groups->of[k].track >= 0 && rig_person_cluster_distance(tracker, &groups->of[k], group) < SAME_M)
                absorb(tracker, &groups->of[k], group);
    }
}

// Mean distance of the group's joints from where the track expects them.
static double distance_to_track(const rig_tracker *tracker, const rig_person_cluster *group, const rig_track *track) {
    double sum = 0;
    int n = 0;
    for (int j = 0; j < tracker->body.n; j++) {
        if (group->joints[j].state != RIG_JOINT_OK || !rig_joint_set_has(&track->known, j))
            continue;
        double d[3];
        for (int i = 0; i < 3; i++)
            d[i] = group->joints[j].p[i] - track->joints[j].p[i];
        sum += rig_norm3(d);
        n++;
    }
    return n ? sum / n : INFINITY;
}

// Give the tracks that this frame has no views of to the groups that are within their reach.
static rig_status revive(rig_tracker *tracker, rig_person_clusters *groups, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    size_t n_tracks = (size_t)tracker->n_tracks;
    bool *busy = RIG_NEW(scratch, bool, n_tracks);
    double *cost = RIG_NEW(scratch, double, (size_t)groups->n *n_tracks);
    int *track_of = RIG_NEW(scratch, int, groups->n);
    if (!busy || !cost || !track_of)
        return rig_fail_memory(err, "lost tracks");
    for (int g = 0; g < groups->n; g++)
        if (groups->of[g].track >= 0 && groups->of[g].n_ok > 0)
            busy[groups->of[g].track] = true;
    for (int g = 0; g < groups->n; g++)
        for (size_t t = 0; t < n_tracks; t++) {
            const rig_person_cluster *group = &groups->of[g];
            const rig_track *track = &tracker->tracks[t];
            double away_s = track->unseen_s, turned = TURN_M_S2 * away_s * away_s / 2, d = INFINITY;
            double reach = SLACK_M + fmin(tracker->params.max_speed_m_s * away_s, turned);
            if (group->track < 0 && is_person(tracker, group) && track->id > 0 && !busy[t])
                d = distance_to_track(tracker, group, track);
            cost[(size_t)g * n_tracks + t] = d < reach ? d : RIG_ASSIGN_FORBIDDEN;
        }
    RIG_TRY(rig_assign(cost, groups->n, tracker->n_tracks, track_of, scratch, err));
    for (int g = 0; g < groups->n; g++) {
        if (track_of[g] < 0)
            continue;
        for (int k = 0; k < groups->n; k++) // one that held the track, and nothing to show for it
            if (groups->of[k].track == track_of[g])
                groups->of[k].track = -1, groups->of[k].n_ok = 0;
        groups->of[g].track = track_of[g];
        tracker->tracks[track_of[g]].known = (rig_joint_set){{0}}; // what was expected was wrong: start anew
    }
    rig_arena_rewind(scratch, mark);
    return RIG_OK;
}

static rig_status reserve(rig_tracker *tracker, int more, rig_err *err) {
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

rig_status rig_person_clusters_assign_tracks(rig_tracker *tracker, rig_person_clusters *groups, rig_arena *scratch,
                                             rig_err *err) {
    absorb_doubles(tracker, groups);
    RIG_TRY(reserve(tracker, groups->n, err));
    RIG_TRY(revive(tracker, groups, scratch, err));
    for (int g = 0; g < groups->n; g++) {
        rig_person_cluster *group = &groups->of[g];
        if (group->track >= 0 || !is_person(tracker, group))
            continue;
        group->track = tracker->n_tracks++;
        memset(&tracker->tracks[group->track], 0, sizeof *tracker->tracks);
    }
    return RIG_OK;
}
