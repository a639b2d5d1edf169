#include "core/geom.h"

#include <string.h>

static const double SINGULAR = 1e-15;    // |det| over the product of the rows' lengths
static const double SMALL_ANGLE2 = 1e-2; // rad^2: below, series of five terms are exact to the last bit
static const double ON_A_LINE = 1e-12;   // gap of the two largest eigenvalues, relative: the rotation is not determined
enum { JACOBI_SWEEPS = 50 };             // 4x4 needs about 5

void rig_mat3_mul(const double A[9], const double B[9], double C[9]) {
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            C[3 * i + j] = A[3 * i] * B[j] + A[3 * i + 1] * B[3 + j] + A[3 * i + 2] * B[6 + j];
}

void rig_mat3_mul_vec(const double A[9], const double x[3], double y[3]) {
    for (int i = 0; i < 3; i++)
        y[i] = rig_dot3(A + 3 * i, x);
}

void rig_mat3_transpose(const double A[9], double At[9]) {
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            At[3 * i + j] = A[3 * j + i];
}

double rig_mat3_det(const double A[9]) {
    double cross[3];
    rig_cross3(A, A + 3, cross);
    return rig_dot3(cross, A + 6);
}

bool rig_mat3_invert(const double A[9], double inverse[9]) {
    double det = rig_mat3_det(A), size = rig_norm3(A) * rig_norm3(A + 3) * rig_norm3(A + 6);
    if (!(fabs(det) > SINGULAR * size))
        return false;
    for (int i = 0; i < 3; i++) { // column i is the cross product of the other two rows
        double column[3];
        rig_cross3(A + 3 * ((i + 1) % 3), A + 3 * ((i + 2) % 3), column);
        for (int j = 0; j < 3; j++)
            inverse[3 * j + i] = column[j] / det;
    }
    return true;
}

rig_pose rig_pose_identity(void) {
    return (rig_pose){.R = {1, 0, 0, 0, 1, 0, 0, 0, 1}};
}

rig_pose rig_pose_mul(const rig_pose *Rt_c_b, const rig_pose *Rt_b_a) {
    rig_pose Rt_c_a;
    rig_mat3_mul(Rt_c_b->R, Rt_b_a->R, Rt_c_a.R);
    rig_pose_apply(Rt_c_b, Rt_b_a->t, Rt_c_a.t);
    return Rt_c_a;
}

rig_pose rig_pose_invert(const rig_pose *Rt_b_a) {
    rig_pose Rt_a_b;
    rig_mat3_transpose(Rt_b_a->R, Rt_a_b.R);
    rig_pose_centre(Rt_b_a, Rt_a_b.t);
    return Rt_a_b;
}

void rig_pose_apply(const rig_pose *Rt_b_a, const double p_a[3], double p_b[3]) {
    double rotated[3];
    rig_mat3_mul_vec(Rt_b_a->R, p_a, rotated);
    for (int i = 0; i < 3; i++)
        p_b[i] = rotated[i] + Rt_b_a->t[i];
}

rig_pose rig_pose_from_rvec(const double rvec[3], const double t[3]) {
    rig_pose Rt;
    rig_rotation_from_rvec(rvec, Rt.R, NULL);
    memcpy(Rt.t, t, sizeof Rt.t);
    return Rt;
}

void rig_pose_centre(const rig_pose *Rt_cam_world, double centre[3]) {
    const double *R = Rt_cam_world->R, *t = Rt_cam_world->t;
    for (int i = 0; i < 3; i++)
        centre[i] = -(R[i] * t[0] + R[3 + i] * t[1] + R[6 + i] * t[2]);
}

// R = cos I + a [r]x + b r r^T with a = sin(t)/t and b = (1 - cos(t))/t^2, t = |r|; da and db are (da/dt)/t and
// (db/dt)/t, so that da/dr = da r.
typedef struct rodrigues {
    double cos, a, b, da, db;
} rodrigues;

