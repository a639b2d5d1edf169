#include "pose/zoom.h"

#include "pose/centres.h"
#include "pose/group.h"

#include <math.h>
#include <string.h>

// Score of a joint that a crop is laid around: heat after a first look, what rig_people_calibrate made of it after a
// frame before.
static const double SURE = 0.1;
static const double SIDE_LEAST = 16;        // pixels, of a crop
static const double AREA_OF_BOX = 0.53;     // CrowdPose's ratio of a person's area to its box
static const double NARROW = 0.2;           // the area of a narrow box is taken as this part of its longer side squared
static const double AGREEMENT_LEAST = 0.02; // of a candidate who may be the person looked for
static const double STRANGER_LEAST = 0.2;   // score of a stranger in another's crop
static const double STRANGER_SCORE = 0.8;   // what the score counts, beside those of people seen twice
static const double STRANGER_FAR = 0.3;     // OKS to people who were found, from which on it is one of them
static const double NEAR = 2; // squared distance over twice the variance within which two looks saw one joint

typedef struct box {
    double low[2], high[2];
} box;

static box box_of(const rig_person2d *person, int n_joints) {
    box b = {{INFINITY, INFINITY}, {-INFINITY, -INFINITY}};
    int n = 0;
    for (int k = 0; k < n_joints; k++)
        n += person->joints[k].found && person->joints[k].score > SURE;
    for (int k = 0; k < n_joints; k++) {
        const rig_joint2d *joint = &person->joints[k];
        for (int a = 0; a < 2 && joint->found && (n < 2 || joint->score > SURE); a++) {
            b.low[a] = fmin(b.low[a], joint->q[a]);
            b.high[a] = fmax(b.high[a], joint->q[a]);
        }
    }
    return b;
}

// The scale of OKS, pixels squared: of the joints that the crop is laid around, and its narrow boxes count for less
// than those of rig_person_area.
static double area_of(const rig_person2d *person, int n_joints) {
    const box b = box_of(person, n_joints);
    const double w = b.high[0] - b.low[0], h = b.high[1] - b.low[1], longer = fmax(w, h);
    return fmax(AREA_OF_BOX * fmax(w * h, NARROW * longer * longer), SIDE_LEAST);
}

// The crop around a person, of the input's aspect.
static void window_around(const rig_person2d *person, const rig_model *second, double margin, double window[4]) {
    const box b = box_of(person, second->skeleton.n);
    const double aspect = (double)second->input_width / second->input_height;
    const double w = b.high[0] - b.low[0], h = b.high[1] - b.low[1];
    window[3] = fmax(margin * fmax(h, w / aspect), SIDE_LEAST);
    window[2] = window[3] * aspect;
    for (int a = 0; a < 2; a++)
        window[a] = (b.low[a] + b.high[a] - window[2 + a]) / 2;
}

static double miss(const rig_joint2d *a, const rig_joint2d *b, double sigma, double area) {
    const double x = a->q[0] - b->q[0], y = a->q[1] - b->q[1], k = 2 * sigma;
    return (x * x + y * y) / (2 * area * k * k);
}

// OKS of a candidate to the person looked for, each joint counted by its first score.
static double agreement(const rig_person2d *first, const rig_person2d *candidate, const rig_skeleton *skeleton) {
    const double area = area_of(first, skeleton->n);
    double sum = 0, total = 0;
    for (int k = 0; k < skeleton->n; k++) {
        const rig_joint2d *a = &first->joints[k], *b = &candidate->joints[k];
        if (!a->found || !(a->score > 0))
            continue;
        total += a->score;
        sum += b->found ? a->score * exp(-miss(a, b, skeleton->sigma[k], area)) : 0;
    }
    return total > 0 ? sum / total : 0;
}

static const rig_person2d *most_alike(const rig_person2d *first, const rig_frame2d *candidates,
                                      const rig_skeleton *skeleton) {
    const rig_person2d *best = NULL;
    double most = AGREEMENT_LEAST;
    for (int i = 0; i < candidates->n; i++) {
        const double alike = agreement(first, &candidates->people[i], skeleton);
        if (alike >= most && (!best || alike > most))
            best = &candidates->people[i], most = alike;
    }
    return best;
}

// Two sights of a joint as one: their mean by score where they are near, else the surer.
static rig_joint2d joint_fuse(const rig_joint2d *first, const rig_joint2d *second, double weight, bool near) {
    if (!first->found || !second->found)
        return first->found ? *first : *second;
    const double of_first = fmax(first->score, 0) + 1e-3, of_second = weight * (fmax(second->score, 0) + 1e-3);
    if (!near)
        return of_second >= of_first ? *second : *first;
    rig_joint2d joint = *second;
    for (int a = 0; a < 2; a++)
        joint.q[a] = (of_first * first->q[a] + of_second * second->q[a]) / (of_first + of_second);
    joint.score = fmax(first->score, second->score);
    joint.filled = first->filled && second->filled;
    return joint;
}

// Scores are heats, which may be negative where a network has no activation.
static double score_fuse(const rig_person2d *first, const rig_person2d *second) {
    return sqrt(fmax(first->score, 0) * fmax(second->score, 0));
}

static void person_fuse(const rig_person2d *first, const rig_person2d *second, const rig_model *model,
                        rig_person2d *person) {
    const double area = area_of(first, model->skeleton.n);
    for (int k = 0; k < model->skeleton.n; k++) {
        const rig_joint2d *a = &first->joints[k], *b = &second->joints[k];
        const bool near = miss(a, b, model->skeleton.sigma[k], area) < NEAR;
        person->joints[k] = joint_fuse(a, b, model->zoom.weight, near);
        person->joints[k].tag = a->tag;
    }
    person->score = score_fuse(first, second);
}

