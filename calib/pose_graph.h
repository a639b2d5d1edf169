// Where one camera stands before another, from the boards that both saw, and the tree of such links over a rig.
#ifndef RIG_CALIB_POSE_GRAPH_H
#define RIG_CALIB_POSE_GRAPH_H

#include "calib/observations.h"

typedef struct rig_relative_pose {
    int n_shared; // moments in which both views saw the board
    int n_agree;  // of them, how many agree with the pose
    bool usable;
    bool open; // another place of the camera fits as well
    rig_pose Rt_b_a;
    double misfit_px; // mean over the moments asked, each at most rig_board_observation_gate
} rig_relative_pose;

// The link of views a < b: of the relative poses that some shared moments give, the one with which the most others
// agree, by how far each moment's board, as a saw it, comes to lie from where b saw it. Wrong poses, mirrored poses and
// boards read from the wrong end are outvoted. A board whose colours do not tell its ends apart, or that did not move,
// may leave two places that fit alike: the link is then open.
//   pairs  room for 2 x n_moments
// Cost O(moments x tries), tries <= 192.
rig_relative_pose rig_relative_pose_find(const rig_board_observations *observations, int a, int b, int (*pairs)[2]);

// The poses of all views in the first view's frame, along the tree of links that most moments agree with.
//   names         n_views
//   Rt_view_first n_views, out
// Fails with RIG_ERR_DATA: naming two groups of views without a usable link, and why it is not; RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_pose_graph_tree(const rig_board_observations *observations, const char *const *names,
                                           rig_pose *Rt_view_first, rig_arena *scratch, rig_err *err);

// The limit_px of rig_board_observation_residual for a pose that comes from another single observation, and whether a
// misfit under that limit still means agreement.
double rig_board_observation_gate(const rig_board_observations *observations, const rig_board_observation *observation);
static inline bool rig_board_observation_inlier(double misfit_px, double reach_px) {
    return misfit_px < 0.75 * reach_px;
}

#endif
