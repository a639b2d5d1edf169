// Two views' clocks against each other, refined together with the epipolar geometry by Gauss-Newton.
#ifndef RIG_TRIANGULATE_SYNC_STEP_H
#define RIG_TRIANGULATE_SYNC_STEP_H

#include "triangulate/sync_epipolar.h"

// A joint in both views.
typedef struct rig_sync_match {
    double a[2], b[2], v_b[2]; // normalised points, and b's velocity per second
    double t_s;                // on a's clock; matches are in its order
    int joint;
} rig_sync_match;

// Clocks of a pair: t_b = t_a - shift_s - drift (t_a - centre_s).
typedef struct rig_sync_clocks {
    double shift_s, drift, centre_s;
    double sigma_shift_s, sigma_drift; // one standard deviation; 0: held
} rig_sync_clocks;

// How much is known beforehand: standard deviations; 0: held, INFINITY: nothing.
typedef struct rig_sync_loose {
    double drift;         // about 0
    double F;             // of each number of it, about
    double F_expected[9]; // of norm 1
    bool biased;          // a joint may be off in one direction for seconds; by how much is found from the matches
} rig_sync_loose;

#define RIG_SYNC_CAUCHY 2.385 // scale of the weights in standard deviations: 95 % efficient for normal errors

// One step over the clocks, and over F where it is free, with Cauchy's weights of scale sigma. F and the clocks are
// solved for together, since a turn of F can take the place of a shift where people walk steadily. Standard deviations
// are those of a block jackknife over seconds, or over joints where the seconds are few, to first order: errors of
// neighbouring moments and joints are not independent. Sources: Albl et al. 2017, "On the two-view geometry of
// unsynchronized cameras"; Huber 1967; for the bias, a random effect by its moments: Searle, Casella and McCulloch
// 1992, "Variance components". Returns by how many seconds the clocks changed, or infinity where the data determine
// nothing.
double rig_sync_step(const rig_sync_match *matches, int n, double sigma, const rig_sync_loose *loose, double F[9],
                     rig_sync_clocks *clocks);

// The distance of a match and its slope over the shift; false: F has none there.
bool rig_sync_slope_of(const rig_sync_match *match, const double F[9], double *x, double *slope);

// The slope of the cost over the shift, and its curvature as Gauss and Newton have it: larger than it is where weights
// fall, and where b's velocities are mostly noise.
double rig_sync_slope(const rig_sync_match *matches, int n, double sigma, const rig_sync_loose *loose,
                      const double F[9], const rig_sync_clocks *clocks, double *curvature);

#endif
