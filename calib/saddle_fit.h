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
// The model of the grey value at d = pixel - c is
//   level + slope . d + contrast S(sharp n_i . d) S(sharp n_j . d)
// with n_i, n_j the normals of the two edges (a turn each) and S a smooth step from -1 to 1: nine unknowns c, two
// turns, sharp, level, slope, contrast. Gauss-Newton on the weighted squares of its misfit; the weights fall smoothly
// to 0 at the window's edge and follow c, so that no pixel enters or leaves with a jump. sigma is the root of c's part
// of the inverse normal matrix, times the variance of the misfit. Step, blur and tone curve need not be right: model
// and picture are the same half a turn on about the corner, so that an even error of the model does not move its best
// fit.
bool rig_saddle_fit_at(const rig_image *grey, const double q[2], const double i[2], const double j[2], double clear,
                       rig_saddle_fit *fit);

enum { RIG_LEVELS_MAX = 6 };

typedef struct rig_pyramid {
    rig_image level[RIG_LEVELS_MAX]; // level[0] is the picture itself, its pixels not copied
    int n;
} rig_pyramid;

// Fails with RIG_ERR_MEMORY. Cost: a pass over the picture.
RIG_CHECKED rig_status rig_pyramid_init(const rig_image *grey, rig_pyramid *pyramid, rig_arena *arena, rig_err *err);

// A place in a level of the picture, as one in the picture; a level's pixels are the means of those below.
void rig_pyramid_up(const double at[2], int level, double q[2]);

// rig_saddle_fit_at, everything in the picture's pixels but the fit's blur, which is in the level's.
bool rig_pyramid_fit(const rig_pyramid *pyramid, const double q[2], const double i[2], const double j[2], double clear,
                     rig_saddle_fit *fit);

#endif
