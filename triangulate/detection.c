#include "triangulate/detection.h"

#include "core/median.h"

enum { JOINTS_LEAST = 3 }; // of a detection of a person

static const double FLOOR_PX = 1;          // no joint is surer than this: calibrations and pixels err as much
static const double HEIGHT_M = 1.6;        // between the highest and lowest joint of an adult who stands
static const double VIEWS_DIFFER_M = 0.02; // two views take places so far apart for one joint: 1 standard deviation
static const double POINT_PX = 2;          // of a point whose finder gave no sigma
static const double FILLED_WEIGHT = 0.3;   // of a joint that the detector filled in without evidence of its own

// A detector may place a joint outside the picture, but not by more than half the picture.
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

// Bones look shorter than they are in a picture, never longer, so that the longest one against its true length measures
// the person. Of more than two bones it is the second longest: the longest may be a mistake.
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

// What the functions below share.
typedef struct collector {
    const rig_undistorter *undistorters;
    const rig_body *body;
    const rig_detection_params *params;
    rig_detections *detections;
    rig_arena *scratch;
} collector;

// The standard deviation of a joint for which the detector gave none.
static double sigma_by_size(const rig_body *body, int joint, double weight, double px_per_m) {
    if (rig_joints_are_points(body->n))
        return POINT_PX;
    return px_per_m * body->sigma_m[joint] / sqrt(fmax(weight, 0.1));
}

static double ray_gate_px(const collector *c, double px_per_m) {
    return fmax(c->params->gate_px, c->params->gate_m * px_per_m);
}

static rig_status person_collect(const collector *c, int view, const rig_person2d *person, rig_detection *detection,
                                 rig_err *err) {
    const rig_body *body = c->body;
    const rig_camera *camera = &c->undistorters[view].camera->camera;
    *detection = (rig_detection){.view = view, .focal = (camera->K[0] + camera->K[1]) / 2};
    for (int j = 0; j < body->n; j++)
        if (joint_usable(camera, &person->joints[j], c->params->min_score))
            rig_joint_set_add(&detection->has, j);
    if (rig_joint_set_is_empty(&detection->has))
        return RIG_OK;
    if (!rig_joints_are_points(body->n))
        detection->px_per_m = fmax(person_px_per_m(body, person, &detection->has), 1);
    detection->rays = RIG_NEW(c->scratch, rig_ray, body->n);
    detection->weight = RIG_NEW(c->scratch, double, body->n);
    if (!detection->rays || !detection->weight)
        return rig_fail_memory(err, "people of a frame");
    for (int j = 0; j < body->n; j++) {
        if (!rig_joint_set_has(&detection->has, j))
            continue;
        const rig_joint2d *joint = &person->joints[j];
        const double weight = joint_weight(joint);
        const double sigma_px = joint->sigma_px > 0 ? hypot(joint->sigma_px, detection->px_per_m * VIEWS_DIFFER_M)
                                                    : sigma_by_size(body, j, weight, detection->px_per_m);
        rig_point_observation observation = {view, {joint->q[0], joint->q[1]}, fmax(sigma_px, FLOOR_PX)};
        if (!rig_ray_init(&c->undistorters[view], &observation, ray_gate_px(c, detection->px_per_m),
                          &detection->rays[j])) {
            rig_joint_set_remove(&detection->has, j);
            continue;
        }
        detection->weight[j] = weight;
        detection->n++;
    }
    return RIG_OK;
}

static void candidate_add(const collector *c, int view, int joint, const double q[2], double score, double px_per_m) {
    rig_joint_candidate *made = &c->detections->candidates[c->detections->n_candidates];
    double weight = fmin(score, 1);
    rig_point_observation observation = {
        view, {q[0], q[1]}, fmax(sigma_by_size(c->body, joint, weight, px_per_m), FLOOR_PX)};
    *made = (rig_joint_candidate){.view = view, .joint = joint, .weight = weight};
    c->detections->n_candidates +=
        rig_ray_init(&c->undistorters[view], &observation, ray_gate_px(c, px_per_m), &made->ray);
}

// The second and third places of a person's joints; of a person who is no detection the joints themselves too.
static void candidates_collect(const collector *c, int view, const rig_person2d *person, bool is_detection,
                               double px_per_m) {
    const rig_camera *camera = &c->undistorters[view].camera->camera;
    for (int j = 0; j < c->body->n; j++) {
        const rig_joint2d *joint = &person->joints[j];
        if (!is_detection && joint_usable(camera, joint, c->params->min_score))
            candidate_add(c, view, j, joint->q, joint->score, px_per_m);
        for (int k = 0; k < joint->n_others; k++) {
            const rig_other2d *other = &joint->others[k];
            const rig_joint2d as_joint = {.found = true, .q = {other->q[0], other->q[1]}, .score = other->score};
            if (joint_usable(camera, &as_joint, c->params->min_score))
                candidate_add(c, view, j, other->q, other->score, px_per_m);
        }
    }
}

// The detections of a view, and then its candidates: those of somebody who is no detection have the view's median size.
static rig_status view_collect(const collector *c, int view, const rig_frame2d *frame, rig_err *err) {
    double *px_per_m = RIG_NEW(c->scratch, double, frame->n), *sorted = RIG_NEW(c->scratch, double, frame->n);
    bool *is_detection = RIG_NEW(c->scratch, bool, frame->n);
    int n = 0;
    if (!px_per_m || !sorted || !is_detection)
        return rig_fail_memory(err, "people of a frame");
    for (int k = 0; k < frame->n; k++) {
        rig_detection *detection = &c->detections->list[c->detections->n];
        RIG_TRY(person_collect(c, view, &frame->people[k], detection, err));
        if (detection->n < rig_joints_needed(c->body->n, JOINTS_LEAST))
            continue;
        is_detection[k] = true;
        px_per_m[k] = sorted[n++] = detection->px_per_m;
        c->detections->n++;
    }
    const double usual = n ? rig_median(sorted, n) : 0; // of those who are no detection
    for (int k = 0; k < frame->n && n > 0; k++)
        candidates_collect(c, view, &frame->people[k], is_detection[k], is_detection[k] ? px_per_m[k] : usual);
    return RIG_OK;
}

// Room for a view's candidates.
static size_t count_candidates(const rig_frame2d *frame, int n_joints) {
    size_t count = (size_t)frame->n * (JOINTS_LEAST - 1);
    for (int k = 0; k < frame->n; k++)
        for (int j = 0; j < n_joints; j++)
            count += (size_t)frame->people[k].joints[j].n_others;
    return count;
}

rig_status rig_detections_collect(const rig_undistorter *undistorters, int n_views, const rig_body *body,
                                  const rig_frame2d *const *views, const rig_detection_params *params,
                                  rig_detections *detections, rig_arena *scratch, rig_err *err) {
    const collector c = {undistorters, body, params, detections, scratch};
    size_t most = 0, most_candidates = 0;
    for (int v = 0; v < n_views; v++)
        if (views[v]) {
            most += (size_t)views[v]->n;
            most_candidates += count_candidates(views[v], body->n);
        }
    *detections = (rig_detections){.list = RIG_NEW(scratch, rig_detection, most),
                                   .candidates = RIG_NEW(scratch, rig_joint_candidate, most_candidates)};
    if (!detections->list || !detections->candidates)
        return rig_fail_memory(err, "people of a frame");
    for (int v = 0; v < n_views; v++)
        if (views[v])
            RIG_TRY(view_collect(&c, v, views[v], err));
    detections->n_people = (int)most;
    return RIG_OK;
}
