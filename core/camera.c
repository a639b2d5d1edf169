#include "core/camera.h"

#include <assert.h>
#include <string.h>

static const double Z_LEAST = 1e-9;    // m; and of cos(angle): what a normalised point can hold
static const double CONVERGED = 1e-12; // of the normalised image plane
static const double NEAR_AXIS = 1e-8;  // radius over distance: below, the second order is nothing
enum { NEWTON_STEPS = 60, HALVINGS = 30, FOLD_SAMPLES = 32 };

static const struct {
    const char *name;
    int n_dist;
} lenses[RIG_LENS_COUNT] = {
    [RIG_LENS_PINHOLE0] = {"pinhole0", 0}, [RIG_LENS_PINHOLE2] = {"pinhole2", 2},
    [RIG_LENS_PINHOLE4] = {"pinhole4", 4}, [RIG_LENS_PINHOLE5] = {"pinhole5", 5},
    [RIG_LENS_PINHOLE8] = {"pinhole8", 8}, [RIG_LENS_PINHOLE12] = {"pinhole12", 12},
    [RIG_LENS_FISHEYE4] = {"fisheye4", 4},
};

const char *rig_lens_name(rig_lens lens) {
    assert(lens < RIG_LENS_COUNT);
    return lenses[lens].name;
}

bool rig_lens_from_name(const char *name, rig_lens *lens) {
    for (int i = 0; i < RIG_LENS_COUNT; i++)
        if (strcmp(lenses[i].name, name) == 0) {
            *lens = (rig_lens)i;
            return true;
        }
    return false;
}

int rig_lens_n_dist(rig_lens lens) {
    assert(lens < RIG_LENS_COUNT);
    return lenses[lens].n_dist;
}

// Where a lens puts a point on the plane z = 1, before K, and how that moves.
typedef struct distorted {
    double d[2];
    double dd_dp[6]; // 2x3; for the pinhole only the first two columns of each row, d d / d n
    double dd_dk[2][RIG_DIST_MAX];
} distorted;

// n distorted: radial rational, tangential, thin prism, and J = dd/dn, 2x2. Source: OpenCV's calib3d documentation,
// "Detailed description".
static inline void pinhole_map(const double k[RIG_DIST_MAX], const double n[2], double d[2], double J[4]) {
    const double x = n[0], y = n[1], s = x * x + y * y, s2 = s * s, s3 = s2 * s;
    const double above = 1 + k[0] * s + k[1] * s2 + k[4] * s3, below = 1 + k[5] * s + k[6] * s2 + k[7] * s3;
    const double per_below = 1 / below, radial = above * per_below;
    const double d_above = k[0] + 2 * k[1] * s + 3 * k[4] * s2, d_below = k[5] + 2 * k[6] * s + 3 * k[7] * s2;
    const double d_radial = (d_above - radial * d_below) * per_below; // by s
    d[0] = x * radial + 2 * k[2] * x * y + k[3] * (s + 2 * x * x) + k[8] * s + k[9] * s2;
    d[1] = y * radial + k[2] * (s + 2 * y * y) + 2 * k[3] * x * y + k[10] * s + k[11] * s2;

    const double cross = 2 * x * y * d_radial + 2 * k[2] * x + 2 * k[3] * y;
    const double prism_x = 2 * (k[8] + 2 * k[9] * s), prism_y = 2 * (k[10] + 2 * k[11] * s); // times x or y
    J[0] = radial + 2 * x * x * d_radial + 2 * k[2] * y + 6 * k[3] * x + prism_x * x;
    J[1] = cross + prism_x * y;
    J[2] = cross + prism_y * x;
    J[3] = radial + 2 * y * y * d_radial + 6 * k[2] * y + 2 * k[3] * x + prism_y * y;
}

static inline bool pinhole_has_pole(const double k[RIG_DIST_MAX], const double n[2]) {
    const double s = n[0] * n[0] + n[1] * n[1];
    return !(1 + s * (k[5] + s * (k[6] + s * k[7])) > RIG_POLE_NEAR);
}

static void pinhole_distort(const double k[RIG_DIST_MAX], const double n[2], bool with_dk, distorted *out) {
    const double x = n[0], y = n[1], s = x * x + y * y, s2 = s * s, s3 = s2 * s;
    const double above = 1 + k[0] * s + k[1] * s2 + k[4] * s3, below = 1 + k[5] * s + k[6] * s2 + k[7] * s3;
    const double radial = above / below;
    double J[4];
    pinhole_map(k, n, out->d, J);
    for (int i = 0; i < 4; i++)
        out->dd_dp[i / 2 * 3 + i % 2] = J[i];
    if (!with_dk)
        return;
    const double power[3] = {s, s2, s3};
    const int above_at[3] = {0, 1, 4};
    for (int axis = 0; axis < 2; axis++) {
        double *dk = out->dd_dk[axis];
        for (int i = 0; i < 3; i++) {
            dk[above_at[i]] = n[axis] * power[i] / below;
            dk[5 + i] = -dk[above_at[i]] * radial;
        }
        dk[2 + axis] = 2 * x * y;
        dk[3 - axis] = s + 2 * n[axis] * n[axis];
        for (int i = 8; i < 12; i++)
            dk[i] = i / 2 - 4 == axis ? power[i % 2] : 0;
    }
}