static rodrigues rodrigues_of(const double rvec[3]) {
    double s = rig_dot3(rvec, rvec), t = sqrt(s);
    if (s < SMALL_ANGLE2)
        return (rodrigues){
            .cos = cos(t),
            .a = 1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72))),
            .b = 0.5 - s / 24 * (1 - s / 30 * (1 - s / 56 * (1 - s / 90))),
            .da = -1.0 / 3 + s * (1.0 / 30 - s * (1.0 / 840 - s * (1.0 / 45360 - s / 3991680))),
            .db = -1.0 / 12 + s * (1.0 / 180 - s * (1.0 / 6720 - s * (1.0 / 453600 - s / 47900160))),
        };
    double half = sin(t / 2), a = sin(t) / t, b = 2 * half * half / s;
    return (rodrigues){.cos = cos(t), .a = a, .b = b, .da = (cos(t) - a) / s, .db = (a - 2 * b) / s};
}

static void cross_matrix(const double r[3], double X[9]) {
    const double matrix[9] = {0, -r[2], r[1], r[2], 0, -r[0], -r[1], r[0], 0};
    memcpy(X, matrix, sizeof matrix);
}

void rig_rotation_from_rvec(const double rvec[3], double R[9], double *dR_dr) {
    const rodrigues f = rodrigues_of(rvec);
    const double r[3] = {rvec[0], rvec[1], rvec[2]};
    double X[9];
    cross_matrix(r, X);
    for (int i = 0; i < 9; i++)
        R[i] = f.a * X[i] + f.b * r[i / 3] * r[i % 3] + (i % 4 == 0 ? f.cos : 0);
    if (!dR_dr)
        return;
    for (int j = 0; j < 3; j++) {
        const double unit[3] = {j == 0, j == 1, j == 2};
        double dX[9];
        cross_matrix(unit, dX);
        for (int i = 0; i < 9; i++) {
            double outer = r[i / 3] * r[i % 3], douter = unit[i / 3] * r[i % 3] + r[i / 3] * unit[i % 3];
            dR_dr[3 * i + j] =
                f.da * r[j] * X[i] + f.a * dX[i] + f.db * r[j] * outer + f.b * douter - (i % 4 == 0 ? f.a * r[j] : 0);
        }
    }
}

// The quaternion w x y z (not of unit length) of a rotation, from its largest component: nothing cancels.
static void quaternion_of(const double R[9], double q[4]) {
    const double trace = R[0] + R[4] + R[8];
    int i = R[0] >= R[4] && R[0] >= R[8] ? 0 : R[4] >= R[8] ? 1 : 2;
    if (trace >= R[4 * i]) {
        q[0] = 1 + trace;
        q[1] = R[7] - R[5];
        q[2] = R[2] - R[6];
        q[3] = R[3] - R[1];
        return;
    }
    int j = (i + 1) % 3, k = (i + 2) % 3;
    q[0] = R[3 * k + j] - R[3 * j + k];
    q[1 + i] = 1 + R[4 * i] - R[4 * j] - R[4 * k];
    q[1 + j] = R[3 * i + j] + R[3 * j + i];
    q[1 + k] = R[3 * i + k] + R[3 * k + i];
}

void rig_rotation_to_rvec(const double R[9], double rvec[3]) {
    double q[4];
    quaternion_of(R, q);
    double length = rig_norm3(q + 1);
    double sign = q[0] < 0 ? -1 : 1;
    double scale = length > 0 ? 2 * atan2(length, fabs(q[0])) / length : 0;
    for (int i = 0; i < 3; i++)
        rvec[i] = sign * scale * q[1 + i];
}

// One Jacobi rotation that clears N[p][q]; V collects the eigenvectors in its rows.
static void jacobi_clear(double N[4][4], double V[4][4], int p, int q) {
    if (N[p][q] == 0)
        return;
    double ratio = (N[q][q] - N[p][p]) / (2 * N[p][q]);
    double tangent = copysign(1, ratio) / (fabs(ratio) + sqrt(ratio * ratio + 1));
    double c = 1 / sqrt(tangent * tangent + 1), s = c * tangent;
    for (int k = 0; k < 4; k++) {
        double a = N[k][p], b = N[k][q];
        N[k][p] = c * a - s * b;
        N[k][q] = s * a + c * b;
    }
    for (int k = 0; k < 4; k++) {
        double a = N[p][k], b = N[q][k], v = V[p][k], w = V[q][k];
        N[p][k] = c * a - s * b;
        N[q][k] = s * a + c * b;
        V[p][k] = c * v - s * w;
        V[q][k] = s * v + c * w;
    }
    N[p][q] = N[q][p] = 0;
}

