#include "calib/people_rig.h"

#include "calib/people_pairs.h"
#include "calib/people_who.h"
#include "calib/threads.h"
#include "core/epipolar.h"
#include "core/linalg.h"
#include "core/median.h"

#include <string.h>

enum {
    GROW_MOMENTS = 150,
    LAST_MOMENTS = 300,
    GROW_ITERATIONS = 6,
    LAST_ITERATIONS = 12,
    LAST_ROUNDS = 2,
    LENS_ROUNDS = 4
};
enum { RATIOS_MOST = 20000, RATIOS_LEAST = 100 };
static const double ANGLE_LEAST = 0.05, ANGLE_ENOUGH = 0.6; // rad, between the rays of a pair
static const double ALIKE = 1.25;                           // ratios of depths that agree
static const double AGREE_LEAST = 0.4;                      // their share

typedef struct solver {
    rig_people_seen *seen;
    rig_people_pair *pairs; // n_views x n_views, a < b
    rig_status *status;     // of each
    rig_placed_views placed;
    rig_bundle_lens known[RIG_VIEWS_MAX]; // of lenses, beforehand
    rig_arena *scratch;
} solver;

static const rig_people_pair *pair_of(const solver *s, int a, int b) {
    return &s->pairs[a < b ? a * s->seen->n_views + b : b * s->seen->n_views + a];
}

static rig_pose pose_between(const solver *s, int from, int to) {
    const rig_pose Rt = pair_of(s, from, to)->Rt_b_a;
    return from < to ? Rt : rig_pose_invert(&Rt);
}

static bool sound(const rig_people_pair *pair) {
    return pair->usable && !pair->open && pair->angle_rad > ANGLE_LEAST && pair->angle_rad < 3.09;
}

static double weight(const rig_people_pair *pair) {
    return sound(pair) ? pair->n_inliers * fmin(fmin(pair->angle_rad, 3.14159 - pair->angle_rad), ANGLE_ENOUGH) : 0;
}

static bool is_placed(const solver *s, int view) {
    for (int i = 0; i < s->placed.n; i++)
        if (s->placed.view_of[i] == view)
            return true;
    return false;
}

static void pair_job(void *self, int k) {
    const solver *s = self;
    const int n = s->seen->n_views, a = k / n, b = k % n;
    rig_arena scratch = {NULL};
    if (a < b)
        s->status[k] = rig_people_pair_find(s->seen, a, b, &s->pairs[k], &scratch, NULL);
    rig_arena_release(&scratch);
}

static rig_status pairs_find(solver *s, rig_err *err) {
    const int n = s->seen->n_views;
    rig_threads_run(pair_job, s, n * n);
    for (int k = 0; k < n * n; k++)
        if (s->status[k] != RIG_OK)
            return rig_fail_memory(err, "pairs of views");
    return RIG_OK;
}

static bool of_points(const solver *s) {
    return rig_joints_are_points(s->seen->n_joints);
}

// Why a pair does not do, in words.
static const char *why_not(const rig_people_pair *pair) {
    return pair->n_both < 20 ? "they hardly see anybody at the same moments"
           : !pair->usable   ? "no relative pose fits the people whom both see"
           : pair->open      ? "two different relative poses fit what they see equally well"
           : !sound(pair)    ? "they look at the people from nearly the same direction"
                             : "they share too few joints with a third view";
}

static rig_status first_pair_place(solver *s, rig_err *err) {
    const int n = s->seen->n_views;
    int best_a = 0, best_b = 1;
    for (int a = 0; a < n; a++)
        for (int b = a + 1; b < n; b++)
            if (weight(pair_of(s, a, b)) > weight(pair_of(s, best_a, best_b)))
                best_a = a, best_b = b;
    const rig_people_pair *pair = pair_of(s, best_a, best_b);
    if (!(weight(pair) > 0))
        return rig_fail(err, RIG_ERR_DATA,
                        "no two views have a relative pose by people (of '%s' and '%s', %s): record %s the whole space "
                        "that the cameras share, for a minute",
                        s->seen->names[best_a], s->seen->names[best_b], why_not(pair),
                        of_points(s) ? "a point that moves through" : "one to three people who walk about");
    s->placed.n = 2;
    s->placed.view_of[0] = best_a, s->placed.view_of[1] = best_b;
    s->placed.Rt_cam_world[0] = rig_pose_identity();
    s->placed.Rt_cam_world[1] = pair->Rt_b_a;
    return RIG_OK;
}

// --- growing ---------------------------------------------------------------------------------------------------------