// theta (1 + k1 theta^2 + ... + k4 theta^8) and its derivative.
static double fisheye_angle(const double k[RIG_DIST_MAX], double theta, double *derivative) {
    const double s = theta * theta;
    *derivative = 1 + s * (3 * k[0] + s * (5 * k[1] + s * (7 * k[2] + s * 9 * k[3])));
    return theta * (1 + s * (k[0] + s * (k[1] + s * (k[2] + s * k[3]))));
}

// p distorted: d = (x, y) g with g = theta_d / r. Source: Kannala and Brandt 2006, as cv::fisheye has it.
static bool fisheye_distort(const double k[RIG_DIST_MAX], const double p[3], distorted *out) {
    const double r = sqrt(p[0] * p[0] + p[1] * p[1]), distance = rig_norm3(p);
    if (!(distance > 0) || (r == 0 && p[2] < 0))
        return false;
    const double theta = atan2(r, p[2]);
    double slope, theta_d = fisheye_angle(k, theta, &slope);
    const bool near_axis = r <= NEAR_AXIS * distance && p[2] > 0;
    const double g = r > 0 ? theta_d / r : 1 / p[2];
    const double dg_dz = -slope / (distance * distance);
    const double dg_dr_by_r = near_axis ? 0 : (slope * p[2] / (distance * distance) - g) / (r * r);
    for (int axis = 0; axis < 2; axis++) {
        out->d[axis] = p[axis] * g;
        for (int j = 0; j < 2; j++)
            out->dd_dp[3 * axis + j] = p[axis] * p[j] * dg_dr_by_r + (axis == j ? g : 0);
        out->dd_dp[3 * axis + 2] = p[axis] * dg_dz;
        double power = r > 0 ? p[axis] / r * theta : 0;
        for (int i = 0; i < 4; i++)
            out->dd_dk[axis][i] = power *= theta * theta;
    }
    return true;
}

static bool distort(const rig_camera *camera, const double p[3], bool with_dk, distorted *out) {
    if (camera->lens == RIG_LENS_FISHEYE4)
        return fisheye_distort(camera->dist, p, out);
    if (!(p[2] > Z_LEAST))
        return false;
    const double per_z = 1 / p[2], n[2] = {p[0] * per_z, p[1] * per_z};
    if (pinhole_has_pole(camera->dist, n))
        return false;
    pinhole_distort(camera->dist, n, with_dk, out);
    for (double *row = out->dd_dp; row < out->dd_dp + 6; row += 3) { // dn/dp = (I, -n) / z
        row[0] *= per_z;
        row[1] *= per_z;
        row[2] = -row[0] * n[0] - row[1] * n[1];
    }
    return true;
}

bool rig_camera_project(const rig_camera *camera, const double p[3], double q[2], double *dq_dp, double *dq_db) {
    distorted at;
    if (!distort(camera, p, dq_db != NULL, &at))
        return false;
    const double *focal = camera->K, *centre = camera->K + 2;
    const int n_dist = rig_lens_n_dist(camera->lens), n = 4 + n_dist;
    for (int axis = 0; axis < 2; axis++) {
        q[axis] = focal[axis] * at.d[axis] + centre[axis];
        for (int j = 0; dq_dp && j < 3; j++)
            dq_dp[3 * axis + j] = focal[axis] * at.dd_dp[3 * axis + j];
        if (!dq_db)
            continue;
        double *row = dq_db + axis * n;
        for (int j = 0; j < 4; j++)
            row[j] = j % 2 != axis ? 0 : j < 2 ? at.d[axis] : 1;
        for (int j = 0; j < n_dist; j++)
            row[4 + j] = focal[axis] * at.dd_dk[axis][j];
    }
    return true;
}

bool rig_camera_project_plane(const rig_camera *camera, const double n[2], double q[2], double dq_dn[4]) {
    double d[2], J[4];
    if (camera->lens == RIG_LENS_FISHEYE4) {
        const double p[3] = {n[0], n[1], 1};
        distorted at;
        if (!fisheye_distort(camera->dist, p, &at))
            return false;
        memcpy(d, at.d, sizeof d);
        J[0] = at.dd_dp[0], J[1] = at.dd_dp[1], J[2] = at.dd_dp[3], J[3] = at.dd_dp[4];
    } else {
        if (pinhole_has_pole(camera->dist, n))
            return false;
        pinhole_map(camera->dist, n, d, J);
    }
    for (int axis = 0; axis < 2; axis++) {
        q[axis] = camera->K[axis] * d[axis] + camera->K[2 + axis];
        dq_dn[2 * axis] = camera->K[axis] * J[2 * axis];
        dq_dn[2 * axis + 1] = camera->K[axis] * J[2 * axis + 1];
    }
    return true;
}

