// How well people tell where cameras are.
#include "calib/people_bundle_work.h"
#include "core/linalg.h"

#include <string.h>

static const double MIXED = 0.5; // of the covariance: what the groups' own scatter says

// What is left out, or counts linearly, hangs on where the cameras are, so that the gradient changes less with them
// than H says: variances are larger by (E[w] / E[psi'])^2, here of a normal error with the bundle's two limits (Huber
// and Ronchetti 2009, 7.6).
static const double ROBUST = 1.06, ROBUST_PAIR = 1.1;

typedef enum grouping { BY_BLOCK, BY_KIND, BY_BOTH } grouping;

static int group_of(const rig_point_work *w, const rig_bundle_point *point, grouping by) {
    return by == BY_BLOCK ? point->block : by == BY_KIND ? point->kind : point->block * w->b->n_kinds + point->kind;
}

// Add the outer product of a sum of gradients, as H^-1 g g^T H^-1, times `by`. Returns by g^T H^-1 g.
static double outer_add(const rig_point_work *w, const double *inverse, const double *g, double by, double *sum) {
    const int n = w->n;
    double size = 0;
    for (int i = 0; i < n; i++) {
        w->step[i] = 0;
        for (int j = 0; j < n; j++)
            w->step[i] += inverse[(ptrdiff_t)i * n + j] * g[j];
        size += by * w->step[i] * g[i];
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n && sum; j++)
            sum[(ptrdiff_t)i * n + j] += by * w->step[i] * w->step[j];
    return size;
}

// Add how the gradients of groups of points scatter, as H^-1 (sum of g g^T) H^-1; at the optimum they sum up to
// nothing, so one group less is free. Blocks that follow each other are alike: all runs of so many count, each for its
// share, which is the estimate of Newey and West 1987. Returns the mean over unknowns of its size, where 1 is that of
// H^-1.
//   groups  n_groups x n
//   sum     NULL: not asked for
static double groups_scatter(rig_point_work *w, const double *inverse, grouping by, double *groups, double *sum) {
    const int n = w->n, n_blocks = by == BY_KIND ? 1 : w->b->n_blocks, n_kinds = by == BY_BLOCK ? 1 : w->b->n_kinds;
    const int run = n_blocks > 1 && w->b->alike_blocks > 1 ? w->b->alike_blocks : 1;
    const double n_free = (double)n_blocks / run * n_kinds, free_by = n_free / fmax(n_free - 1, 1);
    double size = 0;
    memset(groups, 0, sizeof *groups * (size_t)(n_blocks * n_kinds) * (size_t)n);
    for (int i = 0; i < w->b->n_points; i++)
        rig_point_eliminate(w, &w->b->points[i], 0, NULL, groups + (ptrdiff_t)group_of(w, &w->b->points[i], by) * n);
    for (int kind = 0; kind < n_kinds; kind++)
        for (int first = 1 - run; first < n_blocks; first++) {
            memset(w->g, 0, sizeof *w->g * (size_t)n);
            for (int block = first; block < first + run; block++)
                for (int i = 0; i < n && block >= 0 && block < n_blocks; i++)
                    w->g[i] += groups[(ptrdiff_t)(block * n_kinds + kind) * n + i];
            size += outer_add(w, inverse, w->g, free_by / run, sum);
        }
    return size / (n - 1); // one unknown is the rig's size
}

// The poses' part of all, and the sigmas of clocks and lenses.
static rig_status parts_take(const rig_point_work *w, const double *all, rig_point_bundle_report *report,
                             rig_arena *out, rig_err *err) {
    const int n = w->n_pose, n_cameras = w->b->n_cameras;
    report->covariance = RIG_NEW(out, double, (size_t)n *(size_t)n);
    report->late_sigma_s = w->n > n ? RIG_NEW(out, double, n_cameras) : NULL;
    if (!report->covariance || (w->n > n && !report->late_sigma_s))
        return rig_fail_memory(err, "the covariance of the cameras");
    for (int i = 0; i < n; i++)
        memcpy(report->covariance + (ptrdiff_t)i * n, all + (ptrdiff_t)i * w->n, sizeof *all * (size_t)n);
    for (int c = 0; c < n_cameras && report->late_sigma_s; c++) {
        const int at = w->column[c][RIG_POINT_LATE];
        report->late_sigma_s[c] = at < 0 ? 0 : sqrt(all[(ptrdiff_t)at * (w->n + 1)]);
    }
    return rig_point_lens_report(w, all, report, out, err);
}

// Errors are alike within a part of the take, and within a joint over all of it. Both groupings add up, less what is
// counted twice, which the groups of a joint in a part say (Cameron, Gelbach and Miller 2011). So few groups tell a
// covariance roughly: half of it is H^-1 made as large, and as few are free, the variance is as much larger as that of
// Student's t, by Satterthwaite's rule for a sum of two.
rig_status rig_point_bundle_sigma(rig_point_work *w, rig_point_bundle_report *report, rig_arena *out,
                                  rig_arena *scratch, rig_err *err) {
    const int n = w->n, n_blocks = w->b->n_blocks, n_kinds = w->b->n_kinds;
    double *groups = RIG_NEW(scratch, double, (size_t)n_blocks *(size_t)n_kinds *(size_t)n),
           *inverse = RIG_NEW(scratch, double, (size_t)n *(size_t)n),
           *all = RIG_NEW(scratch, double, (size_t)n *(size_t)n);
    if (!groups || !inverse || !all)
        return rig_fail_memory(err, "the covariance of the cameras");
    rig_point_bundle_linearize(w);
    rig_point_bundle_build(w, 0);
    memcpy(inverse, w->H, sizeof *w->H * (size_t)n * (size_t)n);
    if (!rig_cholesky(inverse, n) || !rig_cholesky_invert(inverse, n))
        return rig_fail(err, RIG_ERR_NUMERIC, "the people that were seen do not determine where the cameras are");
    const double blocks = groups_scatter(w, inverse, BY_BLOCK, groups, all);
    const double kinds = groups_scatter(w, inverse, BY_KIND, groups, all);
    const double both = groups_scatter(w, inverse, BY_BOTH, groups, NULL);
    const double free_blocks = (double)n_blocks / (w->b->alike_blocks > 1 ? w->b->alike_blocks : 1) - 1;
    const double free_of = (blocks + kinds) * (blocks + kinds) /
                           (blocks * blocks / fmax(free_blocks, 1) + kinds * kinds / fmax(n_kinds - 1, 1));
    const double least = fmax(fmax(blocks, kinds), report->scale * report->scale),
                 robust = w->b->n_cameras == 2 ? ROBUST_PAIR : ROBUST;
    const double variance = robust * fmax((1 + 2 / free_of) * (blocks + kinds - both), least);
    const double of_sum = MIXED * variance / (blocks + kinds);
    report->inflation = sqrt(variance) / report->scale;
    for (ptrdiff_t i = 0; i < (ptrdiff_t)n * n; i++)
        all[i] = of_sum * all[i] + (1 - MIXED) * variance * inverse[i];
    return parts_take(w, all, report, out, err);
}