// The joint in space of a person, or NULL. joints rise as rig_rig_joint says.
static const double *point_of(const rig_point_bundle *bundle, const rig_rig_joint *joints, int at, int who, int joint) {
    int low = 0, high = bundle->n_points;
    while (low < high) {
        const int middle = (low + high) / 2;
        const rig_rig_joint *j = &joints[middle];
        const bool before = j->at != at ? j->at < at : j->who != who ? j->who < who : j->joint < joint;
        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    const rig_rig_joint *j = &joints[low];
    return low < bundle->n_points && j->at == at && j->who == who && j->joint == joint ? bundle->points[low].p : NULL;
}

// How much longer the rig's depths are than those of the pair `from` -> `to`: ratios of joints that the rig has.
static int ratios_find(const solver *s, const rig_point_bundle *bundle, const rig_rig_joint *joints, int every,
                       int from_at, int to, double *ratios) {
    const int from = s->placed.view_of[from_at];
    const rig_pose Rt_to_from = pose_between(s, from, to);
    double E[9];
    int n = 0;
    rig_essential_from_pose(&Rt_to_from, E);
    for (int m = 0; m < s->seen->n; m += every) {
        const rig_seen_moment *now = &s->seen->moments[m];
        int other[RIG_PAIR_PEOPLE_MOST];
        rig_people_pair_match(s->seen, E, from, to, now, other);
        for (int i = 0; i < now->n && i < RIG_PAIR_PEOPLE_MOST; i++) {
            if (now->people[i].view != from || other[i] < 0 || now->people[i].who < 0)
                continue;
            for (int j = 0; j < s->seen->n_joints && n < RATIOS_MOST; j++) {
                const rig_seen_joint *a = &now->people[i].joints[j], *b = &now->people[other[i]].joints[j];
                const double *p = point_of(bundle, joints, m, now->people[i].who, j);
                const rig_point_pair pair = {{a->n[0], a->n[1]}, {b->n[0], b->n[1]}};
                double p_from[3], z_from, z_to;
                if (!p || !(a->sigma_px > 0) || !(b->sigma_px > 0) ||
                    !rig_point_pair_depths(&Rt_to_from, &pair, &z_from, &z_to) || !(z_from > 0) || !(z_to > 0))
                    continue;
                rig_pose_apply(&s->placed.Rt_cam_world[from_at], p, p_from);
                ratios[n++] = p_from[2] / z_from;
            }
        }
    }
    return n;
}

typedef struct link {
    int from_at, to, agree;
    double scale;
} link;

static rig_status link_find(const solver *s, const rig_point_bundle *bundle, const rig_rig_joint *joints, int every,
                            link *best, rig_err *err) {
    double *ratios = RIG_NEW(s->scratch, double, RATIOS_MOST), *sorted = RIG_NEW(s->scratch, double, RATIOS_MOST);
    if (!ratios || !sorted)
        return rig_fail_memory(err, "depths");
    for (int i = 0; i < s->placed.n; i++)
        for (int to = 0; to < s->seen->n_views; to++) {
            if (is_placed(s, to) || !sound(pair_of(s, s->placed.view_of[i], to)))
                continue;
            const int n = ratios_find(s, bundle, joints, every, i, to, ratios);
            int agree = 0;
            if (n < RATIOS_LEAST)
                continue;
            memcpy(sorted, ratios, sizeof *sorted * (size_t)n);
            const double scale = rig_median(sorted, n);
            for (int k = 0; k < n; k++)
                agree += ratios[k] < ALIKE * scale && ratios[k] > scale / ALIKE;
            if (agree > AGREE_LEAST * n && agree > best->agree && scale > 0)
                *best = (link){i, to, agree, scale};
        }
    return RIG_OK;
}

// Which moments a bundle takes: `moments` of them or up to twice as many.
static int every_of(const solver *s, int of_people) {
    const int moments = rig_people_seen_moments(s->seen, of_people);
    return s->seen->n > moments ? s->seen->n / moments : 1;
}

static rig_status bundle_run(solver *s, int moments, bool covariance, int iterations, rig_point_bundle *bundle,
                             rig_rig_joint **joints, rig_point_bundle_report *report, rig_arena *out, rig_err *err) {
    const int every = every_of(s, moments);
    RIG_TRY(rig_people_points(s->seen, &s->placed, every, bundle, joints, out, err));
    if (bundle->n_points < RATIOS_LEAST)
        return rig_fail(err, RIG_ERR_DATA, "%d joints were seen by two views that have a place, need >= %d",
                        bundle->n_points, RATIOS_LEAST);
    RIG_TRY(rig_point_bundle_solve(bundle, covariance, iterations, report, out, s->scratch, err));
    memcpy(s->placed.Rt_cam_world, bundle->Rt_cam_world, sizeof *bundle->Rt_cam_world * (size_t)bundle->n_cameras);
    for (int c = 0; c < bundle->n_cameras && bundle->late_s; c++)
        s->placed.late_s[c] = bundle->late_s[c];
    for (int c = 0; c < bundle->n_cameras && bundle->lenses; c++) {
        s->seen->lenses[s->placed.view_of[c]] = bundle->lenses[c];
        rig_people_seen_relens(s->seen, s->placed.view_of[c], &bundle->cameras[c]);
    }
    return RIG_OK;
}

static rig_status unplaced_fail(const solver *s, rig_err *err) {
    for (int v = 0; v < s->seen->n_views; v++) {
        int best = s->placed.view_of[0];
        for (int i = 0; i < s->placed.n && !is_placed(s, v); i++)
            if (pair_of(s, v, s->placed.view_of[i])->n_inliers > pair_of(s, v, best)->n_inliers)
                best = s->placed.view_of[i];
        if (!is_placed(s, v))
            return rig_fail(err, RIG_ERR_DATA,
                            "view '%s' cannot be placed by people: of all views that are placed it shares most with "
                            "'%s', and %s: record %s within the sight of this view and of two others",
                            s->seen->names[v], s->seen->names[best], why_not(pair_of(s, v, best)),
                            of_points(s) ? "a point that moves" : "people who walk");
    }
    return RIG_OK;
}

static rig_status grow(solver *s, rig_err *err) {
    const int every = every_of(s, GROW_MOMENTS);
    for (;;) {
        rig_arena_mark mark = rig_arena_tell(s->scratch);
        rig_point_bundle bundle;
        rig_point_bundle_report report;
        rig_rig_joint *joints;
        link best = {.to = -1};
        RIG_TRY(bundle_run(s, GROW_MOMENTS, false, GROW_ITERATIONS, &bundle, &joints, &report, s->scratch, err));
        if (s->placed.n == s->seen->n_views)
            return RIG_OK;
        RIG_TRY(link_find(s, &bundle, joints, every, &best, err));
        if (best.to < 0)
            return unplaced_fail(s, err);
        rig_pose Rt_to_from = pose_between(s, s->placed.view_of[best.from_at], best.to);
        for (int k = 0; k < 3; k++)
            Rt_to_from.t[k] *= best.scale;
        s->placed.Rt_cam_world[s->placed.n] = rig_pose_mul(&Rt_to_from, &s->placed.Rt_cam_world[best.from_at]);
        s->placed.view_of[s->placed.n++] = best.to;
        rig_arena_rewind(s->scratch, mark);
    }
}

// --- the end ---------------------------------------------------------------------------------------------------------

static void joints_settle(const rig_point_bundle *bundle, rig_rig_joint *joints) {
    for (int i = 0; i < bundle->n_points; i++) {
        const rig_bundle_point *point = &bundle->points[i];
        int n = 0;
        for (int k = point->first; k < point->first + point->n; k++)
            n += !bundle->sights[k].left_out;
        joints[i].used = n >= 2;
        memcpy(joints[i].p, point->p, sizeof point->p);
    }
}

// How far the places where people were spread: of the mean of each person's joints of a moment.
static void spread_set(rig_people_rig *rig, int joints_least) {
    double mean[3] = {0}, C[9] = {0};
    int n = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < rig->n_joints;) {
            double p[3] = {0};
            int k = i, n_used = 0;
            for (; k < rig->n_joints && rig->joints[k].at == rig->joints[i].at &&
                   rig->joints[k].who == rig->joints[i].who;
                 k++)
                for (int c = 0; c < 3 && rig->joints[k].used; c++)
                    p[c] += rig->joints[k].p[c], n_used += c == 0;
            for (int c = 0; c < 3 && n_used >= joints_least && pass == 0; c++)
                mean[c] += p[c] / n_used, n += c == 0;
            for (int c = 0; c < 9 && n_used >= joints_least && pass == 1; c++)
                C[c] += (p[c / 3] / n_used - mean[c / 3]) * (p[c % 3] / n_used - mean[c % 3]) / n;
            i = k;
        }
        for (int c = 0; c < 3 && pass == 0 && n > 0; c++)
            mean[c] /= n;
    }
    if (n > 0 && rig_eigen_sym(C, 3, rig->spread))
        for (int c = 0; c < 3; c++)
            rig->spread[c] = sqrt(fmax(rig->spread[c], 0));
}

