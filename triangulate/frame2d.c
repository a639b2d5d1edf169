#include "triangulate/frame2d.h"

#include "core/assign.h"

#include <math.h>
#include <string.h>

static const double JUMP = 0.25;    // of the person's size: whoever, or whatever joint, is farther is another one
static const double POINT_PX = 400; // that size, of points, which have none
enum { COMMON_LEAST = 3 };          // joints

static double size_px(const rig_person2d *person, int n_joints) {
    if (rig_joints_are_points(n_joints))
        return POINT_PX;
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    for (int j = 0; j < n_joints; j++)
        for (int i = 0; i < 2 && person->joints[j].found; i++) {
            low[i] = fmin(low[i], person->joints[j].q[i]);
            high[i] = fmax(high[i], person->joints[j].q[i]);
        }
    return fmax(high[0] - low[0], high[1] - low[1]);
}

static double distance_px(const rig_joint2d *a, const rig_joint2d *b) {
    return hypot(a->q[0] - b->q[0], a->q[1] - b->q[1]);
}

// The cost of a match: the mean distance of the joints that both have, in sizes of the person. Forbidden where that is
// beyond JUMP, or too few joints are common.
static double cost(const rig_person2d *a, const rig_person2d *b, int n_joints) {
    double sum = 0, size = fmax(size_px(a, n_joints), size_px(b, n_joints));
    int n = 0;
    for (int j = 0; j < n_joints; j++)
        if (a->joints[j].found && b->joints[j].found)
            sum += distance_px(&a->joints[j], &b->joints[j]), n++;
    double mean = n ? sum / n / size : INFINITY;
    return n >= rig_joints_needed(n_joints, COMMON_LEAST) && mean < JUMP ? mean
                                                                         : RIG_ASSIGN_FORBIDDEN; // a NaN is not below
}

static void person_between(const rig_person2d *near, const rig_person2d *far, double to_far, int n_joints,
                           rig_person2d *made) {
    double jump = JUMP * fmax(size_px(near, n_joints), size_px(far, n_joints));
    made->score = near->score;
    for (int j = 0; j < n_joints; j++) {
        const rig_joint2d *a = &near->joints[j], *b = &far->joints[j];
        rig_joint2d *joint = &made->joints[j];
        *joint = *a;
        if (!a->found || !b->found || !(distance_px(a, b) < jump))
            continue;
        for (int i = 0; i < 2; i++)
            joint->q[i] += to_far * (b->q[i] - a->q[i]);
        joint->score = fmin(a->score, b->score);
        joint->sigma_px = fmax(a->sigma_px, b->sigma_px);
        joint->filled = a->filled || b->filled;
    }
}

rig_status rig_frame2d_interpolate(const rig_frame2d *a, const rig_frame2d *b, double part, int n_joints,
                                   rig_frame2d *frame, rig_arena *out, rig_err *err) {
    const rig_frame2d *near = part <= 0.5 ? a : b, *far = part <= 0.5 ? b : a;
    double to_far = part <= 0.5 ? part : 1 - part;
    size_t n = (size_t)near->n;
    *frame = (rig_frame2d){.frame = near->frame, .n = near->n};
    frame->people = RIG_NEW(out, rig_person2d, n);
    rig_joint2d *joints = RIG_NEW(out, rig_joint2d, n * (size_t)n_joints);
    double *costs = RIG_NEW(out, double, n *(size_t)far->n);
    int *chosen = RIG_NEW(out, int, n);
    if (!frame->people || !joints || !costs || !chosen)
        return rig_fail_memory(err, "people between frames");
    for (int i = 0; i < near->n; i++)
        for (int k = 0; k < far->n; k++)
            costs[i * far->n + k] = cost(&near->people[i], &far->people[k], n_joints);
    RIG_TRY(rig_assign(costs, near->n, far->n, chosen, out, err));
    for (int i = 0; i < near->n; i++) {
        const rig_person2d *person = &near->people[i];
        frame->people[i].joints = joints + (size_t)i * (size_t)n_joints;
        person_between(person, chosen[i] < 0 ? person : &far->people[chosen[i]], to_far, n_joints, &frame->people[i]);
    }
    return RIG_OK;
}
