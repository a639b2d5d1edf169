// How well a lens is known where it matters: in the picture, out to its corners.
#ifndef RIG_CALIB_LENS_SIGMA_H
#define RIG_CALIB_LENS_SIGMA_H

#include "calib/bundle.h"
#include "core/rig.h"

extern const double rig_corner_sigma_least_px; // no corner is known better, whatever the residuals

// One standard deviation (px, root of the sum over both axes) of where the lens puts a direction, at the pixel of the
// picture where it is largest. A turn of the whole camera is taken out: the poses follow it, and nobody can tell a
// moved principal point from it.
//   C       covariance of the lens's free numbers, `stride` apart from row to row
//   held    bit i: number i of the 4 + n_dist is held, and has no row
// Pixels that the lens does not reach are passed over: a fisheye's are at 90 degrees and more, or outside its circle;
// of another lens, infinite where they are more than half. Cost O(1). Source: mrcal, "projection uncertainty", with
// the turn alone implied (far points).
double rig_lens_sigma_px(const rig_camera *camera, const double *C, int stride, unsigned held);

// How far apart two lenses put a direction, where in a's picture that is most, a turn taken out likewise.
double rig_lens_apart_px(const rig_camera *a, const rig_camera *b);

// Set what a refinement tells of a camera's own numbers: edge_sigma_px, with the warning "edge" where it is a fiftieth
// of the picture's diagonal or more, and what is undetermined, by name.
//   c      the camera's place in the bundle; held: its held_lens there
//   other  the lens as fitted to a part of the boards, or NULL: where the two lie farther apart than the covariance has
//          it, noise is not all that there is, and that counts
//   out    keeps the names
// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_lens_sigma_report(const rig_bundle_report *report, int c, unsigned held,
                                             rig_view_camera *camera, const rig_camera *other, rig_arena *out,
                                             rig_err *err);

#endif
