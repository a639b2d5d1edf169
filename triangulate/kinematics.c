#include "triangulate/kinematics.h"

#include "core/geom.h"

#include <math.h>

static const double PI = 3.14159265358979323846;

// The angle at `at` between the bones to a and to b.
typedef struct corner {
    const char *name, *a, *at, *b;
    bool bends; // 0 is straight
} corner;

static const corner CORNERS[] = {
    {"left_elbow", "left_shoulder", "left_elbow", "left_wrist", true},
    {"right_elbow", "right_shoulder", "right_elbow", "right_wrist", true},
    {"left_shoulder", "left_hip", "left_shoulder", "left_elbow", false},
    {"right_shoulder", "right_hip", "right_shoulder", "right_elbow", false},
    {"left_hip", "left_shoulder", "left_hip", "left_knee", true},
    {"right_hip", "right_shoulder", "right_hip", "right_knee", true},
    {"left_knee", "left_hip", "left_knee", "left_ankle", true},
    {"right_knee", "right_hip", "right_knee", "right_ankle", true},
    {"left_ankle", "left_knee", "left_ankle", "left_big_toe", false},
    {"right_ankle", "right_knee", "right_ankle", "right_big_toe", false},
};
enum { N_CORNERS = sizeof CORNERS / sizeof CORNERS[0], ANGLES_MAX = N_CORNERS + 1 };

// What the skeleton has of them. Of `trunk`: left and right hip, left and right shoulder.
typedef struct plan {
    int n_corners, a[N_CORNERS], at[N_CORNERS], b[N_CORNERS];
    bool bends[N_CORNERS], has_trunk;
    int trunk[4];
} plan;

static plan plan_init(const rig_skeleton *skeleton, const char **names, int *n) {
    static const char *const TRUNK[4] = {"left_hip", "right_hip", "left_shoulder", "right_shoulder"};
    plan p = {.has_trunk = true};
    for (int k = 0; k < N_CORNERS; k++) {
        int a = rig_skeleton_find(skeleton, CORNERS[k].a), at = rig_skeleton_find(skeleton, CORNERS[k].at);
        int b = rig_skeleton_find(skeleton, CORNERS[k].b), i = p.n_corners;
        if (a < 0 || at < 0 || b < 0)
            continue;
        p.a[i] = a, p.at[i] = at, p.b[i] = b, p.bends[i] = CORNERS[k].bends;
        names[p.n_corners++] = CORNERS[k].name;
    }
    for (int k = 0; k < 4; k++) {
        p.trunk[k] = rig_skeleton_find(skeleton, TRUNK[k]);
        p.has_trunk = p.has_trunk && p.trunk[k] >= 0;
    }
    *n = p.n_corners + p.has_trunk;
    if (p.has_trunk)
        names[p.n_corners] = "trunk";
    return p;
}

static bool has_position(const rig_joint3d *joint) {
    return joint->state == RIG_JOINT_OK || joint->state == RIG_JOINT_FILLED;
}

static double angle_between(const double u[3], const double v[3]) {
    double w[3];
    rig_cross3(u, v, w);
    return atan2(rig_norm3(w), rig_dot3(u, v));
}

static rig_joint_angle corner_angle(const plan *p, int k, const rig_joint3d *joints) {
    const rig_joint3d *a = &joints[p->a[k]], *at = &joints[p->at[k]], *b = &joints[p->b[k]];
    double u[3], v[3];
    if (!has_position(a) || !has_position(at) || !has_position(b))
        return (rig_joint_angle){false, 0};
    for (int i = 0; i < 3; i++)
        u[i] = a->p[i] - at->p[i], v[i] = b->p[i] - at->p[i];
    double angle = angle_between(u, v);
    return (rig_joint_angle){true, p->bends[k] ? PI - angle : angle};
}

