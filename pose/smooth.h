// Heatmaps made smooth before peaks are searched: where a network is unsure, its maps have many small peaks.
#ifndef RIG_POSE_SMOOTH_H
#define RIG_POSE_SMOOTH_H

#include "core/arena.h"
#include "core/status.h"
#include "pose/maps.h"

// smooth = maps with the heat replaced by its mean under a Gaussian of `sigma` > 0 cells, cut off at three; the border
// repeats beyond it and a value that is not finite counts as 0. A peak of standard deviation s keeps
// s^2 / (s^2 + sigma^2) of its height. The new heat lives in scratch.
// Fails with RIG_ERR_MEMORY. Source: Zhang et al. 2020 (DARK) smooth before they fit; here also the search is of it.
RIG_CHECKED rig_status rig_maps_smooth(const rig_maps *maps, double sigma, rig_maps *smooth, rig_arena *scratch,
                                       rig_err *err);

#endif
