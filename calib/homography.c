#include "calib/homography.h"

#include "core/linalg.h"

// The similarity that centres points and gives them a mean distance of sqrt(2): x' = s (x - c).
typedef struct similarity {
    double s, c[2];
} similarity;

static bool normalise(const double (*a)[2], int n, similarity *to) {
    double c[2] = {0, 0}, d = 0;
    for (int i = 0; i < n; i++)
        c[0] += a[i][0] / n, c[1] += a[i][1] / n;
    for (int i = 0; i < n; i++)
        d += hypot(a[i][0] - c[0], a[i][1] - c[1]) / n;
    *to = (similarity){sqrt(2) / d, {c[0], c[1]}};
    return d > 0 && isfinite(to->s);
}

static void moved(const similarity *to, const double a[2], double b[2]) {
    for (int k = 0; k < 2; k++)
        b[k] = to->s * (a[k] - to->c[k]);
}

// The rows of the inhomogeneous system (H[8] = 1) for one pair, added to its normal equations.
static void add_pair(double N[64], double g[8], const double a[2], const double b[2], double w) {
    double rows[2][8] = {{a[0], a[1], 1, 0, 0, 0, -b[0] * a[0], -b[0] * a[1]},
                         {0, 0, 0, a[0], a[1], 1, -b[1] * a[0], -b[1] * a[1]}};
    for (int r = 0; r < 2; r++)
        for (int i = 0; i < 8; i++) {
            g[i] += w * rows[r][i] * b[r];
            for (int j = 0; j <= i; j++)
                N[8 * i + j] += w * rows[r][i] * rows[r][j];
        }
}

static bool fit_weighted(const double (*a)[2], const double (*b)[2], int n, const double *w, double H[9]) {
    similarity ta, tb;
    if (!normalise(a, n, &ta) || !normalise(b, n, &tb))
        return false;
    double N[64] = {0}, g[9] = {0};
    for (int i = 0; i < n; i++) {
        double an[2], bn[2];
        moved(&ta, a[i], an);
        moved(&tb, b[i], bn);
        add_pair(N, g, an, bn, w[i]);
    }
    if (!rig_cholesky(N, 8))
        return false;
    for (int i = 0; i < 8; i++) // a pivot that is rounding error: the points leave H open
        if (!(N[9 * i] > 1e-6))
            return false;
    rig_cholesky_solve(N, 8, g, 1);
    g[8] = 1;
    double A[9] = {ta.s, 0, -ta.s * ta.c[0], 0, ta.s, -ta.s * ta.c[1], 0, 0, 1};
    double B[9] = {1 / tb.s, 0, tb.c[0], 0, 1 / tb.s, tb.c[1], 0, 0, 1}, GA[9];
    rig_mat3_mul(g, A, GA);
    rig_mat3_mul(B, GA, H);
    double scale = H[8];
    for (int i = 0; i < 9; i++)
        H[i] /= scale;
    return isfinite(rig_mat3_det(H));
}

static double distance(const double H[9], const double a[2], const double b[2]) {
    double z = H[6] * a[0] + H[7] * a[1] + H[8];
    double dx = (H[0] * a[0] + H[1] * a[1] + H[2]) / z - b[0], dy = (H[3] * a[0] + H[4] * a[1] + H[5]) / z - b[1];
    double d = sqrt(dx * dx + dy * dy);
    return isfinite(d) ? d : 1e30;
}

// The median, by halving the interval that holds it: no workspace, and as exact as weights need.
static double median(const double *d, int n, double high) {
    double low = 0;
    for (int round = 0; round < 12; round++) {
        double middle = (low + high) / 2;
        int below = 0;
        for (int i = 0; i < n; i++)
            below += d[i] < middle;
        *(2 * below < n ? &low : &high) = middle;
    }
    return high;
}

bool rig_homography_fit(const double (*a)[2], const double (*b)[2], int n, double *w, double H[9]) {
    enum { ROUNDS = 8 };
    const double CLEAN =
        6; // largest over median distance: noise and lens distortion stay below, a wrong corner does not
    for (int i = 0; i < n; i++)
        w[i] = 1;
    if (n < 4 || !fit_weighted(a, b, n, w, H))
        return false;
    for (int round = 0; round < ROUNDS && n > 4; round++) {
        double largest = 0;
        for (int i = 0; i < n; i++) {
            w[i] = distance(H, a[i], b[i]);
            largest = fmax(largest, w[i]);
        }
        double scale = median(w, n, largest);
        if (largest <= CLEAN * scale)
            break;
        for (int i = 0; i < n; i++)
            w[i] = 1 / (1 + w[i] * w[i] / (4 * scale * scale));
        if (!fit_weighted(a, b, n, w, H))
            return false;
    }
    return true;
}

bool rig_homography_pose(const double H[9], rig_pose *Rt_cam_plane) {
    double x[3] = {H[0], H[3], H[6]}, y[3] = {H[1], H[4], H[7]}, z[3];
    double scale = sqrt(rig_norm3(x) * rig_norm3(y));
    if (!(scale > 0) || !isfinite(scale))
        return false;
    for (int i = 0; i < 3; i++) {
        x[i] /= scale, y[i] /= scale;
        Rt_cam_plane->t[i] = H[3 * i + 2] / scale;
    }
    rig_cross3(x, y, z);
    double M[9] = {x[0], y[0], z[0], x[1], y[1], z[1], x[2], y[2], z[2]};
    if (!(rig_mat3_det(M) > 0))
        return false;
    rig_rotation_nearest(M, Rt_cam_plane->R);
    return true;
}

rig_pose rig_plane_pose_mirrored(const rig_pose *Rt_cam_plane, const double centre[3]) {
    double c[3], v[3];
    rig_pose_apply(Rt_cam_plane, centre, c);
    double d = rig_norm3(c);
    for (int i = 0; i < 3; i++)
        v[i] = d > 0 ? c[i] / d : i == 2;
    // A half turn about v after a half turn about the plane's normal: columns x, y mirrored on v's plane, z turned.
    rig_pose m = *Rt_cam_plane;
    for (int j = 0; j < 3; j++) {
        double a[3] = {m.R[j], m.R[3 + j], m.R[6 + j]}, along = 2 * rig_dot3(a, v), sign = j < 2 ? 1 : -1;
        for (int i = 0; i < 3; i++)
            m.R[3 * i + j] = sign * (a[i] - along * v[i]);
    }
    double turned[3];
    rig_mat3_mul_vec(m.R, centre, turned);
    for (int i = 0; i < 3; i++)
        m.t[i] = c[i] - turned[i];
    return m;
}