static rig_joint_angle trunk_angle(const plan *p, const rig_joint3d *joints) {
    static const double UP[3] = {0, 0, 1};
    double u[3];
    for (int k = 0; k < 4; k++)
        if (!has_position(&joints[p->trunk[k]]))
            return (rig_joint_angle){false, 0};
    for (int i = 0; i < 3; i++)
        u[i] =
            joints[p->trunk[2]].p[i] + joints[p->trunk[3]].p[i] - joints[p->trunk[0]].p[i] - joints[p->trunk[1]].p[i];
    return (rig_joint_angle){true, angle_between(u, UP)};
}

// The joints of the person a frame later (or, step -1, earlier); NULL where they are not there.
static const rig_joint3d *joints_beside(const rig_people3d *people, int f, int step, int id) {
    if (f + step < 0 || f + step >= people->n_frames)
        return NULL;
    const rig_frame3d *frame = &people->frames[f + step];
    if (frame->frame != people->frames[f].frame + step)
        return NULL;
    for (int i = 0; i < frame->n; i++)
        if (frame->people[i].id == id)
            return frame->people[i].joints;
    return NULL;
}

static rig_joint_move joint_move(const rig_joint3d *before, const rig_joint3d *now, const rig_joint3d *after,
                                 double fps) {
    rig_joint_move move = {0};
    bool has_before = before && has_position(before), has_after = after && has_position(after);
    if (!has_position(now) || (!has_before && !has_after))
        return move;
    const double *from = has_before ? before->p : now->p, *to = has_after ? after->p : now->p;
    move.has_v = true;
    move.has_a = has_before && has_after;
    for (int i = 0; i < 3; i++) {
        move.v[i] = (to[i] - from[i]) * fps / (has_before + has_after);
        move.a[i] = move.has_a ? (to[i] - 2 * now->p[i] + from[i]) * fps * fps : 0;
    }
    return move;
}

static rig_status person_moves(const rig_people3d *people, int f, const rig_person3d *person, double fps,
                               rig_movement *movement, rig_arena *out, rig_err *err) {
    const rig_joint3d *before = joints_beside(people, f, -1, person->id);
    const rig_joint3d *after = joints_beside(people, f, 1, person->id);
    movement->moves = RIG_NEW(out, rig_joint_move, people->n_joints);
    if (!movement->moves)
        return rig_fail_memory(err, "movement");
    for (int j = 0; j < people->n_joints; j++)
        movement->moves[j] = joint_move(before ? &before[j] : NULL, &person->joints[j], after ? &after[j] : NULL, fps);
    return RIG_OK;
}

static rig_status person_angles(const plan *p, const rig_people3d *people, const rig_person3d *person,
                                rig_movement *movement, rig_arena *out, rig_err *err) {
    movement->angles = RIG_NEW(out, rig_joint_angle, people->n_angles);
    if (!movement->angles)
        return rig_fail_memory(err, "angles");
    for (int k = 0; k < p->n_corners; k++)
        movement->angles[k] = corner_angle(p, k, person->joints);
    if (p->has_trunk)
        movement->angles[p->n_corners] = trunk_angle(p, person->joints);
    return RIG_OK;
}

rig_status rig_kinematics(rig_people3d *people, const rig_skeleton *skeleton, double fps, bool derivatives, bool angles,
                          rig_arena *out, rig_err *err) {
    const char **names = RIG_NEW(out, const char *, ANGLES_MAX);
    if (!names)
        return rig_fail_memory(err, "angles");
    plan p = plan_init(skeleton, names, &people->n_angles);
    people->angles = names;
    if (!angles)
        people->n_angles = 0;
    for (int f = 0; f < people->n_frames; f++)
        for (int i = 0; i < people->frames[f].n; i++) {
            rig_person3d *person = &people->frames[f].people[i];
            rig_movement *movement = RIG_NEW(out, rig_movement, 1);
            if (!movement)
                return rig_fail_memory(err, "movement");
            if (derivatives)
                RIG_TRY(person_moves(people, f, person, fps, movement, out, err));
            if (angles)
                RIG_TRY(person_angles(&p, people, person, movement, out, err));
            person->movement = movement;
        }
    return RIG_OK;
}
