// One 3D point from its pixels in several calibrated views: robust, weighted, with a reason where there is none.
#ifndef RIG_TRIANGULATE_POINT_H
#define RIG_TRIANGULATE_POINT_H

#include "core/people.h"
#include "core/rig.h"

#ifdef __cplusplus
extern "C" {
#endif

// A view's sight of a point.
typedef struct rig_sight {
    int view;       // index of the camera in the calibration
    double q[2];    // q_cam, with distortion
    double sigma_px; // 1 standard deviation a coordinate, > 0
} rig_sight;

typedef struct rig_point_params {
    double gate_px;          // a sight farther than this from the point's projection is not of this point
    double min_parallax_rad; // the largest angle between two rays must reach this
} rig_point_params;

rig_point_params rig_point_defaults(void); // 25 px, 0.02 rad

// Triangulate from n sights, leaving out those that disagree. rig's cameras must all have poses.
//   joint   out: state, p, sigma_m, rms_px, views; score is the caller's
// Normal absences are states, never failures: FEW_VIEWS, PARALLAX, BEHIND, REJECTED, MISSING (n = 0).
// Cost: linear in n; no allocation. n <= RIG_VIEWS_MAX.
void rig_point_triangulate(const rig_calibration *rig, const rig_sight *sights, int n, const rig_point_params *params,
                           rig_joint3d *joint);

#ifdef __cplusplus
}
#endif
#endif
