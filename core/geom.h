// Rotations, rigid poses and small vectors. Rt_dst_src takes a point of frame src to frame dst; neighbours cancel.
#ifndef RIG_CORE_GEOM_H
#define RIG_CORE_GEOM_H

#include <math.h>
#include <stdbool.h>

// p_dst = R p_src + t. A zeroed pose is not valid; start from rig_pose_identity().
typedef struct rig_pose {
    double R[9]; // row-major
    double t[3]; // m
} rig_pose;

static inline double rig_dot3(const double a[3], const double b[3]) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
static inline double rig_norm3(const double a[3]) {
    return sqrt(rig_dot3(a, a));
}
static inline void rig_cross3(const double a[3], const double b[3], double c[3]) {
    double x = a[1] * b[2] - a[2] * b[1], y = a[2] * b[0] - a[0] * b[2], z = a[0] * b[1] - a[1] * b[0];
    c[0] = x, c[1] = y, c[2] = z;
}
// C = A B and y = A x, 3x3 row-major; outputs may not overlap inputs.
void rig_mat3_mul(const double A[9], const double B[9], double C[9]);
void rig_mat3_mul_vec(const double A[9], const double x[3], double y[3]);
void rig_mat3_transpose(const double A[9], double At[9]);
double rig_mat3_det(const double A[9]);
bool rig_mat3_invert(const double A[9], double inverse[9]); // false where singular

rig_pose rig_pose_identity(void);
rig_pose rig_pose_mul(const rig_pose *Rt_c_b, const rig_pose *Rt_b_a); // Rt_c_a
rig_pose rig_pose_invert(const rig_pose *Rt_b_a);                      // Rt_a_b
void rig_pose_apply(const rig_pose *Rt_b_a, const double p_a[3], double p_b[3]);
rig_pose rig_pose_from_rvec(const double rvec[3], const double t[3]);
// The origin of the destination frame's camera in the source frame: -R^T t (a camera's position in the world).
void rig_pose_centre(const rig_pose *Rt_cam_world, double centre[3]);

// Rodrigues vector to matrix; dR_dr, if not NULL, is 9x3 row-major: d R[i] / d rvec[j]. Exact at rvec = 0.
void rig_rotation_from_rvec(const double rvec[3], double R[9], double *dR_dr);
// Matrix to Rodrigues vector, |rvec| <= pi; stable near 0 and near pi.
void rig_rotation_to_rvec(const double R[9], double rvec[3]);
// The nearest rotation (Frobenius) to any 3x3 of positive determinant, det = +1. Source: Horn 1987, section 4.
void rig_rotation_nearest(const double M[9], double R[9]);
// The angle in radians of Ra^T Rb, in [0, pi].
double rig_rotation_angle_between(const double Ra[9], const double Rb[9]);

// The rigid motion (scale 1, or the best scale where scale is not NULL) that takes points a onto b in least squares:
// b = scale R a + t. n >= 3 points not on a line, else false. Never a mirror. Source: Horn 1987 for R, Umeyama 1991 for
// the scale.
bool rig_pose_align(const double (*a)[3], const double (*b)[3], int n, rig_pose *Rt_b_a, double *scale);

#endif
