// A picture and its halvings, and a chessboard corner fitted in the one that suits it.
#ifndef RIG_CALIB_PYRAMID_H
#define RIG_CALIB_PYRAMID_H

#include "calib/saddle_fit.h"
#include "core/arena.h"

enum { RIG_LEVELS_MAX = 6 };

typedef struct rig_pyramid {
    rig_image level[RIG_LEVELS_MAX]; // level[0] is the picture itself, its pixels not copied
    int n;
} rig_pyramid;

// Fails with RIG_ERR_MEMORY. Cost: a pass over the picture.
RIG_CHECKED rig_status rig_pyramid_init(const rig_image *grey, rig_pyramid *pyramid, rig_arena *arena, rig_err *err);

// A place of the picture in a level of it, or the other way; pixels are the means of those below.
void rig_pyramid_down(const double q[2], int level, double at[2]);
void rig_pyramid_up(const double at[2], int level, double q[2]);

// rig_saddle_fit_at, everything in the picture's pixels but the fit's blur, which is in the level's.
bool rig_pyramid_fit(const rig_pyramid *pyramid, const double q[2], const double i[2], const double j[2], double clear,
                     rig_saddle_fit *fit);

#endif
