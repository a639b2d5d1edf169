// Two views with known lenses: the relative pose from points that both saw, some of them wrong.
#ifndef RIG_CALIB_ESSENTIAL_H
#define RIG_CALIB_ESSENTIAL_H

#include "core/geom.h"
#include "core/rng.h"

// One point as two views saw it, normalised (x/z, y/z).
typedef struct rig_point_pair {
    double a[2], b[2];
} rig_point_pair;

// One standard deviation of a normalised coordinate in each of the two views.
typedef struct rig_pair_sigma {
    double a, b;
} rig_pair_sigma;

// How far a pair is from the epipolar geometry E, in standard deviations (first order, Sampson 1982).
double rig_point_pair_residual(const double E[9], const rig_point_pair *pair, rig_pair_sigma sigma);

// E from n >= 8 pairs by least squares of the algebraic error. false where they leave it open. Source: Longuet-Higgins
// 1981.
bool rig_essential_eight(const rig_point_pair *pairs, const int *picked, int n, double E[9]);

// Of the four poses that E allows, the one that has most pairs in front of both views; t is of length 1.
// *front: how many pairs that is. Source: Horn 1990, "Recovering baseline and orientation from essential matrix".
bool rig_essential_pose(const double E[9], const rig_point_pair *pairs, int n, rig_pose *Rt_b_a, int *front);

// Depths of a pair's point along z of each view, for the distance |t|. false where the rays are nearly parallel.
bool rig_point_pair_depths(const rig_pose *Rt_b_a, const rig_point_pair *pair, double *z_a, double *z_b);

// Refine a relative pose over its 5 unknowns: sum over pairs of log(1 + (r / soft)^2), r as above. Returns that sum.
double rig_essential_refine(const rig_point_pair *pairs, int n, rig_pair_sigma sigma, double soft, int iterations,
                            rig_pose *Rt_b_a);

// The relative pose by random samples of 8 and of 16 (Fischler and Bolles 1981), the best of them refined.
//   inliers  out: pairs within 3 sigmas
// Returns false where no sample gives a pose.
bool rig_essential_search(const rig_point_pair *pairs, int n, rig_pair_sigma sigma, int tries, rig_rng *rng,
                          rig_pose *Rt_b_a, int *inliers);

#endif
