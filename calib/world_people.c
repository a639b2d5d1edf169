#include "calib/world.h"

#include "calib/covariance.h"
#include "calib/uncertainty.h"
#include "core/median.h"

#include <string.h>

enum { INSTANTS_MIN = 30, ROUNDS = 10 };
enum { STRETCHES = 10, FOLLOWED_MOST = 500 }; // of the take; instants whose errors by the cameras' are reckoned
static const double DEGREE = 3.14159265358979 / 180;
static const double STRAIGHT = 15, SPREAD_MOST = 10; // degrees
static const double FAR_SPREADS = 3;                 // of the median angle: not standing upright
static const double ANKLE_M = 0.08;                  // over the floor
static const double ANKLE_SIGMA_M = 0.02; // of that: people's sizes and shoes, what a network takes for an ankle

enum { SHOULDERS, HIPS, ANKLES, PARTS };
static const char *const JOINTS[PARTS][2] = {
    {"left_shoulder", "right_shoulder"}, {"left_hip", "right_hip"}, {"left_ankle", "right_ankle"}};

// One person who stands straight at one moment.
typedef struct stance {
    double up[3], feet[3]; // feet: between the ankles
    double joints[PARTS][2][3];
    double tall_m; // from ankles to shoulders
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
            memcpy(s->joints[part][side], joint->p, sizeof joint->p);
        }
    for (int k = 0; k < 3; k++) {
        trunk[k] = middle[SHOULDERS][k] - middle[HIPS][k];
        legs[k] = middle[HIPS][k] - middle[ANKLES][k];
        s->up[k] = middle[SHOULDERS][k] - middle[ANKLES][k];
    }
    memcpy(s->feet, middle[ANKLES], sizeof s->feet);
    s->tall_m = rig_norm3(s->up);
    return unit(trunk) && unit(legs) && unit(s->up) && rig_dot3(trunk, legs) > cos(STRAIGHT * DEGREE);
}

static double angle_to(const double up[3], const stance *s) {
    return acos(fmax(-1, fmin(1, rig_dot3(up, s->up))));
}

static double height(const double up[3], const double p[3]) {
    return rig_dot3(up, p) - ANKLE_M;
}

static int lower_ankle(const double up[3], const stance *s) {
    return rig_dot3(up, s->joints[ANKLES][1]) < rig_dot3(up, s->joints[ANKLES][0]);
}

// The mean direction of those near it, from the mean of all on; *limit: how near.
static double mean_up(const stance *list, int n, double up[3], double *limit, double *sorted) {
    double spread = 0;
    *limit = INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
        double sum[3] = {0};
        for (int i = 0; i < n; i++)
            for (int k = 0; k < 3 && (round == 0 || angle_to(up, &list[i]) <= *limit); k++)
                sum[k] += list[i].up[k];
        if (!unit(sum))
            return INFINITY;
        memcpy(up, sum, sizeof sum);
        for (int i = 0; i < n; i++)
            sorted[i] = angle_to(up, &list[i]);
        spread = rig_median(sorted, n);
        *limit = FAR_SPREADS * spread;
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
                              : height(axis, list[i].joints[ANKLES][lower_ankle(axis, &list[i])]);
        }
        origin[k] = rig_median(sorted, n);
    }
    for (int k = 0; k < 3; k++)
        Rt_new_old->t[k] = -origin[k];
}

// --- how well it is known --------------------------------------------------------------------------------------------

// A world by people, and what it was made from.
typedef struct upright {
    const stance *list;
    int n;
    double limit; // those who stand farther from up do not count
    int first;    // the camera whose right is the world's
    rig_pose Rt_new_old;
} upright;

static bool counts(const upright *u, const stance *s) {
    return angle_to(u->Rt_new_old.R + 6, s) <= u->limit;
}

// The new frame in the old world (turn about the origin, shift) by a change of up and of the origin, and by one of the
// first camera's right, which x follows as far as that is level.
static void frame_by(const upright *u, const double right[3], const double d_up[3], const double d_right[3],
                     const double d_origin[3], double by[6]) {
    const double *x = u->Rt_new_old.R, *y = x + 3, *up = x + 6;
    const rig_pose Rt_old_new = rig_pose_invert(&u->Rt_new_old);
    const double about = (rig_dot3(y, d_right) - rig_dot3(up, right) * rig_dot3(d_up, y)) / rig_dot3(x, right);
    double turned[3];
    rig_cross3(up, d_up, by);
    for (int k = 0; k < 3; k++)
        by[k] += about * up[k];
    rig_cross3(by, Rt_old_new.t, turned);
    for (int k = 0; k < 3; k++)
        by[3 + k] = d_origin[k] - turned[k];
}

