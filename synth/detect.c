#include "synth/scene.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const double SIGMA_PX = 1.5;                 // of a found joint in a picture 640 wide
static const double SIGMA_HIDDEN = 2.2;             // times that where the joint is guessed through another body
static const double MISS = 0.05, MISS_HIDDEN = 0.6; // chances
static const double SWAP = 0.008;                   // that a left and a right joint change places
static const double OUTLIER = 0.01;                 // that a joint is found somewhere near instead
static const double GHOST = 0.1;                    // people who are not there, a frame
static const double TAG_APART = 1.1, TAG_SIGMA = 0.12;
static const int JOINTS_LEAST = 3; // with fewer a person is not found at all

static double unit(rig_rng *rng) {
    return rig_rng_uniform(rng, 0, 1);
}

// One true joint as a detector might find it.
static rig_joint2d joint_find(const rig_eye *eye, const double p_cam[3], bool hidden, double tag, rig_rng *rng) {
    rig_joint2d joint = {.tag = tag + TAG_SIGMA * rig_rng_normal(rng)};
    const double scale = eye->camera.width / 640.0;
    const double noise[2] = {rig_rng_normal(rng), rig_rng_normal(rng)};
    const bool missed = unit(rng) < (hidden ? MISS_HIDDEN : MISS), astray = unit(rng) < OUTLIER;
    const double off = astray ? 14 : SIGMA_PX * (hidden ? SIGMA_HIDDEN : 1), luck = unit(rng);
    if (!rig_eye_project(eye, p_cam, joint.q) || missed)
        return (rig_joint2d){0};
    joint.found = true;
    for (int i = 0; i < 2; i++)
        joint.q[i] += off * scale * noise[i];
    // Surer where it is right: the score falls with the error that nobody else knows of.
    const double error = fmin(off * hypot(noise[0], noise[1]) / 12, 1);
    joint.score = fmin(fmax((hidden ? 0.62 : 0.93) - 0.5 * error + 0.12 * (luck - 0.5), 0.05), 1);
    if (joint.q[0] < -0.5 || joint.q[1] < -0.5 || joint.q[0] >= eye->camera.width - 0.5 ||
        joint.q[1] >= eye->camera.height - 0.5)
        return (rig_joint2d){0};
    return joint;
}

static void sides_swap(const rig_skeleton *skeleton, rig_joint2d *joints, rig_rng *rng) {
    for (int j = 0; j < skeleton->n; j++) {
        const int other = skeleton->flip[j];
        if (other <= j || unit(rng) >= SWAP)
            continue;
        const rig_joint2d kept = joints[j];
        joints[j] = joints[other];
        joints[other] = kept;
    }
}

// The mean score over all joints, those not found as 0; false: too few were found.
static bool person_score(rig_person2d *person, int n_joints) {
    double sum = 0;
    int n = 0;
    for (int j = 0; j < n_joints; j++) {
        sum += person->joints[j].found ? person->joints[j].score : 0;
        n += person->joints[j].found;
    }
    person->score = sum / n_joints;
    return n >= JOINTS_LEAST;
}

static bool person_find(const rig_synth *synth, const rig_eye *eye, const rig_target *targets, int n_targets,
                        const rig_person3d *truth, double tag, rig_rng *rng, rig_person2d *person) {
    for (int j = 0; j < synth->skeleton.n; j++) {
        double p_cam[3];
        rig_pose_apply(&eye->Rt_cam_world, truth->joints[j].p, p_cam);
        const rig_vec3 p = rig_vec3_of(p_cam[0], p_cam[1], p_cam[2]);
        const bool hidden = p_cam[2] > 0 && rig_targets_hide(targets, n_targets, p, truth->id);
        person->joints[j] = joint_find(eye, p_cam, hidden, tag, rng);
    }
    sides_swap(&synth->skeleton, person->joints, rng);
    return person_score(person, synth->skeleton.n);
}

// Nobody: a few joints of low score, clustered as if something looked like a person.
static void ghost_find(const rig_eye *eye, int n_joints, double tag, rig_rng *rng, rig_person2d *person) {
    const double w = eye->camera.width, h = eye->camera.height;
    const double x = rig_rng_uniform(rng, 0.1 * w, 0.9 * w), y = rig_rng_uniform(rng, 0.1 * h, 0.9 * h);
    for (int j = 0; j < n_joints; j++) {
        rig_joint2d *joint = &person->joints[j];
        *joint = (rig_joint2d){.score = rig_rng_uniform(rng, 0.05, 0.45), .tag = tag + TAG_SIGMA * rig_rng_normal(rng)};
        joint->q[0] = fmin(fmax(x + 0.04 * w * rig_rng_normal(rng), 0), w - 1);
        joint->q[1] = fmin(fmax(y + 0.12 * h * rig_rng_normal(rng), 0), h - 1);
        joint->found = unit(rng) < 0.4;
        if (!joint->found)
            *joint = (rig_joint2d){0};
    }
}

