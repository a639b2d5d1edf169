// A detection: one person as one view saw them, made ready for geometry.
#ifndef RIG_TRIANGULATE_DETECTION_H
#define RIG_TRIANGULATE_DETECTION_H

#include "core/arena.h"
#include "triangulate/body.h"
#include "triangulate/point.h"

typedef struct rig_detection {
    int view;
    int n;             // joints that may be used
    rig_joint_set has; // which
    double px_per_m; // of the image at the person's distance, by the longest bones in the picture; 0: of points, whose
                     // size nobody knows
    double focal;    // px
    rig_ray *rays;   // a joint; valid where has
    double *weight;  // a joint, 0..1, from its score
} rig_detection;

// A 2D joint that belongs to no detection: the second or third place that a detector gave for somebody's joint, or a
// joint of somebody with too few joints to be a detection.
typedef struct rig_joint_candidate {
    int view, joint;
    rig_ray ray;
    double weight;
    bool used; // a joint in space was triangulated with it
} rig_joint_candidate;

typedef struct rig_detections {
    int n;
    rig_detection *list; // views in order
    int n_candidates;
    rig_joint_candidate *candidates;
    int n_people; // in the views; some are no detection
} rig_detections;

// Which joints of a view are used, and how far one may be from where the other views have it: gate_m on the body, and
// at least gate_px in the picture.
typedef struct rig_detection_params {
    double min_score, gate_m, gate_px;
} rig_detection_params;

// The people of all views as detections. A 2D joint is left out where its score is below min_score or it is not finite
// or far outside the picture. Somebody with fewer than 3 joints left is no detection: these joints are candidates, of
// the size of the view's other people; without such there is no size to tell how exact they are, and they are left out.
//   undistorters  n_views
//   views         n_views; NULL where a view has no frame
//   detections    out, from scratch
// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_detections_collect(const rig_undistorter *undistorters, int n_views, const rig_body *body,
                                              const rig_frame2d *const *views, const rig_detection_params *params,
                                              rig_detections *detections, rig_arena *scratch, rig_err *err);

#endif
