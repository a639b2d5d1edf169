// One view before its judge: what suspect.c asks of court.c. Inside this room only.
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
    rig_normals *upto; // n_moments + 1: sums over the moments before
    // What fits best: from the change on (a moment's place; n_moments: none) other numbers than before; one offset.
    int change;
    double before[RIG_CHANGEPOINT_P], after[RIG_CHANGEPOINT_P];
} rig_changepoint;

// Weights and sums by what the best fit leaves over, in units of its own median. redescends: what is far off counts
// nothing. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_changepoint_reweight(rig_changepoint *court, bool redescends, rig_arena *scratch,
                                                rig_err *err);
// The change that gains most; the change at frame `from`, or none (INT_MIN, INT_MAX).
void rig_changepoint_search(rig_changepoint *court);
void rig_changepoint_set(rig_changepoint *court, int from);

// Sums over moments from .. to - 1.
rig_normals rig_changepoint_normals(const rig_changepoint *court, int from, int to);
// Parameters first .. last - 1 of a constant fit; returns the chi squared that they take away.
double rig_normals_solve(const rig_normals *sum, int first, int last, double *theta);
// The first n of the RIG_CHANGEPOINT_Q parameters of a fit with a change at that place. So.
double rig_changepoint_fit(const rig_changepoint *court, int change, int n, double *theta);
// What the best fit leaves of a residual; returns its length in standard deviations.
double rig_changepoint_residual(const rig_changepoint *court, const rig_residual *residual, double x[2]);

// The covariance of the n = P or Q parameters of the constant or the changing fit, by how residuals of one joint of one
// person stay together for seconds: detectors have a view of their own, which changes as people turn. cov: n x n.
// *groups: how many there are; 0, and no cov, where they are too few to tell. Source: Liang and Zeger 1986 (sandwich,
// by clusters). Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_changepoint_covariance(const rig_changepoint *court, int n, double *cov, int *groups,
                                                  rig_arena *scratch, rig_err *err);

#endif
