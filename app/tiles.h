// How a picture is tiled: one view, side by side, four views. A guess, from the seams that tiles leave.
#ifndef RIG_APP_TILES_H
#define RIG_APP_TILES_H

#include "core/image.h"

// Guess columns and rows (1 to 4 each, dividing the picture evenly) of a grey picture: a split is taken where every one
// of its lines is a seam: the step across it is far above the steps across the lines beside it. cols = rows = 1 where
// none is.
void rig_tiles_guess(const rig_image *grey, int *cols, int *rows);

#endif
