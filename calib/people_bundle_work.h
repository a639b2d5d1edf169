// Inside the bundle of people's joints: its unknowns, and its equations with the points eliminated.
#ifndef RIG_CALIB_PEOPLE_BUNDLE_WORK_H
#define RIG_CALIB_PEOPLE_BUNDLE_WORK_H

#include "calib/people_bundle.h"

// Of a camera: turn and shift in its frame, how late its clock is, and of its lens.
enum {
    RIG_POINT_TURN = 0,
    RIG_POINT_SHIFT = 3,
    RIG_POINT_LATE = 6,
    RIG_POINT_LENS = 7,
    RIG_POINT_UNKNOWNS = RIG_POINT_LENS + RIG_LENS_FREE
};

// One sight linearised, weighed by its sigma and the loss.
typedef struct rig_point_row {
    double Jc[2][RIG_POINT_UNKNOWNS], Jp[2][3], r[2];
    bool used;
} rig_point_row;

typedef struct rig_point_work {
    rig_point_bundle *b;
    double huber; // sigmas; infinite: none
    rig_point_row *rows;
    double *share; // a sight: its expected distance over its sigma, less than 1 since the point follows its sights
    int (*column)[RIG_POINT_UNKNOWNS]; // a camera: of H, -1: held; poses first, 6 a camera but the first
    double *H, *L, *g, *step;          // of the columns
    double *gauge;                     // the direction of the rig's size
    rig_pose *poses_old;
    double *late_old;
    rig_bundle_lens *lenses_old;
    rig_camera *cameras_old;
    double (*points_old)[3];
    int n, n_pose; // columns; those of poses
    double lambda; // of the step
} rig_point_work;

// What a point's sights are left with, once it has followed them: of so few numbers the median and the far end lie
// elsewhere than those of a 2D normal error.
typedef enum rig_point_measure { RIG_POINT_BY_MEDIAN, RIG_POINT_BY_LIMIT } rig_point_measure;

// Distance of a sight from its point, in sigmas. false: behind the camera.
bool rig_point_residual(const rig_point_bundle *b, const rig_bundle_point *point, const rig_point_sight *sight,
                        double r[2], double p_cam[3], double dq_dp[6]);
// Set the shares at the present state, from sights that count.
void rig_point_shares_set(rig_point_work *work);
// A sight's distance that is as usual as 1 sigma is in a plane.
double rig_point_expected(const rig_point_work *work, const rig_bundle_point *point, int sight,
                          rig_point_measure measure);
// Linearise all sights (self: a rig_point_work). Returns the cost, for rig_lm_run.
double rig_point_bundle_linearize(void *self);
double rig_point_bundle_cost(const rig_point_work *work);
// A point's own normal equations: V (inverted, with damping) and gradient. false: its sights leave it open.
bool rig_point_normal(const rig_point_work *work, const rig_bundle_point *point, double lambda, double V[9],
                      double g[3]);
// H and g of the columns, at the present rows, points eliminated with a damping of lambda; the rig's size is held.
void rig_point_bundle_build(rig_point_work *work, double lambda);
// Add a point's part of them: H (n x n, lower triangle, or NULL) and g.
void rig_point_eliminate(const rig_point_work *work, const rig_bundle_point *point, double lambda, double *H,
                         double *g);
// Multiply the sigmas by what kinds and grades of sights turn out to be at the present state.
void rig_point_bundle_weigh(rig_point_work *work, double *values, int room);
// Of lenses that are free (calib/people_lens.c): their columns, behind all others; a row's part, `by` its weight; what
// is known beforehand, as cost and in H and g; a step, and back; the report's sigmas from the covariance of all
// columns.
void rig_point_lens_columns(rig_point_work *work);
void rig_point_lens_row(const rig_point_work *work, int camera, const double p_cam[3], double by, rig_point_row *row);
double rig_point_lens_cost(const rig_point_bundle *bundle);
void rig_point_lens_build(rig_point_work *work);
void rig_point_lens_step(rig_point_work *work);
void rig_point_lens_undo(rig_point_work *work);
RIG_CHECKED rig_status rig_point_lens_report(const rig_point_work *work, const double *all,
                                             rig_point_bundle_report *report, rig_arena *out, rig_err *err);
// Set the report's covariance and inflation at the present state.
RIG_CHECKED rig_status rig_point_bundle_sigma(rig_point_work *work, rig_point_bundle_report *report, rig_arena *out,
                                              rig_arena *scratch, rig_err *err);

#endif
