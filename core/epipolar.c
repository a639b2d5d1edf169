#include "core/epipolar.h"

void rig_essential_from_pose(const rig_pose *Rt_b_a, double E[9]) {
    const double *t = Rt_b_a->t;
    const double cross_t[9] = {0, -t[2], t[1], t[2], 0, -t[0], -t[1], t[0], 0};
    rig_mat3_mul(cross_t, Rt_b_a->R, E);
}

static void matrix_inverse_of_K(const double K[4], double inverse[9]) {
    const double matrix[9] = {1 / K[0], 0, -K[2] / K[0], 0, 1 / K[1], -K[3] / K[1], 0, 0, 1};
    for (int i = 0; i < 9; i++)
        inverse[i] = matrix[i];
}

void rig_fundamental_from_essential(const double E[9], const double K_a[4], const double K_b[4], double F[9]) {
    double inverse_a[9], inverse_b[9], inverse_b_t[9], E_pixel[9];
    matrix_inverse_of_K(K_a, inverse_a);
    matrix_inverse_of_K(K_b, inverse_b);
    rig_mat3_transpose(inverse_b, inverse_b_t);
    rig_mat3_mul(E, inverse_a, E_pixel);
    rig_mat3_mul(inverse_b_t, E_pixel, F);
    if (F[8] != 0) {
        const double scale = 1 / F[8];
        for (int i = 0; i < 8; i++)
            F[i] *= scale;
        F[8] = 1;
    }
}

double rig_epipolar_distance(const double M[9], const double x_a[2], const double x_b[2]) {
    const double point[3] = {x_a[0], x_a[1], 1};
    double line[3];
    rig_mat3_mul_vec(M, point, line);
    double length = sqrt(line[0] * line[0] + line[1] * line[1]);
    return length > 0 ? (line[0] * x_b[0] + line[1] * x_b[1] + line[2]) / length : 0;
}
