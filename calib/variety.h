// How much the boards of a calibration differ: what lies outside of what they show is a guess of the lens model's.
#ifndef RIG_CALIB_VARIETY_H
#define RIG_CALIB_VARIETY_H

#include "calib/bundle.h"
#include "core/rig.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { RIG_VARIETY_COLS = 8, RIG_VARIETY_ROWS = 6 };

// Over the views of one camera that are not left out: cells of the picture with a corner, the widest angle between two
// boards, and how much farther the farthest is than the nearest. Cost O(corners): the widest angle is found by going
// to the board farthest from the last one, twice, and may then be a little wider.
rig_variety rig_variety_measure(const rig_bundle *bundle, int camera);

// Set a camera's variety and its warnings, by name: "few_boards" (below 10), "coverage" (below half of the cells),
// "tilt" (below 20 degrees), "depth" (farthest below 1.3 x the nearest).
void rig_variety_report(const rig_bundle *bundle, int camera, rig_view_camera *out);

#ifdef __cplusplus
}
#endif
#endif
