// What a calibration is worth on frames that it has not seen.
#ifndef RIG_CALIB_HOLDOUT_H
#define RIG_CALIB_HOLDOUT_H

#include "calib/bundle.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { RIG_HOLDOUT_EVERY = 5, RIG_HOLDOUT_FRAMES_MIN = 10 }; // a fifth is kept out; with fewer frames none is

// Whether the i-th frame is kept out.
static inline bool rig_holdout_keeps(int i) {
    return i % RIG_HOLDOUT_EVERY == RIG_HOLDOUT_EVERY / 2;
}

typedef struct rig_holdout {
    double *squares; // a camera: of its corners' distances, px^2
    int *n;          // a camera: corners
} rig_holdout;

// Fit only the boards of the views that `wanted` names to cameras as they are, and sum up each camera's distances.
//   bundle   cameras as fitted to other frames; boards of wanted views at a start. Views and boards stay as they are
//   wanted   n_views
//   holdout  out, living in out
// Fails with RIG_ERR_NUMERIC: no wanted view can be used; RIG_ERR_MEMORY. Cost O(corners wanted).
RIG_CHECKED rig_status rig_holdout_measure(const rig_bundle *bundle, const rig_bundle_options *options,
                                           const bool *wanted, rig_holdout *holdout, rig_arena *out, rig_arena *scratch,
                                           rig_err *err);

// Root mean square over cameras from..to-1; 0 where there is no corner.
double rig_holdout_rms(const rig_holdout *holdout, int from, int to);

#ifdef __cplusplus
}
#endif
#endif
