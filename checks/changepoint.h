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
void rig_normals_add(rig_normals *sum, const rig_normals *more, double sign);
void rig_normals_add_residual(rig_normals *sum, const rig_residual *residual);
// Solve the normal equations with the prior for parameters first .. last - 1, the others being 0. Returns what they
// take off chi squared.
double rig_normals_solve(const rig_normals *sum, int first, int last, double *theta);
// Solve for the RIG_CHANGEPOINT_Q parameters by the sums over the frames before a change and after it.
double rig_normals_solve_parts(const rig_normals parts[2], double *theta);
// The part of a residual that the best fit leaves; returns its length in standard deviations.
double rig_changepoint_residual(const rig_changepoint *fit, const rig_residual *residual, double x[2]);

// A motion and an offset, and how sure they are: by the constant fit, or what changes at the change point.
typedef struct rig_fit_estimate {
    double delta[6], offset;            // turn and shift; frames
    double displaced, offset_displaced; // how far delta and the offset displace the joints, rms, on the plane z = 1
    double offset_sigma;
    double chi2_move, chi2_offset; // as squared standard deviations of a normal number; 0: it cannot be told
    double displaced_least; // what would have to be found to be `sigmas` standard deviations; infinite: none is enough
} rig_fit_estimate;

// The jackknife over groups of residuals that err together (jackknife.c has the method). Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_changepoint_estimate(const rig_changepoint *fit, bool change, double sigmas,
                                                rig_fit_estimate *made, rig_arena *scratch, rig_err *err);

#endif