// Errors of people are alike for a while and by joint, so that the bundle takes them for surer than they are: what is
// known of the lenses counts as much more.
static void lenses_weigh(const solver *s, const rig_point_bundle_report *report) {
    const double by = 1 / fmax(report->inflation * report->scale, 1);
    for (int v = 0; v < s->seen->n_views; v++)
        for (int i = 0; i < RIG_LENS_FREE; i++)
            s->seen->lenses[v].sigma[i] = by * s->known[v].sigma[i];
}

// The bundle turns cameras about the world's origin, t' = t + v: about their own centres that is a shift v - w x t.
static void covariance_centre(rig_people_rig *rig) {
    const int n = 6 * (rig->n - 1);
    double *C = rig->report.covariance;
    for (int side = 0; side < 2 && C; side++)
        for (int c = 1; c < rig->n; c++) {
            const double *t = rig->Rt_cam_world[c].t;
            const ptrdiff_t at = 6 * (c - 1);
            for (int j = 0; j < n; j++) {
                double w[3], moved[3];
                for (int k = 0; k < 3; k++)
                    w[k] = side ? C[(ptrdiff_t)j * n + at + k] : C[(at + k) * n + j];
                rig_cross3(t, w, moved);
                for (int k = 0; k < 3; k++)
                    *(side ? &C[(ptrdiff_t)j * n + at + 3 + k] : &C[(at + 3 + k) * n + j]) += moved[k];
            }
        }
}

