// Left and right joints of a person: the places of both, and which is which.
//
// Detectors take left for right, view by view, and give both joints one place when one hides the other. So of each pair
// of joints two things are settled in space. Where only one place is known, or both are the same, the observations of
// either joint that do not lie there are triangulated: their point is the other joint, where a bone fits it. Then the
// two places are exchanged where that is the likelier assignment by the sum of three terms, as log-likelihoods: what
// the views' observations of each joint at its place weigh, how its bone's length fits the person's size, and how far
// it is from the track's prediction, the latter two truncated.
#include "triangulate/joints.h"
#include "triangulate/person_cluster.h"

#include <string.h>

static const double APART_M = 0.1;                     // places nearer than this are one place
static const double BONE_SPREAD = 0.2;                 // of a bone's length: 1 standard deviation
static const double BONE_FITS = 2;                     // standard deviations: a bone is off by less
static const double BONE_MOST = 2, PREDICTED_MOST = 1; // where these log-likelihoods are truncated
static const double PREDICTED_M = 0.15;                // no prediction counts as surer

// A pair of joints of a cluster, left and right.
typedef struct pair {
    const rig_tracker *tracker;
    rig_person_clusters *clusters;
    rig_person_cluster *cluster;
    int joint[2];
} pair;

static double distance(const double a[3], const double b[3]) {
    const double d[3] = {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
    return rig_norm3(d);
}

// Whether the ray passes p within its gate; *near: 1 where it hits it, 0 at the gate.
static bool is_at(const rig_ray *ray, const double p[3], double *near) {
    double x[2], z;
    if (!rig_ray_residual(ray, p, x, &z))
        return false;
    *near = 1 - (x[0] * x[0] + x[1] * x[1]) / (ray->gate * ray->gate);
    return *near > 0;
}

// The sum over the views of the weight of the view's best observation of joint j at p: one of the members' or a
// candidate.
static double observations_at(const pair *s, int j, const double p[3]) {
    double best[RIG_VIEWS_MAX] = {0}, near, sum = 0;
    for (int k = 0; k < s->cluster->n; k++) {
        const rig_detection *detection = s->cluster->members[k];
        if (rig_joint_set_has(&detection->has, j) && is_at(&detection->rays[j], p, &near))
            best[detection->view] = fmax(best[detection->view], near * detection->weight[j]);
    }
    for (int i = 0; i < s->clusters->n_candidates; i++) {
        const rig_joint_candidate *candidate = &s->clusters->candidates[i];
        if (candidate->joint == j && is_at(&candidate->ray, p, &near))
            best[candidate->view] = fmax(best[candidate->view], near * candidate->weight);
    }
    for (int v = 0; v < s->tracker->rig->n; v++)
        sum += best[v];
    return sum;
}

// How far the lengths of the bones that end in joint j would be off were it at p, in standard deviations: the largest;
// -1 where there is no such bone.
static double bone_misfit(const pair *s, int j, const double p[3], double size) {
    const rig_body *body = &s->tracker->body;
    double most = -1;
    for (int k = 0; k < body->n_bones && size > 0; k++) {
        const rig_bone *bone = &body->bones[k];
        const rig_joint3d *from = &s->cluster->joints[bone->a];
        if (bone->b == j && bone->a != body->flip[j] && from->state == RIG_JOINT_OK)
            most = fmax(most, fabs(distance(from->p, p) / (size * bone->length_m) - 1) / BONE_SPREAD);
    }
    return most;
}

static bool bone_fits(double misfit) {
    return misfit >= 0 && misfit < BONE_FITS;
}

// The observations of either joint that do not lie at the known place: at most RIG_VIEWS_MAX, the members' first.
typedef struct leftover {
    int n;
    rig_ray rays[RIG_VIEWS_MAX];
    double weight[RIG_VIEWS_MAX];
    rig_joint_candidate *candidates[RIG_VIEWS_MAX]; // NULL: a member's
} leftover;

static void leftover_add(leftover *e, const rig_ray *ray, double weight, rig_joint_candidate *candidate,
                         const double p[3]) {
    double near;
    if (e->n == RIG_VIEWS_MAX || is_at(ray, p, &near))
        return;
    e->rays[e->n] = *ray;
    e->weight[e->n] = weight;
    e->candidates[e->n++] = candidate;
}

// Triangulate the other place from these, given the known place p; false where there is none.
static bool other_place(const pair *s, const double p[3], double size, rig_joint3d *found) {
    leftover e;
    e.n = 0;
    *found = (rig_joint3d){.state = RIG_JOINT_MISSING};
    if (bone_misfit(s, s->joint[0], p, size) < 0 && bone_misfit(s, s->joint[1], p, size) < 0)
        return false; // no bone can fit a place
    for (int k = 0; k < s->cluster->n; k++)
        for (int side = 0; side < 2; side++) {
            const rig_detection *detection = s->cluster->members[k];
            int j = s->joint[side];
            if (rig_joint_set_has(&detection->has, j))
                leftover_add(&e, &detection->rays[j], detection->weight[j], NULL, p);
        }
    for (int i = 0; i < s->clusters->n_candidates; i++) {
        rig_joint_candidate *candidate = &s->clusters->candidates[i];
        if (!candidate->used && (candidate->joint == s->joint[0] || candidate->joint == s->joint[1]))
            leftover_add(&e, &candidate->ray, candidate->weight, candidate, p);
    }
    rig_point_solve(e.rays, e.n, NULL, s->tracker->params.min_parallax_rad, found);
    if (found->state != RIG_JOINT_OK || distance(found->p, p) < APART_M ||
        (!bone_fits(bone_misfit(s, s->joint[0], found->p, size)) &&
         !bone_fits(bone_misfit(s, s->joint[1], found->p, size))))
        return false;
    double near, sum = 0;
    int n = 0;
    for (int i = 0; i < e.n; i++) {
        if (!is_at(&e.rays[i], found->p, &near))
            continue;
        sum += e.weight[i], n++;
        if (e.candidates[i])
            e.candidates[i]->used = true;
    }
    found->score = n ? sum / n : 0;
    return true;
}

// Log-likelihood, but for a constant, of joint j at p: by its bones, and by where the track predicts it.
static double log_prior(const pair *s, int j, const double p[3], double size) {
    const rig_track *track = &s->tracker->tracks[s->cluster->track];
    double sum = 0;
    double z = fmax(bone_misfit(s, j, p, size), 0);
    sum -= fmin(z * z / 2, BONE_MOST);
    if (rig_joint_set_has(&track->known, j)) {
        double d = distance(track->joints[j].p, p) / fmax(rig_track_sigma(track, j), PREDICTED_M);
        sum -= fmin(d * d / 2, PREDICTED_MOST);
    }
    return sum;
}

// Whether it is likelier that the joint at a is the right one and that at b the left one.
static bool is_exchanged(const pair *s, const double a[3], const double b[3], double size) {
    const int *j = s->joint;
    const double as_is = observations_at(s, j[0], a) + observations_at(s, j[1], b) + log_prior(s, j[0], a, size) +
                         log_prior(s, j[1], b, size);
    const double exchanged = observations_at(s, j[0], b) + observations_at(s, j[1], a);
    return exchanged > as_is && // no prior is above 0
           exchanged + log_prior(s, j[0], b, size) + log_prior(s, j[1], a, size) > as_is;
}

// Returns whether a joint was changed.
static bool pair_resolve(const pair *s, double size) {
    rig_joint3d *a = &s->cluster->joints[s->joint[0]], *b = &s->cluster->joints[s->joint[1]], other;
    bool apart = a->state == RIG_JOINT_OK && b->state == RIG_JOINT_OK && distance(a->p, b->p) > APART_M;
    if (!apart) {
        rig_joint3d *known = a->state == RIG_JOINT_OK ? a : b;
        if (known->state != RIG_JOINT_OK || !other_place(s, known->p, size, &other))
            return false;
        s->cluster->n_ok += (a->state != RIG_JOINT_OK) + (b->state != RIG_JOINT_OK);
        *(known == a ? b : a) = other;
    }
    if (!is_exchanged(s, a->p, b->p, size))
        return !apart;
    other = *a;
    *a = *b;
    *b = other;
    return true;
}

void rig_person_clusters_resolve_sides(const rig_tracker *tracker, rig_person_clusters *clusters) {
    for (int g = 0; g < clusters->n; g++) {
        rig_person_cluster *cluster = &clusters->list[g];
        if (cluster->track < 0 || cluster->n_ok < tracker->params.min_joints)
            continue;
        double size = rig_joints_scale(&tracker->body, cluster->joints);
        for (int j = 0; j < tracker->body.n; j++) {
            const pair s = {tracker, clusters, cluster, {j, tracker->body.flip[j]}};
            if (tracker->body.flip[j] > j && pair_resolve(&s, size))
                size = rig_joints_scale(&tracker->body, cluster->joints);
        }
    }
}
