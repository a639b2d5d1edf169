#include "core/people.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const char *const names[RIG_JOINT_STATES] = {
    [RIG_JOINT_MISSING] = "missing",   [RIG_JOINT_OK] = "",           [RIG_JOINT_FEW_VIEWS] = "few_views",
    [RIG_JOINT_PARALLAX] = "parallax", [RIG_JOINT_BEHIND] = "behind", [RIG_JOINT_REJECTED] = "rejected",
    [RIG_JOINT_FILLED] = "filled",
};

bool rig_frame_runs_have(const rig_frame_runs *runs, int frame) {
    if (runs->every < 2)
        return true;
    const int run = frame / runs->length - (frame % runs->length < 0);
    return run % runs->every == 0;
}

rig_status rig_frame3d_copy(const rig_frame3d *frame, int n_joints, rig_frame3d *copy, rig_arena *out, rig_err *err) {
    const size_t n = (size_t)frame->n, n_each = (size_t)n_joints;
    rig_person3d *people = RIG_NEW(out, rig_person3d, n);
    rig_joint3d *joints = RIG_NEW(out, rig_joint3d, n * n_each);
    if (!people || !joints)
        return rig_fail_memory(err, "people");
    for (size_t i = 0; i < n; i++) {
        people[i] = (rig_person3d){.id = frame->people[i].id, .joints = joints + i * n_each};
        memcpy(people[i].joints, frame->people[i].joints, n_each * sizeof *joints);
    }
    *copy = (rig_frame3d){frame->frame, frame->n, people};
    return RIG_OK;
}

void rig_frame3d_scale(rig_frame3d *frame, int n_joints, double units) {
    for (int i = 0; i < frame->n && units != 1; i++)
        for (int j = 0; j < n_joints; j++) {
            rig_joint3d *joint = &frame->people[i].joints[j];
            for (int k = 0; k < 3; k++)
                joint->p[k] *= units;
            joint->sigma_m *= units;
            for (int k = 0; k < 6; k++)
                joint->cov[k] *= units * units;
        }
}

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

void rig_reprojection_add(rig_reprojection *all, const rig_joint3d *joint) {
    int n = 0;
    for (uint64_t views = joint->state == RIG_JOINT_OK ? joint->views : 0; views; views &= views - 1)
        n++;
    all->squares_px2 += n * joint->rms_px * joint->rms_px;
    all->n += n;
}

double rig_reprojection_rms_px(const rig_reprojection *all) {
    return all->n ? sqrt(all->squares_px2 / (double)all->n) : 0;
}
