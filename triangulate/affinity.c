#include "triangulate/affinity.h"

#include "core/epipolar.h"

static const double OUTLIER = -2.3;  // log-odds of a joint that is an outlier, as a tenth are
static const double JOINTS_MOST = 6; // joints of one person err together: all of them count for no more than this many
// 1 standard deviation of the logarithm of a person's size at the implied depth, of a right pair and of a wrong one.
static const double SIZE_SAME = 0.3, SIZE_OTHER = 0.8;
static const double SIZE_WORST = -4;      // log-odds
static const double BEHIND = -2;          // log-odds of a joint whose rays meet behind a camera
static const double PARALLEL_SIN2 = 1e-4; // squared sine of the angle between rays that meet nowhere
static const double TOGETHER_M = 0.1;     // two places of one view nearer than this are one

rig_view_pair rig_view_pair_init(const rig_pose *Rt_a_world, const rig_pose *Rt_b_world) {
    rig_view_pair pair;
    rig_pose Rt_world_a = rig_pose_invert(Rt_a_world), Rt_b_a = rig_pose_mul(Rt_b_world, &Rt_world_a);
    double a[3], b[3];
    rig_essential_from_pose(&Rt_b_a, pair.E);
    rig_pose_centre(Rt_a_world, a);
    rig_pose_centre(Rt_b_world, b);
    for (int i = 0; i < 3; i++)
        pair.baseline[i] = b[i] - a[i];
    return pair;
}

// The log-odds of a squared residual x2 (in standard deviations), `peak` being those of 0; affinity.h has the formula.
static double joint_odds(double x2, double peak) {
    double good = peak - x2 / 2;
    return good > OUTLIER ? good : OUTLIER;
}

// The sum of the log-odds of joints whose weights add up to w, discounted as they are not independent.
static double discounted(double sum, double w) {
    return w > 0 ? sum / (1 + w / JOINTS_MOST) : 0;
}

// Squared distance, in standard deviations, of two rays from the epipolar constraint: e^2 over the variance of e, to
// first order (Sampson's).
static double epipolar_x2(const double E[9], const rig_ray *a, const rig_ray *b, double focal_a, double focal_b) {
    const double *n = a->n, *m = b->n;
    double l0 = E[0] * n[0] + E[1] * n[1] + E[2], l1 = E[3] * n[0] + E[4] * n[1] + E[5];
    double k0 = E[0] * m[0] + E[3] * m[1] + E[6], k1 = E[1] * m[0] + E[4] * m[1] + E[7];
    double e = m[0] * l0 + m[1] * l1 + E[6] * n[0] + E[7] * n[1] + E[8];
    double sa = a->sigma_px / focal_a, sb = b->sigma_px / focal_b;
    return e * e / (sb * sb * (l0 * l0 + l1 * l1) + sa * sa * (k0 * k0 + k1 * k1) + 1e-300);
}

// Depths at which the rays pass each other; false where that is behind a camera or the rays are parallel.
static bool pair_depths(const rig_view_pair *pair, const rig_ray *a, const rig_ray *b, double *z_a, double *z_b) {
    double c = rig_dot3(a->v, b->v), da = rig_dot3(pair->baseline, a->v), db = rig_dot3(pair->baseline, b->v);
    double s2 = 1 - c * c;
    if (s2 < PARALLEL_SIN2)
        return false;
    *z_a = (da - c * db) / s2 * rig_dot3(a->v, a->r);
    *z_b = (c * da - db) / s2 * rig_dot3(b->v, b->r);
    return *z_a > 0 && *z_b > 0;
}

double rig_affinity_log_size(const rig_detection *detection, double depth) {
    return log(detection->px_per_m * depth / detection->focal);
}

// The log-likelihood ratio of two normals of log size, SIZE_SAME and SIZE_OTHER wide: of an adult's bones at this
// depth.
static double size_odds(const rig_detection *detection, double depth) {
    if (!(detection->px_per_m > 0))
        return 0; // points are of any size
    double x = rig_affinity_log_size(detection, depth);
    double gain = 1 / (SIZE_SAME * SIZE_SAME) - 1 / (SIZE_OTHER * SIZE_OTHER);
    return fmax(log(SIZE_OTHER / SIZE_SAME) - x * x * gain / 2, SIZE_WORST);
}

