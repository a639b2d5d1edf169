// The fit of one view's residuals by a motion of its camera that begins at a change point, and an offset of its clock.
// Inside this room only.
//
// The residuals are linear in 7 parameters theta: r = J theta. A constant fit minimises sum w |r - J theta|^2 plus the
// squares of theta over a prior's standard deviations; it takes b^T theta off chi squared, with the normal equations
// N theta = b. These are kept as prefix sums over the frames, so that those of any interval are one subtraction. The
// change point is the frame at which two constant fits, before and after it, take most off chi squared: the generalised
// likelihood ratio of Basseville and Nikiforov 1993, "Detection of abrupt changes", 2.4.3. The fit with a change has 13
// parameters: a motion before it and one after it, and one offset.
// Weights are Huber's in the first round and fall to 0 beyond 6 standard deviations in the later ones, the standard
// deviation being that of the fit's residuals, by their median (iteratively reweighted least squares).
#ifndef RIG_CHECKS_CHANGEPOINT_H
#define RIG_CHECKS_CHANGEPOINT_H

#include "checks/watch_state.h"

// Parameters: turn, shift, offset; or turn and shift before a change, those after it, offset.
enum { RIG_CHANGEPOINT_P = RIG_RESIDUAL_PARAMS, RIG_CHANGEPOINT_Q = 13 };

typedef struct rig_normals {
    double N[RIG_CHANGEPOINT_P][RIG_CHANGEPOINT_P], b[RIG_CHANGEPOINT_P]; // the lower triangle
} rig_normals;

typedef struct rig_changepoint {
    const rig_watch *watch;
    int view;
    rig_residuals x;
    rig_normals *prefix; // n_frames + 1: sums over the frames before
    int change;          // of the best fit: index of the first frame after it; n_frames: no change
    double before[RIG_CHANGEPOINT_P], after[RIG_CHANGEPOINT_P]; // its parameters
} rig_changepoint;

// Set the weights by the residuals that the best fit leaves, and the sums. redescending: weights beyond 6 standard
// deviations are 0. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_changepoint_reweight(rig_changepoint *fit, bool redescending, rig_arena *scratch,
                                                rig_err *err);
// Find the change point that takes most off chi squared, and fit.
void rig_changepoint_search(rig_changepoint *fit);
// Fit with a change at frame `from`; INT_MIN and INT_MAX: without one.
void rig_changepoint_set(rig_changepoint *fit, int from);

// The normal equations over the frames of index from .. to - 1.
rig_normals rig_changepoint_normals(const rig_changepoint *fit, int from, int to);
// Solve the normal equations with the prior for parameters first .. last - 1, the others being 0. Returns what they
// take off chi squared.
double rig_normals_solve(const rig_normals *sum, int first, int last, double *theta);
// Fit the first n of the RIG_CHANGEPOINT_Q parameters with a change at that index. Returns what they take off.
double rig_changepoint_fit(const rig_changepoint *fit, int change, int n, double *theta);
// The part of a residual that the best fit leaves; returns its length in standard deviations.
double rig_changepoint_residual(const rig_changepoint *fit, const rig_residual *residual, double x[2]);

// The covariance of the n parameters of the constant fit (P) or that with the change (Q): H^-1 S H^-1, with the normal
// matrix H and S the sum over groups of the outer products of their gradients, as the residuals of a group err
// together. cov: n x n. *n_groups: how many groups there are; 0, and no cov, where they are too few. Source: Liang and
// Zeger 1986 (the cluster-robust sandwich). Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_changepoint_covariance(const rig_changepoint *fit, int n, double *cov, int *n_groups,
                                                  rig_arena *scratch, rig_err *err);

#endif
