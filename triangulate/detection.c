#include "triangulate/detection.h"

#include <stdlib.h>

enum { JOINTS_LEAST = 3 }; // of a person of a view

static const double FLOOR_PX = 1;          // calibration and pixels: no joint is surer than this
static const double GATE_M = 0.15;         // on the body: the gate of people who are large in the image
static const double HEIGHT_M = 1.6;        // what the joints of a person who stands span
static const double VIEWS_DIFFER_M = 0.02; // between the points of a body that two views take for one joint, 1 sd
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
static double box_size(const rig_person2d *person, int n_joints, const rig_joint_set *has) {
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    for (int j = 0; j < n_joints; j++)
        for (int i = 0; i < 2 && rig_joint_set_has(has, j); i++) {
            low[i] = fmin(low[i], person->joints[j].q[i]);
            high[i] = fmax(high[i], person->joints[j].q[i]);
        }
    return fmax(high[0] - low[0], high[1] - low[1]);
}

// Bones look shorter than they are, never longer: the longest measure the person, the very longest may be a mistake.
static double person_px_per_m(const rig_body *body, const rig_person2d *person, const rig_joint_set *has) {
    double first = 0, second = 0;
    int n = 0;
    for (int k = 0; k < body->n_bones; k++) {
        const rig_bone *bone = &body->bones[k];
        if (!rig_joint_set_has(has, bone->a) || !rig_joint_set_has(has, bone->b))
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

static rig_status person_collect(const rig_undistorter *eye, int view, const rig_body *body, const rig_person2d *person,
                                 double min_score, double gate_px, rig_detection *seen, rig_arena *scratch,
                                 rig_err *err) {
    const rig_camera *camera = &eye->camera->camera;
    *seen = (rig_detection){.view = view, .focal = (camera->K[0] + camera->K[1]) / 2};
    for (int j = 0; j < body->n; j++)
        if (joint_usable(camera, &person->joints[j], min_score))
            rig_joint_set_add(&seen->has, j);
    if (rig_joint_set_is_empty(&seen->has))
        return RIG_OK;
    seen->px_per_m = fmax(person_px_per_m(body, person, &seen->has), 1);
    seen->rays = RIG_NEW(scratch, rig_ray, body->n);
    seen->weight = RIG_NEW(scratch, double, body->n);
    if (!seen->rays || !seen->weight)
        return rig_fail_memory(err, "people of a frame");
    for (int j = 0; j < body->n; j++) {
        if (!rig_joint_set_has(&seen->has, j))
            continue;
        const rig_joint2d *joint = &person->joints[j];
        double weight = joint_weight(joint), sigma_px = hypot(joint->sigma_px, seen->px_per_m * VIEWS_DIFFER_M);
        if (!(joint->sigma_px > 0))
            sigma_px = seen->px_per_m * body->sigma_m[j] / sqrt(fmax(weight, 0.1));
        rig_point_observation sight = {view, {joint->q[0], joint->q[1]}, fmax(sigma_px, FLOOR_PX)};
        if (!rig_ray_init(eye, &sight, fmax(gate_px, GATE_M * seen->px_per_m), &seen->rays[j])) {
            rig_joint_set_remove(&seen->has, j);
            continue;
        }
        seen->weight[j] = weight;
        seen->n++;
    }
    return RIG_OK;
}

static void loose_add(const rig_undistorter *eye, int view, const rig_body *body, int joint, const double q[2],
                      double score, double px_per_m, double gate_px, rig_detections *sights) {
    rig_joint_candidate *made = &sights->loose[sights->n_loose];
    double weight = fmin(score, 1);
    rig_point_observation sight = {
        view, {q[0], q[1]}, fmax(px_per_m * body->sigma_m[joint] / sqrt(fmax(weight, 0.1)), FLOOR_PX)};
    *made = (rig_joint_candidate){.view = view, .joint = joint, .weight = weight};
    sights->n_loose += rig_ray_init(eye, &sight, fmax(gate_px, GATE_M * px_per_m), &made->ray);
}

// Somebody's runners-up; of a person who is too little of one (whole) the joints too.
static void person_loosen(const rig_undistorter *eye, int view, const rig_body *body, const rig_person2d *person,
                          double min_score, double px_per_m, double gate_px, bool whole, rig_detections *sights) {
    for (int j = 0; j < body->n; j++) {
        const rig_joint2d *joint = &person->joints[j];
        if (whole && joint_usable(&eye->camera->camera, joint, min_score))
            loose_add(eye, view, body, j, joint->q, joint->score, px_per_m, gate_px, sights);
        for (int k = 0; k < joint->n_others; k++) {
            const rig_other2d *other = &joint->others[k];
            const rig_joint2d as_joint = {.found = true, .q = {other->q[0], other->q[1]}, .score = other->score};
            if (joint_usable(&eye->camera->camera, &as_joint, min_score))
                loose_add(eye, view, body, j, other->q, other->score, px_per_m, gate_px, sights);
        }
    }
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// The people of a view, and then what is loose: as large as people of that view are.
static rig_status view_collect(const rig_undistorter *eye, int view, const rig_body *body, const rig_frame2d *frame,
                               double min_score, double gate_px, rig_detections *sights, rig_arena *scratch,
                               rig_err *err) {
    double *px_per_m = RIG_NEW(scratch, double, frame->n), *sorted = RIG_NEW(scratch, double, frame->n);
    int n = 0;
    if (!px_per_m || !sorted)
        return rig_fail_memory(err, "people of a frame");
    for (int k = 0; k < frame->n; k++) {
        rig_detection *seen = &sights->seen[sights->n];
        RIG_TRY(person_collect(eye, view, body, &frame->people[k], min_score, gate_px, seen, scratch, err));
        if (seen->n < JOINTS_LEAST)
            continue;
        px_per_m[k] = sorted[n++] = seen->px_per_m;
        sights->n++;
    }
    qsort(sorted, (size_t)n, sizeof *sorted, by_size);
    for (int k = 0; k < frame->n && n > 0; k++)
        person_loosen(eye, view, body, &frame->people[k], min_score, px_per_m[k] > 0 ? px_per_m[k] : sorted[n / 2],
                      gate_px, px_per_m[k] == 0, sights);
    return RIG_OK;
}

// Room for what may be loose.
static size_t count_loose(const rig_frame2d *frame, int n_joints) {
    size_t count = (size_t)frame->n * (JOINTS_LEAST - 1);
    for (int k = 0; k < frame->n; k++)
        for (int j = 0; j < n_joints; j++)
            count += (size_t)frame->people[k].joints[j].n_others;
    return count;
}

rig_status rig_detections_collect(const rig_undistorter *eyes, int n_views, const rig_body *body,
                                  const rig_frame2d *const *views, double min_score, double gate_px,
                                  rig_detections *sights, rig_arena *scratch, rig_err *err) {
    size_t most = 0, most_loose = 0;
    for (int v = 0; v < n_views; v++)
        if (views[v]) {
            most += (size_t)views[v]->n;
            most_loose += count_loose(views[v], body->n);
        }
    *sights = (rig_detections){.seen = RIG_NEW(scratch, rig_detection, most),
                               .loose = RIG_NEW(scratch, rig_joint_candidate, most_loose)};
    if (!sights->seen || !sights->loose)
        return rig_fail_memory(err, "people of a frame");
    for (int v = 0; v < n_views; v++)
        if (views[v])
            RIG_TRY(view_collect(&eyes[v], v, body, views[v], min_score, gate_px, sights, scratch, err));
    return RIG_OK;
}
