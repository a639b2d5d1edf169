#include "triangulate/person_cluster.h"
#include "triangulate/cluster.h"
#include "triangulate/joints.h"

#include <string.h>

static double seen_affinity(const rig_tracker *tracker, const rig_detection *a, const rig_detection *b) {
    return a->view == b->view
               ? rig_affinity_within_view(&tracker->body, a, b)
               : rig_affinity_across_views(&tracker->pairs[a->view * tracker->rig->n + b->view], &tracker->body, a, b);
}

static double track_affinity(const rig_tracker *tracker, const rig_track *track, const rig_detection *seen) {
    double p[RIG_JOINTS_MAX][3], sigma_m[RIG_JOINTS_MAX];
    for (int j = 0; j < tracker->body.n; j++) {
        memcpy(p[j], track->joints[j].p, sizeof p[j]);
        sigma_m[j] = rig_track_sigma_across(track, j);
    }
    return rig_affinity_with_prediction(&tracker->body, seen, &track->known, (const double(*)[3])p, sigma_m);
}

// Tracks first, then the people of the views.
static void fill_affinities(const rig_tracker *tracker, const rig_detection *seen, int n_seen, double *W) {
    int n_tracks = tracker->n_tracks;
    size_t n = (size_t)(n_tracks + n_seen);
    for (int i = 0; i < (int)n; i++)
        for (int k = i + 1; k < (int)n; k++) {
            double w = k < n_tracks   ? RIG_AFFINITY_NEVER
                       : i < n_tracks ? track_affinity(tracker, &tracker->tracks[i], &seen[k - n_tracks])
                                      : seen_affinity(tracker, &seen[i - n_tracks], &seen[k - n_tracks]);
            W[(size_t)i * n + (size_t)k] = W[(size_t)k * n + (size_t)i] = w;
        }
}

static rig_status group_init(rig_person_cluster *group, int n_seen, int n_joints, rig_arena *scratch, rig_err *err) {
    *group = (rig_person_cluster){.track = -1};
    group->members = RIG_NEW(scratch, const rig_detection *, n_seen);
    group->joints = RIG_NEW(scratch, rig_joint3d, n_joints);
    return group->members && group->joints ? RIG_OK : rig_fail_memory(err, "groups");
}

rig_status rig_person_clusters_make(const rig_tracker *tracker, const rig_detection *seen, int n_seen,
                                    rig_person_clusters *groups, rig_arena *scratch, rig_err *err) {
    int n_tracks = tracker->n_tracks, n = n_tracks + n_seen, n_clusters;
    double *W = RIG_NEW(scratch, double, (size_t)n *(size_t)n);
    int *label = RIG_NEW(scratch, int, n);
    if (!W || !label)
        return rig_fail_memory(err, "affinities");
    fill_affinities(tracker, seen, n_seen, W);
    RIG_TRY(rig_cluster(W, n, label, &n_clusters, scratch, err));
    groups->n = n_clusters;
    groups->of = RIG_NEW(scratch, rig_person_cluster, n_clusters);
    if (!groups->of)
        return rig_fail_memory(err, "groups");
    for (int g = 0; g < n_clusters; g++)
        RIG_TRY(group_init(&groups->of[g], n_seen, tracker->body.n, scratch, err));
    for (int i = 0; i < n; i++) {
        rig_person_cluster *group = &groups->of[label[i]];
        if (i < n_tracks) {
            group->track = i;
            continue;
        }
        group->members[group->n++] = &seen[i - n_tracks];
        group->views |= UINT64_C(1) << seen[i - n_tracks].view;
    }
    return RIG_OK;
}

// The views that are part of at least a third of the joints that were triangulated.
static int count_agreeing(const rig_tracker *tracker, const rig_person_cluster *group) {
    int n_agree = 0;
    for (int v = 0; v < tracker->rig->n; v++) {
        int used = 0;
        for (int j = 0; j < tracker->body.n; j++)
            used += (int)(group->joints[j].views >> v & 1);
        n_agree += used > 0 && 3 * used >= group->n_ok;
    }
    return n_agree;
}

void rig_person_cluster_triangulate(const rig_tracker *tracker, rig_person_cluster *group) {
    const rig_track *track = group->track < 0 ? NULL : &tracker->tracks[group->track];
    group->n_ok = rig_joints_triangulate(&tracker->body, group->members, group->n, track,
                                         tracker->params.point.min_parallax_rad, group->joints);
    group->n_agree = count_agreeing(tracker, group);
}

double rig_person_cluster_distance(const rig_tracker *tracker, const rig_person_cluster *a,
                                   const rig_person_cluster *b) {
    double sum = 0;
    int n = 0;
    for (int j = 0; j < tracker->body.n; j++) {
        if (a->joints[j].state != RIG_JOINT_OK || b->joints[j].state != RIG_JOINT_OK)
            continue;
        double d[3];
        for (int i = 0; i < 3; i++)
            d[i] = a->joints[j].p[i] - b->joints[j].p[i];
        sum += rig_norm3(d);
        n++;
    }
    return n ? sum / n : INFINITY;
}
