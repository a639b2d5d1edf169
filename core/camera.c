#include "core/camera.h"

#include "core/lens.h"

#include <assert.h>
#include <string.h>

static const double COS_LEAST = 1e-9;  // of the angle from the axis: what a normalised point can hold
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

// How far a point of the plane is from a pole of its lens: at least RIG_POLE_NEAR, or the lens shows nothing there.
static inline bool near_pole(const rig_camera *camera, const rig_lens_image *image) {
    return rig_lens_is_rational(camera) && !(image->below > RIG_POLE_NEAR);
}

// theta (1 + k1 theta^2 + ... + k4 theta^8) and its derivative.
static double fisheye_angle(const double k[RIG_DIST_MAX], double theta, double *derivative) {
    const double s = theta * theta;
    *derivative = 1 + s * (3 * k[0] + s * (5 * k[1] + s * (7 * k[2] + s * 9 * k[3])));
    return theta * (1 + s * (k[0] + s * (k[1] + s * (k[2] + s * k[3]))));
}

// p as a fisheye shows it: d = (x, y) g with g = theta_d / r. Source: Kannala and Brandt 2006, as cv::fisheye has it.
static bool fisheye_project(const rig_camera *camera, const double p[3], rig_lens_image *out) {
    const double r = sqrt(p[0] * p[0] + p[1] * p[1]), distance = rig_norm3(p);
    if (!(distance > 0) || (r == 0 && p[2] < 0))
        return false;
    const double theta = atan2(r, p[2]);
    double slope, theta_d = fisheye_angle(camera->dist, theta, &slope);
    const bool near_axis = r <= NEAR_AXIS * distance && p[2] > 0;
    const double g = r > 0 ? theta_d / r : 1 / p[2];
    const double dg_dz = -slope / (distance * distance);
    const double dg_dr_by_r = near_axis ? 0 : (slope * p[2] / (distance * distance) - g) / (r * r);
    for (int axis = 0; axis < 2; axis++) {
        double *row = out->dq_dp + 3 * axis;
        out->d[axis] = p[axis] * g;
        out->q[axis] = camera->K[axis] * out->d[axis] + camera->K[2 + axis];
        for (int j = 0; j < 2; j++)
            row[j] = camera->K[axis] * (p[axis] * p[j] * dg_dr_by_r + (axis == j ? g : 0));
        row[2] = camera->K[axis] * (p[axis] * dg_dz);
        double power = r > 0 ? p[axis] / r * theta : 0;
        for (int i = 0; i < 4; i++)
            out->dd_dk[axis][i] = power *= theta * theta;
    }
    return true;
}

static bool project(const rig_camera *camera, const double p[3], bool slopes, int n_dist, rig_lens_image *out) {
    if (camera->lens == RIG_LENS_FISHEYE4)
        return fisheye_project(camera, p, out);
    if (!(p[2] > RIG_Z_LEAST))
        return false;
    rig_lens_project(camera, p, slopes, n_dist, out);
    return !near_pole(camera, out);
}

bool rig_camera_project(const rig_camera *camera, const double p[3], double q[2], double *dq_dp, double *dq_db) {
    const int n_dist = rig_lens_n_dist(camera->lens), n = 4 + n_dist;
    rig_lens_image at;
    if (!project(camera, p, dq_dp != NULL, dq_db ? n_dist : 0, &at))
        return false;
    memcpy(q, at.q, sizeof at.q);
    if (dq_dp)
        memcpy(dq_dp, at.dq_dp, sizeof at.dq_dp);
    for (int axis = 0; dq_db && axis < 2; axis++) {
        double *row = dq_db + axis * n;
        for (int j = 0; j < 4; j++)
            row[j] = j % 2 != axis ? 0 : j < 2 ? at.d[axis] : 1;
        for (int j = 0; j < n_dist; j++)
            row[4 + j] = camera->K[axis] * at.dd_dk[axis][j];
    }
    return true;
}

bool rig_camera_project_plane(const rig_camera *camera, const double n[2], double q[2], double dq_dn[4]) {
    rig_lens_image at;
    if (camera->lens == RIG_LENS_FISHEYE4) {
        const double p[3] = {n[0], n[1], 1};
        if (!fisheye_project(camera, p, &at))
            return false;
        memcpy(q, at.q, sizeof at.q);
        dq_dn[0] = at.dq_dp[0], dq_dn[1] = at.dq_dp[1], dq_dn[2] = at.dq_dp[3], dq_dn[3] = at.dq_dp[4];
        return true;
    }
    rig_lens_distort(camera, n, true, &at);
    if (near_pole(camera, &at))
        return false;
    for (int axis = 0; axis < 2; axis++) {
        q[axis] = camera->K[axis] * at.d[axis] + camera->K[2 + axis];
        dq_dn[2 * axis] = camera->K[axis] * at.dd_dn[2 * axis];
        dq_dn[2 * axis + 1] = camera->K[axis] * at.dd_dn[2 * axis + 1];
    }
    return true;
}

static inline double determinant(const double J[4]) {
    return J[0] * J[3] - J[1] * J[2];
}

// Up to n the lens maps the plane one to one, as far as samples on the way from the centre show it. Beyond a fold the
// same pixel belongs to several directions, and the one found need not be the one seen. No early end: the samples are
// reckoned side by side.
static bool pinhole_one_to_one(const rig_camera *camera, const double n[2]) {
    int folds = 0;
    for (int i = 1; i <= FOLD_SAMPLES; i++) {
        const double part = (double)i / FOLD_SAMPLES, on_way[2] = {part * n[0], part * n[1]};
        rig_lens_image at;
        rig_lens_distort(camera, on_way, true, &at);
        folds += !(determinant(at.dd_dn) > 0);
    }
    return folds == 0;
}

// Newton from the centre, where every lens is the identity; a step is halved until it comes nearer without folding.
static bool pinhole_undistort(const rig_camera *camera, const double d[2], double n[2]) {
    rig_lens_image at;
    n[0] = n[1] = 0;
    rig_lens_distort(camera, n, true, &at);
    double ex = d[0], ey = d[1], error2 = ex * ex + ey * ey;
    const double wanted = CONVERGED * (1 + sqrt(error2)), wanted2 = wanted * wanted;
    for (int i = 0; i < NEWTON_STEPS && error2 > wanted2; i++) {
        const double *J = at.dd_dn, det = determinant(J);
        double step[2] = {(J[3] * ex - J[1] * ey) / det, (J[0] * ey - J[2] * ex) / det};
        int halvings = 0;
        for (; halvings < HALVINGS; halvings++, step[0] /= 2, step[1] /= 2) {
            const double to[2] = {n[0] + step[0], n[1] + step[1]};
            rig_lens_distort(camera, to, true, &at);
            const double x = d[0] - at.d[0], y = d[1] - at.d[1];
            if (determinant(at.dd_dn) > 0 && x * x + y * y < error2)
                break;
        }
        if (halvings == HALVINGS)
            break; // a fold is in the way
        n[0] += step[0];
        n[1] += step[1];
        ex = d[0] - at.d[0];
        ey = d[1] - at.d[1];
        error2 = ex * ex + ey * ey;
    }
    return error2 <= wanted2 && !near_pole(camera, &at) && pinhole_one_to_one(camera, n);
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
    if (!(fabs(error) <= CONVERGED * (1 + theta_d)) || !(cos(theta) > COS_LEAST) || !fisheye_one_to_one(k, theta))
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
                                                  : pinhole_undistort(camera, d, found);
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
