// A second look for joints that a view should have seen: the view may have taken left for right, or given the joint to
// another person, or to a person of its own making.
#include "triangulate/joints.h"
#include "triangulate/person_cluster.h"

#include <string.h>

static const double NEAR = 2;          // standard deviations from where the other views have the joint
static const double NEAR_EXPECTED = 4; // from where it is expected, when no views agree yet
static const double EXPECTED_M = 0.2;  // a joint expected less surely says little

// Where joint j of the group must be; false where that is not known.
typedef struct place {
    double p[3], sigma_m, near;
} place;

static bool find_place(const rig_tracker *tracker, const rig_person_cluster *group, int j, place *at) {
    const rig_joint3d *joint = &group->joints[j];
    if (joint->state == RIG_JOINT_OK) {
        memcpy(at->p, joint->p, sizeof at->p);
        at->sigma_m = 0, at->near = NEAR;
        return true;
    }
    if (group->track < 0 || !rig_joint_set_has(&tracker->tracks[group->track].known, j))
        return false;
    const rig_track *track = &tracker->tracks[group->track];
    memcpy(at->p, track->joints[j].p, sizeof at->p);
    at->sigma_m = rig_track_sigma(track, j), at->near = NEAR_EXPECTED;
    return at->sigma_m < EXPECTED_M;
}

// Distance of a sight from the place, in standard deviations of both; infinite behind the camera.
static double distance(const rig_ray *ray, double focal, const place *at) {
    double x[2], z;
    if (!rig_ray_residual(ray, at->p, x, &z))
        return INFINITY;
    double spread = focal * at->sigma_m / (z * ray->sigma_px);
    return sqrt((x[0] * x[0] + x[1] * x[1]) / (1 + spread * spread));
}

// A view's sight for the joint; loose: where it was nobody's.
typedef struct choice {
    const rig_ray *ray;
    double weight;
    rig_joint_candidate *loose;
} choice;

static bool is_used(const rig_person_cluster *group, const rig_detection *seen, int j) {
    return group->joints[j].state == RIG_JOINT_OK && (group->joints[j].views >> seen->view & 1);
}

// For each view the nearest sight of joint j, or of its mirror joint, whosever it is, that nobody else uses.
static int collect(const rig_tracker *tracker, const rig_person_clusters *groups, const rig_person_cluster *group,
                   int j, const place *at, choice chosen[RIG_VIEWS_MAX]) {
    double nearest[RIG_VIEWS_MAX];
    choice best[RIG_VIEWS_MAX] = {{NULL, 0, NULL}};
    int count = 0;
    for (int g = 0; g < groups->n; g++) {
        const rig_person_cluster *from = &groups->of[g];
        for (int k = 0; k < 2 * from->n; k++) {
            const rig_detection *seen = from->members[k / 2];
            int joint = k % 2 ? tracker->body.flip[j] : j, v = seen->view;
            bool taken = is_used(from, seen, joint) && !(from == group && joint == j);
            if (!rig_joint_set_has(&seen->has, joint) || taken || (k % 2 && joint == j))
                continue;
            double d = distance(&seen->rays[joint], seen->focal, at);
            if (d <= at->near && (!best[v].ray || d < nearest[v]))
                best[v] = (choice){&seen->rays[joint], seen->weight[joint], NULL}, nearest[v] = d;
        }
    }
    for (int i = 0; i < groups->n_loose; i++) {
        rig_joint_candidate *loose = &groups->loose[i];
        int v = loose->view;
        if (loose->used || (loose->joint != j && loose->joint != tracker->body.flip[j]))
            continue;
        double d = distance(&loose->ray, tracker->focal_px[v], at);
        if (d <= at->near && (!best[v].ray || d < nearest[v]))
            best[v] = (choice){&loose->ray, loose->weight, loose}, nearest[v] = d;
    }
    for (int v = 0; v < tracker->rig->n; v++)
        if (best[v].ray)
            chosen[count++] = best[v];
    return count;
}

static void rechoose(const rig_tracker *tracker, const rig_person_clusters *groups, rig_person_cluster *group, int j) {
    choice chosen[RIG_VIEWS_MAX];
    rig_ray rays[RIG_VIEWS_MAX];
    place at;
    if (!find_place(tracker, group, j, &at))
        return;
    int n = collect(tracker, groups, group, j, &at, chosen), used = 0;
    for (int v = 0; v < tracker->rig->n; v++)
        used += (int)(group->joints[j].views >> v & 1);
    if (n <= used || n < 2)
        return;
    rig_joint3d joint = group->joints[j];
    for (int i = 0; i < n; i++)
        rays[i] = *chosen[i].ray;
    rig_point_solve(rays, n, NULL, tracker->params.point.min_parallax_rad, &joint);
    int now = 0;
    for (int v = 0; v < tracker->rig->n; v++)
        now += (int)(joint.views >> v & 1);
    if (joint.state != RIG_JOINT_OK || now <= used)
        return;
    joint.score = 0;
    for (int i = 0; i < n; i++) {
        bool in = joint.views >> rays[i].view & 1;
        joint.score += in * chosen[i].weight / now;
        if (in && chosen[i].loose)
            chosen[i].loose->used = true;
    }
    group->n_ok += group->joints[j].state != RIG_JOINT_OK;
    group->joints[j] = joint;
}

void rig_person_clusters_match_guided(const rig_tracker *tracker, rig_person_clusters *groups) {
    for (int g = 0; g < groups->n; g++) {
        rig_person_cluster *group = &groups->of[g];
        if (group->track < 0 || group->n_ok < tracker->params.min_joints)
            continue;
        for (int j = 0; j < tracker->body.n; j++)
            rechoose(tracker, groups, group, j);
    }
}