// Add to D (6 x n: up, origin) how what a stance says of them follows the cameras' errors. G: 3 x n.
static void stance_follow(const upright *u, const rig_calibration *rig, const stance *s, double *D, double *G) {
    const double *up = u->Rt_new_old.R + 6;
    const ptrdiff_t n = rig->n_covariance;
    int cameras[RIG_UNCERTAINTY_CAMERAS_MAX];
    for (int i = 0; i < 4; i++) {
        const bool ankle = i / 2 == 1, lower = ankle && i % 2 == lower_ankle(up, s);
        const double *p = s->joints[ankle ? ANKLES : SHOULDERS][i % 2];
        int n_cameras = 0;
        for (int c = 0; c < rig->n && n_cameras < RIG_UNCERTAINTY_CAMERAS_MAX; c++)
            if (rig_camera_sees(&rig->cameras[c], p))
                cameras[n_cameras++] = c;
        if (n_cameras < 2 || !rig_uncertainty_follow(rig, cameras, n_cameras, p, G))
            continue;
        for (ptrdiff_t j = 0; j < n; j++) {
            const double d[3] = {G[j], G[n + j], G[2 * n + j]}, along = rig_dot3(s->up, d), rise = rig_dot3(up, d);
            for (int k = 0; k < 3; k++) {
                D[k * n + j] += (ankle ? -1 : 1) * (d[k] - along * s->up[k]) / (2 * s->tall_m);
                D[(3 + k) * n + j] += (ankle ? (d[k] - rise * up[k]) / 2 : 0) + (lower ? rise * up[k] : 0);
            }
        }
    }
}

// G (6 x n): the frame by the cameras' errors. A few hundred stances tell it as well as all. work: 9 x n.
static void frame_follow(const upright *u, const rig_calibration *rig, double *G, double *work) {
    const ptrdiff_t n = rig->n_covariance, at = rig_calibration_at(rig, u->first + 1) - 6;
    const double *R = rig->cameras[u->first].Rt_cam_world.R;
    const int every = (u->n + FOLLOWED_MOST - 1) / FOLLOWED_MOST;
    int n_followed = 0, n_counted = 0;
    memset(work, 0, 6 * sizeof *work * (size_t)n);
    for (int i = 0; i < u->n; i++)
        if (counts(u, &u->list[i]) && n_counted++ % every == 0) {
            stance_follow(u, rig, &u->list[i], work, work + 6 * n);
            n_followed++;
        }
    rig_covariance_localize(rig, 6, work);
    for (ptrdiff_t j = 0; j < n; j++) {
        double d[6], by[6], d_right[3] = {0, 0, 0};
        for (int k = 0; k < 6; k++)
            d[k] = work[k * n + j] / n_followed;
        for (int k = 0; k < 3; k++) // the first row of exp(w) R
            d_right[k] = j == at + 1 ? R[6 + k] : j == at + 2 ? -R[3 + k] : 0;
        frame_by(u, R, d, d_right, d + 3, by);
        for (int k = 0; k < 6; k++)
            G[k * n + j] = by[k];
    }
}

// What a stretch of the take alone says: up along x and y of the new frame, and the floor's height.
static bool stretch_of(const upright *u, int from, int to, double z[3], double *sorted) {
    const double *x = u->Rt_new_old.R, *up = x + 6;
    double sum[3] = {0};
    int n = 0;
    for (int i = from; i < to; i++) {
        const stance *s = &u->list[i];
        sorted[i - from] = height(up, s->joints[ANKLES][lower_ankle(up, s)]);
        for (int k = 0; k < 3 && counts(u, s); k++)
            sum[k] += s->up[k];
        n += counts(u, s);
    }
    for (int k = 0; k < 2; k++)
        z[k] = n ? rig_dot3(sum, x + 3 * k) / n : 0;
    z[2] = rig_median(sorted, to - from);
    return n > 0;
}