static void slots_deal(int *slots, int n, rig_rng *rng) {
    for (int i = 0; i < n; i++) {
        const int other = rig_rng_below(rng, i + 1);
        slots[i] = slots[other];
        slots[other] = i;
    }
}

static void people_shuffle(rig_frame2d *frame, rig_rng *rng) {
    for (int i = 1; i < frame->n; i++) {
        const int other = rig_rng_below(rng, i + 1);
        const rig_person2d kept = frame->people[i];
        frame->people[i] = frame->people[other];
        frame->people[other] = kept;
    }
}

static rig_status frame_find(const rig_synth *synth, int view, int f, rig_frame2d *frame, rig_solid *solids,
                             rig_target *targets, rig_arena *out, rig_err *err) {
    const rig_eye *eye = &synth->eyes[view];
    const rig_frame3d *truth = &synth->people.frames[f];
    const int n_joints = synth->skeleton.n;
    rig_rng rng = rig_rng_seed(synth->params.seed, RIG_STREAM_DETECT + (uint64_t)view + 16 * (uint64_t)f);
    const int n = rig_synth_people_solids(synth, f, solids);
    for (int i = 0; i < n; i++)
        targets[i] = rig_target_see(&solids[i], &eye->camera, &eye->rays, &eye->Rt_cam_world);
    *frame = (rig_frame2d){.frame = f};
    frame->people = RIG_NEW(out, rig_person2d, truth->n + 1);
    if (!frame->people)
        return rig_fail_memory(err, "people found");
    for (int i = 0; i <= truth->n; i++) {
        frame->people[i].joints = RIG_NEW(out, rig_joint2d, n_joints);
        if (!frame->people[i].joints)
            return rig_fail_memory(err, "people found");
    }
    // Neither a person's place in the list nor the tag tells who it is: both are dealt anew for each frame and view.
    int slots[RIG_SYNTH_PEOPLE_MAX + 1] = {0};
    slots_deal(slots, truth->n + 1, &rng);
    const double base = rig_rng_uniform(&rng, -0.5, 0.5);
    for (int i = 0; i < truth->n; i++) {
        const double tag = base + TAG_APART * slots[i] + 0.15 * rig_rng_normal(&rng);
        if (person_find(synth, eye, targets, n, &truth->people[i], tag, &rng, &frame->people[frame->n]))
            frame->n++;
    }
    if (unit(&rng) < GHOST) {
        rig_person2d *ghost = &frame->people[frame->n];
        ghost_find(eye, n_joints, base + TAG_APART * slots[truth->n], &rng, ghost);
        frame->n += person_score(ghost, n_joints);
    }
    people_shuffle(frame, &rng);
    return RIG_OK;
}

rig_status rig_synth_people2d(const rig_synth *synth, int view, rig_people2d *people, rig_arena *out, rig_err *err) {
    assert(view >= 0 && view < RIG_LAYOUT_VIEWS);
    rig_arena scratch = {NULL};
    const int most = RIG_SYNTH_PEOPLE_MAX * RIG_BODY_PARTS_MAX;
    *people = (rig_people2d){.n_joints = synth->skeleton.n, .has_tags = true, .n_frames = synth->people.n_frames};
    memcpy(people->view, synth->rig.cameras[view].view, sizeof people->view);
    memcpy(people->skeleton, synth->skeleton.name, sizeof people->skeleton);
    people->frames = RIG_NEW(out, rig_frame2d, people->n_frames);
    rig_solid *solids = RIG_NEW(&scratch, rig_solid, most);
    rig_target *targets = RIG_NEW(&scratch, rig_target, most);
    rig_status status = people->frames && solids && targets ? RIG_OK : rig_fail_memory(err, "people found");
    for (int f = 0; f < people->n_frames && status == RIG_OK; f++)
        status = frame_find(synth, view, f, &people->frames[f], solids, targets, out, err);
    rig_arena_release(&scratch);
    return status;
}
