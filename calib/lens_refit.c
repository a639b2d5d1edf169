#include "calib/lens_refit.h"

#include "core/linalg.h"
#include "core/lm.h"

#include <math.h>
#include <string.h>

enum { EDGE = 33, PIXELS = EDGE * EDGE, APART_EDGE = 17, ITERATIONS = 200 };
static const double FOLD = 1e-6; // of a normalised point: farther than this off its own is another branch of the lens

typedef struct fit {
    int n, n_numbers; // rays; of the lens: K and coefficients
    double rays[PIXELS][2], q[PIXELS][2];
    rig_camera at, tried;
    double H[RIG_INTRINSICS_MAX * RIG_INTRINSICS_MAX], g[RIG_INTRINSICS_MAX];
} fit;

// The i-th of edge x edge pixels, from border to border.
static void grid_pixel(const rig_camera *camera, int edge, int i, double q[2]) {
    q[0] = (camera->width - 1.0) * (i % edge) / (edge - 1.0);
    q[1] = (camera->height - 1.0) * (i / edge) / (edge - 1.0);
}

static double *number_at(rig_camera *camera, int i) {
    return i < 4 ? &camera->K[i] : &camera->dist[i - 4];
}

static double cost_of(const fit *f, const rig_camera *camera) {
    double cost = 0;
    for (int i = 0; i < f->n; i++) {
        double q[2];
        if (!rig_camera_project(camera, (const double[]){f->rays[i][0], f->rays[i][1], 1}, q, NULL, NULL))
            return INFINITY;
        cost += 0.5 * (pow(q[0] - f->q[i][0], 2) + pow(q[1] - f->q[i][1], 2));
    }
    return cost;
}

static double linearize(void *self) {
    fit *f = self;
    const int n = f->n_numbers;
    double J[2 * RIG_INTRINSICS_MAX], q[2], cost = 0;
    memset(f->H, 0, sizeof f->H);
    memset(f->g, 0, sizeof f->g);
    for (int i = 0; i < f->n; i++) {
        if (!rig_camera_project(&f->at, (const double[]){f->rays[i][0], f->rays[i][1], 1}, q, NULL, J))
            return INFINITY;
        const double x[2] = {q[0] - f->q[i][0], q[1] - f->q[i][1]};
        rig_syrk_add(f->H, n, J, 2, 1);
        for (int k = 0; k < n; k++)
            f->g[k] += J[k] * x[0] + J[n + k] * x[1];
        cost += 0.5 * (x[0] * x[0] + x[1] * x[1]);
    }
    return cost;
}

static double solve(void *self, double lambda) {
    fit *f = self;
    const int n = f->n_numbers;
    double A[RIG_INTRINSICS_MAX * RIG_INTRINSICS_MAX], step[RIG_INTRINSICS_MAX], gain = 0;
    memcpy(A, f->H, (size_t)(n * n) * sizeof *A);
    for (int k = 0; k < n; k++) {
        A[k * n + k] += lambda * f->H[k * n + k];
        step[k] = -f->g[k];
    }
    if (!rig_cholesky(A, n))
        return -1;
    rig_cholesky_solve(A, n, step, 1);
    f->tried = f->at;
    for (int k = 0; k < n; k++) {
        *number_at(&f->tried, k) += step[k];
        gain += 0.5 * step[k] * (lambda * f->H[k * n + k] * step[k] - f->g[k]);
    }
    return gain;
}

static double try_step(void *self) {
    const fit *f = self;
    return cost_of(f, &f->tried);
}

static void accept(void *self) {
    fit *f = self;
    f->at = f->tried;
}

static void reject(void *self) {
    (void)self;
}

