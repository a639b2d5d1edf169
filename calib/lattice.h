// A chessboard's grid among saddles: linked along their edges, grown by prediction, accepted whole.
#ifndef RIG_CALIB_LATTICE_H
#define RIG_CALIB_LATTICE_H

#include "calib/saddles.h"

// Find cols x rows corners, no more, no fewer: each a saddle, next to each other along edges that are dark on one side
// and bright on the other, the squares between them alternating.
//   q      cols * rows, out, row by row, pixels of the map, from any of the board's ends and perhaps mirrored
//   found  out; false is a normal result; of several boards the one that covers most is taken (another may hang on a
//          wall, or be seen on a screen)
// Fails with RIG_ERR_MEMORY.
// Source: grown as in Geiger et al. 2012 and Duda & Frese 2018, but from links that agree both ways.
RIG_CHECKED rig_status rig_lattice_find(const rig_saddle_map *map, const rig_saddle *saddles, int n, int cols, int rows,
                                        double (*q)[2], bool *found, rig_arena *scratch, rig_err *err);

// A corner of a patch; dark: the square from it on, towards growing columns and rows, is dark.
typedef struct rig_patch_corner {
    double q[2];
    bool there, dark;
} rig_patch_corner;

// Corners laid out along their links, w * h places row by row, seen as x right and y down up to a turn: never mirrored.
typedef struct rig_patch {
    int w, h, n; // n: corners that are there
    const rig_patch_corner *corners;
} rig_patch;

enum { RIG_PATCHES_MAX = 12 };

// All patches of linked saddles, the largest first, whatever they belong to.
//   limit  columns and rows at most
//   even   squares are all alike: corners are then also looked for where those about them let them be expected
// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_lattice_patches(const rig_saddle_map *map, const rig_saddle *saddles, int n, int limit,
                                           bool even, rig_patch patches[RIG_PATCHES_MAX], int *n_patches,
                                           rig_arena *scratch, rig_err *err);

#endif
