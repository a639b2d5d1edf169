#include "triangulate/articulated.h"

#include "core/geom.h"

#include <math.h>
#include <string.h>

enum { HIPS, SPINE, CHEST, NECK, HEAD, HEAD_END, L_ARM, L_FOREARM, L_HAND, R_ARM, R_FOREARM, R_HAND, L_THIGH, L_SHANK };
enum { L_FOOT = L_SHANK + 1, L_TOE, R_THIGH, R_SHANK, R_FOOT, R_TOE, L_EAR, R_EAR };
_Static_assert(R_TOE + 1 == RIG_NODES && R_EAR + 1 == RIG_NODE_POINTS, "a row each");

// What fixes a bone's twist: a line between two points, the plane in which the limb bends, or the parent.
typedef enum twist { BY_LINE, BY_PLANE, BY_PARENT } twist;

typedef struct node_rule {
    const char *name, *a, *b; // the joints whose middle it is
    int parent;
    double offset[3]; // the bone from the parent at rest, of length 1; 0: at the parent's place
    int aim, from;    // it points to `aim`, from where it is or, >= 0, from `from`
    double u[3];      // that at rest
    twist twist;
    int line[2];
    double v[3]; // the line, or the plane's normal, at rest
} node_rule;

#define LEFT                                                                                                           \
    { 1, 0, 0 }
#define RIGHT                                                                                                          \
    { -1, 0, 0 }
#define UP                                                                                                             \
    { 0, 1, 0 }
#define DOWN                                                                                                           \
    { 0, -1, 0 }
#define AHEAD                                                                                                          \
    { 0, 0, 1 }
#define TO_TOE                                                                                                         \
    { 0, -0.4, 0.916515138991168 }
#define NO_OFFSET                                                                                                      \
    { 0, 0, 0 }

// clang-format off
static const node_rule RULES[RIG_NODE_POINTS] = {
    [HIPS] = {"Hips", "left_hip", "right_hip", -1, NO_OFFSET, L_THIGH, R_THIGH, LEFT, BY_LINE, {HIPS, CHEST}, UP},
    [SPINE] = {"Spine", "left_hip", "right_hip", HIPS, NO_OFFSET, CHEST, -1, UP, BY_LINE, {R_ARM, L_ARM}, LEFT},
    [CHEST] = {"Chest", "left_shoulder", "right_shoulder", SPINE, UP, L_ARM, R_ARM, LEFT, BY_LINE, {HIPS, CHEST}, UP},
    [NECK] = {"Neck", "left_shoulder", "right_shoulder", CHEST, NO_OFFSET, HEAD, -1, UP, BY_PARENT, {0}, LEFT},
    [HEAD] = {"Head", "left_ear", "right_ear", NECK, UP, HEAD_END, -1, AHEAD, BY_LINE, {R_EAR, L_EAR}, LEFT},
    [HEAD_END] = {"HeadEnd", "nose", "nose", HEAD, AHEAD, -1, -1, UP, BY_PARENT, {0}, LEFT},
    [L_ARM] = {"LeftArm", "left_shoulder", "left_shoulder", CHEST, LEFT, L_FOREARM, -1, LEFT, BY_PLANE, {L_FOREARM, L_HAND}, DOWN},
    [L_FOREARM] = {"LeftForeArm", "left_elbow", "left_elbow", L_ARM, LEFT, L_HAND, -1, LEFT, BY_PARENT, {0}, DOWN},
    [L_HAND] = {"LeftHand", "left_wrist", "left_wrist", L_FOREARM, LEFT, -1, -1, LEFT, BY_PARENT, {0}, DOWN},
    [R_ARM] = {"RightArm", "right_shoulder", "right_shoulder", CHEST, RIGHT, R_FOREARM, -1, RIGHT, BY_PLANE, {R_FOREARM, R_HAND}, UP},
    [R_FOREARM] = {"RightForeArm", "right_elbow", "right_elbow", R_ARM, RIGHT, R_HAND, -1, RIGHT, BY_PARENT, {0}, UP},
    [R_HAND] = {"RightHand", "right_wrist", "right_wrist", R_FOREARM, RIGHT, -1, -1, RIGHT, BY_PARENT, {0}, UP},
    [L_THIGH] = {"LeftUpLeg", "left_hip", "left_hip", HIPS, LEFT, L_SHANK, -1, DOWN, BY_PLANE, {L_SHANK, L_FOOT}, LEFT},
    [L_SHANK] = {"LeftLeg", "left_knee", "left_knee", L_THIGH, DOWN, L_FOOT, -1, DOWN, BY_PARENT, {0}, LEFT},
    [L_FOOT] = {"LeftFoot", "left_ankle", "left_ankle", L_SHANK, DOWN, L_TOE, -1, TO_TOE, BY_PARENT, {0}, LEFT},
    [L_TOE] = {"LeftToe", "left_big_toe", "left_big_toe", L_FOOT, TO_TOE, -1, -1, AHEAD, BY_PARENT, {0}, LEFT},
    [R_THIGH] = {"RightUpLeg", "right_hip", "right_hip", HIPS, RIGHT, R_SHANK, -1, DOWN, BY_PLANE, {R_SHANK, R_FOOT}, LEFT},
    [R_SHANK] = {"RightLeg", "right_knee", "right_knee", R_THIGH, DOWN, R_FOOT, -1, DOWN, BY_PARENT, {0}, LEFT},
    [R_FOOT] = {"RightFoot", "right_ankle", "right_ankle", R_SHANK, DOWN, R_TOE, -1, TO_TOE, BY_PARENT, {0}, LEFT},
    [R_TOE] = {"RightToe", "right_big_toe", "right_big_toe", R_FOOT, TO_TOE, -1, -1, AHEAD, BY_PARENT, {0}, LEFT},
    [L_EAR] = {"", "left_ear", "left_ear", -1, NO_OFFSET, -1, -1, UP, BY_PARENT, {0}, LEFT},
    [R_EAR] = {"", "right_ear", "right_ear", -1, NO_OFFSET, -1, -1, UP, BY_PARENT, {0}, LEFT},
};
// clang-format on

