// Where the cameras are believed to stand, and the people as views see them from there.
#include "checks/watch_state.h"
#include "triangulate/point.h"

#include <limits.h>
#include <string.h>

static const double GATE_PX = 25, GATE_M = 0.15, PARALLAX_RAD = 0.05, FLOOR_PX = 1;

const rig_pose_segment *rig_pose_segment_at(const rig_watch *watch, int view, int moment) {
    const rig_pose_segment *stances = watch->stances + view * RIG_POSE_SEGMENTS_MAX;
    int i = watch->n_stances[view] - 1;
    while (i > 0 && stances[i].from > moment)
        i--;
    return &stances[i];
}

static void pose_move(rig_pose *Rt_cam_world, const double delta[6]) {
    rig_pose moved = rig_pose_from_rvec(delta, delta + 3);
    *Rt_cam_world = rig_pose_mul(&moved, Rt_cam_world);
}

bool rig_pose_segments_move(rig_watch *watch, int view, int from, const double delta[6]) {
    rig_pose_segment *stances = watch->stances + view * RIG_POSE_SEGMENTS_MAX;
    int n = watch->n_stances[view], at = 0;
    while (at < n && stances[at].from < from)
        at++;
    if (at == n || stances[at].from > from) { // a new one, before those that follow
        if (n == RIG_POSE_SEGMENTS_MAX)
            return false;
        memmove(stances + at + 1, stances + at, (size_t)(n - at) * sizeof *stances);
        stances[at] = stances[at - 1];
        stances[at].from = from;
        watch->n_stances[view] = n + 1;
    }
    for (int i = at; i < watch->n_stances[view]; i++)
        pose_move(&stances[i].camera.Rt_cam_world, delta);
    return true;
}

// The row of the same person `steps` frames later (earlier where negative), or NULL.
static const rig_watch_sample *row_beside(const rig_watch *watch, int row, int steps) {
    const rig_watch_sample *at = &watch->rows[row];
    int moment = at->moment + steps, way = steps < 0 ? -1 : 1;
    for (int i = row; i >= 0 && i < watch->n && watch->rows[i].id == at->id; i += way) {
        if (watch->rows[i].moment == moment)
            return &watch->rows[i];
        if (way * (watch->rows[i].moment - moment) > 0)
            break;
    }
    return NULL;
}

static bool seen_in(const rig_watch_sample *row, int view, int joint) {
    return row && row->seen[view] && rig_joint_set_has(&row->seen[view]->has, joint);
}

// What the view saw of the joint at the row's moment: its clock is late by its offset, so that is between two of its
// frames.
static bool sight_at(const rig_watch *watch, int row, int view, int joint, rig_point_observation *sight,
                     double *px_per_m) {
    double offset = -watch->offset[view];
    int before = (int)floor(offset);
    double part = offset - before;
    const rig_watch_sample *a = row_beside(watch, row, before), *b = part > 0 ? row_beside(watch, row, before + 1) : a;
    if (!seen_in(a, view, joint) || !seen_in(b, view, joint))
        return false;
    const float *p = a->seen[view]->q[joint], *q = b->seen[view]->q[joint];
    double weight = fmin((double)p[2], (double)q[2]);
    *px_per_m = a->seen[view]->px_per_m;
    *sight = (rig_point_observation){
        .view = view, .sigma_px = fmax(FLOOR_PX, *px_per_m * watch->body.sigma_m[joint] / sqrt(fmax(weight, 0.1)))};
    for (int i = 0; i < 2; i++)
        sight->q[i] = (1 - part) * (double)p[i] + part * (double)q[i];
    return true;
}

void rig_loo_points_triangulate(const rig_watch *watch, int view, rig_loo_point *points) {
    for (int r = 0; r < watch->n; r++)
        for (int j = 0; j < watch->body.n; j++) {
            rig_ray rays[RIG_VIEWS_MAX];
            rig_joint3d joint;
            int n = 0;
            for (int v = 0; v < watch->rig->n; v++) {
                rig_point_observation sight;
                double px_per_m;
                if (v == view || !sight_at(watch, r, v, j, &sight, &px_per_m))
                    continue;
                rig_undistorter eye = watch->eyes[v];
                eye.camera = &rig_pose_segment_at(watch, v, watch->rows[r].moment)->camera;
                n += rig_ray_init(&eye, &sight, fmax(GATE_PX, GATE_M * px_per_m), &rays[n]);
            }
            rig_point_solve(rays, n, NULL, PARALLAX_RAD, &joint);
            rig_loo_point *point = &points[r * watch->body.n + j];
            point->ok = joint.state == RIG_JOINT_OK;
            memcpy(point->p, joint.p, sizeof point->p);
        }
}
