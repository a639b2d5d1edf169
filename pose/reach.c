#include "pose/group.h"

#include <math.h>
#include <string.h>

enum { LIMBS_LEAST = 3 }; // that a size is told by

static double distance(const rig_peak *a, const rig_peak *b) {
    return hypot(a->q[0] - b->q[0], a->q[1] - b->q[1]);
}

// The median length of the limbs that the group has both ends of, cells; 0: too few.
static double limb_length(const rig_group *group, const rig_skeleton *skeleton) {
    double sorted[RIG_LIMBS_MAX];
    int n = 0;
    for (int l = 0; l < skeleton->n_limbs; l++) {
        const rig_peak *a = group->joints[skeleton->limbs[l][0]], *b = group->joints[skeleton->limbs[l][1]];
        if (!a || !b)
            continue;
        const double length = distance(a, b);
        int at = n++;
        for (; at > 0 && sorted[at - 1] > length; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = length;
    }
    return n >= LIMBS_LEAST ? sorted[n / 2] : 0;
}

// Joints that hang together with `from`, each within reach of another; their scores' sum.
static double gather(const rig_group *group, int n_joints, int from, double reach, bool *together) {
    double sum = group->joints[from]->score;
    together[from] = true;
    for (int k = 0; k < n_joints; k++)
        if (group->joints[k] && !together[k] && distance(group->joints[from], group->joints[k]) <= reach)
            sum += gather(group, n_joints, k, reach, together);
    return sum;
}

static void keep(rig_group *group, const rig_candidates *c, const bool *kept) {
    double tag[RIG_TAG_DIMS_MAX] = {0};
    for (int k = 0; k < c->n_joints; k++) {
        const rig_peak *peak = group->joints[k];
        if (peak && !kept[k]) {
            group->score -= peak->score / c->n_joints;
            group->joints[k] = NULL;
            group->n--;
        }
        for (int d = 0; d < c->tag_dim && group->joints[k]; d++)
            tag[d] += peak->tag[d];
    }
    for (int d = 0; d < c->tag_dim; d++)
        group->tag[d] = tag[d] / group->n;
}

static void hold_together(rig_group *group, const rig_candidates *c, const rig_model *model) {
    const double reach = model->decode.reach > 0 ? model->decode.reach * limb_length(group, &model->skeleton) : 0;
    bool seen[RIG_JOINTS_MAX] = {false}, best[RIG_JOINTS_MAX] = {false};
    double most = 0;
    for (int k = 0; k < c->n_joints && reach > 0; k++) {
        bool together[RIG_JOINTS_MAX] = {false};
        if (!group->joints[k] || seen[k])
            continue;
        const double sum = gather(group, c->n_joints, k, reach, together);
        for (int j = 0; j < c->n_joints; j++)
            seen[j] |= together[j];
        if (sum > most)
            most = sum, memcpy(best, together, sizeof best);
    }
    if (reach > 0)
        keep(group, c, best);
}

void rig_groups_hold_together(rig_group *groups, int n, const rig_candidates *candidates, const rig_model *model) {
    for (int i = 0; i < n; i++)
        hold_together(&groups[i], candidates, model);
}
