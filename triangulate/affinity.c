#include "triangulate/affinity.h"

#include "core/epipolar.h"

static const double WRONG = -2.3; // of a joint that is an outlier: a tenth are
// The joints of one person are not independent: more than this many say nothing new.
static const double WORTH = 6;
static const double SIZE_SAME = 0.3, SIZE_OTHER = 0.8; // 1 standard deviation of the logarithm of a person's size
static const double SIZE_WORST = -4;
static const double BEHIND = -2; // a joint whose rays meet behind a camera
static const double TOGETHER_M = 0.1;

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

// The odds of a squared residual x2 (in standard deviations), `peak` being those of 0: the larger of the two parts of
// the mixture stands for their sum. Source: Olson and Agarwal 2012, "Inference on networks of mixtures".
static double odds(double x2, double peak) {
    double good = peak - x2 / 2;
    return good > WRONG ? good : WRONG;
}

// A sum of n joints' odds, w in all, as much as it is worth.
static double worth(double sum, double w) {
    return w > 0 ? sum / (1 + w / WORTH) : 0;
}

// Squared distance, in standard deviations, of two sights from the epipolar constraint (Sampson's first order).
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
    if (s2 < 1e-4)
        return false;
    *z_a = (da - c * db) / s2 * rig_dot3(a->v, a->r);
    *z_b = (c * da - db) / s2 * rig_dot3(b->v, b->r);
    return *z_a > 0 && *z_b > 0;
}

// A person at this depth would be `ratio` times as large as people are.
static double size_odds(const rig_detection *seen, double depth) {
    double x = log(seen->px_per_m * depth / seen->focal);
    double gain = 1 / (SIZE_SAME * SIZE_SAME) - 1 / (SIZE_OTHER * SIZE_OTHER);
    return fmax(log(SIZE_OTHER / SIZE_SAME) - x * x * gain / 2, SIZE_WORST);
}

double rig_affinity_across_views(const rig_view_pair *pair, const rig_body *body, const rig_detection *a,
                                 const rig_detection *b) {
    double sum = 0, w_sum = 0, depth_a = 0, depth_b = 0, z_a, z_b;
    int n = 0;
    const rig_joint_set both = rig_joint_set_common(&a->has, &b->has);
    for (int j = 0; j < body->n; j++) {
        if (!rig_joint_set_has(&both, j))
            continue;
        double w = sqrt(a->weight[j] * b->weight[j]);
        w_sum += w;
        if (!pair_depths(pair, &a->rays[j], &b->rays[j], &z_a, &z_b)) {
            sum += w * BEHIND;
            continue;
        }
        depth_a += z_a, depth_b += z_b, n++;
        sum += w * odds(epipolar_x2(pair->E, &a->rays[j], &b->rays[j], a->focal, b->focal), body->odds[j]);
    }
    double size = n ? size_odds(a, depth_a / n) + size_odds(b, depth_b / n) : 0;
    return worth(sum, w_sum) + size;
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

double rig_affinity_with_prediction(const rig_body *body, const rig_detection *seen, const rig_joint_set *known,
                                    const double (*p)[3], const double *sigma_m) {
    double sum = 0, w_sum = 0, depth = 0;
    int n = 0;
    const rig_joint_set both = rig_joint_set_common(&seen->has, known);
    for (int j = 0; j < body->n; j++) {
        if (!rig_joint_set_has(&both, j))
            continue;
        const rig_ray *ray = &seen->rays[j];
        double x[2], z, w = seen->weight[j];
        w_sum += w;
        if (!rig_ray_residual(ray, p[j], x, &z)) {
            sum += w * BEHIND;
            continue;
        }
        double spread = seen->focal * sigma_m[j] / (z * ray->sigma_px), grown = 1 + spread * spread;
        sum += w * odds((x[0] * x[0] + x[1] * x[1]) / grown, 2 * body->odds[j] - log(grown));
        depth += z, n++;
    }
    return worth(sum, w_sum) + (n ? size_odds(seen, depth / n) : 0);
}
