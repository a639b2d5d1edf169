// A view's residuals against the people as all other views have them.
#include "checks/watch_state.h"
#include "triangulate/point.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 150000, FIT_MOST = 64 }; // more say nothing new

static const double WINDOW_S = 0.14; // a joint's path is a parabola for this long, either way
static const double GROUP_S = 5;     // a person's joint is found a little off in the same way for no longer
static const double FAR_M = 1;       // a joint farther than this from the others' is somebody else's

typedef struct scene {
    const rig_watch *watch;
    int view, n_joints;
    const rig_loo_point *points;
} scene;

// Frames count less towards the window's edge: where one more comes in nothing jumps.
static double fade(double t) {
    return (1 - t * t) * (1 - t * t);
}

// Where the others have the joint at `moment` (between frames), and how far it goes in a frame: a parabola through the
// rows of the person around.
static bool path_at(const scene *c, int row, int joint, double moment, double p[3], double v[3]) {
    const rig_watch_sample *rows = c->watch->rows;
    double window = fmax(3, WINDOW_S * c->watch->fps), S[5] = {0}, A[6], inverse[6];
    int from = row, to = row, at[FIT_MOST], n = 0;
    while (from > 0 && rows[from - 1].id == rows[row].id && rows[from - 1].moment >= moment - window - 1e-9)
        from--;
    while (to + 1 < c->watch->n && rows[to + 1].id == rows[row].id && rows[to + 1].moment <= moment + window + 1e-9)
        to++;
    const int stride = 1 + (to - from) / FIT_MOST;
    for (int i = from; i <= to; i += stride) {
        double t = (rows[i].moment - moment) / window, power = fade(t);
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
        double t = (rows[at[i]].moment - moment) / window;
        double share = fade(t), w = share * (inverse[0] + inverse[1] * t + inverse[2] * t * t);
        double d = share * (inverse[1] + inverse[3] * t + inverse[4] * t * t) / window;
        const double *q = c->points[at[i] * c->n_joints + joint].p;
        for (int k = 0; k < 3; k++)
            p[k] += w * q[k], v[k] += d * q[k];
    }
    return inverse[0] < 2; // extrapolated ones are worse than one frame alone
}

static bool residual_make(const scene *c, int row, int joint, rig_residual *made) {
    const rig_watch_sample *who = &c->watch->rows[row];
    const rig_watch_detection *seen = who->seen[c->view];
    const rig_view_camera *camera = &rig_pose_segment_at(c->watch, c->view, who->moment)->camera;
    double p[3], v[3], at[3], go[3], n[2], focal = (camera->camera.K[0] + camera->camera.K[1]) / 2;
    const double q[2] = {(double)seen->q[joint][0], (double)seen->q[joint][1]};
    if (!path_at(c, row, joint, who->moment + c->watch->offset[c->view], p, v) ||
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
        // turn: d (w x p); shift: d; offset: d v
        J[0] = d[2] * at[1] - d[1] * at[2];
        J[1] = d[0] * at[2] - d[2] * at[0];
        J[2] = d[1] * at[0] - d[0] * at[1];
        memcpy(J + 3, d, sizeof d);
        J[6] = rig_dot3(d, go);
    }
    double weight = fmax((double)seen->q[joint][2], 0.1);
    made->sigma = fmax(1, (double)seen->px_per_m * c->watch->body.sigma_m[joint] / sqrt(weight)) / focal;
    return hypot(made->r[0], made->r[1]) * at[2] < FAR_M;
}

static int by_value(const void *a, const void *b) {
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static rig_status moments_collect(const rig_watch *watch, rig_residuals *made, rig_arena *scratch, rig_err *err) {
    made->moments = RIG_NEW(scratch, int, watch->n);
    if (!made->moments)
        return rig_fail_memory(err, "moments");
    for (int r = 0; r < watch->n; r++)
        made->moments[r] = watch->rows[r].moment;
    qsort(made->moments, (size_t)watch->n, sizeof *made->moments, by_value);
    for (int r = 0; r < watch->n; r++)
        if (r == 0 || made->moments[r] != made->moments[made->n_moments - 1])
            made->moments[made->n_moments++] = made->moments[r];
    return RIG_OK;
}

rig_status rig_residuals_collect(const rig_watch *watch, int view, const rig_loo_point *points, rig_residuals *made,
                                 rig_arena *scratch, rig_err *err) {
    scene c = {watch, view, watch->body.n, points};
    long seen = 0, k = 0;
    *made = (rig_residuals){.n = 0};
    RIG_TRY(moments_collect(watch, made, scratch, err));
    for (int r = 0; r < watch->n; r++)
        for (int j = 0; j < c.n_joints && watch->rows[r].seen[view]; j++)
            seen += rig_joint_set_has(&watch->rows[r].seen[view]->has, j);
    long step = 1 + seen / MOST;
    made->all = RIG_NEW(scratch, rig_residual, seen / step + 1);
    if (!made->all)
        return rig_fail_memory(err, "residuals");
    const int chunk = (int)fmax(10, GROUP_S * watch->fps);
    for (int r = 0; r < watch->n; r++) {
        const rig_watch_sample *row = &watch->rows[r];
        if (r == 0 || row->id != row[-1].id || row->moment / chunk != row[-1].moment / chunk)
            made->n_groups += c.n_joints;
        const int *at = bsearch(&row->moment, made->moments, (size_t)made->n_moments, sizeof *at, by_value);
        for (int j = 0; j < c.n_joints && row->seen[view]; j++)
            if (rig_joint_set_has(&row->seen[view]->has, j) && k++ % step == 0 &&
                residual_make(&c, r, j, &made->all[made->n])) {
                made->all[made->n].group = made->n_groups - c.n_joints + j;
                made->all[made->n++].at = (int)(at - made->moments);
            }
    }
    return RIG_OK;
}
