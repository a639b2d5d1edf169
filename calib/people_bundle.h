// Joint refinement of cameras and of points in space that they saw, each point with unknowns of its own. Lenses are
// known.
#ifndef RIG_CALIB_PEOPLE_BUNDLE_H
#define RIG_CALIB_PEOPLE_BUNDLE_H

#include "core/arena.h"
#include "core/camera.h"
#include "core/status.h"

typedef struct rig_point_sight {
    int camera;
    double q[2];
    double sigma_px; // in: as far as it is known beforehand; out: times what its kind and grade turned out to be
    double dq_dt[2]; // px/s: how fast the view saw the point move
    int grade;       // from 0: sights that their detector was as sure of
    bool left_out;   // in and out: does not count
} rig_point_sight;

// A point with its sights, one after the other.
typedef struct rig_bundle_point {
    double p[3];
    int first, n; // sights
    int block;    // the part of the take that it is of, from 0: errors of one block are alike
    int kind;     // which joint it is, from 0: so are those of one kind
} rig_bundle_point;

// Of a lens: the logarithm of its focal length, its principal point, and its first two coefficients.
enum { RIG_LENS_FOCAL, RIG_LENS_CX, RIG_LENS_CY, RIG_LENS_K1, RIG_LENS_K2, RIG_LENS_FREE };

typedef struct rig_bundle_lens {
    double moved[RIG_LENS_FREE]; // off what they were
    double sigma[RIG_LENS_FREE]; // of what they were, 0: held
} rig_bundle_lens;

typedef struct rig_point_bundle {
    int n_cameras, n_points, n_sights, n_blocks, n_kinds, n_grades;
    int alike_blocks;        // errors are alike in so many blocks, one after the other; 0 is 1
    double reach;            // of the limits beyond which sights count less, and not at all; 1: those of people
    rig_camera *cameras;     // in and out where lenses are free
    rig_bundle_lens *lenses; // in and out, a camera; NULL: all are held
    rig_pose *Rt_cam_world;
    // A camera: by how much later than the point's moment it saw its sights, and the sigma that is known of it against
    // the first camera, 0: held. NULL: all clocks are held.
    double *late_s;
    const double *late_sigma_s;
    rig_bundle_point *points;
    rig_point_sight *sights;
} rig_point_bundle;

typedef struct rig_point_bundle_report {
    double scale;   // of the sigmas: residuals are so many of them, by their median
    double *rms_px; // a camera: root of the mean of dx^2 + dy^2 over sights that count; n_cameras, from out
    int *n_used;    // a camera
    int *n_seen;    // a camera: those that count, and those that were left out
    double rms_px_all;
    // Of all cameras but the first (turn about the world's origin and shift t, in its frame; 6 each), with the mean
    // size of the rig held: by the residuals' own scatter, and scaled up by how much more the blocks differ than that.
    // NULL: not asked for.
    double *covariance;
    double inflation;                    // that scale, of a sigma
    double *late_sigma_s;                // a camera: with the covariance, of late_s, 0: held; NULL where all are
    double (*lens_sigma)[RIG_LENS_FREE]; // so, of lenses
} rig_point_bundle_report;

// Minimise the squares of all distances in sigmas over poses, clocks and lenses (the first camera's are held; the scale
// stays about what it is) and points. Sigmas are measured on the way, by kind and by grade: how far sights are off is
// another matter for a hip than for an eye, and for a joint that its detector doubts. With a reach of 1 distances
// beyond 2.5 times the scatter count linearly (Huber 1964); then those beyond 3.5 times are left out, and what is left
// is refined.
//   covariance  whether the report gets one
// Fails with RIG_ERR_NUMERIC: the points leave the cameras open; RIG_ERR_MEMORY.
// Cost: an iteration O(sights x cameras of a point + cameras^3).
// Source: Triggs et al. 2000, 6.1 (points eliminated). Errors of joints are alike from frame to frame and from joint to
// joint, so the covariance follows from how the blocks' gradients scatter: White 1982, Liang and Zeger 1986.
RIG_CHECKED rig_status rig_point_bundle_solve(rig_point_bundle *bundle, bool covariance, int max_iterations,
                                              rig_point_bundle_report *report, rig_arena *out, rig_arena *scratch,
                                              rig_err *err);

#endif
