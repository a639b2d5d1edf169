#include "core/skeleton.h"

#include <string.h>

int rig_skeleton_find(const rig_skeleton *skeleton, const char *joint) {
    for (int i = 0; i < skeleton->n; i++)
        if (strcmp(skeleton->names[i], joint) == 0)
            return i;
    return -1;
}

enum { POINTS_MOST = 3 };

bool rig_joints_are_points(int n_joints) {
    return n_joints <= POINTS_MOST;
}

int rig_joints_needed(int n_joints, int of_people) {
    return rig_joints_are_points(n_joints) ? 1 : of_people;
}

int rig_skeleton_map(const rig_skeleton *from, const rig_skeleton *to, int source_of[RIG_JOINTS_MAX]) {
    int found = 0;
    for (int i = 0; i < RIG_JOINTS_MAX; i++) {
        source_of[i] = i < to->n ? rig_skeleton_find(from, to->names[i]) : -1;
        found += source_of[i] >= 0;
    }
    return found;
}