double rig_affinity_epipolar(const rig_view_pair *pair, const rig_body *body, const rig_detection *a,
                             const rig_detection *b, double depth[2]) {
    double sum = 0, w_sum = 0, z_a, z_b;
    int n = 0;
    const rig_joint_set both = rig_joint_set_common(&a->has, &b->has);
    depth[0] = depth[1] = 0;
    for (int j = 0; j < body->n; j++) {
        if (!rig_joint_set_has(&both, j))
            continue;
        double w = sqrt(a->weight[j] * b->weight[j]);
        w_sum += w;
        if (!pair_depths(pair, &a->rays[j], &b->rays[j], &z_a, &z_b)) {
            sum += w * BEHIND;
            continue;
        }
        depth[0] += z_a, depth[1] += z_b, n++;
        sum += w * joint_odds(epipolar_x2(pair->E, &a->rays[j], &b->rays[j], a->focal, b->focal), body->odds[j]);
    }
    for (int k = 0; k < 2 && n > 0; k++)
        depth[k] /= n;
    return discounted(sum, w_sum);
}

rig_joint_state rig_affinity_obstacle(const rig_view_pair *pair, const rig_body *body, const rig_detection *a,
                                      const rig_detection *b) {
    int count[RIG_JOINT_STATES] = {0};
    rig_joint_state most = RIG_JOINT_MISSING;
    const rig_joint_set both = rig_joint_set_common(&a->has, &b->has);
    for (int j = 0; j < body->n; j++) {
        double z_a, z_b;
        if (!rig_joint_set_has(&both, j))
            continue;
        const rig_ray *r = &a->rays[j], *s = &b->rays[j];
        double c = rig_dot3(r->v, s->v);
        rig_joint_state state = 1 - c * c < PARALLEL_SIN2              ? RIG_JOINT_PARALLAX
                                : !pair_depths(pair, r, s, &z_a, &z_b) ? RIG_JOINT_BEHIND
                                : joint_odds(epipolar_x2(pair->E, r, s, a->focal, b->focal), body->odds[j]) > 0
                                    ? RIG_JOINT_OK
                                    : RIG_JOINT_REJECTED;
        if (++count[state] > count[most])
            most = state;
    }
    return most;
}

double rig_affinity_across_views(const rig_view_pair *pair, const rig_body *body, const rig_detection *a,
                                 const rig_detection *b) {
    double depth[2], odds = rig_affinity_epipolar(pair, body, a, b, depth);
    return odds + (depth[0] > 0 ? size_odds(a, depth[0]) + size_odds(b, depth[1]) : 0);
}

double rig_affinity_within_view(const rig_body *body, const rig_detection *a, const rig_detection *b) {
    double near = TOGETHER_M * fmax(a->px_per_m, b->px_per_m) / a->focal;
    const rig_joint_set both = rig_joint_set_common(&a->has, &b->has);
    for (int j = 0; j < body->n; j++) {
        if (!rig_joint_set_has(&both, j))
            continue;
        double dx = a->rays[j].n[0] - b->rays[j].n[0], dy = a->rays[j].n[1] - b->rays[j].n[1];
        if (dx * dx + dy * dy > near * near)
            return RIG_AFFINITY_NEVER;
    }
    return 0;
}

double rig_affinity_with_prediction(const rig_body *body, const rig_detection *detection, const rig_joint_set *known,
                                    const double (*p)[3], const double *sigma_m) {
    double sum = 0, w_sum = 0, depth = 0;
    int n = 0;
    const rig_joint_set both = rig_joint_set_common(&detection->has, known);
    for (int j = 0; j < body->n; j++) {
        if (!rig_joint_set_has(&both, j))
            continue;
        const rig_ray *ray = &detection->rays[j];
        double x[2], z, w = detection->weight[j];
        w_sum += w;
        if (!rig_ray_residual(ray, p[j], x, &z)) {
            sum += w * BEHIND;
            continue;
        }
        double spread = detection->focal * sigma_m[j] / (z * ray->sigma_px), grown = 1 + spread * spread;
        double x2 = (x[0] * x[0] + x[1] * x[1]) / grown, peak = 2 * body->odds[j];
        sum += w * (peak - x2 / 2 > OUTLIER ? joint_odds(x2, peak - log(grown)) : OUTLIER); // the logarithm is dear
        depth += z, n++;
    }
    return discounted(sum, w_sum) + (n ? size_odds(detection, depth / n) : 0);
}
