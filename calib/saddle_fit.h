// A chessboard corner to sub-pixel: a model of two blurred edges that cross, fitted to the pixels about it.
#ifndef RIG_CALIB_SADDLE_FIT_H
#define RIG_CALIB_SADDLE_FIT_H

#include "core/arena.h"
#include "core/image.h"

typedef struct rig_saddle_fit {
    double q[2];
    double sigma;    // pixels: the standard deviation of q, per axis, if the pixels' misfit is noise
    double misfit;   // root mean square of what the model leaves, as a share of contrast
    double contrast; // half of bright less dark, grey values; negative where the sector between i and j is bright
    double blur;     // pixels from an edge to where it is fully dark or bright, 2 or more
} rig_saddle_fit;

// Fit the corner near q of a grey picture.
//   i, j  to the neighbouring corners (to half of both, where there are two): the window is their parallelogram, so
//         that it follows pitch, tilt and turn
//   clear how far the squares are plain on both sides of their edges, as a share of i and j: a marker may lie behind;
//         0: plain all over
// False: the neighbourhood is no saddle, or not well inside the picture. Cost: a few passes over the window.
// The model is the product of two smoothed steps, one along each edge, times the contrast, plus a plane (uneven light).
// Steps, blur and tone curve need not be right: what is the same half a turn on has its best fit at the centre.
bool rig_saddle_fit_at(const rig_image *grey, const double q[2], const double i[2], const double j[2], double clear,
                       rig_saddle_fit *fit);

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
