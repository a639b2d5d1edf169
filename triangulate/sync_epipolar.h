// Two views' joints at what may be the same moments: the epipolar geometry that they agree on, and the clocks.
#ifndef RIG_TRIANGULATE_SYNC_EPIPOLAR_H
#define RIG_TRIANGULATE_SYNC_EPIPOLAR_H

#include "triangulate/sync_tracks.h"

// A joint in both views.
typedef struct rig_sync_match {
    double a[2], b[2], v_b[2]; // normalised points, and b's velocity per second
    double t_s;                // on a's clock
} rig_sync_match;

// Clocks of a pair: t_b = t_a - shift_s - drift (t_a - centre_s).
typedef struct rig_sync_clocks {
    double shift_s, drift, centre_s;
    double sigma_shift_s, sigma_drift; // one standard deviation; 0: held
} rig_sync_clocks;

// Signed distance to first order of a pair of points from the epipolar constraint b^T F a = 0, in units of the points.
// Source: Hartley and Zisserman 2004, section 11.4.3 (Sampson's distance).
double rig_sampson_distance(const double F[9], const double a[2], const double b[2]);

// Sums of the eight-point algorithm: the 9 x 9 moments of the constraint's coefficients.
typedef struct rig_eight_point {
    double centre[2][2], scale[2]; // points of a and of b are moved and scaled so before they are summed
    double moments[45];
} rig_eight_point;
void rig_eight_point_add(rig_eight_point *sums, const double a[2], const double b[2], double weight);
// F of least algebraic error, of norm 1 and any rank. false: not finite. Source: Hartley 1997, "In defense of the
// eight-point algorithm".
bool rig_eight_point_solve(const rig_eight_point *sums, double F[9]);

#define RIG_SYNC_CAUCHY 2.385 // scale of the weights in standard deviations: 95 % efficient for normal errors

// One Gauss-Newton step over the clocks, and over F where it is free, with Cauchy's weights of scale sigma. F and the
// clocks are solved for together, since a turn of F can take the place of a shift where people walk steadily. Standard
// deviations are those of a block jackknife over seconds, to first order: errors of neighbouring moments and joints are
// not independent. Sources: Albl et al. 2017, "On the two-view geometry of unsynchronized cameras"; Huber 1967.
//   drift_loose  one standard deviation of the drift about 0, where the matches tell less; 0: held
// Returns by how many seconds the clocks changed, or infinity where the data determine nothing.
double rig_sync_step(const rig_sync_match *matches, int n, double sigma, bool F_free, double drift_loose, double F[9],
                     rig_sync_clocks *clocks);

// The slope of the cost over the shift, and its curvature as Gauss and Newton have it: larger than it is where weights
// fall, and where b's velocities are mostly noise.
double rig_sync_slope(const rig_sync_match *matches, int n, double sigma, const double F[9],
                      const rig_sync_clocks *clocks, double *curvature);

#endif
