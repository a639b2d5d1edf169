// A lens as another lens: what a file that holds fewer coefficients can say of it, and how far that is off.
#ifndef RIG_CALIB_LENS_REFIT_H
#define RIG_CALIB_LENS_REFIT_H

#include "core/rig.h"

// A refit that is off by more than this, anywhere in the picture, is none.
#define RIG_REFIT_MOST_PX 0.1

typedef struct rig_refit {
    rig_camera camera;
    double rms_px, max_px; // over `share` of the picture
    double share;          // of the picture: where the lens itself says which directions its pixels see, in front
} rig_refit;

// Fit a lens of another kind to a camera: Levenberg-Marquardt over the pixels of a grid of 33 x 33 on its picture.
//   lenses  1u << rig_lens of each that may be taken: the camera's own is taken as it is, else that with the least
//   max_px
// Returns false where none of them shows what the camera shows (none fits without a fold or a pole in the picture).
bool rig_lens_refit(const rig_camera *camera, unsigned lenses, rig_refit *refit);

// The largest distance in pixels between where a and b see points, 1 m and 4 m before a, of a grid of 17 x 17 on a's
// picture. Where both have a pose the points are of the world, else of the cameras' own frames. Infinite: of another
// size, only one has a pose, or b does not see what a sees.
double rig_cameras_apart_px(const rig_view_camera *a, const rig_view_camera *b);

#endif