static inline double determinant(const double J[4]) {
    return J[0] * J[3] - J[1] * J[2];
}

// Up to n the lens maps the plane one to one, as far as samples on the way from the centre show it. Beyond a fold the
// same pixel belongs to several directions, and the one found need not be the one seen. No early end: the samples are
// reckoned side by side.
static bool pinhole_one_to_one(const double k[RIG_DIST_MAX], const double n[2]) {
    int folds = 0;
    for (int i = 1; i <= FOLD_SAMPLES; i++) {
        const double part = (double)i / FOLD_SAMPLES, on_way[2] = {part * n[0], part * n[1]};
        double d[2], J[4];
        pinhole_map(k, on_way, d, J);
        folds += !(determinant(J) > 0);
    }
    return folds == 0;
}

// Newton from the centre, where every lens is the identity; a step is halved until it comes nearer without folding.
static bool pinhole_undistort(const double k[RIG_DIST_MAX], const double d[2], double n[2]) {
    double at[2], J[4];
    n[0] = n[1] = 0;
    pinhole_map(k, n, at, J);
    double ex = d[0], ey = d[1], error2 = ex * ex + ey * ey;
    const double wanted = CONVERGED * (1 + sqrt(error2)), wanted2 = wanted * wanted;
    for (int i = 0; i < NEWTON_STEPS && error2 > wanted2; i++) {
        const double det = determinant(J);
        double step[2] = {(J[3] * ex - J[1] * ey) / det, (J[0] * ey - J[2] * ex) / det};
        int halvings = 0;
        for (; halvings < HALVINGS; halvings++, step[0] /= 2, step[1] /= 2) {
            const double to[2] = {n[0] + step[0], n[1] + step[1]};
            pinhole_map(k, to, at, J);
            const double x = d[0] - at[0], y = d[1] - at[1];
            if (determinant(J) > 0 && x * x + y * y < error2)
                break;
        }
        if (halvings == HALVINGS)
            break; // a fold is in the way
        n[0] += step[0];
        n[1] += step[1];
        ex = d[0] - at[0];
        ey = d[1] - at[1];
        error2 = ex * ex + ey * ey;
    }
    return error2 <= wanted2 && !pinhole_has_pole(k, n) && pinhole_one_to_one(k, n);
}

static bool fisheye_one_to_one(const double k[RIG_DIST_MAX], double theta) {
    for (int i = 1; i <= FOLD_SAMPLES; i++) {
        double slope;
        fisheye_angle(k, theta * i / FOLD_SAMPLES, &slope);
        if (!(slope > 0))
            return false;
    }
    return true;
}

static bool fisheye_undistort(const double k[RIG_DIST_MAX], const double d[2], double n[2]) {
    const double theta_d = hypot(d[0], d[1]);
    double theta = 0, slope = 1, error = theta_d;
    for (int i = 0; i < NEWTON_STEPS && error != 0; i++) {
        double step = error / slope, to_slope = 0, to_error = error;
        int halvings = 0;
        for (; halvings < HALVINGS; halvings++, step /= 2) {
            to_error = theta_d - fisheye_angle(k, theta + step, &to_slope);
            if (to_slope > 0 && fabs(to_error) < fabs(error))
                break;
        }
        if (halvings == HALVINGS)
            break;
        theta += step;
        slope = to_slope;
        error = to_error;
    }
    if (!(fabs(error) <= CONVERGED * (1 + theta_d)) || !(cos(theta) > Z_LEAST) || !fisheye_one_to_one(k, theta))
        return false;
    const double scale = theta_d > 0 ? tan(theta) / theta_d : 1;
    n[0] = d[0] * scale;
    n[1] = d[1] * scale;
    return true;
}

bool rig_camera_unproject(const rig_camera *camera, const double q[2], double n[2]) {
    const double d[2] = {(q[0] - camera->K[2]) / camera->K[0], (q[1] - camera->K[3]) / camera->K[1]};
    double found[2];
    if (camera->lens == RIG_LENS_PINHOLE0) {
        memcpy(n, d, sizeof d);
        return true;
    }
    bool done = camera->lens == RIG_LENS_FISHEYE4 ? fisheye_undistort(camera->dist, d, found)
                                                  : pinhole_undistort(camera->dist, d, found);
    if (done)
        memcpy(n, found, sizeof found);
    return done;
}

rig_camera rig_camera_rescale(const rig_camera *camera, int width, int height) {
    rig_camera scaled = *camera;
    const double scale[2] = {(double)width / camera->width, (double)height / camera->height};
    scaled.width = width;
    scaled.height = height;
    for (int axis = 0; axis < 2; axis++) {
        scaled.K[axis] *= scale[axis];
        scaled.K[2 + axis] = (camera->K[2 + axis] + 0.5) * scale[axis] - 0.5;
    }
    return scaled;
}
