#include "tools/evaluate/people.h"

#include "core/assign.h"

#include <stdlib.h>
#include <string.h>

static const double MATCH_M = 0.5; // a mean joint distance from here on is another person

typedef struct compare {
    int n_joints;
    int of_result[RIG_JOINTS_MAX], of_truth[RIG_JOINTS_MAX]; // the joints that both skeletons have
    const rig_pose *Rt_truth_result;                         // NULL: none
    int *truth_ids, *last_ids, n_ids;                        // the truth's people, and the result id each had last
    double *distances;                                       // m
    int n_distances, n_truth_joints;
    rig_people_error *error;
} compare;

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

// The slot of a truth id, which is new where it was not seen before.
static int *last_id(compare *c, int truth_id) {
    int at = 0;
    while (at < c->n_ids && c->truth_ids[at] != truth_id)
        at++;
    if (at == c->n_ids) {
        c->truth_ids[at] = truth_id;
        c->last_ids[c->n_ids++] = 0;
    }
    return &c->last_ids[at];
}

static void count_match(compare *c, const rig_person3d *result, const rig_person3d *truth) {
    int *last = last_id(c, truth->id);
    double d;
    c->error->id_switches += *last != 0 && *last != result->id;
    *last = result->id;
    for (int k = 0; k < c->n_joints; k++)
        if (joint_distance(c, result, truth, k, &d))
            c->distances[c->n_distances++] = d;
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
        if (match[i] >= 0)
            count_match(c, &result->people[match[i]], &truth->people[i]), found++;
    }
    c->error->n_truth += truth->n;
    c->error->n_found += found;
    c->error->n_false += result->n - found;
    c->error->n_frames++;
    return RIG_OK;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void sum_up(compare *c) {
    rig_people_error *error = c->error;
    int n = c->n_distances;
    error->joint_recall = c->n_truth_joints ? (double)n / c->n_truth_joints : 0;
    error->mpjpe_mm = error->median_mm = error->p95_mm = n ? 0 : NAN;
    if (n == 0)
        return;
    qsort(c->distances, (size_t)n, sizeof *c->distances, by_size);
    for (int i = 0; i < n; i++)
        error->mpjpe_mm += 1000 * c->distances[i] / n;
    error->median_mm = 500 * (c->distances[(n - 1) / 2] + c->distances[n / 2]);
    error->p95_mm = 1000 * c->distances[(int)ceil(0.95 * n) - 1];
}

static rig_status compare_open(compare *c, const rig_skeleton *of_result, const rig_skeleton *of_truth,
                               const rig_people3d *truth, rig_arena *scratch, rig_err *err) {
    for (int k = 0; k < of_truth->n; k++) {
        int joint = rig_skeleton_find(of_result, of_truth->names[k]);
        if (joint < 0)
            continue;
        c->of_result[c->n_joints] = joint;
        c->of_truth[c->n_joints++] = k;
    }
    if (c->n_joints == 0)
        return rig_fail(err, RIG_ERR_DATA, "skeletons '%s' and '%s' have no joint in common", of_result->name,
                        of_truth->name);
    size_t people = 0;
    for (int f = 0; f < truth->n_frames; f++)
        people += (size_t)truth->frames[f].n;
    c->truth_ids = RIG_NEW(scratch, int, people);
    c->last_ids = RIG_NEW(scratch, int, people);
    c->distances = RIG_NEW(scratch, double, people *(size_t)c->n_joints);
    if (!c->truth_ids || !c->last_ids || !c->distances)
        return rig_fail_memory(err, "distances");
    return RIG_OK;
}

rig_status rig_eval_people(const rig_people3d *result, const rig_skeleton *result_skeleton, const rig_people3d *truth,
                           const rig_skeleton *truth_skeleton, const rig_pose *Rt_truth_result, rig_people_error *error,
                           rig_arena *scratch, rig_err *err) {
    rig_arena_mark start = rig_arena_tell(scratch);
    compare c = {.Rt_truth_result = Rt_truth_result, .error = error};
    memset(error, 0, sizeof *error);
    rig_status status = compare_open(&c, result_skeleton, truth_skeleton, truth, scratch, err);
    int common = 0;
    for (int f = 0, g = 0; status == RIG_OK && f < truth->n_frames; f++) {
        while (g < result->n_frames && result->frames[g].frame < truth->frames[f].frame)
            g++;
        bool has = g < result->n_frames && result->frames[g].frame == truth->frames[f].frame;
        rig_arena_mark mark = rig_arena_tell(scratch);
        status = compare_frame(&c, has ? &result->frames[g] : NULL, &truth->frames[f], scratch, err);
        rig_arena_rewind(scratch, mark);
        common += has;
    }
    if (status == RIG_OK && common == 0)
        status = rig_fail(err, RIG_ERR_DATA, "no frame in common with the truth");
    if (status == RIG_OK)
        sum_up(&c);
    rig_arena_rewind(scratch, start);
    return status;
}
