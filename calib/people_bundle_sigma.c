// How well people tell where cameras are.
#include "calib/people_bundle_work.h"
#include "core/linalg.h"

#include <string.h>

static const double MIXED = 0.5; // of the covariance: what the groups' own scatter says

typedef enum grouping { BY_BLOCK, BY_KIND, BY_BOTH } grouping;

static int group_of(const rig_point_work *w, const rig_bundle_point *point, grouping by) {
    return by == BY_BLOCK ? point->block : by == BY_KIND ? point->kind : point->block * w->b->n_kinds + point->kind;
}

// Add how the gradients of groups of points scatter, as H^-1 (sum of g g^T) H^-1; at the optimum they sum up to
// nothing, so one group less is free. Returns the mean over unknowns of its size, where 1 is that of H^-1.
//   groups  n_groups x n
//   sum     NULL: not asked for
static double groups_scatter(const rig_point_work *w, const double *inverse, int n_groups, grouping by, double *groups,
                             double *sum) {
    const int n = w->n;
    double size = 0;
    memset(groups, 0, sizeof *groups * (size_t)n_groups * (size_t)n);
    for (int i = 0; i < w->b->n_points; i++)
        rig_point_eliminate(w, &w->b->points[i], 0, NULL, groups + (ptrdiff_t)group_of(w, &w->b->points[i], by) * n);
    const double free_by = n_groups / fmax(n_groups - 1, 1);
    for (int k = 0; k < n_groups; k++) {
        const double *g = groups + (ptrdiff_t)k * n;
        for (int i = 0; i < n; i++) {
            w->step[i] = 0;
            for (int j = 0; j < n; j++)
                w->step[i] += inverse[(ptrdiff_t)i * n + j] * g[j];
            size += free_by * w->step[i] * g[i];
        }
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n && sum; j++)
                sum[(ptrdiff_t)i * n + j] += free_by * w->step[i] * w->step[j];
    }
    return size / (n - 1); // one unknown is the rig's size
}

// The poses' part of all, and the clocks' sigmas.
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
    return RIG_OK;
}

// Errors are alike within a part of the take, and within a joint over all of it. Both groupings add up, less what is
// counted twice, which the groups of a joint in a part say (Cameron, Gelbach and Miller 2011). So few groups tell a
// covariance roughly; half of it is H^-1 made as large.
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
    const double blocks = groups_scatter(w, inverse, n_blocks, BY_BLOCK, groups, all);
    const double kinds = groups_scatter(w, inverse, n_kinds, BY_KIND, groups, all);
    const double both = groups_scatter(w, inverse, n_blocks * n_kinds, BY_BOTH, groups, NULL);
    const double least = fmax(fmax(blocks, kinds), report->scale * report->scale);
    const double variance = fmax(blocks + kinds - both, least), of_sum = MIXED * variance / (blocks + kinds);
    report->inflation = sqrt(variance) / report->scale;
    for (ptrdiff_t i = 0; i < (ptrdiff_t)n * n; i++)
        all[i] = of_sum * all[i] + (1 - MIXED) * variance * inverse[i];
    return parts_take(w, all, report, out, err);
}
