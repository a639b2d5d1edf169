#include "pose/group.h"

#include "core/assign.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

// What a candidate's score counts beside its tag distance: enough to decide between two that fit equally well.
static const double SCORE_WEIGHT = 0.25;
// Tags closer than this part of the threshold are equal, so that place can decide between them.
static const double TAG_FLOOR = 0.1;

typedef struct grouping {
    const rig_model *model;
    const rig_candidates *candidates;
    rig_group *groups;
    int n;
    double *tag_d, *place_d, *cost; // candidate x group; cost has one more column a candidate: it opens a group
    double *row_min, *col_min;      // least place_d within the tag gate
    int *col_of_row;
} grouping;

double rig_tag_distance(const double *a, const double *b, int tag_dim, bool l2) {
    double sum = 0;
    for (int d = 0; d < tag_dim; d++)
        sum += (a[d] - b[d]) * (a[d] - b[d]);
    return sqrt(l2 || tag_dim < 1 ? sum : sum / tag_dim);
}

static rig_status grouping_init(grouping *g, const rig_candidates *candidates, const rig_model *model,
                                rig_arena *scratch, rig_err *err) {
    size_t total = 0, most = 0;
    for (int k = 0; k < candidates->n_joints; k++) {
        size_t n = (size_t)candidates->n[k];
        total += n;
        most = n > most ? n : most;
    }
    *g = (grouping){.model = model, .candidates = candidates};
    g->groups = RIG_NEW(scratch, rig_group, total);
    g->tag_d = RIG_NEW(scratch, double, most *total);
    g->place_d = RIG_NEW(scratch, double, most *total);
    g->cost = RIG_NEW(scratch, double, most *(total + most));
    g->row_min = RIG_NEW(scratch, double, most);
    g->col_min = RIG_NEW(scratch, double, total);
    g->col_of_row = RIG_NEW(scratch, int, most);
    if (!g->groups || !g->tag_d || !g->place_d || !g->cost || !g->row_min || !g->col_min || !g->col_of_row)
        return rig_fail_memory(err, "grouping");
    return RIG_OK;
}

static void join(rig_group *group, int joint, const rig_peak *peak, const rig_candidates *c) {
    double share = 1.0 / ++group->n;
    group->joints[joint] = peak;
    group->score += peak->score / c->n_joints;
    for (int d = 0; d < c->tag_dim; d++)
        group->tag[d] += (peak->tag[d] - group->tag[d]) * share;
    for (int i = 0; i < 2; i++)
        group->q[i] += (peak->q[i] - group->q[i]) * share;
}

static void measure(grouping *g, int joint) {
    const rig_decode_params *params = &g->model->decode;
    const rig_peak *peaks = g->candidates->peaks[joint];
    for (int i = 0; i < g->candidates->n[joint]; i++)
        for (int j = 0; j < g->n; j++) {
            const rig_group *group = &g->groups[j];
            g->tag_d[i * g->n + j] =
                rig_tag_distance(peaks[i].tag, group->tag, g->candidates->tag_dim, params->tag_metric_l2);
            g->place_d[i * g->n + j] = hypot(peaks[i].q[0] - group->q[0], peaks[i].q[1] - group->q[1]);
        }
}

// Among pairs within the gate prefer those that are near in the picture: a distance grows by how much farther the pair
// is than the nearest that either could have. Squeezed to stay under the threshold, for the gate is the tag's alone.
static void reweight(grouping *g, int joint) {
    const double threshold = g->model->decode.tag_threshold;
    int n = g->candidates->n[joint], m = g->n;
    for (int i = 0; i < n; i++)
        g->row_min[i] = INFINITY;
    for (int j = 0; j < m; j++)
        g->col_min[j] = INFINITY;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            if (g->tag_d[i * m + j] < threshold) {
                g->row_min[i] = fmin(g->row_min[i], g->place_d[i * m + j]);
                g->col_min[j] = fmin(g->col_min[j], g->place_d[i * m + j]);
            }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            double *d = &g->tag_d[i * m + j], place = g->place_d[i * m + j];
            if (!(*d < threshold))
                continue;
            double ratio = (place + 1) / (fmin(g->row_min[i], g->col_min[j]) + 1);
            *d = threshold * fmin(-expm1(-fmax(*d / threshold, TAG_FLOOR) * ratio), 1 - DBL_EPSILON);
        }
}

