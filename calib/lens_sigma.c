#include "calib/lens_sigma.h"

#include "core/geom.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum { COLS = 9, ROWS = 7, POINTS = COLS * ROWS, B = RIG_INTRINSICS_MAX };

static const double MISSED_MOST = 0.5; // of the picture's pixels: a barrel lens may fold out there

typedef struct samples {
    int n, n_columns;
    double q[POINTS][2], v[POINTS][3]; // pixels that the lens reaches, and their directions
    double J[POINTS][2][B];            // columns that a turn of the camera may take up
    double T[POINTS][2][3];            // by a turn of the camera
} samples;

// False where the lens does not reach enough of the picture.
static bool sample(const rig_camera *camera, samples *s) {
    s->n = 0;
    for (int k = 0; k < POINTS; k++) {
        double *q = s->q[s->n], *v = s->v[s->n], back[2], dq_dp[6];
        q[0] = (camera->width - 1.0) * (k % COLS) / (COLS - 1);
        q[1] = (camera->height - 1.0) * (k / COLS) / (ROWS - 1);
        v[2] = 1;
        if (!rig_camera_unproject(camera, q, v) || !rig_camera_project(camera, v, back, dq_dp, NULL))
            continue;
        for (int axis = 0; axis < 2; axis++)
            rig_cross3(v, dq_dp + 3 * axis, s->T[s->n][axis]); // a . (w x v) = w . (v x a)
        s->n++;
    }
    return camera->lens == RIG_LENS_FISHEYE4 || POINTS - s->n <= MISSED_MOST * POINTS;
}

// J -= T (T^T T)^-1 T^T J: what is left when the camera turns after the lens as well as it can.
static bool take_out_turn(samples *s) {
    double N[9] = {0}, inverse[9], R[3][B] = {{0}};
    for (int p = 0; p < 2 * s->n; p++) {
        const double *t = s->T[p / 2][p % 2], *j = s->J[p / 2][p % 2];
        for (int a = 0; a < 3; a++) {
            for (int b = 0; b < 3; b++)
                N[3 * a + b] += t[a] * t[b];
            for (int i = 0; i < s->n_columns; i++)
                R[a][i] += t[a] * j[i];
        }
    }
    if (s->n < 2 || !rig_mat3_invert(N, inverse))
        return false;
    for (int p = 0; p < 2 * s->n; p++) {
        const double *t = s->T[p / 2][p % 2];
        for (int a = 0; a < 3; a++) {
            const double u = t[0] * inverse[a] + t[1] * inverse[3 + a] + t[2] * inverse[6 + a];
            for (int i = 0; i < s->n_columns; i++)
                s->J[p / 2][p % 2][i] -= u * R[a][i];
        }
    }
    return true;
}

double rig_lens_sigma_px(const rig_camera *camera, const double *C, int stride, unsigned held) {
    const int n = 4 + rig_lens_n_dist(camera->lens);
    samples s;
    double most = 0;
    if (!sample(camera, &s))
        return INFINITY;
    s.n_columns = 0;
    for (int i = 0; i < n; i++)
        s.n_columns += !(held >> i & 1);
    for (int p = 0; p < s.n; p++) {
        double q[2], dq_db[2 * B];
        rig_camera_project(camera, s.v[p], q, NULL, dq_db);
        for (int axis = 0; axis < 2; axis++)
            for (int i = 0, to = 0; i < n; i++)
                if (!(held >> i & 1))
                    s.J[p][axis][to++] = dq_db[n * axis + i];
    }
    if (!take_out_turn(&s))
        return 0;
    for (int p = 0; p < s.n; p++) {
        double variance = 0;
        for (int axis = 0; axis < 2; axis++)
            for (int i = 0; i < s.n_columns; i++)
                for (int j = 0; j < s.n_columns; j++)
                    variance += s.J[p][axis][i] * C[stride * i + j] * s.J[p][axis][j];
        most = fmax(most, variance);
    }
    return sqrt(most);
}

double rig_lens_apart_px(const rig_camera *a, const rig_camera *b) {
    samples s;
    double most = 0;
    if (!sample(a, &s))
        return INFINITY;
    s.n_columns = 1;
    for (int p = 0; p < s.n; p++) {
        double q[2];
        if (!rig_camera_project(b, s.v[p], q, NULL, NULL))
            return INFINITY;
        for (int axis = 0; axis < 2; axis++)
            s.J[p][axis][0] = q[axis] - s.q[p][axis];
    }
    if (!take_out_turn(&s))
        return 0;
    for (int p = 0; p < s.n; p++)
        most = fmax(most, hypot(s.J[p][0][0], s.J[p][1][0]));
    return most;
}

static const double KNOWN = 0.02; // of the picture's diagonal
const double rig_corner_sigma_least_px = 0.05;

static const char *name_of(rig_lens lens, int i) {
    static const char *const PINHOLE[RIG_INTRINSICS_MAX] = {"fx", "fy", "cx", "cy", "k1", "k2", "p1", "p2",
                                                            "k3", "k4", "k5", "k6", "s1", "s2", "s3", "s4"};
    static const char *const FISHEYE[8] = {"fx", "fy", "cx", "cy", "k1", "k2", "k3", "k4"};
    return lens == RIG_LENS_FISHEYE4 ? FISHEYE[i] : PINHOLE[i];
}

static rig_status open_report(const rig_bundle_report *report, int c, unsigned held, bool lens_known,
                              rig_view_camera *camera, rig_arena *out, rig_err *err) {
    const rig_lens lens = camera->camera.lens;
    const char *names = "";
    bool pose = false;
    for (int i = 0, at = report->at_lens[c]; at >= 0 && names && i < 4 + rig_lens_n_dist(lens); i++)
        if (!(held >> i & 1) && report->open[at++] && !lens_known)
            names = rig_arena_printf(out, "%s%s%s", names, *names ? " " : "", name_of(lens, i));
    for (int k = 0; k < 6 && report->at_pose[c] >= 0; k++)
        pose |= report->open[report->at_pose[c] + k];
    if (pose && names)
        names = rig_arena_printf(out, "%s%spose", names, *names ? " " : "");
    if (!names)
        return rig_fail_memory(err, "undetermined numbers");
    camera->undetermined = *names ? names : NULL;
    return RIG_OK;
}

// Coefficients that make up for each other are open, and the lens may be known all the same.
rig_status rig_lens_sigma_report(const rig_bundle_report *report, int c, unsigned held, rig_view_camera *camera,
                                 const rig_camera *other, rig_arena *out, rig_err *err) {
    if (!report->open)
        return RIG_OK;
    bool known = false;
    if (report->covariance && report->at_lens[c] >= 0) {
        const double *C = report->covariance + (ptrdiff_t)report->at_lens[c] * (report->n_free + 1);
        camera->edge_sigma_px = fmax(sqrt(report->variance_px2), rig_corner_sigma_least_px) *
                                rig_lens_sigma_px(&camera->camera, C, report->n_free, held);
        if (other)
            camera->edge_sigma_px = fmax(camera->edge_sigma_px, rig_lens_apart_px(&camera->camera, other));
        known = camera->edge_sigma_px < KNOWN * hypot(camera->camera.width, camera->camera.height);
        if (!known)
            camera->warnings[camera->n_warnings++] = "edge";
    }
    return open_report(report, c, held, known, camera, out, err);
}
