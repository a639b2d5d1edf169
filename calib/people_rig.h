// Where the cameras of a rig are, by the people whom they saw at the same moments. Lenses are known; nobody knows who
// is who, nor how large anything is.
#ifndef RIG_CALIB_PEOPLE_RIG_H
#define RIG_CALIB_PEOPLE_RIG_H

#include "calib/people_bundle.h"
#include "calib/people_seen.h"

// A joint in space.
typedef struct rig_rig_joint {
    int at;    // of seen->moments
    int who;   // of that moment
    int joint; // of the skeleton
    bool used; // two sights or more count
    double p[3];
} rig_rig_joint;

// All in one unit of length, in the frame of the camera view_of[0].
typedef struct rig_people_rig {
    int n;
    int *view_of; // in which order cameras were placed; n
    rig_pose *Rt_cam_world;
    double *late_s;                 // of their clocks, against the first one's; NULL: they are exact
    rig_point_bundle_report report; // cameras in that order; its covariance turns them about their centres
    int n_joints;
    rig_rig_joint *joints; // moments rising, then who, then joints
    int n_moments;         // of them
    double spread[3];      // of the places where people were, along their principal axes, least first
} rig_people_rig;

// Relative poses of all pairs (calib/people_pairs.h) place one camera after the other, each by the pair that shares
// most joints with the cameras that are there; a bundle over cameras and joints follows each of them, and one over all
// of the take is the end.
//   seen  followed; who is set
// Fails with RIG_ERR_DATA, naming what is missing: no pair of views to begin with, a view that no pair ties to the
// others; RIG_ERR_NUMERIC; RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_people_rig_solve(rig_people_seen *seen, rig_people_rig *rig, rig_arena *out,
                                            rig_arena *scratch, rig_err *err);

// What people say of focal lengths that the rig was solved with as if they were exact: of each view, the logarithm of
// how much longer they are, with its sigma, about 0 give or take `sigma`. seen and rig stay what they are.
//   lenses  out: seen->n_views, of which the focal length is set
// Fails with RIG_ERR_NUMERIC, RIG_ERR_MEMORY. Cost: a bundle.
RIG_CHECKED rig_status rig_people_rig_focals(rig_people_seen *seen, const rig_people_rig *rig, double sigma,
                                             rig_bundle_lens *lenses, rig_arena *scratch, rig_err *err);

// Whether a skeleton has the joints that tell how tall somebody is.
bool rig_skeleton_is_tall(const rig_skeleton *skeleton);

// People's height in the rig's unit: medians of shank, thigh and trunk, which are 0.779 of it (Drillis and Contini
// 1966; Winter 2009, 4.1). 0: the skeleton lacks joints, or too few are there.
double rig_people_rig_height(const rig_people_rig *rig, const rig_skeleton *skeleton, rig_arena *scratch);

// Whether what people did determines the poses: fails with RIG_ERR_DATA where they kept to one place or to a line
// (whose second principal axis is shorter than an eighth of their height), where a camera's joints disagree, and where
// a camera's position or direction is known to no better than 5 cm or 1 degree, saying what to record instead.
//   height  of people, in the rig's unit; height_m: in metres
RIG_CHECKED rig_status rig_people_rig_check(const rig_people_rig *rig, const rig_people_seen *seen, double height,
                                            double height_m, rig_err *err);

// The same of points, whose size nobody knows: where they kept to a line or a plane (axes of where they were shorter
// than 0.1 and 0.02 of the longest), and where a camera's position is known to no better than 1 % of its distance to
// them.
RIG_CHECKED rig_status rig_people_rig_check_points(const rig_people_rig *rig, const rig_people_seen *seen,
                                                   rig_err *err);

// Whether each camera has a place of its own: fails with RIG_ERR_DATA where two came out as one (a 500th of the rig's
// width and 0.2 degrees apart), which is one view taken for two.
RIG_CHECKED rig_status rig_people_rig_check_twins(const rig_people_rig *rig, const rig_people_seen *seen, rig_err *err);

// The distance of two joints of a person or of a wand in the rig's unit, median; *spread: 1.48 times the median
// deviation from it; *n: of how many. 0: there are fewer than 30.
double rig_people_rig_length(const rig_people_rig *rig, int joint_a, int joint_b, double *spread, int *n,
                             rig_arena *scratch);

// Multiply all lengths.
void rig_people_rig_scale(rig_people_rig *rig, double by);

#endif
