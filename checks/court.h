// One view before its judge: what suspect.c asks of court.c. Inside this room only.
#ifndef RIG_CHECKS_COURT_H
#define RIG_CHECKS_COURT_H

#include "checks/witness.h"

#ifdef __cplusplus
extern "C" {
#endif

// Parameters: turn, shift, offset; or turn and shift before a change, those after it, offset.
enum { RIG_COURT_P = RIG_RESIDUAL_PARAMS, RIG_COURT_Q = 13 };

typedef struct rig_normals {
    double N[RIG_COURT_P][RIG_COURT_P], b[RIG_COURT_P]; // the lower triangle
} rig_normals;

typedef struct rig_court {
    const rig_watch *watch;
    int view;
    rig_residuals x;
    rig_normals *upto; // n_moments + 1: sums over the moments before
    // What fits best: from the change on (a moment's place; n_moments: none) other numbers than before; one offset.
    int change;
    double before[RIG_COURT_P], after[RIG_COURT_P];
} rig_court;

// Weights and sums by what the best fit leaves over, in units of its own median. redescends: what is far off counts
// nothing. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_court_weigh(rig_court *court, bool redescends, rig_arena *scratch, rig_err *err);
// The change that gains most; the change at frame `from`, or none (INT_MIN, INT_MAX).
void rig_court_find_change(rig_court *court);
void rig_court_put_change(rig_court *court, int from);

// Sums over moments from .. to - 1.
rig_normals rig_court_between(const rig_court *court, int from, int to);
// Parameters first .. last - 1 of a constant fit; returns the chi squared that they take away.
double rig_court_fit(const rig_normals *sum, int first, int last, double *theta);
// The first n of the RIG_COURT_Q parameters of a fit with a change at that place. So.
double rig_court_fit_change(const rig_court *court, int change, int n, double *theta);
// What the best fit leaves of a residual; returns its length in standard deviations.
double rig_court_left_over(const rig_court *court, const rig_residual *residual, double x[2]);

// The covariance of the n = P or Q parameters of the constant or the changing fit, by how residuals of one joint of one
// person stay together for seconds: detectors have a view of their own, which changes as people turn. cov: n x n.
// *groups: how many there are; 0, and no cov, where they are too few to tell. Source: Liang and Zeger 1986 (sandwich,
// by clusters). Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_court_covariance(const rig_court *court, int n, double *cov, int *groups, rig_arena *scratch,
                                            rig_err *err);

#ifdef __cplusplus
}
#endif
#endif
