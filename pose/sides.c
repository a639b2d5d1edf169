// Left and right of one person: which peak is which side's, decided for both at once.
#include "pose/group.h"

#include <math.h>

static const double TAG_SPREAD = 0.3; // of the threshold: standard deviation of a person's tags about their mean
static const double SAME_CELLS = 2;   // peaks nearer than that are of one limb, or of two that cross
static const double CROSSING = 0.5;   // how likely limbs cross, beside all else

static bool is_anyones(const rig_group *groups, int n, int joint, const rig_peak *peak) {
    for (int i = 0; i < n; i++)
        if (groups[i].joints[joint] == peak)
            return true;
    return false;
}

static double evidence(const rig_peak *peak, const rig_group *group, const rig_candidates *c,
                       const rig_decode_params *params) {
    double d = rig_tag_distance(peak->tag, group->tag, c->tag_dim, params->tag_metric_l2);
    if (!(d < params->tag_threshold) || !(peak->score > 0))
        return -INFINITY;
    d /= TAG_SPREAD * params->tag_threshold;
    return log(peak->score) - d * d / 2;
}

static void part(rig_group *groups, int n, rig_group *group, int a, int b, const rig_candidates *c,
                 const rig_decode_params *params) {
    const rig_peak *best_a = group->joints[a], *best_b = group->joints[b];
    double best = -INFINITY;
    for (int i = 0; i < c->n[a]; i++) {
        const rig_peak *p = &c->peaks[a][i];
        double at_p = evidence(p, group, c, params);
        if (at_p == -INFINITY || (p != group->joints[a] && is_anyones(groups, n, a, p)))
            continue;
        for (int j = 0; j < c->n[b]; j++) {
            const rig_peak *q = &c->peaks[b][j];
            if (q != group->joints[b] && is_anyones(groups, n, b, q))
                continue;
            double near = hypot(p->q[0] - q->q[0], p->q[1] - q->q[1]) < SAME_CELLS ? log(CROSSING) : 0;
            double sum = at_p + evidence(q, group, c, params) + near;
            if (sum > best)
                best = sum, best_a = p, best_b = q;
        }
    }
    group->score += (best_a->score + best_b->score - group->joints[a]->score - group->joints[b]->score) / c->n_joints;
    group->joints[a] = best_a;
    group->joints[b] = best_b;
}

void rig_groups_choose_sides(rig_group *groups, int n, const rig_candidates *candidates, const rig_model *model) {
    for (int i = 0; i < n; i++)
        for (int a = 0; a < candidates->n_joints; a++) {
            int b = model->skeleton.flip[a];
            if (b > a && groups[i].joints[a] && groups[i].joints[b])
                part(groups, n, &groups[i], a, b, candidates, &model->decode);
        }
}
