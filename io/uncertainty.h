// How well a rig knows points in its volume, and pixels: what 45_uncertainty.yaml holds. One standard deviation
// throughout.
#ifndef RIG_IO_UNCERTAINTY_H
#define RIG_IO_UNCERTAINTY_H

#include "core/rig.h"

#include <stdint.h>

enum { RIG_UNCERTAIN_COLS = 8, RIG_UNCERTAIN_ROWS = 6 };

typedef struct rig_grid_point {
    double p[3];                       // world, m
    uint64_t views;                    // bits of the rig's cameras that see it; at least two
    double keypoints_m, calibration_m; // root mean of the three axes
} rig_grid_point;

// A camera's pixels, in the middles of cells, of points at one distance.
typedef struct rig_pixel_map {
    double distance_m;
    double sigma_px[RIG_UNCERTAIN_ROWS][RIG_UNCERTAIN_COLS]; // root mean of the two axes; 0: not known
} rig_pixel_map;

typedef struct rig_uncertainty {
    double sigma_px; // of a keypoint's coordinates
    double low[3], high[3], step_m;
    int n;
    rig_grid_point *points;
    rig_pixel_map *maps; // a camera
} rig_uncertainty;

#endif
