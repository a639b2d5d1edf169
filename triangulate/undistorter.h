// An undistorter: a camera whose inverse distortion is tabulated on a grid of pixels, for many pixels.
//
// The lens's inverse has no closed form, and rig_camera_unproject iterates. The table has 24 x 24 cells of 3 x 3 nodes;
// a biquadratic through a cell's nodes is exact to 5e-6, and one Newton step squares that. Cells where the table is
// less exact, which is tested once, are left to rig_camera_unproject.
#ifndef RIG_TRIANGULATE_UNDISTORTER_H
#define RIG_TRIANGULATE_UNDISTORTER_H

#include "core/arena.h"
#include "core/rig.h"

enum { RIG_UNDISTORTER_CELLS = 24, RIG_UNDISTORTER_NODES = 2 * RIG_UNDISTORTER_CELLS + 1 }; // a side

typedef struct rig_undistorter {
    const rig_view_camera *camera;
    double corner_px[2], cells_per_px[2];
    const double (*n)[2]; // normalised points of the nodes, by rows; NULL: no table
    const bool *inexact;  // cells, by rows, where the table is not exact enough
} rig_undistorter;

// Without a table: for few pixels. The camera must outlive it.
rig_undistorter rig_undistorter_plain(const rig_view_camera *camera);
// With a table over the picture, from out. Cost: some 3,500 pixels undistorted; none for a lens without distortion.
// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_undistorter_init(const rig_view_camera *camera, rig_undistorter *undistorter, rig_arena *out,
                                            rig_err *err);

// The normalised point n of pixel q, and dq_dn (2x2) there; false as rig_camera_unproject.
// n is as exact as rig_camera_unproject's, to 1e-10.
bool rig_undistorter_unproject(const rig_undistorter *undistorter, const double q[2], double n[2], double dq_dn[4]);

#endif
