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
enum { N_CORNERS = sizeof CORNERS / sizeof CORNERS[0] };
_Static_assert(N_CORNERS + 1 <= RIG_ANGLES_MAX, "room for all angles");

rig_kinematics rig_kinematics_init(const rig_skeleton *skeleton, double fps, bool derivatives, bool angles) {
    static const char *const TRUNK[4] = {"left_hip", "right_hip", "left_shoulder", "right_shoulder"};
    rig_kinematics made = {.fps = fps, .derivatives = derivatives, .has_trunk = true};
    for (int k = 0; k < N_CORNERS; k++) {
        int a = rig_skeleton_find(skeleton, CORNERS[k].a), at = rig_skeleton_find(skeleton, CORNERS[k].at);
        int b = rig_skeleton_find(skeleton, CORNERS[k].b), i = made.n_corners;
        if (a < 0 || at < 0 || b < 0)
            continue;
        made.corners[i][0] = a, made.corners[i][1] = at, made.corners[i][2] = b;
        made.bends[i] = CORNERS[k].bends;
        made.angles[made.n_corners++] = CORNERS[k].name;
    }
    for (int k = 0; k < 4; k++) {
        made.trunk[k] = rig_skeleton_find(skeleton, TRUNK[k]);
        made.has_trunk = made.has_trunk && made.trunk[k] >= 0;
    }
    if (made.has_trunk)
        made.angles[made.n_corners] = "trunk";
    made.n_angles = angles ? made.n_corners + made.has_trunk : 0;
    return made;
}

static bool has_position(const rig_joint3d *joint) {
    return joint->state == RIG_JOINT_OK || joint->state == RIG_JOINT_FILLED;
}

static double angle_between(const double u[3], const double v[3]) {
    double w[3];
    rig_cross3(u, v, w);
    return atan2(rig_norm3(w), rig_dot3(u, v));
}

static rig_joint_angle corner_angle(const rig_kinematics *p, int k, const rig_joint3d *joints) {
    const rig_joint3d *a = &joints[p->corners[k][0]], *at = &joints[p->corners[k][1]], *b = &joints[p->corners[k][2]];
    double u[3], v[3];
    if (!has_position(a) || !has_position(at) || !has_position(b))
        return (rig_joint_angle){false, 0};
    for (int i = 0; i < 3; i++)
        u[i] = a->p[i] - at->p[i], v[i] = b->p[i] - at->p[i];
    double angle = angle_between(u, v);
    return (rig_joint_angle){true, p->bends[k] ? PI - angle : angle};
}

static rig_joint_angle trunk_angle(const rig_kinematics *p, const rig_joint3d *joints) {
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
static const rig_joint3d *joints_beside(const rig_frame3d *frames, int n, int f, int step, int id) {
    if (f + step < 0 || f + step >= n)
        return NULL;
    const rig_frame3d *frame = &frames[f + step];
    if (frame->frame != frames[f].frame + step)
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

static rig_status person_moves(const rig_kinematics *k, const rig_frame3d *frames, int n, int f, int n_joints,
                               const rig_person3d *person, rig_movement *movement, rig_arena *out, rig_err *err) {
    const rig_joint3d *before = joints_beside(frames, n, f, -1, person->id);
    const rig_joint3d *after = joints_beside(frames, n, f, 1, person->id);
    movement->moves = RIG_NEW(out, rig_joint_move, n_joints);
    if (!movement->moves)
        return rig_fail_memory(err, "movement");
    for (int j = 0; j < n_joints; j++)
        movement->moves[j] =
            joint_move(before ? &before[j] : NULL, &person->joints[j], after ? &after[j] : NULL, k->fps);
    return RIG_OK;
}

static rig_status person_angles(const rig_kinematics *p, const rig_person3d *person, rig_movement *movement,
                                rig_arena *out, rig_err *err) {
    movement->angles = RIG_NEW(out, rig_joint_angle, p->n_angles);
    if (!movement->angles)
        return rig_fail_memory(err, "angles");
    for (int k = 0; k < p->n_corners; k++)
        movement->angles[k] = corner_angle(p, k, person->joints);
    if (p->has_trunk)
        movement->angles[p->n_corners] = trunk_angle(p, person->joints);
    return RIG_OK;
}

rig_status rig_kinematics_run(const rig_kinematics *k, rig_frame3d *frames, int n, int from, int to, int n_joints,
                              rig_arena *out, rig_err *err) {
    for (int f = from; f < to; f++)
        for (int i = 0; i < frames[f].n; i++) {
            rig_person3d *person = &frames[f].people[i];
            rig_movement *movement = RIG_NEW(out, rig_movement, 1);
            if (!movement)
                return rig_fail_memory(err, "movement");
            if (k->derivatives)
                RIG_TRY(person_moves(k, frames, n, f, n_joints, person, movement, out, err));
            if (k->n_angles > 0)
                RIG_TRY(person_angles(k, person, movement, out, err));
            person->movement = movement;
        }
    return RIG_OK;
}