static rig_status rig_fill(solver *s, rig_people_rig *rig, rig_arena *out, rig_err *err) {
    rig_point_bundle bundle;
    const int rounds = s->seen->lenses ? LENS_ROUNDS : LAST_ROUNDS;
    for (int round = 0; round < rounds; round++) {
        if (s->seen->lenses && round > 0)
            lenses_weigh(s, &rig->report);
        RIG_TRY(bundle_run(s, LAST_MOMENTS, s->seen->lenses || round + 1 == rounds, LAST_ITERATIONS, &bundle,
                           &rig->joints, &rig->report, out, err));
    }
    joints_settle(&bundle, rig->joints);
    rig->n_joints = bundle.n_points;
    rig->n_moments = 0;
    for (int i = 0; i < rig->n_joints; i++)
        rig->n_moments += i == 0 || rig->joints[i].at != rig->joints[i - 1].at;
    rig->n = s->placed.n;
    rig->late_s = bundle.late_s;
    rig->view_of = RIG_NEW(out, int, rig->n);
    rig->Rt_cam_world = RIG_NEW(out, rig_pose, rig->n);
    if (!rig->view_of || !rig->Rt_cam_world)
        return rig_fail_memory(err, "poses");
    memcpy(rig->view_of, s->placed.view_of, sizeof *rig->view_of * (size_t)rig->n);
    memcpy(rig->Rt_cam_world, s->placed.Rt_cam_world, sizeof *rig->Rt_cam_world * (size_t)rig->n);
    covariance_centre(rig);
    spread_set(rig, rig_joints_needed(s->seen->n_joints, 4));
    return RIG_OK;
}

rig_status rig_people_rig_solve(rig_people_seen *seen, rig_people_rig *rig, rig_arena *out, rig_arena *scratch,
                                rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    solver *s = RIG_NEW(scratch, solver, 1);
    *rig = (rig_people_rig){.n = 0};
    if (!s)
        return rig_fail_memory(err, "pairs of views");
    *s = (solver){.seen = seen, .scratch = scratch};
    s->pairs = RIG_NEW(scratch, rig_people_pair, (size_t)seen->n_views * (size_t)seen->n_views);
    s->status = RIG_NEW(scratch, rig_status, (size_t)seen->n_views * (size_t)seen->n_views);
    if (!s->pairs || !s->status)
        return rig_fail_memory(err, "pairs of views");
    if (seen->lenses)
        memcpy(s->known, seen->lenses, sizeof *s->known * (size_t)seen->n_views);
    rig_status status = pairs_find(s, err);
    if (status == RIG_OK)
        status = first_pair_place(s, err);
    if (status == RIG_OK)
        status = grow(s, err);
    if (status == RIG_OK)
        status = rig_fill(s, rig, out, err);
    for (int v = 0; v < seen->n_views && seen->lenses; v++)
        memcpy(seen->lenses[v].sigma, s->known[v].sigma, sizeof s->known[v].sigma);
    rig_arena_rewind(scratch, mark);
    return status;
}
