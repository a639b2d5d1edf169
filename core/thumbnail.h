// A picture as a small square of grey, and how alike two of them are: whether one fixed camera took both, perhaps
// turned or zoomed.
#ifndef RIG_CORE_THUMBNAIL_H
#define RIG_CORE_THUMBNAIL_H

#include "core/image.h"

enum { RIG_THUMBNAIL_SIDE = 24 };

// The picture stretched to a square; row by row.
typedef struct rig_thumbnail {
    bool known;
    unsigned char grey[RIG_THUMBNAIL_SIDE * RIG_THUMBNAIL_SIDE];
} rig_thumbnail;

// How a picture lies in another of the same camera: turned and mirrored about its middle, then enlarged by `scale`.
typedef struct rig_placing {
    rig_orientation how;
    double scale;
} rig_placing;

// The mean of each cell of a grey picture of at least one pixel. Cost: its pixels.
void rig_thumbnail_make(const rig_image *grey, rig_thumbnail *thumbnail);
// The median of n thumbnails, cell by cell: what moves is gone where it stays for fewer than half of them. n <= 9.
void rig_thumbnail_median(const rig_thumbnail *thumbnails, int n, rig_thumbnail *median);

// How well the edges of `seen` are those of `before`, placed so: 1 all, about 0 none; -1 to 1. It does not depend on
// exposure and contrast. Cost: 600 cells.
double rig_thumbnail_likeness(const rig_thumbnail *seen, const rig_thumbnail *before, rig_placing placing);

#endif
