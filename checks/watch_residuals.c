// A view's residuals against the joints that all other views give.
//
// The clock of a view is late by an offset, so its frame f shows the people between two frames of the others. So the
// others' points of a joint are fitted by a parabola over 0.28 s (local quadratic regression, Cleveland 1979), which
// gives the joint's position p and velocity v at any time, here in the camera's frame. With x = p_xy / p_z the residual
// n - x of the undistorted pixel n is dx/dp (w x p) for a turn w of the camera, dx/dp s for a shift s, and dx/dp v for
// each frame that the clock is late.
#include "checks/watch_state.h"
#include "triangulate/point.h"

#include <stdlib.h>
#include <string.h>

enum { RESIDUALS_MOST = 150000, FIT_MOST = 64 }; // more would not make the fits surer

static const double WINDOW_S = 0.14; // half the time for which a joint's path is a parabola
// A group is one person for a second, and for as long as they stand as they stood, but no longer than two and a half.
static const double GROUP_S = 1, GROUP_MOST_S = 2.5;
static const double STANDS_M = 0.3, STANDS_COS = 0.87; // 30 degrees
static const double FAR_M = 1;                         // a joint farther off is somebody else's

typedef struct scene {
    const rig_watch *watch;
    int view, n_joints;
    const rig_loo_point *points;
} scene;

// The weight of a frame, which falls to 0 at the window's edge, so that nothing jumps as a frame comes in.
static double window_weight(double t) {
    return (1 - t * t) * (1 - t * t);
}

// The joint's position at time `frame` (between frames) and its velocity a frame, from the person's samples around it;
// false where these are too few.
static bool path_at(const scene *c, int sample, int joint, double frame, double p[3], double v[3]) {
    const rig_watch_sample *samples = c->watch->samples;
    double window = fmax(3, WINDOW_S * c->watch->fps), S[5] = {0}, A[6], inverse[6];
    int from = sample, to = sample, at[FIT_MOST], n = 0;
    while (from > 0 && samples[from - 1].id == samples[sample].id && samples[from - 1].frame >= frame - window - 1e-9)
        from--;
    while (to + 1 < c->watch->n && samples[to + 1].id == samples[sample].id &&
           samples[to + 1].frame <= frame + window + 1e-9)
        to++;
    const int stride = 1 + (to - from) / FIT_MOST;
    for (int i = from; i <= to; i += stride) {
        double t = (samples[i].frame - frame) / window, power = window_weight(t);
        if (fabs(t) >= 1 || !c->points[i * c->n_joints + joint].ok)
            continue;
        for (int k = 0; k < 5; k++, power *= t)
            S[k] += power;
        at[n++] = i;
    }
    memcpy(A, (double[6]){S[0], S[1], S[2], S[2], S[3], S[4]}, sizeof A);
    if (n < 4 || !rig_sym3_invert(A, inverse))
        return false;
    memset(p, 0, 3 * sizeof *p), memset(v, 0, 3 * sizeof *v);
    for (int i = 0; i < n; i++) {
        double t = (samples[at[i]].frame - frame) / window;
        double share = window_weight(t), w = share * (inverse[0] + inverse[1] * t + inverse[2] * t * t);
        double d = share * (inverse[1] + inverse[3] * t + inverse[4] * t * t) / window;
        const double *q = c->points[at[i] * c->n_joints + joint].p;
        for (int k = 0; k < 3; k++)
            p[k] += w * q[k], v[k] += d * q[k];
    }
    return inverse[0] < 2; // the fit's variance against one point's: extrapolated positions are worse
}

static bool residual_make(const scene *c, int sample, int joint, rig_residual *made) {
    const rig_watch_sample *who = &c->watch->samples[sample];
    const rig_watch_detection *detection = who->detections[c->view];
    const rig_view_camera *camera = &rig_pose_segment_at(c->watch, c->view, who->frame)->camera;
    double p[3], v[3], at[3], go[3], n[2], focal = (camera->camera.K[0] + camera->camera.K[1]) / 2;
    const double q[2] = {(double)detection->q[joint][0], (double)detection->q[joint][1]};
    if (!path_at(c, sample, joint, who->frame + c->watch->offset_frames[c->view], p, v) ||
        !rig_camera_unproject(&camera->camera, q, n))
        return false;
    rig_pose_apply(&camera->Rt_cam_world, p, at);
    rig_mat3_mul_vec(camera->Rt_cam_world.R, v, go);
    if (!(at[2] > 0.1))
        return false;
    for (int i = 0; i < 2; i++) {
        double x = at[i] / at[2], *J = made->J[i], d[3] = {0, 0, -x / at[2]};
        d[i] = 1 / at[2];
        made->r[i] = n[i] - x;
        J[0] = d[2] * at[1] - d[1] * at[2];
        J[1] = d[0] * at[2] - d[2] * at[0];
        J[2] = d[1] * at[0] - d[0] * at[1];
        memcpy(J + 3, d, sizeof d);
        J[6] = rig_dot3(d, go);
    }
    double weight = fmax((double)detection->q[joint][2], 0.1);
    made->sigma = fmax(1, (double)detection->px_per_m * c->watch->body.sigma_m[joint] / sqrt(weight)) / focal;
    return hypot(made->r[0], made->r[1]) * at[2] < FAR_M;
}