// Gated: a pair or, at a fixed price, a group of its own; that price is above any allowed pair's, so what can be paired
// is, unless it would push another candidate out of a much better pair.
static void cost_gated(grouping *g, int joint) {
    const double threshold = g->model->decode.tag_threshold;
    int n = g->candidates->n[joint], m = g->n, cols = m + n;
    for (int i = 0; i < n; i++) {
        double miss = SCORE_WEIGHT * threshold * (1 - fmin(fmax(g->candidates->peaks[joint][i].score, 0), 1));
        for (int j = 0; j < m; j++) {
            double d = g->tag_d[i * m + j];
            g->cost[i * cols + j] = d < threshold ? d + miss : RIG_ASSIGN_FORBIDDEN;
        }
        for (int j = 0; j < n; j++)
            g->cost[i * cols + m + j] = i == j ? (1 + SCORE_WEIGHT) * threshold : RIG_ASSIGN_FORBIDDEN;
    }
}

// HigherHRNet's; made positive by the highest score, which changes no assignment.
static void cost_reference(grouping *g, int joint) {
    const rig_peak *peaks = g->candidates->peaks[joint];
    int n = g->candidates->n[joint], m = g->n;
    double top = 0;
    for (int i = 0; i < n; i++)
        top = fmax(top, peaks[i].score);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            g->cost[i * m + j] = 100 * fmin(rint(g->tag_d[i * m + j]), 1e6) + top - peaks[i].score;
}

static rig_status take_joint(grouping *g, int joint, rig_arena *scratch, rig_err *err) {
    const rig_decode_params *params = &g->model->decode;
    int n = g->candidates->n[joint], before = g->n;
    int cols = params->cost_reference ? before : before + n;
    measure(g, joint);
    if (params->distance_reweight)
        reweight(g, joint);
    if (params->cost_reference)
        cost_reference(g, joint);
    else
        cost_gated(g, joint);
    RIG_TRY(rig_assign(g->cost, n, cols, g->col_of_row, scratch, err));
    for (int i = 0; i < n; i++) {
        int col = g->col_of_row[i];
        bool paired = col >= 0 && col < before && g->tag_d[i * before + col] < params->tag_threshold;
        join(paired ? &g->groups[col] : &g->groups[g->n++], joint, &g->candidates->peaks[joint][i], g->candidates);
    }
    return RIG_OK;
}

rig_status rig_groups_build(const rig_candidates *candidates, const rig_model *model, rig_group **groups, int *n,
                            rig_arena *scratch, rig_err *err) {
    grouping g;
    RIG_TRY(grouping_init(&g, candidates, model, scratch, err));
    for (int i = 0; i < candidates->n_joints; i++) {
        int joint = model->group_order[i];
        if (candidates->n[joint] > 0)
            RIG_TRY(take_joint(&g, joint, scratch, err));
    }
    *groups = g.groups;
    *n = g.n;
    return RIG_OK;
}

static int by_score_falling(const void *a, const void *b) {
    const rig_group *p = a, *q = b;
    if (p->score != q->score)
        return p->score > q->score ? -1 : 1;
    if (p->n != q->n)
        return p->n > q->n ? -1 : 1;
    if (p->q[1] != q->q[1])
        return p->q[1] < q->q[1] ? -1 : 1;
    return p->q[0] < q->q[0] ? -1 : p->q[0] > q->q[0];
}

int rig_groups_select(rig_group *groups, int n, const rig_decode_params *params) {
    int kept = 0;
    for (int i = 0; i < n; i++)
        if (groups[i].n >= params->min_joints && groups[i].score >= params->min_person_score)
            groups[kept++] = groups[i];
    qsort(groups, (size_t)kept, sizeof *groups, by_score_falling);
    return kept;
}
