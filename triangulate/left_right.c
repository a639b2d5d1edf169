// Left and right: in space, the two places of a pair of joints, and whose each is by all views, the bones and the past.
#include "triangulate/joints.h"
#include "triangulate/person_cluster.h"

#include <string.h>

static const double APART_M = 0.1;     // places nearer than that are not told apart
static const double BONE_SPREAD = 0.2; // of its length: 1 standard deviation of a bone's
static const double STRETCH_MOST = 2;  // a bone longer or shorter than that, in its standard deviations, is none
static const double BONE_MOST = 2, PAST_MOST = 1; // of what a bone, and the past, may say: log-odds
static const double PAST_M = 0.15;

typedef struct pair {
    const rig_tracker *tracker;
    rig_person_clusters *groups;
    rig_person_cluster *group;
    int joint[2];
} pair;

static double distance(const double a[3], const double b[3]) {
    const double d[3] = {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
    return rig_norm3(d);
}

static bool is_at(const rig_ray *ray, const double p[3], double *near) {
    double x[2], z;
    if (!rig_ray_residual(ray, p, x, &z))
        return false;
    *near = 1 - (x[0] * x[0] + x[1] * x[1]) / (ray->gate * ray->gate);
    return *near > 0;
}

// What each view's best sight of joint j at p weighs, summed: the group's own sights, and those that nobody has.
static double support(const pair *s, int j, const double p[3]) {
    double best[RIG_VIEWS_MAX] = {0}, near, sum = 0;
    for (int k = 0; k < s->group->n; k++) {
        const rig_detection *seen = s->group->members[k];
        if (rig_joint_set_has(&seen->has, j) && is_at(&seen->rays[j], p, &near))
            best[seen->view] = fmax(best[seen->view], near * seen->weight[j]);
    }
    for (int i = 0; i < s->groups->n_loose; i++) {
        const rig_joint_candidate *loose = &s->groups->loose[i];
        if (loose->joint == j && is_at(&loose->ray, p, &near))
            best[loose->view] = fmax(best[loose->view], near * loose->weight);
    }
    for (int v = 0; v < s->tracker->rig->n; v++)
        sum += best[v];
    return sum;
}

// Of the bones that lead to joint j, how far their lengths are off at p, in standard deviations: the largest; -1 where
// there is none.
static double stretch(const pair *s, int j, const double p[3], double size) {
    const rig_body *body = &s->tracker->body;
    double most = -1;
    for (int k = 0; k < body->n_bones && size > 0; k++) {
        const rig_bone *bone = &body->bones[k];
        const rig_joint3d *from = &s->group->joints[bone->a];
        if (bone->b == j && bone->a != body->flip[j] && from->state == RIG_JOINT_OK)
            most = fmax(most, fabs(distance(from->p, p) / (size * bone->length_m) - 1) / BONE_SPREAD);
    }
    return most;
}

static bool fits(double stretched) {
    return stretched >= 0 && stretched < STRETCH_MOST;
}

// The sights of either joint that do not lie at p: at most RIG_VIEWS_MAX, the group's own first.
typedef struct elsewhere {
    int n;
    rig_ray rays[RIG_VIEWS_MAX];
    double weight[RIG_VIEWS_MAX];
    rig_joint_candidate *loose[RIG_VIEWS_MAX]; // NULL: the group's own
} elsewhere;

static void elsewhere_add(elsewhere *e, const rig_ray *ray, double weight, rig_joint_candidate *loose,
                          const double p[3]) {
    double near;
    if (e->n == RIG_VIEWS_MAX || is_at(ray, p, &near))
        return;
    e->rays[e->n] = *ray;
    e->weight[e->n] = weight;
    e->loose[e->n++] = loose;
}

// The other place: where those meet.
static bool other_place(const pair *s, const double p[3], double size, rig_joint3d *found) {
    elsewhere e = {.n = 0};
    for (int k = 0; k < s->group->n; k++)
        for (int side = 0; side < 2; side++) {
            const rig_detection *seen = s->group->members[k];
            int j = s->joint[side];
            if (rig_joint_set_has(&seen->has, j))
                elsewhere_add(&e, &seen->rays[j], seen->weight[j], NULL, p);
        }
    for (int i = 0; i < s->groups->n_loose; i++) {
        rig_joint_candidate *loose = &s->groups->loose[i];
        if (!loose->used && (loose->joint == s->joint[0] || loose->joint == s->joint[1]))
            elsewhere_add(&e, &loose->ray, loose->weight, loose, p);
    }
    *found = (rig_joint3d){.state = RIG_JOINT_MISSING};
    rig_point_solve(e.rays, e.n, NULL, s->tracker->params.point.min_parallax_rad, found);
    if (found->state != RIG_JOINT_OK || distance(found->p, p) < APART_M ||
        (!fits(stretch(s, s->joint[0], found->p, size)) && !fits(stretch(s, s->joint[1], found->p, size))))
        return false;
    double near, sum = 0;
    int n = 0;
    for (int i = 0; i < e.n; i++) {
        if (!is_at(&e.rays[i], found->p, &near))
            continue;
        sum += e.weight[i], n++;
        if (e.loose[i])
            e.loose[i]->used = true;
    }
    found->score = n ? sum / n : 0;
    return true;
}

// Log-likelihood, but for a constant, of joint j at p: by its bones, and by where it was.
static double plausible(const pair *s, int j, const double p[3], double size) {
    const rig_track *track = &s->tracker->tracks[s->group->track];
    double sum = 0;
    double z = fmax(stretch(s, j, p, size), 0);
    sum -= fmin(z * z / 2, BONE_MOST);
    if (rig_joint_set_has(&track->known, j)) {
        double d = distance(track->joints[j].p, p) / fmax(rig_track_sigma(track, j), PAST_M);
        sum -= fmin(d * d / 2, PAST_MOST);
    }
    return sum;
}

static double likely(const pair *s, const double a[3], const double b[3], double size) {
    const int *j = s->joint;
    return support(s, j[0], a) + support(s, j[1], b) + plausible(s, j[0], a, size) + plausible(s, j[1], b, size);
}

static void part(pair *s) {
    rig_joint3d *a = &s->group->joints[s->joint[0]], *b = &s->group->joints[s->joint[1]], other;
    double size = rig_joints_scale(&s->tracker->body, s->group->joints);
    bool apart = a->state == RIG_JOINT_OK && b->state == RIG_JOINT_OK && distance(a->p, b->p) > APART_M;
    if (!apart) {
        rig_joint3d *known = a->state == RIG_JOINT_OK ? a : b;
        if (known->state != RIG_JOINT_OK || !other_place(s, known->p, size, &other))
            return;
        s->group->n_ok += (a->state != RIG_JOINT_OK) + (b->state != RIG_JOINT_OK);
        *(known == a ? b : a) = other;
    }
    if (likely(s, b->p, a->p, size) > likely(s, a->p, b->p, size)) {
        other = *a;
        *a = *b;
        *b = other;
    }
}

void rig_person_clusters_resolve_sides(const rig_tracker *tracker, rig_person_clusters *groups) {
    for (int g = 0; g < groups->n; g++) {
        rig_person_cluster *group = &groups->of[g];
        if (group->track < 0 || group->n_ok < tracker->params.min_joints)
            continue;
        for (int j = 0; j < tracker->body.n; j++) {
            pair s = {tracker, groups, group, {j, tracker->body.flip[j]}};
            if (tracker->body.flip[j] > j)
                part(&s);
        }
    }
}