// noise (6 x 6): the frame by how people lean and step. Stances that follow one another are alike, so stretches of the
// take are held against each other. Source: batch means, Law 2014, "Simulation modeling and analysis", 9.5; the factor
// is the variance of Student's t.
static void frame_noise(const upright *u, const rig_calibration *rig, double noise[36], double *sorted) {
    const double *x = u->Rt_new_old.R, none[3] = {0, 0, 0};
    double z[STRETCHES][3], mean[3] = {0}, C[9] = {0}, by[3][6];
    int n = 0;
    for (int i = 0; i < STRETCHES; i++)
        n += stretch_of(u, u->n * i / STRETCHES, u->n * (i + 1) / STRETCHES, z[n], sorted);
    for (int i = 0; i < 3 * n; i++)
        mean[i % 3] += z[i / 3][i % 3] / n;
    for (int i = 0; i < 9 * n && n > 3; i++)
        C[i % 9] += (z[i / 9][i % 9 / 3] - mean[i % 9 / 3]) * (z[i / 9][i % 3] - mean[i % 3]) / (n * (n - 3.0));
    C[8] += ANKLE_SIGMA_M * ANKLE_SIGMA_M;
    for (int k = 0; k < 3; k++)
        frame_by(u, rig->cameras[u->first].Rt_cam_world.R, k < 2 ? x + 3 * k : none, none, k == 2 ? x + 6 : none,
                 by[k]);
    for (int i = 0; i < 36; i++) {
        noise[i] = 0;
        for (int k = 0; k < 9; k++)
            noise[i] += by[k / 3][i / 6] * C[k] * by[k % 3][i % 6];
    }
}

static rig_status world_move(const upright *u, rig_calibration *rig, double *sorted, rig_arena *scratch, rig_err *err) {
    const rig_pose Rt_old_new = rig_pose_invert(&u->Rt_new_old);
    const size_t n = rig->covariance ? (size_t)rig->n_covariance : 0;
    double noise[36], *G = RIG_NEW(scratch, double, 6 * n + 1), *work = RIG_NEW(scratch, double, 9 * n + 1);
    if (!G || !work)
        return rig_fail_memory(err, "the covariance in the people's frame");
    if (n > 0) {
        frame_follow(u, rig, G, work);
        frame_noise(u, rig, noise, sorted);
    }
    return rig_covariance_move(rig, &Rt_old_new, G, noise, err);
}

// --- all of it -------------------------------------------------------------------------------------------------------

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
    upright u = {.first = 0};
    double up[3];
    RIG_TRY(gather(people, skeleton, &list, &gravity->n, scratch, err));
    if (gravity->n < INSTANTS_MIN)
        return rig_fail(
            err, RIG_ERR_DATA,
            "world frame: people stand upright at %d instants, need >= %d with shoulders, hips and ankles visible",
            gravity->n, INSTANTS_MIN);
    double *sorted = RIG_NEW(scratch, double, gravity->n);
    if (!sorted)
        return rig_fail_memory(err, "people who stand");
    gravity->spread_rad = mean_up(list, gravity->n, up, &u.limit, sorted);
    if (!(gravity->spread_rad <= SPREAD_MOST * DEGREE))
        return rig_fail(err, RIG_ERR_DATA,
                        "world frame: the directions in which people stand spread by %.0f degrees, need <= %.0f",
                        gravity->spread_rad / DEGREE, SPREAD_MOST);
    while (u.first < rig->n && !rig->cameras[u.first].has_pose)
        u.first++;
    if (u.first == rig->n || !axes(up, rig->cameras[u.first].Rt_cam_world.R, &u.Rt_new_old))
        return rig_fail(err, RIG_ERR_DATA, "world frame: no camera with a pose has a level x axis");
    set_origin(list, gravity->n, &u.Rt_new_old, sorted);
    u.list = list, u.n = gravity->n;
    return world_move(&u, rig, sorted, scratch, err);
}

rig_status rig_world_from_people(const rig_people3d *people, const rig_skeleton *skeleton, rig_calibration *rig,
                                 rig_gravity *gravity, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_status status = world_place(people, skeleton, rig, gravity, scratch, err);
    rig_arena_rewind(scratch, mark);
    return status;
}
