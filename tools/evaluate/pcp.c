#include "tools/evaluate/people.h"

#include <string.h>

// shelf14's joints, in its own order, and the COCO joint that each of the first 12 is.
enum { R_HIP = 2, L_HIP = 3, R_SHOULDER = 8, L_SHOULDER = 9, NECK = 12, HEAD = 13, JOINTS = 14, LIMBS = 10 };
static const char *const COCO_OF[] = {"right_ankle",    "right_knee",    "right_hip",   "left_hip",
                                      "left_knee",      "left_ankle",    "right_wrist", "right_elbow",
                                      "right_shoulder", "left_shoulder", "left_elbow",  "left_wrist"};
static const char *const FACE[] = {"nose", "left_ear", "right_ear"};
static const int LIMB[LIMBS - 1][2] = {{0, 1}, {1, 2}, {3, 4}, {4, 5}, {6, 7}, {7, 8}, {9, 10}, {10, 11}, {12, 13}};

static const double ABSENT_M = 1; // what a joint that is not there adds to the distance by which people are chosen

typedef struct body14 {
    bool found[JOINTS];
    double p[JOINTS][3];
} body14;

static bool joint_get(const rig_joint3d *joint, double p[3]) {
    if (joint->state != RIG_JOINT_OK && joint->state != RIG_JOINT_FILLED)
        return false;
    memcpy(p, joint->p, sizeof joint->p);
    return true;
}

static void mean(const double a[3], const double b[3], double c[3]) {
    for (int i = 0; i < 3; i++)
        c[i] = (a[i] + b[i]) / 2;
}

