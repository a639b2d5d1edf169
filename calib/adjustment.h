// Cameras and board poses together: what extrinsics and stereo share, from placing the cameras to the bundle
// adjustment.
#ifndef RIG_CALIB_ADJUSTMENT_H
#define RIG_CALIB_ADJUSTMENT_H

#include "calib/bundle.h"
#include "calib/observations.h"
#include "calib/quality.h"
#include "core/rig.h"

typedef struct rig_adjustment {
    // in
    const rig_board *board;
    int n_views;
    const rig_view_corners *seen;       // n_views
    const rig_view_corners **lens_seen; // n_views or NULL: more boards, each with a pose of its own; or NULL each
    const rig_camera **cameras;         // n_views
    bool fixed_lenses;
    const rig_pose **surveyed; // n_views or NULL: poses that are held, all in one world; NULL each: not this one's
    bool warp, square;         // the board's shape is unknown too; its square needs two surveyed views
    bool lenient;              // whatever came out is taken: doctor looks for what is wrong with it
    bool measure_errors;       // also fit without every fifth frame and hold the fit against these; also the covariance
    // out
    rig_board_observations observations;
    rig_bundle bundle; // cameras are the views; views are the observations, then the boards of lens_seen
    rig_bundle_report report;
    rig_board_shape shape;
    rig_holdout holdout; // over the shared boards kept out; squares is NULL where there is no figure
} rig_adjustment;

// Place the cameras by shared boards, settle each moment's board, refine all together. World = the first view's
// frame, or that of the surveyed poses.
//   adjustment  its results live in scratch, reasons in out
// Fails with RIG_ERR_DATA (a view without boards or whose boards fit none of the others', views that share no board,
// boards that fit each alone and by far not together), RIG_ERR_NUMERIC, RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_adjustment_solve(rig_adjustment *adjustment, rig_arena *out, rig_arena *scratch,
                                            rig_err *err);

// After a refinement: each camera most of whose shared boards were left out is placed where most of its boards come to
// lie on those that the other cameras know, and its boards that do are asked for again. Half of a camera's boards may
// be of another moment: they pull it to where none of them fits, and from there all look wrong.
//   adjustment as refined; its bundle is made ready for another refinement where any camera was placed anew
//   n_lost     out: how many were
// Fails with RIG_ERR_MEMORY. Cost: nothing where no camera was lost; else O(its boards x tries).
RIG_CHECKED rig_status rig_adjustment_relocalize(rig_adjustment *adjustment, int *n_lost, rig_arena *scratch,
                                                 rig_err *err);

#endif