// How far the fitted lens is off; false where it folds before it has shown all that the camera shows.
static bool judge(const fit *f, rig_refit *refit) {
    double sum = 0;
    refit->camera = f->at;
    refit->max_px = 0;
    for (int i = 0; i < f->n; i++) {
        double q[2], n[2], dq_dn[4];
        if (!rig_camera_project_plane(&f->at, f->rays[i], q, dq_dn) || !rig_camera_unproject(&f->at, q, n) ||
            hypot(n[0] - f->rays[i][0], n[1] - f->rays[i][1]) > FOLD * (1 + hypot(n[0], n[1])))
            return false;
        const double off = hypot(q[0] - f->q[i][0], q[1] - f->q[i][1]);
        refit->max_px = fmax(refit->max_px, off);
        sum += off * off;
    }
    refit->rms_px = sqrt(sum / f->n);
    return true;
}

static bool lens_fit(fit *f, const rig_camera *camera, rig_lens lens, rig_refit *refit) {
    const rig_lm_problem problem = {f, linearize, solve, try_step, accept, reject};
    rig_lm_report report;
    const bool alike = (lens == RIG_LENS_FISHEYE4) == (camera->lens == RIG_LENS_FISHEYE4);
    const int n = rig_lens_n_dist(lens);
    f->at = *camera;
    f->at.lens = lens;
    f->n_numbers = 4 + n;
    for (int i = alike ? n : 0; i < RIG_DIST_MAX; i++)
        f->at.dist[i] = 0;
    return rig_lm_run(&problem, ITERATIONS, &report, NULL) == RIG_OK && judge(f, refit);
}

// The first of the lenses that holds all coefficients of one: itself, or a longer one of OpenCV's list.
static bool lens_hold(rig_lens of, unsigned lenses, rig_lens *held) {
    const int end = of == RIG_LENS_FISHEYE4 ? RIG_LENS_COUNT : RIG_LENS_FISHEYE4;
    for (int lens = (int)of; lens < end; lens++)
        if (lenses & 1u << lens) {
            *held = (rig_lens)lens;
            return true;
        }
    return false;
}

bool rig_lens_refit(const rig_camera *camera, unsigned lenses, rig_refit *refit) {
    fit f = {.n = 0};
    bool has = false;
    for (int i = 0; i < PIXELS; i++) {
        grid_pixel(camera, EDGE, i, f.q[f.n]);
        f.n += rig_camera_unproject(camera, f.q[f.n], f.rays[f.n]);
    }
    *refit = (rig_refit){.camera = *camera, .share = (double)f.n / PIXELS};
    if (lens_hold(camera->lens, lenses, &refit->camera.lens))
        return true;
    for (int lens = 0; lens < RIG_LENS_COUNT && f.n > 0; lens++) {
        rig_refit tried = *refit;
        if (!(lenses & 1u << lens) || !lens_fit(&f, camera, (rig_lens)lens, &tried))
            continue;
        if (!has || tried.max_px < refit->max_px)
            *refit = tried;
        has = true;
    }
    return has;
}

double rig_cameras_apart_px(const rig_view_camera *a, const rig_view_camera *b) {
    double most = 0;
    int n_points = 0;
    if (a->has_pose != b->has_pose || a->camera.width != b->camera.width || a->camera.height != b->camera.height)
        return INFINITY;
    const rig_pose Rt_world_a = a->has_pose ? rig_pose_invert(&a->Rt_cam_world) : rig_pose_identity();
    for (int i = 0; i < APART_EDGE * APART_EDGE; i++) {
        double q[2], n[2], p_world[3], p_b[3], q_b[2];
        const double z = i % 2 ? 1 : 4;
        grid_pixel(&a->camera, APART_EDGE, i, q);
        if (!rig_camera_unproject(&a->camera, q, n))
            continue;
        rig_pose_apply(&Rt_world_a, (const double[]){z * n[0], z * n[1], z}, p_world);
        const rig_pose Rt_b_world = b->has_pose ? b->Rt_cam_world : rig_pose_identity();
        rig_pose_apply(&Rt_b_world, p_world, p_b);
        if (!rig_camera_project(&b->camera, p_b, q_b, NULL, NULL))
            return INFINITY;
        most = fmax(most, hypot(q_b[0] - q[0], q_b[1] - q[1]));
        n_points++;
    }
    return n_points > 0 ? most : INFINITY;
}
