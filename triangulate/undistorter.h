// A camera made ready for many pixels: its distortion removed from a net of pixels once, so that one Newton step does
// for those between.
#ifndef RIG_TRIANGULATE_UNDISTORTER_H
#define RIG_TRIANGULATE_UNDISTORTER_H

#include "core/arena.h"
#include "core/rig.h"

enum {
    RIG_UNDISTORTER_CELLS = 24,
    RIG_UNDISTORTER_NODES = 2 * RIG_UNDISTORTER_CELLS + 1
}; // a side; 3 x 3 nodes a cell

typedef struct rig_undistorter {
    const rig_view_camera *camera;
    double corner_px[2], cells_per_px[2];
    const double (*n)[2]; // normalised points of the nodes, by rows; NULL: every pixel is reckoned from the start
    const bool *uneven;   // cells where the net is too wide, by rows: reckoned from the start
} rig_undistorter;

// Without a net: for few pixels. The camera must outlive it.
rig_undistorter rig_undistorter_plain(const rig_view_camera *camera);
// With a net over the picture, from out. Cost: some 3,500 pixels undistorted; none for a lens without distortion.
// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_undistorter_init(const rig_view_camera *camera, rig_undistorter *eye, rig_arena *out,
                                            rig_err *err);

// The normalised point n that q is of, and dq_dn (2x2) there; false as rig_camera_unproject.
// n is as exact as rig_camera_unproject's, to 1e-10.
bool rig_undistorter_unproject(const rig_undistorter *eye, const double q[2], double n[2], double dq_dn[4]);

#endif