static int by_value(const void *a, const void *b) {
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static rig_status frames_collect(const rig_watch *watch, rig_residuals *made, rig_arena *scratch, rig_err *err) {
    made->frames = RIG_NEW(scratch, int, watch->n);
    if (!made->frames)
        return rig_fail_memory(err, "frames");
    for (int r = 0; r < watch->n; r++)
        made->frames[r] = watch->samples[r].frame;
    qsort(made->frames, (size_t)watch->n, sizeof *made->frames, by_value);
    for (int r = 0; r < watch->n; r++)
        if (r == 0 || made->frames[r] != made->frames[made->n_frames - 1])
            made->frames[made->n_frames++] = made->frames[r];
    return RIG_OK;
}

// How a person stands: where, and which way their sides point.
typedef struct stance {
    int frame, n, n_sides;
    double place[3], side[3];
} stance;

static stance stance_of(const scene *c, int sample) {
    const rig_loo_point *points = c->points + (ptrdiff_t)sample * c->n_joints;
    stance s = {.frame = c->watch->samples[sample].frame};
    for (int j = 0; j < c->n_joints; j++) {
        const int other = c->watch->body.flip[j];
        if (!points[j].ok)
            continue;
        s.n++;
        s.n_sides += other > j && points[other].ok;
        for (int k = 0; k < 3; k++) {
            s.place[k] += points[j].p[k];
            s.side[k] += other > j && points[other].ok ? points[other].p[k] - points[j].p[k] : 0;
        }
    }
    for (int k = 0; k < 3 && s.n; k++)
        s.place[k] /= s.n;
    return s;
}

static bool stands_as(const stance *a, const stance *b) {
    double d[3];
    if (!a->n || !b->n)
        return true; // nothing tells otherwise
    for (int k = 0; k < 3; k++)
        d[k] = a->place[k] - b->place[k];
    return rig_norm3(d) < STANDS_M &&
           (!a->n_sides || !b->n_sides ||
            rig_dot3(a->side, b->side) > STANDS_COS * rig_norm3(a->side) * rig_norm3(b->side));
}

// Whether a sample is of another group than the one that began with `first`.
static bool group_ends(const scene *c, const stance *first, const stance *now) {
    const double fps = c->watch->fps;
    return now->frame - first->frame >= GROUP_MOST_S * fps ||
           (now->frame - first->frame >= fmax(10, GROUP_S * fps) && !stands_as(first, now));
}

rig_status rig_residuals_collect(const rig_watch *watch, int view, const rig_loo_point *points, rig_residuals *made,
                                 rig_arena *scratch, rig_err *err) {
    scene c = {watch, view, watch->body.n, points};
    long seen = 0, k = 0;
    *made = (rig_residuals){.n = 0};
    RIG_TRY(frames_collect(watch, made, scratch, err));
    for (int r = 0; r < watch->n; r++)
        for (int j = 0; j < c.n_joints && watch->samples[r].detections[view]; j++)
            seen += rig_joint_set_has(&watch->samples[r].detections[view]->has, j);
    long step = 1 + seen / RESIDUALS_MOST;
    made->all = RIG_NEW(scratch, rig_residual, seen / step + 1);
    made->group_people = RIG_NEW(scratch, int, watch->n);
    if (!made->all || !made->group_people)
        return rig_fail_memory(err, "residuals");
    stance first = {0};
    for (int r = 0; r < watch->n; r++) {
        const rig_watch_sample *sample = &watch->samples[r];
        const stance now = stance_of(&c, r);
        if (r == 0 || sample->id != sample[-1].id || group_ends(&c, &first, &now)) {
            made->group_people[made->n_groups++] = sample->id;
            first = now;
        }
        const int *at = bsearch(&sample->frame, made->frames, (size_t)made->n_frames, sizeof *at, by_value);
        for (int j = 0; j < c.n_joints && sample->detections[view]; j++)
            if (rig_joint_set_has(&sample->detections[view]->has, j) && k++ % step == 0 &&
                residual_make(&c, r, j, &made->all[made->n])) {
                made->all[made->n].group = made->n_groups - 1;
                made->all[made->n++].at = (int)(at - made->frames);
            }
    }
    return RIG_OK;
}
