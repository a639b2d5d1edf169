// What a fit is worth: on frames that it has not seen, by what its boards show, and whether the cameras agree.
#ifndef RIG_CALIB_QUALITY_H
#define RIG_CALIB_QUALITY_H

#include "calib/bundle.h"
#include "core/board.h"
#include "core/rig.h"

enum { RIG_HOLDOUT_EVERY = 5, RIG_HOLDOUT_FRAMES_MIN = 10 }; // a fifth is kept out; with fewer frames none is

// Whether the i-th frame is kept out.
static inline bool rig_holdout_keeps(int i) {
    return i % RIG_HOLDOUT_EVERY == RIG_HOLDOUT_EVERY / 2;
}

// Whether the board moved by less than half a per cent of the picture's diagonal, on average over the corners that both
// of a view's boards show. A board at rest, seen again, is no new board.
bool rig_board_view_rests(const rig_view_corners *seen, int a, int b, int n_points);

// Put each of n together with the first before it, of those that began a group, from which it rests.
//   group  out: n, numbered in the order of their first
// Returns the number of groups. Cost O(n x groups) calls.
int rig_holdout_group(int n, bool (*rests)(const void *self, int a, int b), const void *self, int *group);
// The same for the boards of one view.
int rig_holdout_groups(const rig_view_corners *seen, int n_points, int *group);

typedef struct rig_holdout {
    double *squares; // a camera: of its corners' distances, px^2
    int *n;          // a camera: corners
    double *d_px;    // in: n_views x n_points, or NULL; out: each corner's distance, where the view is wanted
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

enum { RIG_VARIETY_COLS = 8, RIG_VARIETY_ROWS = 6 };

// Over the views of one camera that are not left out: cells of the picture with a corner, the widest angle between two
// boards, and how much farther the farthest is than the nearest. Cost O(corners): the widest angle is found by going
// to the board farthest from the last one, twice, and may then be a little wider.
rig_variety rig_variety_measure(const rig_bundle *bundle, int camera);

// Set a camera's variety and its warnings, by name: "few_boards" (below 10), "coverage" (below half of the cells),
// "tilt" (below 20 degrees), "depth" (farthest below 1.3 x the nearest).
void rig_variety_report(const rig_bundle *bundle, int camera, rig_view_camera *out);

// A camera's boards, those of them that other cameras saw too and that are used; at most 16 of them are asked.
typedef struct rig_consistency {
    double together_px; // rms where all cameras' boards are where the refinement has them; 0: none was asked
    double alone_px;    // rms of the same corners, each board where this camera alone would have it
} rig_consistency;

// What is late or has moved fits alone and not together; noise and lens errors do both.
rig_consistency rig_consistency_measure(const rig_bundle *bundle, int camera);

// Together more than `times` as far off as alone, and more than half a pixel.
static inline bool rig_consistency_lacks(const rig_consistency *a, double times) {
    return a->together_px > 0.5 && a->together_px > times * a->alone_px;
}

#endif
