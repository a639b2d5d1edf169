#include "triangulate/point.h"

#include <assert.h>
#include <string.h>

enum { SEEDS = 6, STEPS = 4, STEPS_REWEIGHTED = 12 }; // Gauss-Newton is quick; weights that change are slower

static const double SURE = 3;      // standard deviations: up to here a residual counts in full
static const double LIMIT = 9;     // beyond, the observation is of something else
static const double STEP2 = 1e-10; // m^2: a smaller step ends the refinement; the next would be a thousandth of it

rig_point_params rig_point_defaults(void) {
    return (rig_point_params){.gate_px = 25, .min_parallax_rad = 0.02};
}

bool rig_ray_init(const rig_undistorter *undistorter, const rig_point_observation *observation, double gate_px,
                  rig_ray *ray) {
    double n[3] = {0, 0, 1}, dq_dn[4];
    if (!isfinite(observation->q[0]) || !isfinite(observation->q[1]) || !(observation->sigma_px > 0) ||
        !isfinite(observation->sigma_px) || !rig_undistorter_unproject(undistorter, observation->q, n, dq_dn))
        return false;
    const double *R = undistorter->camera->Rt_cam_world.R, *t = undistorter->camera->Rt_cam_world.t;
    // A takes a small step on the plane z = 1 to pixels, and from there to standard deviations; M = A [I | -n] R.
    const double per_sigma = 1 / observation->sigma_px, per_norm = 1 / rig_norm3(n);
    for (int i = 0; i < 2; i++) {
        double a = dq_dn[2 * i] * per_sigma, b = dq_dn[2 * i + 1] * per_sigma, c = -(a * n[0] + b * n[1]);
        for (int j = 0; j < 3; j++)
            ray->M[3 * i + j] = a * R[j] + b * R[3 + j] + c * R[6 + j];
        ray->m[i] = a * t[0] + b * t[1] + c * t[2];
    }
    for (int j = 0; j < 3; j++) {
        ray->v[j] = (R[j] * n[0] + R[3 + j] * n[1] + R[6 + j]) * per_norm;
        ray->r[j] = R[6 + j];
    }
    ray->t = t[2];
    ray->n[0] = n[0], ray->n[1] = n[1];
    ray->view = observation->view;
    ray->sigma_px = observation->sigma_px;
    ray->gate = gate_px * per_sigma;
    return true;
}

// A 3x3 system H p = g: H as xx xy xz yy yz zz.
typedef struct system3 {
    double H[6], g[3];
} system3;

// LDL^T of H in place: d0 l1 l2 d1 l3 d2. false where H is not positive definite, in the sense of doubles.
static bool system_factor(double H[6]) {
    double d0 = H[0], per_d0 = 1 / d0, l1 = H[1] * per_d0, l2 = H[2] * per_d0;
    double d1 = H[3] - l1 * H[1], s = H[4] - l1 * H[2], l3 = s / d1;
    double d2 = H[5] - l2 * H[2] - l3 * s;
    if (!(d0 > 0 && d1 > 1e-12 * H[3] && d2 > 1e-12 * H[5]))
        return false;
    H[1] = l1, H[2] = l2, H[3] = d1, H[4] = l3, H[5] = d2;
    return true;
}

static void system_solve(const double F[6], const double g[3], double p[3]) {
    double y1 = g[1] - F[1] * g[0], y2 = g[2] - F[2] * g[0] - F[4] * y1;
    p[2] = y2 / F[5];
    p[1] = y1 / F[3] - F[4] * p[2];
    p[0] = g[0] / F[0] - F[1] * p[1] - F[2] * p[2];
}

// The inverse of the factored matrix: with the rows r of L^-1 the sum of r^T r / d.
static void system_inverse(const double F[6], double inverse[6]) {
    double a = F[1] * F[4] - F[2]; // L^-1 is (1), (-l1, 1), (a, -l3, 1)
    double d0 = 1 / F[0], d1 = 1 / F[3], d2 = 1 / F[5];
    inverse[0] = d0 + F[1] * F[1] * d1 + a * a * d2;
    inverse[1] = -F[1] * d1 - a * F[4] * d2;
    inverse[2] = a * d2;
    inverse[3] = d1 + F[4] * F[4] * d2;
    inverse[4] = -F[4] * d2;
    inverse[5] = d2;
}

bool rig_sym3_invert(const double A[6], double inverse[6]) {
    double F[6];
    memcpy(F, A, sizeof F);
    if (!system_factor(F))
        return false;
    system_inverse(F, inverse);
    return true;
}

static void add_outer(double H[6], const double a[3], double w) {
    double x = w * a[0], y = w * a[1], z = w * a[2];
    H[0] += x * a[0], H[1] += x * a[1], H[2] += x * a[2];
    H[3] += y * a[1], H[4] += y * a[2], H[5] += z * a[2];
}

