// Two views' joints at what may be the same moments: the epipolar geometry that they agree on.
#ifndef RIG_TRIANGULATE_SYNC_EPIPOLAR_H
#define RIG_TRIANGULATE_SYNC_EPIPOLAR_H

#include "triangulate/sync_tracks.h"

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

#endif
