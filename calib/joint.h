// Cameras and board poses together: what extrinsics and stereo share, from placing the cameras to the joint refinement.
#ifndef RIG_CALIB_JOINT_H
#define RIG_CALIB_JOINT_H

#include "calib/bundle.h"
#include "calib/holdout.h"
#include "calib/sightings.h"
#include "core/rig.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rig_joint {
    // in
    const rig_board *board;
    int n_views;
    const rig_view_corners *seen;       // n_views
    const rig_view_corners **lens_seen; // n_views or NULL: more boards, each with a pose of its own; or NULL each
    const rig_camera **cameras;         // n_views
    bool fixed_lenses;
    const rig_pose **surveyed; // n_views or NULL: poses that are held, all in one world; NULL each: not this one's
    bool warp, square;         // the board's shape is unknown too; its square needs two surveyed views
    bool lenient;              // whatever came out is taken: for those who look for what is wrong
    bool judged;               // also fit without every fifth frame and hold the fit against these; also the covariance
    // out
    rig_sightings sightings;
    rig_bundle bundle; // cameras are the views; views are the sightings, then the boards of lens_seen
    rig_bundle_report report;
    rig_board_shape shape;
    rig_holdout holdout; // over the shared boards kept out; squares is NULL where there is no figure
} rig_joint;

// Place the cameras by shared boards, settle each moment's board, refine all together. World = the first view's
// frame, or that of the surveyed poses.
//   joint  its results live in scratch, reasons in out
// Fails with RIG_ERR_DATA: a view without boards or whose boards fit none of the others', views that share no board,
// boards that fit each alone and by far not together;
// RIG_ERR_NUMERIC; RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_joint_solve(rig_joint *joint, rig_arena *out, rig_arena *scratch, rig_err *err);

#ifdef __cplusplus
}
#endif
#endif