// The sine of the angle from which on a limb's own plane says more of its twist than its parent does.
static const double BENT = 0.17;
static const double NO_LINE = 1e-6; // m

const char *rig_node_name(int node) {
    return RULES[node].name;
}
int rig_node_parent(int node) {
    return RULES[node].parent;
}

static bool is_at_parent(int node) {
    const double *d = RULES[node].offset;
    return d[0] == 0 && d[1] == 0 && d[2] == 0;
}

// --- bones -----------------------------------------------------------------------------------------------------------

rig_body rig_articulation_init(const rig_skeleton *skeleton, rig_articulation *a) {
    rig_body body = {.n = RIG_NODE_POINTS, .n_bones = RIG_NODES - 1};
    *a = (rig_articulation){.has = {false}};
    for (int i = 0; i < RIG_NODE_POINTS; i++) {
        a->joints[i][0] = rig_skeleton_find(skeleton, RULES[i].a);
        a->joints[i][1] = rig_skeleton_find(skeleton, RULES[i].b);
    }
    for (int i = 1; i < RIG_NODES; i++)
        body.bones[i - 1] = (rig_bone){RULES[i].parent, i, 0};
    return body;
}

void rig_node_points(const rig_articulation *a, const rig_joint3d *joints, rig_joint3d at[RIG_NODE_POINTS]) {
    for (int i = 0; i < RIG_NODE_POINTS; i++) {
        at[i] = (rig_joint3d){.state = RIG_JOINT_MISSING};
        if (a->joints[i][0] < 0 || a->joints[i][1] < 0)
            continue;
        const rig_joint3d *p = &joints[a->joints[i][0]], *q = &joints[a->joints[i][1]];
        const bool ok = p->state == RIG_JOINT_OK && q->state == RIG_JOINT_OK;
        if (!ok && ((p->state != RIG_JOINT_OK && p->state != RIG_JOINT_FILLED) ||
                    (q->state != RIG_JOINT_OK && q->state != RIG_JOINT_FILLED)))
            continue;
        at[i].state = ok ? RIG_JOINT_OK : RIG_JOINT_FILLED;
        for (int k = 0; k < 3; k++)
            at[i].p[k] = (p->p[k] + q->p[k]) / 2;
        at[i].sigma_m = p == q ? p->sigma_m : sqrt(p->sigma_m * p->sigma_m + q->sigma_m * q->sigma_m) / 2;
    }
}

bool rig_articulation_set(rig_articulation *a, const double *lengths_m) {
    for (int i = 0; i < RIG_NODES; i++) {
        const int parent = RULES[i].parent;
        a->has[i] = parent < 0 || (a->has[parent] && (is_at_parent(i) || lengths_m[i - 1] > 0));
        for (int k = 0; k < 3; k++)
            a->offset_m[i][k] = parent < 0 || is_at_parent(i) ? 0 : RULES[i].offset[k] * lengths_m[i - 1];
    }
    a->has[NECK] = a->has[NECK] && a->has[HEAD];
    memset(a->turns, 0, sizeof a->turns);
    for (int i = 1; i < RIG_NODES; i++)
        a->turns[RULES[i].parent] = a->turns[RULES[i].parent] || a->has[i];
    return a->has[CHEST] && a->has[L_ARM] && a->has[R_ARM] && a->has[L_THIGH] && a->has[R_THIGH];
}

