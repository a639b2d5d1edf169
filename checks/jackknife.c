// How sure a fit is, by the jackknife over groups (Tukey 1958; Efron and Stein 1981): the fit is made again without
// each group of residuals, and (G - 1) / G times the sum of squares of how far these fits lie from their mean is its
// variance.
//
// Errors of detectors are alike for seconds and in many joints of a person at once, and follow how the person stands
// to the camera. So a group is one person for some time, with all of their joints: for a second and while they stand as
// they stood, up to two and a half (watch_residuals.c), and for two of these, four and more as long as 20 degrees of
// freedom are left; where errors are alike for longer than a group lasts, the variance grows with its length, and the
// longest that can be had decides. A person's errors can do what a move does, and no fit tells them apart; but leaving
// out that person then changes the fit as much as the move itself, which is why all have to agree. Few groups give a
// poor variance: the test is Student's, with as many degrees of freedom as groups of unequal weight, before and after a
// change, are worth (Welch 1947), and its result is told as the normal number as unlikely (Wallace 1959).
#include "checks/changepoint.h"

#include <string.h>

enum { P = RIG_CHANGEPOINT_P, Q = RIG_CHANGEPOINT_Q, FREEDOM_LEAST = 8, FREEDOM_ENOUGH = 20 };

typedef rig_normals group_sums[2]; // before the change, and after it

// The motion (what changes of it) and the offset by these sums.
static void parts_solve(const rig_normals *parts, bool change, double delta[6], double *offset) {
    double theta[Q];
    if (change) {
        rig_normals_solve_parts(parts, theta);
        for (int i = 0; i < 6; i++)
            delta[i] = theta[6 + i] - theta[i];
        *offset = theta[12];
    } else {
        rig_normals_solve(&parts[0], 0, P, theta);
        memcpy(delta, theta, 6 * sizeof *delta);
        *offset = theta[6];
    }
}

// d^T M d, M the joints' mean square displacement.
static double displaced2(const rig_normals *M, const double d[6]) {
    double sum = 0;
    for (int r = 0; r < 6; r++)
        for (int q = 0; q < 6; q++)
            sum += d[r] * M->N[r > q ? r : q][r > q ? q : r] * d[q];
    return sum;
}

// How many groups of equal weight these are worth.
static double groups_worth(const group_sums *groups, int n, int part) {
    double sum = 0, squares = 0;
    for (int g = 0; g < n; g++) {
        const double weight = groups[g][part].N[0][0] + groups[g][part].N[1][1];
        sum += weight, squares += weight * weight;
    }
    return squares > 0 ? sum * sum / squares : 0;
}

static double freedom_of(const group_sums *groups, int n, bool change) {
    const double a = groups_worth(groups, n, 0), b = change ? groups_worth(groups, n, 1) : 0;
    if (!change)
        return a - 1;
    if (a <= 1 || b <= 1)
        return 0;
    const double u = 1 / a, v = 1 / b;
    return (u + v) * (u + v) / (u * u / (a - 1) + v * v / (b - 1));
}

// Variances of the displacement and of the offset.
static void jackknife(const group_sums *groups, int n, const rig_normals total[2], bool change, const rig_normals *M,
                      double variance[2]) {
    double mean[7] = {0}, d[7];
    variance[0] = variance[1] = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int g = 0; g < n; g++) {
            rig_normals parts[2] = {total[0], total[1]};
            for (int k = 0; k < 2; k++)
                rig_normals_add(&parts[k], &groups[g][k], -1);
            parts_solve(parts, change, d, &d[6]);
            for (int i = 0; i < 7; i++)
                if (pass)
                    d[i] -= mean[i];
                else
                    mean[i] += d[i] / n;
            if (!pass)
                continue;
            variance[0] += displaced2(M, d) * (n - 1) / n;
            variance[1] += d[6] * d[6] * (n - 1) / n;
        }
}