// Between two looks at the whole picture only the second network looks. Joints keep the tags of the first look, and the
// person the score, unless the second network is less sure by now: it would otherwise rise and fall with the period.
static void person_follow(const rig_person2d *before, const rig_person2d *now, int n_joints, rig_person2d *person) {
    for (int k = 0; k < n_joints; k++) {
        person->joints[k] = now->joints[k];
        person->joints[k].tag = before->joints[k].tag;
    }
    person->score = fmin(before->score, now->score);
}

// All of one picture's second looks.
typedef struct zoom {
    rig_detector *second;
    const rig_model *model; // of the first look
    const rig_image *picture;
    bool followed;
    rig_frame2d *found;     // whom the second look saw again
    rig_frame2d *strangers; // people of the crops whom nobody claimed
    rig_arena *work, *scratch;
} zoom;

static rig_status person_zoom(zoom *z, const rig_person2d *first, rig_err *err) {
    const rig_skeleton *skeleton = &z->model->skeleton;
    rig_frame2d candidates;
    double window[4];
    window_around(first, z->model->zoom.model, z->model->zoom.margin, window);
    RIG_TRY(rig_detector_look(z->second, z->picture, window, &candidates, z->work, z->scratch, err));
    const rig_person2d *again = most_alike(first, &candidates, skeleton);
    for (int i = 0; i < candidates.n && i < RIG_CENTRES_MAX && !z->followed; i++)
        if (&candidates.people[i] != again && candidates.people[i].score >= STRANGER_LEAST)
            z->strangers->people[z->strangers->n++] = candidates.people[i];
    if (!again)
        return RIG_OK;
    rig_person2d *person = &z->found->people[z->found->n++];
    if (z->followed)
        person_follow(first, again, skeleton->n, person);
    else
        person_fuse(first, again, z->model, person);
    return RIG_OK;
}

// Who stands in another's crop and was not found at the first look. Most of what a crop holds beside its person is
// people who have crops of their own.
static void strangers_join(zoom *z) {
    const rig_skeleton *skeleton = &z->model->skeleton;
    rig_people_sort(z->strangers->people, z->strangers->n);
    for (int i = 0; i < z->strangers->n; i++) {
        rig_person2d *stranger = &z->strangers->people[i];
        bool known = false;
        for (int k = 0; k < z->found->n && !known; k++) {
            const rig_joint2d *other = z->found->people[k].joints;
            known = rig_people_oks(stranger->joints, other, skeleton) >= STRANGER_FAR ||
                    rig_people_oks(other, stranger->joints, skeleton) >= STRANGER_FAR;
        }
        if (!known) {
            stranger->score *= STRANGER_SCORE;
            z->found->people[z->found->n++] = *stranger;
        }
    }
}

static bool frame_alloc(rig_frame2d *frame, int n, int n_joints, rig_arena *arena) {
    rig_joint2d *joints = RIG_NEW(arena, rig_joint2d, (size_t)n * (size_t)n_joints);
    frame->people = RIG_NEW(arena, rig_person2d, n);
    frame->n = 0;
    for (int i = 0; i < n && joints && frame->people; i++)
        frame->people[i].joints = joints + (size_t)i * (size_t)n_joints;
    return joints && frame->people;
}

// A crop has few people, the picture as many as the first look may find.
static void dedupe(const zoom *z, int *kept) {
    rig_decode_params how = z->model->zoom.model->decode;
    how.max_people = z->model->decode.max_people;
    z->found->n = rig_people_dedupe(z->found->people, z->found->n, &z->model->skeleton, &how, kept);
    for (int i = 0; i < z->found->n; i++)
        z->found->people[i] = z->found->people[kept[i]];
}

static rig_status frame_publish(const rig_frame2d *found, int n_joints, rig_frame2d *frame, rig_arena *out,
                                rig_err *err) {
    if (!frame_alloc(frame, found->n, n_joints, out))
        return rig_fail_memory(err, "people");
    for (int i = 0; i < found->n; i++) {
        frame->people[i].score = found->people[i].score;
        memcpy(frame->people[i].joints, found->people[i].joints, sizeof *found->people[i].joints * (size_t)n_joints);
    }
    frame->n = found->n;
    return RIG_OK;
}

rig_status rig_people_zoom(rig_detector *second, const rig_model *model, const rig_image *picture,
                           const rig_frame2d *first, bool followed, rig_frame2d *frame, rig_arena *out, rig_arena *work,
                           rig_arena *scratch, rig_err *err) {
    const int n_joints = model->skeleton.n, most = first->n * (1 + RIG_CENTRES_MAX);
    rig_frame2d found, strangers = {.people = RIG_NEW(work, rig_person2d, most)};
    zoom z = {second, model, picture, followed, &found, &strangers, work, scratch};
    int *kept = RIG_NEW(work, int, most);
    if (!frame_alloc(&found, most, n_joints, work) || !strangers.people || !kept)
        return rig_fail_memory(err, "people");
    for (int i = 0; i < first->n; i++)
        RIG_TRY(person_zoom(&z, &first->people[i], err));
    rig_people_sort(found.people, found.n);
    dedupe(&z, kept);
    strangers_join(&z);
    rig_people_sort(found.people, found.n);
    found.n = found.n < model->decode.max_people ? found.n : model->decode.max_people;
    return frame_publish(&found, n_joints, frame, out, err);
}
