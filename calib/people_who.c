#include "calib/people_who.h"

#include "calib/people_pairs.h"
#include "core/epipolar.h"
#include "core/linalg.h"

#include <string.h>

enum { MOST = RIG_PAIR_PEOPLE_MOST, COMMON_LEAST = 3, BLOCKS = 24, BLOCKS_FREE = 4, GRADES = 10 };
static const double ALIKE_S = 3; // for how long a detector errs alike
// Points are found with errors that are nearly normal, joints are not: limits as narrow as theirs cost an eighth of the
// exactness of cameras (bench_tracks), limits so wide a hundredth.
static const double POINTS_REACH = 1.4;
static const double OPEN = 1e-3; // least over largest eigenvalue of a point's normal equations

// --- who -------------------------------------------------------------------------------------------------------------

static int placed_at(const rig_placed_views *placed, int view) {
    for (int i = 0; i < placed->n; i++)
        if (placed->view_of[i] == view)
            return i;
    return -1;
}

static void misfits(const rig_people_seen *seen, const rig_placed_views *placed, const rig_seen_moment *now, int n,
                    float (*misfit)[MOST]) {
    for (int i = 0; i < n; i++)
        for (int k = 0; k < i; k++) {
            const int a = placed_at(placed, now->people[k].view), b = placed_at(placed, now->people[i].view);
            misfit[i][k] = misfit[k][i] = INFINITY;
            if (a < 0 || b < 0 || a == b)
                continue;
            const rig_pose Rt_a = rig_pose_invert(&placed->Rt_cam_world[a]),
                           Rt_b_a = rig_pose_mul(&placed->Rt_cam_world[b], &Rt_a);
            double E[9];
            int n_common;
            rig_essential_from_pose(&Rt_b_a, E);
            const double m = rig_people_pair_misfit(seen, E, &now->people[k], &now->people[i], &n_common);
            misfit[i][k] = misfit[k][i] =
                n_common >= rig_joints_needed(seen->n_joints, COMMON_LEAST) ? (float)m : NAN; // NAN: does not say
        }
}

// Mean over those of one and those of the other that say something; infinite where they share a view.
static double groups_misfit(const rig_seen_moment *now, int n, const int *group, int a, int b, float (*misfit)[MOST]) {
    double sum = 0;
    int n_said = 0;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n && group[i] == a; k++) {
            if (group[k] != b)
                continue;
            if (now->people[i].view == now->people[k].view)
                return INFINITY;
            if (!isnan(misfit[i][k]))
                sum += misfit[i][k], n_said++;
        }
    return n_said ? sum / n_said : INFINITY;
}

int rig_people_who(const rig_people_seen *seen, const rig_placed_views *placed, rig_seen_moment *now) {
    const int n = now->n < MOST ? now->n : MOST;
    float misfit[MOST][MOST];
    int group[MOST], of_group[MOST], n_who = 0;
    misfits(seen, placed, now, n, misfit);
    for (int i = 0; i < n; i++)
        group[i] = placed_at(placed, now->people[i].view) < 0 ? -1 - i : i, of_group[i] = -1;
    for (;;) {
        double least = rig_people_pair_limit(seen);
        int at_a = -1, at_b = -1;
        for (int a = 0; a < n; a++)
            for (int b = 0; b < a && group[a] == a; b++) {
                const double m = group[b] == b ? groups_misfit(now, n, group, a, b, misfit) : INFINITY;
                if (m < least)
                    least = m, at_a = a, at_b = b;
            }
        if (at_a < 0)
            break;
        for (int i = 0; i < n; i++)
            group[i] = group[i] == at_a ? at_b : group[i];
    }
    for (int i = 0; i < now->n; i++) {
        now->people[i].who = -1;
        if (i >= n || group[i] < 0)
            continue;
        if (of_group[group[i]] < 0)
            of_group[group[i]] = n_who++;
        now->people[i].who = of_group[group[i]];
    }
    return n_who;
}

// --- points ----------------------------------------------------------------------------------------------------------

// The point nearest to the rays of its sights. false where they leave it open or it lies behind one of them.
static bool nearest_point(const rig_people_seen *seen, const rig_placed_views *placed, const rig_seen_person *const *of,
                          int n, int joint, double p[3]) {
    double A[9] = {0}, V[9], b[3] = {0}, values[3];
    for (int i = 0; i < n; i++) {
        const rig_pose *pose = &placed->Rt_cam_world[placed_at(placed, of[i]->view)];
        const rig_seen_joint *j = &of[i]->joints[joint];
        double c[3], d[3], Rt[9], v[3] = {j->n[0], j->n[1], 1};
        rig_pose_centre(pose, c);
        rig_mat3_transpose(pose->R, Rt);
        rig_mat3_mul_vec(Rt, v, d);
        const double length = rig_norm3(d);
        for (int r = 0; r < 3; r++)
            for (int k = 0; k < 3; k++) {
                const double across = (r == k) - d[r] * d[k] / (length * length);
                A[3 * r + k] += across;
                b[r] += across * c[k];
            }
    }
    memcpy(V, A, sizeof V);
    if (!rig_eigen_sym(V, 3, values) || !(values[0] > OPEN * values[2]) || !rig_cholesky(A, 3))
        return false;
    rig_cholesky_solve(A, 3, b, 1);
    for (int i = 0; i < n; i++) {
        double at[3];
        rig_pose_apply(&placed->Rt_cam_world[placed_at(placed, of[i]->view)], b, at);
        if (!(at[2] > 0))
            return false;
    }
    memcpy(p, b, sizeof b);
    (void)seen;
    return true;
}

