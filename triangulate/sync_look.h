// A first look at all shifts of one person's motion against another's, where the cameras are not known: how near the
// joints come to some epipolar geometry, by sums alone.
#ifndef RIG_TRIANGULATE_SYNC_LOOK_H
#define RIG_TRIANGULATE_SYNC_LOOK_H

#include "triangulate/sync_scan.h"

typedef struct rig_sync_look {
    const rig_sync_people *b;
    int track;             // of b's
    int first_lag, n_lags; // in steps of lag_nodes nodes
    int lag_nodes;
    double seconds_least; // in both views
} rig_sync_look;

enum { RIG_SYNC_JOINTS_STEP = 3 };

// Every so many-th joint of a moment is enough, each in turn; of points all are.
static inline int rig_sync_joints_step(int n_joints) {
    return rig_joints_are_points(n_joints) ? 1 : RIG_SYNC_JOINTS_STEP;
}

// scores (n_lags): how far below what is usual the distances from the geometry of least algebraic error are, times the
// root of the seconds in common; -1: these are too few. The geometry itself is nearly that of the eight-point algorithm
// (inverse iteration, in single precision), which costs a twentieth. Fails with RIG_ERR_MEMORY.
//   empty  how points are moved and scaled
RIG_CHECKED rig_status rig_sync_look_free(const rig_sync_look *look, const rig_sync_samples *samples, int n_joints,
                                          const rig_eight_point *empty, double *scores, rig_arena *scratch,
                                          rig_err *err);

#endif
