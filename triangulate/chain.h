// A chain of points in space, each coupled with the two before it by a multiple of the identity: the normal equations
// of one joint through time, whose second differences are small. Block L D L^T with blocks of 3x3: D_i is a frame's
// block after those before are eliminated, K_i = L_i,i-1, and L_i,i-2 = c D_i-2^-1 follows from it.
#ifndef RIG_TRIANGULATE_CHAIN_H
#define RIG_TRIANGULATE_CHAIN_H

#include "core/geom.h"
#include "triangulate/point.h"

#include <string.h>

typedef struct rig_chain_frame {
    double inverse[6]; // D^-1: xx xy xz yy yz zz
    double K[9];       // row-major
    double w[3];       // D^-1 times the right side after those before are eliminated
} rig_chain_frame;

// The inverse by cofactors; zeros where rounding has left D no determinant, so that the frame stays where it is.
static inline void rig_chain_invert(const double D[6], double inverse[6]) {
    const double a = D[3] * D[5] - D[4] * D[4], b = D[2] * D[4] - D[1] * D[5], c = D[1] * D[4] - D[2] * D[3];
    const double det = D[0] * a + D[1] * b + D[2] * c, per_det = det > 0 ? 1 / det : 0;
    inverse[0] = a * per_det, inverse[1] = b * per_det, inverse[2] = c * per_det;
    inverse[3] = (D[0] * D[5] - D[2] * D[2]) * per_det;
    inverse[4] = (D[1] * D[2] - D[0] * D[4]) * per_det;
    inverse[5] = (D[0] * D[3] - D[1] * D[1]) * per_det;
}

// Append frame i: its block A (symmetric) and its right side g.
//   at    room for i + 1 frames, those before pushed already
//   b, c  times the identity: the coupling with the frame before, and with the one before that (alike for all frames)
static inline void rig_chain_push(rig_chain_frame *at, int i, const double A[6], const double g[3], double b,
                                  double c) {
    rig_chain_frame *now = &at[i];
    double D[6], y[3] = {g[0], g[1], g[2]};
    memcpy(D, A, sizeof D);
    if (i > 1) {
        const rig_chain_frame *two = &at[i - 2];
        for (int k = 0; k < 6; k++)
            D[k] -= c * c * two->inverse[k];
        for (int k = 0; k < 3; k++)
            y[k] -= c * two->w[k];
    }
    if (i > 0) {
        const rig_chain_frame *one = &at[i - 1];
        double M[9], *K = now->K; // M = K D_i-1
        for (int r = 0; r < 3; r++)
            for (int k = 0; k < 3; k++)
                M[3 * r + k] = (r == k ? b : 0) - (i > 1 ? c * one->K[3 * k + r] : 0);
        for (int r = 0; r < 3; r++) {
            rig_sym3_mul(one->inverse, M + 3 * r, K + 3 * r);
            y[r] -= M[3 * r] * one->w[0] + M[3 * r + 1] * one->w[1] + M[3 * r + 2] * one->w[2];
        }
        for (int r = 0, k = 0; r < 3; r++)
            for (int q = r; q < 3; q++, k++)
                D[k] -= K[3 * r] * M[3 * q] + K[3 * r + 1] * M[3 * q + 1] + K[3 * r + 2] * M[3 * q + 2];
    }
    rig_chain_invert(D, now->inverse);
    rig_sym3_mul(now->inverse, y, now->w);
}

// Where frame i of n goes; x of the frames behind it is known.
static inline void rig_chain_back(const rig_chain_frame *at, int n, int i, double c, double (*x)[3]) {
    double behind[3];
    memcpy(x[i], at[i].w, sizeof x[i]);
    if (i + 1 < n) {
        const double *K = at[i + 1].K, *y = x[i + 1];
        for (int k = 0; k < 3; k++)
            x[i][k] -= K[k] * y[0] + K[3 + k] * y[1] + K[6 + k] * y[2];
    }
    if (i + 2 < n) {
        rig_sym3_mul(at[i].inverse, x[i + 2], behind);
        for (int k = 0; k < 3; k++)
            x[i][k] -= c * behind[k];
    }
}

// The covariance of frame i, and what those before need of it: blocks of the inverse of all, row-major. Source:
// Takahashi, Fagan and Chin 1973.
typedef struct rig_chain_spread {
    double now[9], next[9], across[9]; // frames i, i + 1, and i with i + 1
} rig_chain_spread;

// From frame i + 1 (zeros where i is the last) to frame i of n.
static inline void rig_chain_spread_back(const rig_chain_frame *at, int n, int i, double c, rig_chain_spread *of) {
    const double *D = at[i].inverse, inverse[9] = {D[0], D[1], D[2], D[1], D[3], D[4], D[2], D[4], D[5]};
    const rig_chain_spread was = *of;
    double K[9] = {0}, Kt[9], two[9], a[9], b[9], far[9];
    if (i + 1 < n)
        memcpy(K, at[i + 1].K, sizeof K);
    rig_mat3_transpose(K, Kt);
    for (int k = 0; k < 9; k++)
        two[k] = i + 2 < n ? c * inverse[k] : 0;
    // across = -(K^T now + two across^T), far = -(K^T across + two next)
    double across_t[9];
    rig_mat3_transpose(was.across, across_t);
    rig_mat3_mul(Kt, was.now, a), rig_mat3_mul(two, across_t, b);
    for (int k = 0; k < 9; k++)
        of->across[k] = -(a[k] + b[k]);
    rig_mat3_mul(Kt, was.across, a), rig_mat3_mul(two, was.next, b);
    for (int k = 0; k < 9; k++)
        far[k] = -(a[k] + b[k]);
    rig_mat3_mul(of->across, K, a), rig_mat3_mul(far, two, b);
    for (int k = 0; k < 9; k++)
        a[k] = inverse[k] - a[k] - b[k];
    for (int r = 0; r < 3; r++) // what rounding leaves unsymmetric would grow from frame to frame
        for (int k = 0; k < 3; k++)
            of->now[3 * r + k] = (a[3 * r + k] + a[3 * k + r]) / 2;
    memcpy(of->next, was.now, sizeof of->next);
}

#endif
