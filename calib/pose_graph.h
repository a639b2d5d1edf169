// Relative poses of pairs of cameras from the boards that both saw, and the graph of them over a rig: its cameras are
// the nodes, and a maximum spanning tree places them all.
#ifndef RIG_CALIB_POSE_GRAPH_H
#define RIG_CALIB_POSE_GRAPH_H

#include "calib/observations.h"

typedef struct rig_relative_pose {
    int n_shared;  // moments in which both views saw the board
    int n_inliers; // of them, how many agree with the pose
    bool usable;
    bool open; // another hypothesis fits as well
    rig_pose Rt_b_a;
    double misfit_px; // mean over the moments asked, each at most rig_board_observation_gate
} rig_relative_pose;

// The relative pose of views a < b. Every shared moment gives hypotheses, Rt_b_board Rt_board_a for each view's one or
// two poses of the board and each reading of b's corners; a hypothesis has for inliers the moments whose board, as a
// saw it, comes to lie within the gate of where b saw it, and the one of the least mean residual (each at most the
// gate) is taken: wrong poses, mirrored poses and boards read from the wrong end are outliers. A board whose colours do
// not tell its ends apart, or that did not move, may leave two hypotheses that fit alike: the relative pose is then
// open. Source: consensus as in Fischler and Bolles 1981, over a fixed choice of moments instead of a random one.
//   pairs  room for 2 x n_moments
// Cost O(moments x tries), tries <= 192.
rig_relative_pose rig_relative_pose_find(const rig_board_observations *observations, int a, int b, int (*pairs)[2]);

// The poses of all views in the first view's frame, along the maximum spanning tree of the
// usable relative poses, weighed by their inliers (Prim 1957).
//   names         n_views
//   Rt_view_first n_views, out
// Fails with RIG_ERR_DATA: naming two groups of views without a usable relative pose, and why it is not;
// RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_pose_graph_tree(const rig_board_observations *observations, const char *const *names,
                                           rig_pose *Rt_view_first, rig_arena *scratch, rig_err *err);

// The gate of an observation: the limit_px of rig_board_observation_residual for a pose that comes from another single
// observation. And whether a residual is an inlier's.
double rig_board_observation_gate(const rig_board_observations *observations, const rig_board_observation *observation);
static inline bool rig_board_observation_inlier(double residual_px, double gate_px) {
    return residual_px < 0.75 * gate_px;
}

#endif
