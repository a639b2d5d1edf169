#include "tools/evaluate/people.h"

#include "core/assign.h"

#include <stdlib.h>
#include <string.h>

static const double MATCH_M = 0.5; // a mean joint distance from here on is another person

// A person of the truth, and the result id that it had last.
typedef struct known_person {
    int id, last;
} known_person;

struct rig_people_comparison {
    int n_joints;
    int of_result[RIG_JOINTS_MAX], of_truth[RIG_JOINTS_MAX]; // the joints that both skeletons have
    const rig_pose *Rt_truth_result;                         // NULL: none
    int n_known, room_known;
    known_person *known;
    size_t n_distances, room_distances;
    double *distances; // m
    long n_truth_joints;
    int n_common; // frames
    rig_people_error error;
};
typedef struct rig_people_comparison compare;

static bool has_position(const rig_joint3d *joint) {
    return joint->state == RIG_JOINT_OK || joint->state == RIG_JOINT_FILLED;
}

static bool joint_distance(const compare *c, const rig_person3d *result, const rig_person3d *truth, int k, double *d) {
    const rig_joint3d *a = &result->joints[c->of_result[k]], *b = &truth->joints[c->of_truth[k]];
    if (!has_position(a) || !has_position(b))
        return false;
    double p[3] = {a->p[0], a->p[1], a->p[2]};
    if (c->Rt_truth_result)
        rig_pose_apply(c->Rt_truth_result, a->p, p);
    for (int i = 0; i < 3; i++)
        p[i] -= b->p[i];
    *d = rig_norm3(p);
    return true;
}

static double mean_distance(const compare *c, const rig_person3d *result, const rig_person3d *truth) {
    double sum = 0, d;
    int n = 0;
    for (int k = 0; k < c->n_joints; k++)
        if (joint_distance(c, result, truth, k, &d))
            sum += d, n++;
    return n ? sum / n : INFINITY;
}

// The truth's person of an id, which is new where it was not seen before.
static rig_status person_known(compare *c, int id, known_person **found, rig_err *err) {
    int at = 0;
    while (at < c->n_known && c->known[at].id != id)
        at++;
    if (at == c->n_known && at == c->room_known) {
        int room = at ? 2 * at : 16;
        known_person *known = rig_heap_resize(c->known, (size_t)room, sizeof *known);
        if (!known)
            return rig_fail_memory(err, "people to compare");
        c->known = known, c->room_known = room;
    }
    if (at == c->n_known)
        c->known[c->n_known++] = (known_person){id, 0};
    *found = &c->known[at];
    return RIG_OK;
}

static rig_status count_match(compare *c, const rig_person3d *result, const rig_person3d *truth, rig_err *err) {
    known_person *known = NULL;
    double d;
    RIG_TRY(person_known(c, truth->id, &known, err));
    c->error.id_switches += known->last != 0 && known->last != result->id;
    known->last = result->id;
    if (c->n_distances + (size_t)c->n_joints > c->room_distances) {
        size_t room = 2 * c->room_distances + (size_t)c->n_joints;
        double *distances = rig_heap_resize(c->distances, room, sizeof *distances);
        if (!distances)
            return rig_fail_memory(err, "distances");
        c->distances = distances, c->room_distances = room;
    }
    for (int k = 0; k < c->n_joints; k++)
        if (joint_distance(c, result, truth, k, &d))
            c->distances[c->n_distances++] = d;
    return RIG_OK;
}

static rig_status compare_frame(compare *c, const rig_frame3d *result, const rig_frame3d *truth, rig_arena *scratch,
                                rig_err *err) {
    static const rig_frame3d nobody = {0};
    result = result ? result : &nobody;
    double *cost = RIG_NEW(scratch, double, (size_t)truth->n *(size_t)result->n);
    int *match = RIG_NEW(scratch, int, truth->n);
    if (!cost || !match)
        return rig_fail_memory(err, "people to compare");
    for (int i = 0; i < truth->n; i++)
        for (int j = 0; j < result->n; j++) {
            double d = mean_distance(c, &result->people[j], &truth->people[i]);
            cost[i * result->n + j] = d < MATCH_M ? d : RIG_ASSIGN_FORBIDDEN;
        }
    RIG_TRY(rig_assign(cost, truth->n, result->n, match, scratch, err));
    int found = 0;
    for (int i = 0; i < truth->n; i++) {
        for (int k = 0; k < c->n_joints; k++)
            c->n_truth_joints += has_position(&truth->people[i].joints[c->of_truth[k]]);
        if (match[i] < 0)
            continue;
        RIG_TRY(count_match(c, &result->people[match[i]], &truth->people[i], err));
        found++;
    }
    c->error.n_truth += truth->n;
    c->error.n_found += found;
    c->error.n_false += result->n - found;
    c->error.n_frames++;
    return RIG_OK;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

rig_status rig_eval_people_open(const rig_skeleton *of_result, const rig_skeleton *of_truth,
                                const rig_pose *Rt_truth_result, rig_people_comparison **comparison, rig_err *err) {
    compare *c = *comparison = rig_heap_resize(NULL, 1, sizeof *c);
    if (!c)
        return rig_fail_memory(err, "people to compare");
    *c = (compare){.Rt_truth_result = Rt_truth_result};
    for (int k = 0; k < of_truth->n; k++) {
        int joint = rig_skeleton_find(of_result, of_truth->names[k]);
        if (joint < 0)
            continue;
        c->of_result[c->n_joints] = joint;
        c->of_truth[c->n_joints++] = k;
    }
    return c->n_joints > 0 ? RIG_OK
                           : rig_fail(err, RIG_ERR_DATA, "skeletons '%s' and '%s' have no joint in common",
                                      of_result->name, of_truth->name);
}

rig_status rig_eval_people_add(rig_people_comparison *c, const rig_frame3d *result, const rig_frame3d *truth,
                               rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_status status = compare_frame(c, result, truth, scratch, err);
    rig_arena_rewind(scratch, mark);
    c->n_common += result != NULL;
    return status;
}

rig_status rig_eval_people_end(rig_people_comparison *c, rig_people_error *error, rig_err *err) {
    const size_t n = c->n_distances;
    if (c->n_common == 0)
        return rig_fail(err, RIG_ERR_DATA, "no frame in common with the truth");
    *error = c->error;
    error->joint_recall = c->n_truth_joints ? (double)n / (double)c->n_truth_joints : 0;
    error->mpjpe_mm = error->median_mm = error->p95_mm = n ? 0 : NAN;
    if (n == 0)
        return RIG_OK;
    qsort(c->distances, n, sizeof *c->distances, by_size);
    for (size_t i = 0; i < n; i++)
        error->mpjpe_mm += 1000 * c->distances[i] / (double)n;
    error->median_mm = 500 * (c->distances[(n - 1) / 2] + c->distances[n / 2]);
    error->p95_mm = 1000 * c->distances[(size_t)ceil(0.95 * (double)n) - 1];
    return RIG_OK;
}

void rig_eval_people_close(rig_people_comparison *c) {
    if (!c)
        return;
    rig_heap_free(c->known);
    rig_heap_free(c->distances);
    rig_heap_free(c);
}