// --- fit -------------------------------------------------------------------------------------------------------------

static bool is_measured(const rig_joint3d *point) {
    return point->state == RIG_JOINT_OK || point->state == RIG_JOINT_FILLED;
}

static bool unit_make(double v[3]) {
    const double n = rig_norm3(v);
    for (int k = 0; k < 3 && n > NO_LINE; k++)
        v[k] /= n;
    return n > NO_LINE;
}

// Columns: u, v made upright on u, and what is upright on both. false: u and v are in line.
static bool frame_make(const double u[3], const double v[3], double columns[9]) {
    double w[3], upright[3], third[3];
    memcpy(w, u, sizeof w);
    if (!unit_make(w))
        return false;
    const double along = rig_dot3(w, v);
    for (int k = 0; k < 3; k++)
        upright[k] = v[k] - along * w[k];
    if (!unit_make(upright))
        return false;
    rig_cross3(w, upright, third);
    for (int k = 0; k < 3; k++)
        columns[3 * k] = w[k], columns[3 * k + 1] = upright[k], columns[3 * k + 2] = third[k];
    return true;
}

// The direction in space that v of the rule should have; false: it is not known.
static bool twist_find(const node_rule *rule, const rig_joint3d *points, const rig_articulated_pose *pose, int node,
                       double v[3]) {
    const rig_joint3d *a = &points[rule->line[0]], *b = &points[rule->line[1]];
    memset(v, 0, 3 * sizeof *v);
    if (rule->parent >= 0)
        rig_mat3_mul_vec(pose->R[rule->parent], rule->v, v);
    if (rule->twist == BY_PARENT || (rule->twist == BY_PLANE && (!is_measured(a) || !is_measured(b))))
        return true;
    if (!is_measured(a) || !is_measured(b))
        return false;
    double d[3], e[3], normal[3];
    for (int k = 0; k < 3; k++)
        d[k] = a->p[k] - pose->p[node][k], e[k] = b->p[k] - a->p[k];
    if (rule->twist == BY_LINE) {
        memcpy(v, e, sizeof e);
        return true;
    }
    if (!unit_make(d) || !unit_make(e))
        return true;
    rig_cross3(d, e, normal); // as long as the sine of the bend
    for (int k = 0; k < 3; k++)
        v[k] = BENT * v[k] + normal[k];
    return true;
}

static bool rotation_fit(int node, const rig_joint3d *points, rig_articulated_pose *pose) {
    const node_rule *rule = &RULES[node];
    double d[3], v[3], in_space[9], at_rest[9], transposed[9];
    if (!is_measured(&points[rule->aim]) || (rule->from >= 0 && !is_measured(&points[rule->from])))
        return false;
    for (int k = 0; k < 3; k++)
        d[k] = points[rule->aim].p[k] - (rule->from >= 0 ? points[rule->from].p[k] : pose->p[node][k]);
    if (!twist_find(rule, points, pose, node, v) || !frame_make(d, v, in_space) ||
        !frame_make(rule->u, rule->v, at_rest))
        return false;
    rig_mat3_transpose(at_rest, transposed);
    rig_mat3_mul(in_space, transposed, pose->R[node]);
    return true;
}

static bool node_place(const rig_articulation *a, int node, const rig_joint3d *points, rig_articulated_pose *pose) {
    const int parent = RULES[node].parent;
    double bone[3];
    if (parent < 0) {
        memcpy(pose->p[node], points[node].p, sizeof pose->p[node]);
        return is_measured(&points[node]);
    }
    if (!a->has[node] || !pose->known[parent])
        return false;
    rig_mat3_mul_vec(pose->R[parent], a->offset_m[node], bone);
    for (int k = 0; k < 3; k++)
        pose->p[node][k] = pose->p[parent][k] + bone[k];
    return true;
}

void rig_articulation_fit(const rig_articulation *a, const rig_joint3d points[RIG_NODE_POINTS],
                          rig_articulated_pose *pose) {
    memset(pose, 0, sizeof *pose);
    for (int i = 0; i < RIG_NODES; i++) {
        pose->placed[i] = node_place(a, i, points, pose);
        pose->known[i] = pose->placed[i] && a->turns[i] && rotation_fit(i, points, pose);
        double d[3];
        for (int k = 0; k < 3; k++)
            d[k] = pose->p[i][k] - points[i].p[k];
        pose->off_m[i] = pose->placed[i] && is_measured(&points[i]) ? rig_norm3(d) : -1;
    }
}
