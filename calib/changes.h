// What differs between two pictures of one view, taken at different times by a camera that stands.
#ifndef RIG_CALIB_CHANGES_H
#define RIG_CALIB_CHANGES_H

#include "calib/saddle_fit.h"

enum { RIG_CHANGE_LEVEL = 2 }; // of a picture's pyramid, or its last where it has fewer: what is compared

// The window outside of which nothing has changed, in pixels of the picture; w = 0: nothing has anywhere. A board that
// came, went or moved by a pixel has changed the picture; a sensor's noise, an encoder's unsteadiness and a lamp's
// flicker have not.
//   then  level RIG_CHANGE_LEVEL of the earlier picture's pyramid, of the same size
// Cost: a pass over that level.
rig_rect rig_changes_find(const rig_pyramid *now, const rig_image *then);
const rig_image *rig_changes_level(const rig_pyramid *pyramid);

#endif
