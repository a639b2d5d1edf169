// People as the views saw them, made ready for geometry: rays, how sure each is, how large the person is in the image.
#ifndef RIG_TRIANGULATE_DETECTION_H
#define RIG_TRIANGULATE_DETECTION_H

#include "core/arena.h"
#include "triangulate/body.h"
#include "triangulate/point.h"

typedef struct rig_detection {
    int view;
    int n;             // joints that may be used
    rig_joint_set has; // which
    double px_per_m;   // of the image at the person's distance
    double focal;      // px
    rig_ray *rays;     // a joint; valid where has
    double *weight;    // a joint, 0..1, from its score
} rig_detection;

// A sight of a joint that is nobody's yet: a runner-up of somebody's joint, or one that the view gave to nobody.
typedef struct rig_joint_candidate {
    int view, joint;
    rig_ray ray;
    double weight;
    bool used;
} rig_joint_candidate;

typedef struct rig_detections {
    int n;
    rig_detection *seen; // views in order
    int n_loose;
    rig_joint_candidate *loose;
} rig_detections;

// The people of all views with at least one joint of score >= min_score; joints that are not finite are not there.
//   eyes    n_views
//   views   n_views; NULL where a view has no frame
//   sights  out, from scratch. Who has fewer than 3 joints is nobody: these are loose, where the view has
//           someone whole, whose size tells how exact they are
// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_detections_collect(const rig_undistorter *eyes, int n_views, const rig_body *body,
                                              const rig_frame2d *const *views, double min_score, double gate_px,
                                              rig_detections *sights, rig_arena *scratch, rig_err *err);

#endif
