#include "core/people.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const char *const names[RIG_JOINT_STATES] = {
    [RIG_JOINT_MISSING] = "missing",   [RIG_JOINT_OK] = "",           [RIG_JOINT_FEW_VIEWS] = "few_views",
    [RIG_JOINT_PARALLAX] = "parallax", [RIG_JOINT_BEHIND] = "behind", [RIG_JOINT_REJECTED] = "rejected",
    [RIG_JOINT_FILLED] = "filled",
};

bool rig_joints_box(const rig_joint2d *joints, int n, double low[2], double high[2]) {
    low[0] = low[1] = INFINITY;
    high[0] = high[1] = -INFINITY;
    for (int k = 0; k < n; k++)
        for (int a = 0; a < 2 && joints[k].found; a++) {
            low[a] = fmin(low[a], joints[k].q[a]);
            high[a] = fmax(high[a], joints[k].q[a]);
        }
    return low[0] <= high[0];
}

const char *rig_joint_state_name(rig_joint_state state) {
    assert(state < RIG_JOINT_STATES);
    return names[state];
}

bool rig_joint_state_from_name(const char *name, rig_joint_state *state) {
    for (int i = 0; i < RIG_JOINT_STATES; i++)
        if (strcmp(names[i], name) == 0) {
            *state = (rig_joint_state)i;
            return true;
        }
    return false;
}