static double distance(const double a[3], const double b[3]) {
    double d[3] = {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
    return rig_norm3(d);
}

// Neck and head top from shoulders, nose and ears; MVPose's formula, whose third coordinate is up.
static void head_from_coco(const rig_joint3d *joints, const int face[3], body14 *body) {
    double nose[3], left_ear[3], right_ear[3], middle[3], ears[3];
    if (face[0] < 0 || face[1] < 0 || face[2] < 0 || !body->found[R_SHOULDER] || !body->found[L_SHOULDER] ||
        !joint_get(&joints[face[0]], nose) || !joint_get(&joints[face[1]], left_ear) ||
        !joint_get(&joints[face[2]], right_ear))
        return;
    mean(body->p[L_SHOULDER], body->p[R_SHOULDER], middle);
    mean(left_ear, right_ear, ears);
    for (int i = 0; i < 3; i++) {
        double low = (middle[i] + ears[i]) / 2, top = low + 2 * (ears[i] - low);
        double neck = middle[i] + (nose[i] - middle[i]) / 2;
        double head = middle[i] + (nose[i] - middle[i]) * (i < 2 ? 0.75 : 1.5);
        body->p[HEAD][i] = 0.75 * head + 0.25 * top;
        body->p[NECK][i] = 0.75 * neck + 0.25 * low;
    }
    body->found[NECK] = body->found[HEAD] = true;
}

static void body_from_coco(const rig_joint3d *joints, const int source[12], const int face[3], body14 *body) {
    memset(body, 0, sizeof *body);
    for (int j = 0; j < 12; j++)
        body->found[j] = source[j] >= 0 && joint_get(&joints[source[j]], body->p[j]);
    head_from_coco(joints, face, body);
}

// The result person nearest to the truth, by the mean distance of joints; NULL where there is nobody.
static const body14 *nearest(const body14 *bodies, int n, const rig_joint3d *truth) {
    const body14 *best = NULL;
    double least = INFINITY;
    for (int k = 0; k < n; k++) {
        double sum = 0, p[3];
        for (int j = 0; j < JOINTS; j++)
            if (joint_get(&truth[j], p))
                sum += bodies[k].found[j] ? distance(bodies[k].p[j], p) : ABSENT_M;
        if (sum < least)
            least = sum, best = &bodies[k];
    }
    return best;
}

// Both ends of limb k (the last is the torso: the middle of the hips to the neck); false where one is not there.
static bool limb_of_body(const body14 *body, int k, double a[3], double b[3]) {
    if (k < LIMBS - 1) {
        memcpy(a, body->p[LIMB[k][0]], sizeof body->p[0]);
        memcpy(b, body->p[LIMB[k][1]], sizeof body->p[0]);
        return body->found[LIMB[k][0]] && body->found[LIMB[k][1]];
    }
    mean(body->p[R_HIP], body->p[L_HIP], a);
    memcpy(b, body->p[NECK], sizeof body->p[0]);
    return body->found[R_HIP] && body->found[L_HIP] && body->found[NECK];
}

static void count_person(const rig_joint3d *truth, const body14 *result, int *n_limbs, int *n_right) {
    body14 body = {{false}, {{0}}};
    for (int j = 0; j < JOINTS; j++)
        body.found[j] = joint_get(&truth[j], body.p[j]);
    for (int k = 0; k < LIMBS; k++) {
        double a[3], b[3], a_found[3], b_found[3];
        if (!limb_of_body(&body, k, a, b))
            continue;
        ++*n_limbs;
        if (result && limb_of_body(result, k, a_found, b_found))
            *n_right += (distance(a, a_found) + distance(b, b_found)) / 2 <= distance(a, b) / 2;
    }
}

static rig_status map_joints(const rig_skeleton *skeleton, int source[12], int face[3], rig_err *err) {
    int found = 0;
    for (int j = 0; j < 12; j++)
        found += (source[j] = rig_skeleton_find(skeleton, COCO_OF[j])) >= 0;
    for (int j = 0; j < 3; j++)
        face[j] = rig_skeleton_find(skeleton, FACE[j]);
    if (found == 0)
        return rig_fail(err, RIG_ERR_DATA, "skeleton '%s': no joint of coco17's names, which PCP needs",
                        skeleton->name);
    return RIG_OK;
}

rig_status rig_eval_pcp_begin(const rig_skeleton *result_skeleton, int n_truth_joints, rig_pcp_count *count,
                              rig_err *err) {
    memset(count, 0, sizeof *count);
    if (n_truth_joints < JOINTS)
        return rig_fail(err, RIG_ERR_DATA, "truth has %d joints, PCP needs shelf14's 14", n_truth_joints);
    return map_joints(result_skeleton, count->source, count->face, err);
}

rig_status rig_eval_pcp_add(rig_pcp_count *count, const rig_frame3d *result, const rig_frame3d *truth,
                            rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    const int n = result ? result->n : 0;
    body14 *bodies = RIG_NEW(scratch, body14, n);
    if (!bodies)
        return rig_fail_memory(err, "people to compare");
    for (int k = 0; k < n; k++)
        body_from_coco(result->people[k].joints, count->source, count->face, &bodies[k]);
    for (int k = 0; k < truth->n; k++) {
        int id = truth->people[k].id - 1;
        if (id < 0 || id >= RIG_PCP_PERSONS_MAX)
            continue;
        count->n_persons = id + 1 > count->n_persons ? id + 1 : count->n_persons;
        const rig_joint3d *joints = truth->people[k].joints;
        count_person(joints, nearest(bodies, n, joints), &count->n_limbs[id], &count->n_right[id]);
    }
    rig_arena_rewind(scratch, mark);
    count->n_frames += result != NULL;
    return RIG_OK;
}

rig_status rig_eval_pcp_end(const rig_pcp_count *count, rig_pcp *pcp, rig_err *err) {
    double sum = 0;
    int counted = 0;
    memset(pcp, 0, sizeof *pcp);
    if (count->n_frames == 0)
        return rig_fail(err, RIG_ERR_DATA, "no frame in common with the truth");
    pcp->n_persons = count->n_persons;
    memcpy(pcp->n_limbs, count->n_limbs, sizeof pcp->n_limbs);
    for (int i = 0; i < RIG_PCP_PERSONS_MAX; i++) {
        pcp->pcp[i] = count->n_limbs[i] ? 100.0 * count->n_right[i] / count->n_limbs[i] : NAN;
        if (i < 3 && count->n_limbs[i])
            sum += pcp->pcp[i], counted++;
    }
    pcp->average = counted ? sum / counted : NAN;
    return RIG_OK;
}
