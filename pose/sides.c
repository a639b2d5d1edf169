// Left and right of one person: which peak is which side's, decided for both at once.
#include "pose/group.h"

#include <math.h>

enum { CHOICES_MOST = 8 }; // peaks that one person may have of one joint: the highest

static const double TAG_SPREAD = 0.3; // of the threshold: standard deviation of a person's tags about their mean
static const double SAME_CELLS = 2;   // peaks nearer than that are of one limb, or of two that cross
static const double CROSSING = 0.5;   // how likely limbs cross, beside all else

static bool is_anyones(const rig_group *groups, int n, int joint, const rig_peak *peak) {
    for (int i = 0; i < n; i++)
        if (groups[i].joints[joint] == peak)
            return true;
    return false;
}

// A peak that a person may have, and its log-likelihood.
typedef struct choice {
    const rig_peak *peak;
    double likely;
} choice;

// Of the tag gate.
static double tag_away(const rig_peak *peak, const rig_group *group, int tag_dim, const rig_decode_params *params) {
    return rig_tag_distance(peak->tag, group->tag, tag_dim, params->tag_metric_l2) / params->tag_threshold;
}

static choice choice_of(const rig_peak *peak, double away) {
    return (choice){peak, log(peak->score) - away * away / (2 * TAG_SPREAD * TAG_SPREAD)};
}

// Its own peak of a joint, and those within the tag gate that are nobody's. Returns how many.
static int choices_find(const rig_group *groups, int n, const rig_group *group, int joint, const rig_candidates *c,
                        const rig_decode_params *params, choice *choices) {
    const rig_peak *own = group->joints[joint];
    int count = 0;
    choices[count++] = choice_of(own, tag_away(own, group, c->tag_dim, params));
    for (int i = 0; i < c->n[joint] && count < CHOICES_MOST; i++) {
        const rig_peak *peak = &c->peaks[joint][i];
        double away = tag_away(peak, group, c->tag_dim, params);
        if (away < 1 && !is_anyones(groups, n, joint, peak)) // whose own peak is there already
            choices[count++] = choice_of(peak, away);
    }
    return count;
}

static void choose(const rig_group *groups, int n, rig_group *group, int a, int b, const rig_candidates *c,
                   const rig_decode_params *params) {
    choice of_a[CHOICES_MOST], of_b[CHOICES_MOST];
    int n_a = choices_find(groups, n, group, a, c, params, of_a);
    int n_b = choices_find(groups, n, group, b, c, params, of_b);
    const rig_peak *best_a = group->joints[a], *best_b = group->joints[b];
    double best = -INFINITY;
    for (int i = 0; i < n_a; i++)
        for (int j = 0; j < n_b; j++) {
            const rig_peak *p = of_a[i].peak, *q = of_b[j].peak;
            bool same = hypot(p->q[0] - q->q[0], p->q[1] - q->q[1]) < SAME_CELLS;
            double sum = of_a[i].likely + of_b[j].likely + (same ? log(CROSSING) : 0);
            if (sum > best)
                best = sum, best_a = p, best_b = q;
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
                choose(groups, n, &groups[i], a, b, candidates, &model->decode);
        }
}