// Add the ray's rows of the linear problem M p = -m, which holds exactly at equal depths in all views.
static void add_linear(system3 *sum, const rig_ray *ray) {
    for (int i = 0; i < 2; i++) {
        const double *M = ray->M + 3 * i;
        add_outer(sum->H, M, 1);
        for (int j = 0; j < 3; j++)
            sum->g[j] -= M[j] * ray->m[i];
    }
}

static bool linear_point(system3 *sum, double p[3]) {
    if (!system_factor(sum->H))
        return false;
    system_solve(sum->H, sum->g, p);
    return true;
}

// How far a residual may be, in standard deviations, for the ray to be used.
static double ray_limit(const rig_ray *ray) {
    return ray->gate < LIMIT ? ray->gate : LIMIT;
}

// The robust cost of a squared residual: itself up to SURE, then a logarithm (whose weights fall with the square of the
// residual), then, beyond the limit, a constant.
static double ray_cost(double x2, double limit) {
    double top = limit * limit, sure = SURE * SURE;
    if (x2 > top)
        x2 = top;
    return x2 <= sure ? x2 : sure * (1 + log(x2 / sure));
}

// What a Gauss-Newton step leaves: the inverse of H is the covariance.
typedef struct fit {
    double H[6];    // factored
    double x2_px;   // sum of squared residuals, pixels
    double x_worst; // the largest residual, squared, in standard deviations, over all rays
    double step2;   // m^2
    int n;
    uint64_t used; // bit i: ray i
} fit;

// One Gauss-Newton step of p over the rays within their limits, weighted down beyond SURE; `all`: over all rays alike.
// false where fewer than two rays were used or they determine no point.
static bool fit_step(const rig_ray *rays, int n, bool all, double p[3], fit *out) {
    system3 sum = {{0}, {0}};
    *out = (fit){.n = 0};
    for (int i = 0; i < n; i++) {
        const rig_ray *ray = &rays[i];
        double x[2], z, limit = ray_limit(ray);
        if (!rig_ray_residual(ray, p, x, &z)) {
            out->x_worst = INFINITY;
            continue;
        }
        double x2 = x[0] * x[0] + x[1] * x[1], per_z = 1 / z, w = per_z * per_z;
        if (x2 > out->x_worst)
            out->x_worst = x2;
        if (!all && x2 > limit * limit)
            continue;
        if (!all && x2 > SURE * SURE)
            w *= SURE * SURE / x2;
        for (int k = 0; k < 2; k++) {
            const double *M = ray->M + 3 * k;
            double J[3] = {M[0] - x[k] * ray->r[0], M[1] - x[k] * ray->r[1], M[2] - x[k] * ray->r[2]};
            add_outer(sum.H, J, w);
            double wx = w * x[k] * z;
            sum.g[0] += J[0] * wx, sum.g[1] += J[1] * wx, sum.g[2] += J[2] * wx;
        }
        out->x2_px += x2 * ray->sigma_px * ray->sigma_px;
        out->used |= UINT64_C(1) << i;
        out->n++;
    }
    if (out->n < 2 || !system_factor(sum.H))
        return false;
    memcpy(out->H, sum.H, sizeof sum.H);
    double step[3];
    system_solve(sum.H, sum.g, step);
    for (int j = 0; j < 3; j++)
        p[j] -= step[j];
    out->step2 = rig_dot3(step, step);
    return true;
}

static bool fit_refine(const rig_ray *rays, int n, bool all, double p[3], fit *out) {
    for (int step = 0; step < (all ? STEPS : STEPS_REWEIGHTED); step++) {
        if (!fit_step(rays, n, all, p, out))
            return false;
        if (out->step2 < STEP2)
            return true;
        if (all && out->x_worst > 16 * LIMIT * LIMIT)
            return true; // there is an outlier: the caller looks for it, the optimum of all rays is of no use
    }
    return true;
}

// The square of the sine of the widest angle between two of the rays in `used`: from the first to the farthest, from
// there to the farthest again, which finds the widest or nearly, in linear time.
static double widest_sin2(const rig_ray *rays, int n, uint64_t used) {
    int from = -1;
    double widest = 0;
    for (int sweep = 0; sweep < 2; sweep++) {
        int far = -1;
        double far_sin2 = -1;
        for (int i = 0; i < n; i++) {
            if (!(used >> i & 1))
                continue;
            if (from < 0)
                from = i;
            double c = rig_dot3(rays[from].v, rays[i].v), sin2 = 1 - c * c;
            if (sin2 > far_sin2)
                far_sin2 = sin2, far = i;
        }
        from = far;
        widest = far_sin2 > widest ? far_sin2 : widest;
    }
    return widest;
}

// The MSAC cost of a proposed point: the truncated costs of all rays, and of the prior.
static double proposal_cost(const rig_ray *rays, int n, const rig_point_prior *prior, const double p[3]) {
    double cost = 0;
    for (int i = 0; i < n; i++) {
        double x[2], z, limit = ray_limit(&rays[i]);
        bool front = rig_ray_residual(&rays[i], p, x, &z);
        cost += ray_cost(front ? x[0] * x[0] + x[1] * x[1] : INFINITY, limit);
    }
    if (prior) {
        double d[3] = {p[0] - prior->p[0], p[1] - prior->p[1], p[2] - prior->p[2]};
        cost += ray_cost(rig_dot3(d, d) / (prior->sigma_m * prior->sigma_m), LIMIT);
    }
    return cost;
}

