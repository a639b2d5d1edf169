// People as the views saw them, made ready for geometry: rays, how sure each is, how large the person is in the image.
#ifndef RIG_TRIANGULATE_SEEN_H
#define RIG_TRIANGULATE_SEEN_H

#include "core/arena.h"
#include "triangulate/body.h"
#include "triangulate/point.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rig_seen {
    int view;
    int n;           // joints that may be used
    uint32_t has;    // bit j: joint j may be used
    double px_per_m; // of the image at the person's distance
    double focal;    // px
    rig_ray *rays;   // a joint; valid where has
    double *weight;  // a joint, 0..1, from its score
} rig_seen;

// The people of all views with at least one joint of score >= min_score; joints that are not finite are not there.
//   eyes    n_views
//   views   n_views; NULL where a view has no frame
//   seen    out, from scratch; views in order. *n: how many
// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_seen_collect(const rig_eye *eyes, int n_views, const rig_body *body,
                                        const rig_frame2d *const *views, double min_score, double gate_px,
                                        rig_seen **seen, int *n, rig_arena *scratch, rig_err *err);

#ifdef __cplusplus
}
#endif
#endif
