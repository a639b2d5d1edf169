#include "triangulate/seen.h"

static const double FLOOR_PX = 1;   // calibration and pixels: no joint is surer than this
static const double GATE_M = 0.15;  // on the body: the gate of people who are large in the image
static const double HEIGHT_M = 1.6; // what the joints of a person who stands span
static const double FILLED_WEIGHT = 0.3;

// Half a picture around the picture, and it is no pixel that a detector could mean.
static bool is_near_picture(const rig_camera *camera, const double q[2]) {
    return q[0] >= -0.5 * camera->width && q[0] <= 1.5 * camera->width && q[1] >= -0.5 * camera->height &&
           q[1] <= 1.5 * camera->height;
}

// A NaN fails each comparison.
static bool joint_usable(const rig_camera *camera, const rig_joint2d *joint, double min_score) {
    return joint->found && joint->score > 0 && joint->score >= min_score && isfinite(joint->score) &&
           is_near_picture(camera, joint->q);
}

static double joint_weight(const rig_joint2d *joint) {
    double weight = joint->score < 1 ? joint->score : 1;
    return joint->filled ? weight * FILLED_WEIGHT : weight;
}

static double joint_distance(const rig_person2d *person, int a, int b) {
    double dx = person->joints[a].q[0] - person->joints[b].q[0], dy = person->joints[a].q[1] - person->joints[b].q[1];
    return sqrt(dx * dx + dy * dy);
}

// The larger side of the box around a person's joints.
static double box_size(const rig_person2d *person, int n_joints, uint32_t has) {
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    for (int j = 0; j < n_joints; j++)
        for (int i = 0; i < 2 && (has >> j & 1); i++) {
            low[i] = fmin(low[i], person->joints[j].q[i]);
            high[i] = fmax(high[i], person->joints[j].q[i]);
        }
    return fmax(high[0] - low[0], high[1] - low[1]);
}

// Bones look shorter than they are, never longer: the longest measure the person, the very longest may be a mistake.
static double person_px_per_m(const rig_body *body, const rig_person2d *person, uint32_t has) {
    double first = 0, second = 0;
    int n = 0;
    for (int k = 0; k < body->n_bones; k++) {
        const rig_bone *bone = &body->bones[k];
        if (!(has >> bone->a & 1) || !(has >> bone->b & 1))
            continue;
        double ratio = joint_distance(person, bone->a, bone->b) / bone->length_m;
        n++;
        if (ratio > first)
            second = first, first = ratio;
        else if (ratio > second)
            second = ratio;
    }
    if (n == 0)
        return box_size(person, body->n, has) / HEIGHT_M;
    return n > 2 ? second : first;
}

static rig_status person_collect(const rig_eye *eye, int view, const rig_body *body, const rig_person2d *person,
                                 double min_score, double gate_px, rig_seen *seen, rig_arena *scratch, rig_err *err) {
    const rig_camera *camera = &eye->camera->camera;
    *seen = (rig_seen){.view = view, .focal = (camera->K[0] + camera->K[1]) / 2};
    for (int j = 0; j < body->n; j++)
        seen->has |= (uint32_t)joint_usable(camera, &person->joints[j], min_score) << j;
    if (!seen->has)
        return RIG_OK;
    seen->px_per_m = fmax(person_px_per_m(body, person, seen->has), 1);
    seen->rays = RIG_NEW(scratch, rig_ray, body->n);
    seen->weight = RIG_NEW(scratch, double, body->n);
    if (!seen->rays || !seen->weight)
        return rig_fail_memory(err, "people of a frame");
    for (int j = 0; j < body->n; j++) {
        if (!(seen->has >> j & 1))
            continue;
        const rig_joint2d *joint = &person->joints[j];
        double weight = joint_weight(joint), sigma_px = seen->px_per_m * body->sigma_m[j] / sqrt(fmax(weight, 0.1));
        rig_sight sight = {view, {joint->q[0], joint->q[1]}, fmax(sigma_px, FLOOR_PX)};
        if (!rig_ray_init(eye, &sight, fmax(gate_px, GATE_M * seen->px_per_m), &seen->rays[j])) {
            seen->has &= ~(UINT32_C(1) << j);
            continue;
        }
        seen->weight[j] = weight;
        seen->n++;
    }
    return RIG_OK;
}

rig_status rig_seen_collect(const rig_eye *eyes, int n_views, const rig_body *body, const rig_frame2d *const *views,
                            double min_score, double gate_px, rig_seen **seen, int *n, rig_arena *scratch,
                            rig_err *err) {
    size_t most = 0;
    for (int v = 0; v < n_views; v++)
        most += views[v] ? (size_t)views[v]->n : 0;
    *n = 0;
    *seen = RIG_NEW(scratch, rig_seen, most);
    if (!*seen)
        return rig_fail_memory(err, "people of a frame");
    for (int v = 0; v < n_views; v++)
        for (int k = 0; views[v] && k < views[v]->n; k++) {
            RIG_TRY(person_collect(&eyes[v], v, body, &views[v]->people[k], min_score, gate_px, &(*seen)[*n], scratch,
                                   err));
            *n += (*seen)[*n].n > 0;
        }
    return RIG_OK;
}