// The surest rays, at most SEEDS, by insertion.
static int choose_seeds(const rig_ray *rays, int n, int seeds[SEEDS]) {
    int count = 0;
    for (int i = 0; i < n; i++) {
        int at = count < SEEDS ? count++ : SEEDS;
        while (at > 0 && rays[i].sigma_px < rays[seeds[at - 1]].sigma_px) {
            if (at < SEEDS)
                seeds[at] = seeds[at - 1];
            at--;
        }
        if (at < SEEDS)
            seeds[at] = i;
    }
    return count;
}

// The proposal of least cost, of the prior and of each pair of the surest rays. Returns OK, or why there is none.
static rig_joint_state choose_start(const rig_ray *rays, int n, const rig_point_prior *prior, double min_sin2,
                                    double p[3]) {
    int seeds[SEEDS], n_seeds = choose_seeds(rays, n, seeds);
    rig_joint_state state = RIG_JOINT_PARALLAX;
    double least = INFINITY;
    if (prior) {
        memcpy(p, prior->p, sizeof prior->p);
        least = proposal_cost(rays, n, prior, p);
        state = RIG_JOINT_OK;
    }
    for (int i = 0; i < n_seeds; i++) {
        for (int j = 0; j < i; j++) {
            const rig_ray *a = &rays[seeds[i]], *b = &rays[seeds[j]];
            double c = rig_dot3(a->v, b->v), try_p[3], x[2], z;
            system3 sum = {{0}, {0}};
            add_linear(&sum, a);
            add_linear(&sum, b);
            if (1 - c * c < min_sin2 || !linear_point(&sum, try_p))
                continue;
            if (!rig_ray_residual(a, try_p, x, &z) || !rig_ray_residual(b, try_p, x, &z)) {
                state = state == RIG_JOINT_PARALLAX ? RIG_JOINT_BEHIND : state;
                continue;
            }
            double cost = proposal_cost(rays, n, prior, try_p);
            state = RIG_JOINT_OK;
            if (cost < least)
                least = cost, memcpy(p, try_p, sizeof try_p);
        }
    }
    return state;
}

static void accept(const rig_ray *rays, int n, const fit *at, const double p[3], double min_sin2, rig_joint3d *joint) {
    joint->state = RIG_JOINT_PARALLAX;
    if (widest_sin2(rays, n, at->used) < min_sin2)
        return;
    joint->state = RIG_JOINT_OK;
    memcpy(joint->p, p, sizeof joint->p);
    joint->rms_px = sqrt(at->x2_px / at->n);
    system_inverse(at->H, joint->cov);
    joint->sigma_m = sqrt((joint->cov[0] + joint->cov[3] + joint->cov[5]) / 3);
    for (int i = 0; i < n; i++)
        if (at->used >> i & 1)
            joint->views |= UINT64_C(1) << rays[i].view;
}

// The least squares point of all rays; false where one of them leaves a residual beyond SURE or its gate.
static bool solve_all(const rig_ray *rays, int n, double p[3], fit *at) {
    system3 sum = {{0}, {0}};
    double limit = SURE;
    for (int i = 0; i < n; i++) {
        add_linear(&sum, &rays[i]);
        limit = rays[i].gate < limit ? rays[i].gate : limit;
    }
    return linear_point(&sum, p) && fit_refine(rays, n, true, p, at) && at->x_worst <= limit * limit;
}

void rig_point_solve(const rig_ray *rays, int n, const rig_point_prior *prior, double min_parallax_rad,
                     rig_joint3d *joint) {
    assert(n <= RIG_VIEWS_MAX);
    joint->p[0] = joint->p[1] = joint->p[2] = joint->sigma_m = joint->rms_px = 0;
    memset(joint->cov, 0, sizeof joint->cov);
    joint->views = 0;
    joint->state = n == 0 ? RIG_JOINT_MISSING : RIG_JOINT_FEW_VIEWS;
    if (n < 2)
        return;
    uint64_t all = n == 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
    double sine = sin(min_parallax_rad), min_sin2 = sine * sine, p[3];
    joint->state = RIG_JOINT_PARALLAX;
    if (widest_sin2(rays, n, all) < min_sin2)
        return;
    fit at;
    if (!solve_all(rays, n, p, &at)) {
        joint->state = choose_start(rays, n, prior, min_sin2, p);
        if (joint->state != RIG_JOINT_OK)
            return;
        joint->state = RIG_JOINT_REJECTED;
        if (!fit_refine(rays, n, false, p, &at))
            return;
    }
    accept(rays, n, &at, p, min_sin2, joint);
}