static double off_diagonal(double N[4][4]) {
    double sum = 0;
    for (int p = 0; p < 4; p++)
        for (int q = p + 1; q < 4; q++)
            sum += fabs(N[p][q]);
    return sum;
}

// The unit quaternion that maximises q^T N q; returns the gap to the second largest eigenvalue.
static double quaternion_largest(double N[4][4], double q[4]) {
    double V[4][4] = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
    for (int sweep = 0; sweep < JACOBI_SWEEPS && off_diagonal(N) > 0; sweep++)
        for (int i = 0; i < 4; i++)
            for (int j = i + 1; j < 4; j++)
                jacobi_clear(N, V, i, j);
    int best = 0;
    for (int i = 1; i < 4; i++)
        best = N[i][i] > N[best][best] ? i : best;
    double gap = INFINITY;
    for (int i = 0; i < 4; i++)
        gap = i == best ? gap : fmin(gap, N[best][best] - N[i][i]);
    memcpy(q, V[best], sizeof V[best]);
    return gap;
}

// The rotation R that maximises trace(R^T M), and how well it is determined. Source: Horn 1987, "Closed-form solution
// of absolute orientation using unit quaternions", 4.
static double rotation_towards(const double M[9], double R[9]) {
    double N[4][4] = {{M[0] + M[4] + M[8], M[7] - M[5], M[2] - M[6], M[3] - M[1]},
                      {M[7] - M[5], M[0] - M[4] - M[8], M[1] + M[3], M[2] + M[6]},
                      {M[2] - M[6], M[1] + M[3], M[4] - M[0] - M[8], M[5] + M[7]},
                      {M[3] - M[1], M[2] + M[6], M[5] + M[7], M[8] - M[0] - M[4]}};
    double q[4];
    double gap = quaternion_largest(N, q);
    double w = q[0], x = q[1], y = q[2], z = q[3];
    const double rotation[9] = {
        w * w + x * x - y * y - z * z, 2 * (x * y - w * z),           2 * (x * z + w * y),
        2 * (x * y + w * z),           w * w - x * x + y * y - z * z, 2 * (y * z - w * x),
        2 * (x * z - w * y),           2 * (y * z + w * x),           w * w - x * x - y * y + z * z};
    double scale = 1 / (w * w + x * x + y * y + z * z);
    for (int i = 0; i < 9; i++)
        R[i] = scale * rotation[i];
    return gap;
}

void rig_rotation_nearest(const double M[9], double R[9]) {
    rotation_towards(M, R);
}

double rig_rotation_angle_between(const double Ra[9], const double Rb[9]) {
    double Ra_t[9], R[9], rvec[3];
    rig_mat3_transpose(Ra, Ra_t);
    rig_mat3_mul(Ra_t, Rb, R);
    rig_rotation_to_rvec(R, rvec);
    return rig_norm3(rvec);
}

static void mean_of(const double (*p)[3], int n, double mean[3]) {
    memset(mean, 0, 3 * sizeof *mean);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < 3; k++)
            mean[k] += p[i][k] / n;
}

bool rig_pose_align(const double (*a)[3], const double (*b)[3], int n, rig_pose *Rt_b_a, double *scale) {
    if (n < 3)
        return false;
    double mean_a[3], mean_b[3], M[9] = {0}, spread = 0, towards = 0;
    mean_of(a, n, mean_a);
    mean_of(b, n, mean_b);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < 9; k++) {
            double in_a = a[i][k % 3] - mean_a[k % 3], in_b = b[i][k / 3] - mean_b[k / 3];
            M[k] += in_b * in_a;
            spread += k < 3 ? in_a * in_a : 0;
        }
    rig_pose Rt;
    double gap = rotation_towards(M, Rt.R);
    for (int k = 0; k < 9; k++)
        towards += Rt.R[k] * M[k];
    if (!(gap > ON_A_LINE * towards)) // towards is the largest eigenvalue
        return false;
    double s = scale ? towards / spread : 1;
    rig_mat3_mul_vec(Rt.R, mean_a, Rt.t);
    for (int k = 0; k < 3; k++)
        Rt.t[k] = mean_b[k] - s * Rt.t[k];
    if (scale)
        *scale = s;
    *Rt_b_a = Rt;
    return true;
}
