// The clusters of a frame, from the affinities of its detections and the tracks; and their joints.
#include "triangulate/person_cluster.h"
#include "triangulate/cluster.h"
#include "triangulate/joints.h"

#include <string.h>

static double detections_affinity(const rig_tracker *tracker, const rig_detection *a, const rig_detection *b) {
    return a->view == b->view
               ? rig_affinity_within_view(&tracker->body, a, b)
               : rig_affinity_across_views(&tracker->pairs[a->view * tracker->rig->n + b->view], &tracker->body, a, b);
}

static double track_affinity(const rig_tracker *tracker, const rig_track *track, const rig_detection *detection) {
    double p[RIG_JOINTS_MAX][3], sigma_m[RIG_JOINTS_MAX];
    for (int j = 0; j < tracker->body.n; j++) {
        memcpy(p[j], track->joints[j].p, sizeof p[j]);
        sigma_m[j] = rig_track_sigma_across(track, j);
    }
    return rig_affinity_with_prediction(&tracker->body, detection, &track->known, (const double(*)[3])p, sigma_m);
}

// The nodes of the graph are the tracks and, behind them, the detections. Two tracks are two people.
static void fill_affinities(const rig_tracker *tracker, const rig_detection *detections, int n_detections, double *W) {
    int n_tracks = tracker->n_tracks;
    size_t n = (size_t)(n_tracks + n_detections);
    for (int i = 0; i < (int)n; i++)
        for (int k = i + 1; k < (int)n; k++) {
            double w = k < n_tracks ? RIG_AFFINITY_NEVER
                       : i < n_tracks
                           ? track_affinity(tracker, &tracker->tracks[i], &detections[k - n_tracks])
                           : detections_affinity(tracker, &detections[i - n_tracks], &detections[k - n_tracks]);
            W[(size_t)i * n + (size_t)k] = W[(size_t)k * n + (size_t)i] = w;
        }
}

static rig_status cluster_init(rig_person_cluster *cluster, int n_detections, int n_joints, rig_arena *scratch,
                               rig_err *err) {
    *cluster = (rig_person_cluster){.track = -1};
    cluster->members = RIG_NEW(scratch, const rig_detection *, n_detections);
    cluster->joints = RIG_NEW(scratch, rig_joint3d, n_joints);
    return cluster->members && cluster->joints ? RIG_OK : rig_fail_memory(err, "clusters");
}

rig_status rig_person_clusters_make(const rig_tracker *tracker, const rig_detection *detections, int n_detections,
                                    rig_person_clusters *clusters, rig_arena *scratch, rig_err *err) {
    int n_tracks = tracker->n_tracks, n = n_tracks + n_detections, n_clusters;
    double *W = RIG_NEW(scratch, double, (size_t)n *(size_t)n);
    int *label = RIG_NEW(scratch, int, n);
    if (!W || !label)
        return rig_fail_memory(err, "affinities");
    fill_affinities(tracker, detections, n_detections, W);
    RIG_TRY(rig_cluster(W, n, label, &n_clusters, scratch, err));
    clusters->n = n_clusters;
    clusters->list = RIG_NEW(scratch, rig_person_cluster, n_clusters);
    if (!clusters->list)
        return rig_fail_memory(err, "clusters");
    for (int g = 0; g < n_clusters; g++)
        RIG_TRY(cluster_init(&clusters->list[g], n_detections, tracker->body.n, scratch, err));
    for (int i = 0; i < n; i++) {
        rig_person_cluster *cluster = &clusters->list[label[i]];
        if (i < n_tracks) {
            cluster->track = i;
            continue;
        }
        cluster->members[cluster->n++] = &detections[i - n_tracks];
        cluster->views |= UINT64_C(1) << detections[i - n_tracks].view;
    }
    return RIG_OK;
}

// How many views take part in at least a third of the joints that were triangulated.
static int count_agreeing(const rig_tracker *tracker, const rig_person_cluster *cluster) {
    int n_agree = 0;
    for (int v = 0; v < tracker->rig->n; v++) {
        int used = 0;
        for (int j = 0; j < tracker->body.n; j++)
            used += (int)(cluster->joints[j].views >> v & 1);
        n_agree += used > 0 && 3 * used >= cluster->n_ok;
    }
    return n_agree;
}

void rig_person_cluster_triangulate(const rig_tracker *tracker, rig_person_cluster *cluster) {
    const rig_track *track = cluster->track < 0 ? NULL : &tracker->tracks[cluster->track];
    cluster->n_ok = rig_joints_triangulate(&tracker->body, cluster->members, cluster->n, track,
                                           tracker->params.min_parallax_rad, cluster->joints);
    cluster->n_agree = count_agreeing(tracker, cluster);
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