// Join groups of the same person that follow each other, two at a time; returns how many are left.
static int groups_join(group_sums *groups, int *people, int n) {
    int kept = 0;
    for (int g = 0; g < n; g++, kept++) {
        if (kept != g)
            memcpy(groups[kept], groups[g], sizeof *groups), people[kept] = people[g];
        if (g + 1 < n && people[g + 1] == people[kept]) {
            g++;
            for (int k = 0; k < 2; k++)
                rig_normals_add(&groups[kept][k], &groups[g][k], 1);
        }
    }
    return kept;
}

static double wallace(double freedom) {
    const double c = (8 * freedom + 1) / (8 * freedom + 3);
    return c * c * freedom;
}

// Take the test's result by so many degrees of freedom where it is less sure than the one so far.
static void test_take(double value, double variance, double freedom, double *chi2) {
    const double t2 = variance > 0 ? value * value / variance : 0;
    *chi2 = fmin(*chi2, wallace(freedom) * log1p(t2 / freedom));
}

// What value the test would take for so many standard deviations.
static double least_of(double variance, double freedom, double sigmas) {
    return sqrt(variance * freedom * expm1(sigmas * sigmas / wallace(freedom)));
}

static void estimate_test(const rig_changepoint *fit, bool change, double sigmas, group_sums *groups, int *people,
                          rig_fit_estimate *made) {
    rig_normals total[2] = {{.b = {0}}, {.b = {0}}}, M = {.b = {0}};
    int n = fit->x.n_groups, n_inliers = 0;
    for (int i = 0; i < fit->x.n; i++) {
        const rig_residual *o = &fit->x.all[i];
        rig_residual plain = *o;
        rig_normals_add_residual(&groups[o->group][change && o->at >= fit->change], o);
        plain.w = o->w > 0;
        rig_normals_add_residual(&M, &plain);
        n_inliers += o->w > 0;
    }
    for (int g = 0; g < n; g++)
        for (int k = 0; k < 2; k++)
            rig_normals_add(&total[k], &groups[g][k], 1);
    parts_solve(total, change, made->delta, &made->offset);
    for (int r = 0; r < P && n_inliers; r++)
        for (int q = 0; q <= r; q++)
            M.N[r][q] /= n_inliers;
    made->displaced = sqrt(displaced2(&M, made->delta));
    made->offset_displaced = fabs(made->offset) * sqrt(M.N[6][6]);
    made->chi2_move = made->chi2_offset = INFINITY;
    for (int left = 0; n > 1 && n != left;) { // until nothing more can be joined
        double variance[2];
        const double freedom = freedom_of((const group_sums *)groups, n, change);
        if (freedom < (left ? FREEDOM_ENOUGH : FREEDOM_LEAST))
            break;
        jackknife((const group_sums *)groups, n, total, change, &M, variance);
        test_take(made->displaced, variance[0], freedom, &made->chi2_move);
        test_take(made->offset, variance[1], freedom, &made->chi2_offset);
        made->displaced_least = fmax(made->displaced_least, least_of(variance[0], freedom, sigmas));
        made->offset_sigma = fmax(made->offset_sigma, sqrt(variance[1]));
        left = n;
        n = groups_join(groups, people, n);
    }
    if (isinf(made->chi2_move)) {
        made->chi2_move = made->chi2_offset = 0;
        made->displaced_least = made->offset_sigma = INFINITY;
    }
}

rig_status rig_changepoint_estimate(const rig_changepoint *fit, bool change, double sigmas, rig_fit_estimate *made,
                                    rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    group_sums *groups = rig_arena_alloc(scratch, (size_t)fit->x.n_groups, sizeof *groups);
    int *people = RIG_NEW(scratch, int, fit->x.n_groups);
    *made = (rig_fit_estimate){.offset = 0};
    if (!groups || !people)
        return rig_fail_memory(err, "residuals");
    memcpy(people, fit->x.group_people, sizeof *people * (size_t)fit->x.n_groups);
    estimate_test(fit, change, sigmas, groups, people, made);
    rig_arena_rewind(scratch, mark);
    return RIG_OK;
}
