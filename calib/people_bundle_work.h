// Inside the bundle of people's joints: its unknowns, and its equations with the points eliminated.
#ifndef RIG_CALIB_PEOPLE_BUNDLE_WORK_H
#define RIG_CALIB_PEOPLE_BUNDLE_WORK_H

#include "calib/people_bundle.h"

// One sight linearised, weighed by its sigma and the loss.
typedef struct rig_point_row {
    double Jc[2][6], Jp[2][3], r[2];
    bool used;
} rig_point_row;

typedef struct rig_point_work {
    rig_point_bundle *b;
    double huber; // sigmas; infinite: none
    rig_point_row *rows;
    double *H, *L, *g, *step; // cameras but the first
    double *gauge;            // the direction of the rig's size
    rig_pose *poses_old;
    double (*points_old)[3];
    int n;         // unknowns of cameras
    double lambda; // of the step
} rig_point_work;

// Linearise all sights (self: a rig_point_work). Returns the cost, for rig_lm_run.
double rig_point_bundle_linearize(void *self);
// H and g of the cameras but the first, at the present rows, points eliminated with a damping of lambda; the rig's size
// is held.
void rig_point_bundle_build(rig_point_work *work, double lambda);
// Add a point's part of them: H (n x n, lower triangle, or NULL) and g.
void rig_point_eliminate(const rig_point_work *work, const rig_bundle_point *point, double lambda, double *H,
                         double *g);
// Set the report's covariance and inflation at the present state.
RIG_CHECKED rig_status rig_point_bundle_sigma(rig_point_work *work, rig_point_bundle_report *report, rig_arena *out,
                                              rig_arena *scratch, rig_err *err);

#endif