// --- clocks ----------------------------------------------------------------------------------------------------------

// Clocks that are not exact are unknowns of the bundle, against the first camera's.
static rig_status clocks_set(const rig_people_seen *seen, const rig_placed_views *placed, rig_point_bundle *bundle,
                             rig_arena *out, rig_err *err) {
    if (!seen->clock_sigma_s || !(seen->fps > 0))
        return RIG_OK;
    double *sigma_s = RIG_NEW(out, double, placed->n);
    bundle->late_s = RIG_NEW(out, double, placed->n);
    if (!sigma_s || !bundle->late_s)
        return rig_fail_memory(err, "clocks");
    for (int i = 0; i < placed->n; i++) {
        bundle->late_s[i] = placed->late_s[i];
        sigma_s[i] =
            i == 0 ? 0 : hypot(seen->clock_sigma_s[placed->view_of[i]], seen->clock_sigma_s[placed->view_of[0]]);
    }
    bundle->late_sigma_s = sigma_s;
    return RIG_OK;
}

// How many blocks it takes until a detector's errors are others.
static int alike_blocks(const rig_people_seen *seen) {
    if (seen->n == 0 || !(seen->fps > 0))
        return 1;
    const double block_s = (seen->moments[seen->n - 1].moment - seen->moments[0].moment) / seen->fps / BLOCKS;
    return (int)fmin(BLOCKS / BLOCKS_FREE, ceil(ALIKE_S / fmax(block_s, 1e-3)));
}

typedef struct making {
    rig_people_seen *seen;
    const rig_placed_views *placed;
    rig_point_bundle *bundle;
    rig_rig_joint *joints;
} making;

static void joint_add(making *m, int at, int who, int joint, int block) {
    const rig_seen_moment *now = &m->seen->moments[at];
    const rig_seen_person *of[RIG_VIEWS_MAX];
    rig_point_bundle *b = m->bundle;
    rig_bundle_point point = {.first = b->n_sights, .block = block, .kind = joint};
    for (int i = 0; i < now->n; i++)
        if (now->people[i].who == who && now->people[i].joints[joint].sigma_px > 0 && point.n < RIG_VIEWS_MAX)
            of[point.n++] = &now->people[i];
    if (point.n < 2 || !nearest_point(m->seen, m->placed, of, point.n, joint, point.p))
        return;
    for (int i = 0; i < point.n; i++) {
        const rig_seen_joint *j = &of[i]->joints[joint];
        rig_point_sight *sight = &b->sights[b->n_sights++];
        *sight = (rig_point_sight){.camera = placed_at(m->placed, of[i]->view),
                                   .q = {j->q[0], j->q[1]},
                                   .sigma_px = j->sigma_px,
                                   .grade = (int)fmin(GRADES - 1, j->score * GRADES)};
        for (int k = 0; k < 2; k++)
            sight->dq_dt[k] = j->dq_dt[k];
    }
    m->joints[b->n_points] = (rig_rig_joint){at, who, joint, true, {point.p[0], point.p[1], point.p[2]}};
    b->points[b->n_points++] = point;
}

rig_status rig_people_points(rig_people_seen *seen, const rig_placed_views *placed, int every, rig_point_bundle *bundle,
                             rig_rig_joint **joints, rig_arena *out, rig_err *err) {
    size_t room = 0;
    for (int m = 0; m < seen->n; m += every)
        room += (size_t)seen->moments[m].n * (size_t)seen->n_joints;
    rig_camera *cameras = RIG_NEW(out, rig_camera, placed->n);
    *bundle = (rig_point_bundle){.n_cameras = placed->n,
                                 .n_blocks = BLOCKS,
                                 .alike_blocks = alike_blocks(seen),
                                 .n_kinds = seen->n_joints,
                                 .n_grades = GRADES,
                                 .reach = rig_joints_are_points(seen->n_joints) ? POINTS_REACH : 1,
                                 .cameras = cameras,
                                 .lenses = seen->lenses ? RIG_NEW(out, rig_bundle_lens, placed->n) : NULL,
                                 .Rt_cam_world = RIG_NEW(out, rig_pose, placed->n),
                                 .points = RIG_NEW(out, rig_bundle_point, room / 2 + 1),
                                 .sights = RIG_NEW(out, rig_point_sight, room)};
    *joints = RIG_NEW(out, rig_rig_joint, room / 2 + 1);
    if (!cameras || (seen->lenses && !bundle->lenses) || !bundle->Rt_cam_world || !bundle->points || !bundle->sights ||
        !*joints)
        return rig_fail_memory(err, "people's joints");
    for (int i = 0; i < placed->n; i++) {
        cameras[i] = seen->cameras[placed->view_of[i]];
        bundle->Rt_cam_world[i] = placed->Rt_cam_world[i];
        if (bundle->lenses)
            bundle->lenses[i] = seen->lenses[placed->view_of[i]];
    }
    RIG_TRY(clocks_set(seen, placed, bundle, out, err));
    making m = {seen, placed, bundle, *joints};
    for (int at = 0; at < seen->n; at += every) {
        const int n = rig_people_who(seen, placed, &seen->moments[at]);
        for (int who = 0; who < n; who++)
            for (int j = 0; j < seen->n_joints; j++)
                joint_add(&m, at, who, j, (int)((ptrdiff_t)at * BLOCKS / seen->n));
    }
    return RIG_OK;
}
