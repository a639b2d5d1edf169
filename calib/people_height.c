// How tall people are, by parts of them that any network finds, and the rig in other units.
#include "calib/people_rig.h"
#include "core/median.h"

#include <math.h>
#include <stddef.h>

static const double SHARE = 0.779; // of the height: from ankle over knee and hip to the shoulders

static const double DEVIATION_TO_SIGMA = 1.4826; // of a normal error's median size

enum { PARTS = 3, SIDES = 2, LEAST = 30 };
static const char *const ENDS[PARTS][SIDES][2] = {
    {{"left_ankle", "left_knee"}, {"right_ankle", "right_knee"}},
    {{"left_knee", "left_hip"}, {"right_knee", "right_hip"}},
    {{"left_hip", "left_shoulder"}, {"right_hip", "right_shoulder"}},
};

bool rig_skeleton_is_tall(const rig_skeleton *skeleton) {
    for (int part = 0; part < PARTS; part++)
        for (int side = 0; side < SIDES; side++)
            for (int end = 0; end < 2; end++)
                if (rig_skeleton_find(skeleton, ENDS[part][side][end]) < 0)
                    return false;
    return true;
}

// All lengths of a part of one side, in `lengths`.
static int lengths_find(const rig_people_rig *rig, int a, int b, double *lengths) {
    int n = 0;
    for (int i = 0; i < rig->n_joints; i++)
        for (int k = i + 1; k < rig->n_joints && rig->joints[i].joint == a && rig->joints[i].used; k++) {
            const rig_rig_joint *one = &rig->joints[i], *other = &rig->joints[k];
            if (other->at != one->at || other->who != one->who)
                break;
            if (other->joint != b || !other->used)
                continue;
            const double d[3] = {one->p[0] - other->p[0], one->p[1] - other->p[1], one->p[2] - other->p[2]};
            lengths[n++] = rig_norm3(d);
        }
    return n;
}

double rig_people_rig_length(const rig_people_rig *rig, int joint_a, int joint_b, double *spread, int *n,
                             rig_arena *scratch) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    double *lengths = RIG_NEW(scratch, double, (size_t)rig->n_joints + 1), median = 0;
    *spread = 0;
    *n = lengths
             ? lengths_find(rig, joint_a < joint_b ? joint_a : joint_b, joint_a < joint_b ? joint_b : joint_a, lengths)
             : 0;
    if (*n >= LEAST) {
        median = rig_median(lengths, *n);
        for (int i = 0; i < *n; i++)
            lengths[i] = fabs(lengths[i] - median);
        *spread = DEVIATION_TO_SIGMA * rig_median(lengths, *n);
    }
    rig_arena_rewind(scratch, mark);
    return median;
}

double rig_people_rig_height(const rig_people_rig *rig, const rig_skeleton *skeleton, rig_arena *scratch) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    double *lengths = RIG_NEW(scratch, double, 2 * (size_t)rig->n_joints + 1), sum = 0;
    bool known = lengths != NULL;
    for (int part = 0; part < PARTS && known; part++) {
        int n = 0;
        for (int side = 0; side < SIDES; side++) {
            const int a = rig_skeleton_find(skeleton, ENDS[part][side][0]);
            const int b = rig_skeleton_find(skeleton, ENDS[part][side][1]);
            if (a >= 0 && b >= 0)
                n += lengths_find(rig, a < b ? a : b, a < b ? b : a, lengths + n);
        }
        known = n >= LEAST;
        sum += known ? rig_median(lengths, n) : 0;
    }
    rig_arena_rewind(scratch, mark);
    return known ? sum / SHARE : 0;
}

void rig_people_rig_scale(rig_people_rig *rig, double by) {
    const int n = 6 * (rig->n - 1);
    for (int c = 0; c < rig->n; c++)
        for (int k = 0; k < 3; k++)
            rig->Rt_cam_world[c].t[k] *= by;
    for (int i = 0; i < rig->n_joints; i++)
        for (int k = 0; k < 3; k++)
            rig->joints[i].p[k] *= by;
    for (int k = 0; k < 3; k++)
        rig->spread[k] *= by;
    for (ptrdiff_t i = 0; rig->report.covariance && i < (ptrdiff_t)n * n; i++)
        rig->report.covariance[i] *= (i / n % 6 < 3 ? 1 : by) * (i % n % 6 < 3 ? 1 : by);
}
