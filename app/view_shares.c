#include "app/view_shares.h"

#include "app/talk.h"

#include <stdio.h>
#include <string.h>

// Sound views gave 93 % and more of what they could (walkers, Shelf, a treadmill with bystanders), wrong ones 0 to 50
// %.
static const double GAVE_LEAST = 0.6, SHARED_LEAST = 0.1;
enum { JOINTS_LEAST = 300 }; // below, chance decides

static void joint_add(rig_view_shares *shares, uint64_t in, int n_views) {
    for (int v = 0; v < n_views; v++) {
        if (!(in >> v & 1))
            continue;
        shares->gave[v]++;
        for (int w = 0; w < v; w++)
            if (in >> w & 1)
                shares->both[v][w]++, shares->both[w][v]++;
    }
}

void rig_view_shares_add(rig_view_shares *shares, const rig_people3d *people, const rig_frame2d *const *views,
                         const rig_frame3d *frame, double min_score) {
    long placed = 0;
    for (int i = 0; i < frame->n; i++)
        for (int j = 0; j < people->n_joints; j++)
            if (frame->people[i].joints[j].state == RIG_JOINT_OK) {
                joint_add(shares, frame->people[i].joints[j].views, people->n_views);
                placed++;
            }
    for (int v = 0; v < people->n_views; v++) {
        long seen = 0;
        for (int i = 0; views[v] && i < views[v]->n; i++)
            for (int j = 0; j < people->n_joints; j++) {
                const rig_joint2d *joint = &views[v]->people[i].joints[j];
                seen += joint->found && joint->score >= min_score;
            }
        shares->could[v] += seen < placed ? seen : placed;
    }
}

// The views that hang together with the first that gives anything, by the skeletons they share.
static void together_find(const rig_view_shares *shares, int n_views, bool *in) {
    int root = 0;
    while (root < n_views && shares->gave[root] < JOINTS_LEAST)
        root++;
    memset(in, 0, RIG_VIEWS_MAX * sizeof *in);
    if (root < n_views)
        in[root] = true;
    for (bool grown = true; grown;) {
        grown = false;
        for (int v = 0; v < n_views; v++)
            for (int w = 0; w < n_views; w++) {
                const double least = (double)(shares->gave[v] < shares->gave[w] ? shares->gave[v] : shares->gave[w]);
                if (in[v] && !in[w] && least >= JOINTS_LEAST && (double)shares->both[v][w] > SHARED_LEAST * least)
                    in[w] = grown = true;
            }
    }
}

void rig_view_shares_say(const rig_view_shares *shares, const rig_people3d *people, const bool *told) {
    bool together[RIG_VIEWS_MAX];
    char names[2][512] = {"", ""};
    int at[2] = {0, 0};
    together_find(shares, people->n_views, together);
    for (int v = 0; v < people->n_views; v++) {
        const double share = shares->could[v] > 0 ? (double)shares->gave[v] / (double)shares->could[v] : 1;
        if (!told[v] && shares->could[v] >= JOINTS_LEAST && share < GAVE_LEAST)
            rig_warn("triangulate: only %.0f %% of the joints of view '%s' agree with the other views: its "
                     "calibration, clock or people may be wrong, or another view's",
                     100 * share, people->views[v]);
        const int of = together[v];
        if (shares->gave[v] >= JOINTS_LEAST && at[of] >= 0 && at[of] < (int)sizeof names[of])
            at[of] += snprintf(names[of] + at[of], sizeof names[of] - (size_t)at[of], "%s'%s'", at[of] ? ", " : "",
                               people->views[v]);
    }
    if (at[0] > 0)
        rig_warn("triangulate: views %s and views %s have nobody in common: if they see the same people, calibrations "
                 "or people of some views are swapped",
                 names[1], names[0]);
}
