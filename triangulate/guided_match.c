// Guided matching: once a joint's place is known, look near it for observations that were matched elsewhere.
//
// A view may have taken left for right, or given the joint to another person or to somebody who is none. So each joint
// of a cluster is triangulated again from each view's nearest observation of it, or of its mirror joint, that lies
// within a gate of the joint's place (or of the track's prediction where it has no place) and that no other joint uses.
// The result is kept where more views agree on it than before. Source: Hartley and Zisserman 2004, "Multiple view
// geometry", 4.8 and 11.6 (guided matching).
#include "triangulate/person_cluster.h"

#include <string.h>

static const double GATE = 2;           // standard deviations, around a joint that views agree on
static const double GATE_PREDICTED = 4; // around a prediction
static const double PREDICTED_M = 0.2;  // a prediction less sure guides nothing

// Where a joint must be, and the gate around it in standard deviations.
typedef struct place {
    double p[3], sigma_m, gate;
} place;

// The place of joint j of the cluster; false where it is not known.
static bool find_place(const rig_tracker *tracker, const rig_person_cluster *cluster, int j, place *at) {
    const rig_joint3d *joint = &cluster->joints[j];
    if (joint->state == RIG_JOINT_OK) {
        memcpy(at->p, joint->p, sizeof at->p);
        at->sigma_m = 0, at->gate = GATE;
        return true;
    }
    if (cluster->track < 0 || !rig_joint_set_has(&tracker->tracks[cluster->track].known, j))
        return false;
    const rig_track *track = &tracker->tracks[cluster->track];
    memcpy(at->p, track->joints[j].p, sizeof at->p);
    at->sigma_m = rig_track_sigma(track, j), at->gate = GATE_PREDICTED;
    return at->sigma_m < PREDICTED_M;
}

// Distance of the ray from the place, in standard deviations of both; infinite behind the camera.
static double gate_distance(const rig_ray *ray, double focal, const place *at) {
    double x[2], z;
    if (!rig_ray_residual(ray, at->p, x, &z))
        return INFINITY;
    double spread = focal * at->sigma_m / (z * ray->sigma_px);
    return sqrt((x[0] * x[0] + x[1] * x[1]) / (1 + spread * spread));
}

// The observation chosen in a view.
typedef struct choice {
    const rig_ray *ray;
    double weight;
    rig_joint_candidate *candidate; // NULL: a detection's
} choice;

static bool is_used(const rig_person_cluster *cluster, const rig_detection *detection, int j) {
    return cluster->joints[j].state == RIG_JOINT_OK && (cluster->joints[j].views >> detection->view & 1);
}

// For each view the observation of joint j, or of its mirror joint, nearest to the place within the gate that no other
// joint uses: of any cluster's detection, or a candidate.
static int choose(const rig_tracker *tracker, const rig_person_clusters *clusters, const rig_person_cluster *cluster,
                  int j, const place *at, choice chosen[RIG_VIEWS_MAX]) {
    double nearest[RIG_VIEWS_MAX];
    choice best[RIG_VIEWS_MAX] = {{NULL, 0, NULL}};
    int count = 0;
    for (int g = 0; g < clusters->n; g++) {
        const rig_person_cluster *from = &clusters->list[g];
        for (int k = 0; k < 2 * from->n; k++) {
            const rig_detection *detection = from->members[k / 2];
            int joint = k % 2 ? tracker->body.flip[j] : j, v = detection->view;
            bool taken = is_used(from, detection, joint) && !(from == cluster && joint == j);
            if (!rig_joint_set_has(&detection->has, joint) || taken || (k % 2 && joint == j))
                continue;
            double d = gate_distance(&detection->rays[joint], detection->focal, at);
            if (d <= at->gate && (!best[v].ray || d < nearest[v]))
                best[v] = (choice){&detection->rays[joint], detection->weight[joint], NULL}, nearest[v] = d;
        }
    }
    for (int i = 0; i < clusters->n_candidates; i++) {
        rig_joint_candidate *candidate = &clusters->candidates[i];
        int v = candidate->view;
        if (candidate->used || (candidate->joint != j && candidate->joint != tracker->body.flip[j]))
            continue;
        double d = gate_distance(&candidate->ray, tracker->focal_px[v], at);
        if (d <= at->gate && (!best[v].ray || d < nearest[v]))
            best[v] = (choice){&candidate->ray, candidate->weight, candidate}, nearest[v] = d;
    }
    for (int v = 0; v < tracker->rig->n; v++)
        if (best[v].ray)
            chosen[count++] = best[v];
    return count;
}

static void joint_match(const rig_tracker *tracker, const rig_person_clusters *clusters, rig_person_cluster *cluster,
                        int j) {
    choice chosen[RIG_VIEWS_MAX];
    rig_ray rays[RIG_VIEWS_MAX];
    place at;
    int used = 0;
    for (int v = 0; v < tracker->rig->n; v++)
        used += (int)(cluster->joints[j].views >> v & 1);
    if (used == tracker->rig->n || !find_place(tracker, cluster, j, &at))
        return; // no more views can agree, or nothing says where
    int n = choose(tracker, clusters, cluster, j, &at, chosen);
    if (n <= used || n < 2)
        return;
    rig_joint3d joint = cluster->joints[j];
    for (int i = 0; i < n; i++)
        rays[i] = *chosen[i].ray;
    rig_point_solve(rays, n, NULL, tracker->params.min_parallax_rad, &joint);
    int now = 0;
    for (int v = 0; v < tracker->rig->n; v++)
        now += (int)(joint.views >> v & 1);
    if (joint.state != RIG_JOINT_OK || now <= used)
        return;
    joint.score = 0;
    for (int i = 0; i < n; i++) {
        bool in = joint.views >> rays[i].view & 1;
        joint.score += in * chosen[i].weight / now;
        if (in && chosen[i].candidate)
            chosen[i].candidate->used = true;
    }
    cluster->n_ok += cluster->joints[j].state != RIG_JOINT_OK;
    cluster->joints[j] = joint;
}

void rig_person_clusters_match_guided(const rig_tracker *tracker, rig_person_clusters *clusters) {
    for (int g = 0; g < clusters->n; g++) {
        rig_person_cluster *cluster = &clusters->list[g];
        if (cluster->track < 0 || cluster->n_ok < tracker->params.min_joints)
            continue;
        for (int j = 0; j < tracker->body.n; j++)
            joint_match(tracker, clusters, cluster, j);
    }
}
