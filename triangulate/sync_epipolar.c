#include "triangulate/sync_epipolar.h"

#include "core/geom.h"
#include "core/linalg.h"

double rig_sampson_distance(const double F[9], const double a[2], const double b[2]) {
    const double l0 = F[0] * a[0] + F[1] * a[1] + F[2], l1 = F[3] * a[0] + F[4] * a[1] + F[5];
    const double l2 = F[6] * a[0] + F[7] * a[1] + F[8];
    const double m0 = F[0] * b[0] + F[3] * b[1] + F[6], m1 = F[1] * b[0] + F[4] * b[1] + F[7];
    const double g2 = l0 * l0 + l1 * l1 + m0 * m0 + m1 * m1;
    return g2 > 0 ? (b[0] * l0 + b[1] * l1 + l2) / sqrt(g2) : 0;
}

void rig_eight_point_add(rig_eight_point *s, const double a[2], const double b[2], double weight) {
    const double x[3] = {(a[0] - s->centre[0][0]) * s->scale[0], (a[1] - s->centre[0][1]) * s->scale[0], 1};
    const double y[3] = {(b[0] - s->centre[1][0]) * s->scale[1], (b[1] - s->centre[1][1]) * s->scale[1], 1};
    double row[9];
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            row[3 * i + j] = y[i] * x[j];
    double *m = s->moments;
    for (int i = 0; i < 9; i++)
        for (int j = 0; j <= i; j++)
            *m++ += weight * row[i] * row[j];
}

bool rig_eight_point_solve(const rig_eight_point *s, double F[9]) {
    double A[81], values[9];
    const double *m = s->moments;
    for (int i = 0; i < 9; i++)
        for (int j = 0; j <= i; j++)
            A[9 * i + j] = A[9 * j + i] = *m++;
    if (!rig_eigen_sym(A, 9, values))
        return false;
    const double *f = A; // of the least eigenvalue
    const double T_a[9] = {
        s->scale[0], 0, -s->scale[0] * s->centre[0][0], 0, s->scale[0], -s->scale[0] * s->centre[0][1], 0, 0, 1};
    const double T_b[9] = {
        s->scale[1], 0, -s->scale[1] * s->centre[1][0], 0, s->scale[1], -s->scale[1] * s->centre[1][1], 0, 0, 1};
    double T_bt[9], half[9], norm = 0;
    rig_mat3_transpose(T_b, T_bt);
    rig_mat3_mul(f, T_a, half);
    rig_mat3_mul(T_bt, half, F);
    for (int i = 0; i < 9; i++)
        norm += F[i] * F[i];
    for (int i = 0; i < 9; i++)
        F[i] /= sqrt(norm);
    return isfinite(norm) && norm > 0;
}
