// How a picture is tiled: where each view lies in it. A guess, from the seams that tiles leave and the black between
// and around them.
#ifndef RIG_APP_TILES_H
#define RIG_APP_TILES_H

#include "core/arena.h"
#include "core/image.h"

enum { RIG_TILES_MAX = 16, RIG_TILES_PICTURES = 9 };

typedef struct rig_tiles {
    int n;                         // at least 1: the whole picture
    int cols, rows;                // the even grid whose cells they are, every one; 0: they are of no grid
    rig_rect rects[RIG_TILES_MAX]; // row by row
} rig_tiles;

// Find the tiles of n pictures of one size (1 to RIG_TILES_PICTURES), grey: lines that all of them show count, since
// edges of a scene come and go. A seam is a line across which the step is far above the steps beside it, along nearly
// all of it; off an even grid, all of it. Black borders of 8 pixels and more are no part of a tile. Where more than
// RIG_TILES_MAX are found, or uneven ones that are a small part of the picture, the whole picture is given; uneven ones
// that are dark are left out. Cost: the pixels. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_tiles_find(const rig_image *greys, int n, rig_tiles *tiles, rig_arena *scratch,
                                      rig_err *err);

bool rig_tiles_same(const rig_tiles *a, const rig_tiles *b);

// The part of a window that is not black border in any of the pictures, as for tiles; all of it where nothing is left.
rig_rect rig_tiles_content(const rig_image *greys, int n, rig_rect window);

#endif
