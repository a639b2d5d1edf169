#include "calib/world.h"

#include "calib/covariance.h"
#include "core/median.h"

#include <string.h>

enum { INSTANTS_MIN = 30, ROUNDS = 10 };
static const double DEGREE = 3.14159265358979 / 180;
static const double STRAIGHT = 15, SPREAD_MOST = 10; // degrees
static const double FAR_SPREADS = 3;                 // of the median angle: not standing upright
static const double ANKLE_M = 0.08;                  // over the floor

enum { SHOULDERS, HIPS, ANKLES, PARTS };
static const char *const JOINTS[PARTS][2] = {
    {"left_shoulder", "right_shoulder"}, {"left_hip", "right_hip"}, {"left_ankle", "right_ankle"}};

// One person who stands straight at one moment.
typedef struct stance {
    double up[3], feet[3]; // feet: between the ankles
    double ankles[2][3];
} stance;

static bool unit(double v[3]) {
    const double n = rig_norm3(v);
    for (int k = 0; k < 3 && n > 0; k++)
        v[k] /= n;
    return n > 0;
}

static bool stands(const rig_person3d *person, const int joints[PARTS][2], stance *s) {
    double middle[PARTS][3], trunk[3], legs[3];
    for (int part = 0; part < PARTS; part++)
        for (int side = 0; side < 2; side++) {
            const rig_joint3d *joint = &person->joints[joints[part][side]];
            if (joint->state != RIG_JOINT_OK)
                return false;
            for (int k = 0; k < 3; k++)
                middle[part][k] = (side ? middle[part][k] : 0) + joint->p[k] / 2;
            if (part == ANKLES)
                memcpy(s->ankles[side], joint->p, sizeof s->ankles[side]);
        }
    for (int k = 0; k < 3; k++) {
        trunk[k] = middle[SHOULDERS][k] - middle[HIPS][k];
        legs[k] = middle[HIPS][k] - middle[ANKLES][k];
        s->up[k] = middle[SHOULDERS][k] - middle[ANKLES][k];
    }
    memcpy(s->feet, middle[ANKLES], sizeof s->feet);
    return unit(trunk) && unit(legs) && unit(s->up) && rig_dot3(trunk, legs) > cos(STRAIGHT * DEGREE);
}

static double angle_to(const double up[3], const stance *s) {
    return acos(fmax(-1, fmin(1, rig_dot3(up, s->up))));
}

// The mean direction of those near it, from the mean of all on.
static double mean_up(const stance *list, int n, double up[3], double *sorted) {
    double limit = INFINITY, spread = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double sum[3] = {0};
        for (int i = 0; i < n; i++)
            for (int k = 0; k < 3 && (round == 0 || angle_to(up, &list[i]) <= limit); k++)
                sum[k] += list[i].up[k];
        if (!unit(sum))
            return INFINITY;
        memcpy(up, sum, sizeof sum);
        for (int i = 0; i < n; i++)
            sorted[i] = angle_to(up, &list[i]);
        spread = rig_median(sorted, n);
        limit = FAR_SPREADS * spread;
    }
    return spread;
}

// Rt_new_old has `up` as z, x along `right` as far as that is level.
static bool axes(const double up[3], const double right[3], rig_pose *Rt_new_old) {
    double x[3], y[3];
    rig_cross3(up, right, y);
    if (!unit(y))
        return false;
    rig_cross3(y, up, x);
    memcpy(Rt_new_old->R, x, sizeof x);
    memcpy(Rt_new_old->R + 3, y, sizeof y);
    memcpy(Rt_new_old->R + 6, up, sizeof x);
    memset(Rt_new_old->t, 0, sizeof Rt_new_old->t);
    return true;
}

// The lower ankle of each stands on the floor; the middle of all feet is the origin.
static void set_origin(const stance *list, int n, rig_pose *Rt_new_old, double *sorted) {
    double origin[3];
    for (int k = 0; k < 3; k++) {
        for (int i = 0; i < n; i++) {
            const double *axis = Rt_new_old->R + 3 * k;
            sorted[i] = k < 2 ? rig_dot3(axis, list[i].feet)
                              : fmin(rig_dot3(axis, list[i].ankles[0]), rig_dot3(axis, list[i].ankles[1])) - ANKLE_M;
        }
        origin[k] = rig_median(sorted, n);
    }
    for (int k = 0; k < 3; k++)
        Rt_new_old->t[k] = -origin[k];
}

static rig_status gather(const rig_people3d *people, const rig_skeleton *skeleton, stance **list, int *n,
                         rig_arena *scratch, rig_err *err) {
    int joints[PARTS][2];
    size_t room = 0;
    for (int part = 0; part < PARTS; part++)
        for (int side = 0; side < 2; side++) {
            joints[part][side] = rig_skeleton_find(skeleton, JOINTS[part][side]);
            if (joints[part][side] < 0 || joints[part][side] >= people->n_joints)
                return rig_fail(err, RIG_ERR_DATA, "world frame: skeleton '%s' has no joint '%s'", skeleton->name,
                                JOINTS[part][side]);
        }
    for (int f = 0; f < people->n_frames; f++)
        room += (size_t)people->frames[f].n;
    *list = RIG_NEW(scratch, stance, room);
    if (!*list)
        return rig_fail_memory(err, "people who stand");
    *n = 0;
    for (int f = 0; f < people->n_frames; f++)
        for (int p = 0; p < people->frames[f].n; p++)
            *n += stands(&people->frames[f].people[p], (const int(*)[2])joints, &(*list)[*n]);
    return RIG_OK;
}

static rig_status world_place(const rig_people3d *people, const rig_skeleton *skeleton, rig_calibration *rig,
                              rig_gravity *gravity, rig_arena *scratch, rig_err *err) {
    stance *list;
    double up[3];
    int first = 0;
    RIG_TRY(gather(people, skeleton, &list, &gravity->n, scratch, err));
    if (gravity->n < INSTANTS_MIN)
        return rig_fail(
            err, RIG_ERR_DATA,
            "world frame: people stand straight at %d instants, need >= %d, with shoulders, hips and ankles seen",
            gravity->n, INSTANTS_MIN);
    double *sorted = RIG_NEW(scratch, double, gravity->n);
    if (!sorted)
        return rig_fail_memory(err, "people who stand");
    gravity->spread_rad = mean_up(list, gravity->n, up, sorted);
    if (!(gravity->spread_rad <= SPREAD_MOST * DEGREE))
        return rig_fail(err, RIG_ERR_DATA,
                        "world frame: people stand in directions that spread by %.0f degrees, need <= %.0f",
                        gravity->spread_rad / DEGREE, SPREAD_MOST);
    while (first < rig->n && !rig->cameras[first].has_pose)
        first++;
    rig_pose Rt_new_old;
    if (first == rig->n || !axes(up, rig->cameras[first].Rt_cam_world.R, &Rt_new_old))
        return rig_fail(err, RIG_ERR_DATA, "world frame: no camera with a pose whose right is level");
    set_origin(list, gravity->n, &Rt_new_old, sorted);
    const rig_pose Rt_old_new = rig_pose_invert(&Rt_new_old);
    return rig_covariance_move(rig, &Rt_old_new, NULL, NULL, err);
}

rig_status rig_world_from_people(const rig_people3d *people, const rig_skeleton *skeleton, rig_calibration *rig,
                                 rig_gravity *gravity, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_status status = world_place(people, skeleton, rig, gravity, scratch, err);
    rig_arena_rewind(scratch, mark);
    return status;
}
