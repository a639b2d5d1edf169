#include "triangulate/joints.h"

#include "core/median.h"

#include <string.h>

static const double PRIOR_FLOOR_M = 0.05;              // no prediction is surer: bodies bend more than filters foresee
static const double STRETCH = 1.7;                     // a bone may look this much longer than the person's others
static const double SIZE_LEAST = 0.5, SIZE_MOST = 1.2; // of people, 1 is 1.75 m
static const double FILL_M = 0.5;                      // a prediction less sure fills no joint

// The members' rays of joint j and their weights.
static int collect_rays(const rig_detection *const *members, int n, int j, rig_ray rays[RIG_VIEWS_MAX],
                        double weight[RIG_VIEWS_MAX]) {
    int count = 0;
    for (int k = 0; k < n && count < RIG_VIEWS_MAX; k++) {
        if (!rig_joint_set_has(&members[k]->has, j))
            continue;
        weight[count] = members[k]->weight[j];
        rays[count++] = members[k]->rays[j];
    }
    return count;
}

static double mean_weight(const rig_ray *rays, const double *weight, int n, uint64_t views) {
    double sum = 0;
    int count = 0;
    for (int i = 0; i < n; i++)
        if (views >> rays[i].view & 1)
            sum += weight[i], count++;
    return count ? sum / count : 0;
}

// Each bone's length against an adult's; 0 where an end is not OK. Returns the median of those that are; 0 for none.
static double bone_ratios(const rig_body *body, const rig_joint3d *joints, double ratio[RIG_BONES_MAX]) {
    double sorted[RIG_BONES_MAX];
    int n = 0;
    for (int k = 0; k < body->n_bones; k++) {
        const rig_joint3d *a = &joints[body->bones[k].a], *b = &joints[body->bones[k].b];
        ratio[k] = 0;
        if (a->state != RIG_JOINT_OK || b->state != RIG_JOINT_OK)
            continue;
        double d[3] = {a->p[0] - b->p[0], a->p[1] - b->p[1], a->p[2] - b->p[2]};
        sorted[n++] = ratio[k] = rig_norm3(d) / body->bones[k].length_m;
    }
    return n ? rig_median(sorted, n) : 0;
}

// Reject joints at the ends of bones that are much longer than the person's others: there two views agreed on something
// else. Of the bone's two ends the one with more overlong bones (less good ones) is rejected, of equals the less sure.
static int reject_at_overlong_bones(const rig_body *body, rig_joint3d *joints) {
    double ratio[RIG_BONES_MAX], size = bone_ratios(body, joints, ratio);
    double most = STRETCH * fmin(fmax(size, SIZE_LEAST), SIZE_MOST);
    int overlong[RIG_JOINTS_MAX] = {0}, dropped = 0;
    for (int k = 0; k < body->n_bones; k++) {
        int step = ratio[k] > most ? 1 : ratio[k] > 0 ? -1 : 0;
        overlong[body->bones[k].a] += step, overlong[body->bones[k].b] += step;
    }
    for (int k = 0; k < body->n_bones; k++) {
        rig_joint3d *a = &joints[body->bones[k].a], *b = &joints[body->bones[k].b];
        if (ratio[k] <= most || a->state != RIG_JOINT_OK || b->state != RIG_JOINT_OK)
            continue;
        int worse = overlong[body->bones[k].a] - overlong[body->bones[k].b];
        rig_joint3d *drop = worse > 0 || (worse == 0 && a->sigma_m > b->sigma_m) ? a : b;
        *drop = (rig_joint3d){.state = RIG_JOINT_REJECTED};
        dropped++;
    }
    return dropped;
}

double rig_joints_scale(const rig_body *body, const rig_joint3d *joints) {
    double ratio[RIG_BONES_MAX];
    return bone_ratios(body, joints, ratio);
}

int rig_joints_triangulate(const rig_body *body, const rig_detection *const *members, int n, const rig_track *track,
                           double min_parallax_rad, rig_joint3d *joints) {
    rig_ray rays[RIG_VIEWS_MAX];
    double weight[RIG_VIEWS_MAX];
    int n_ok = 0;
    for (int j = 0; j < body->n; j++) {
        int count = collect_rays(members, n, j, rays, weight);
        bool expected = track && rig_joint_set_has(&track->known, j);
        rig_point_prior prior = {{0}, 1};
        if (expected) {
            memcpy(prior.p, track->joints[j].p, sizeof prior.p);
            prior.sigma_m = fmax(rig_track_sigma(track, j), PRIOR_FLOOR_M);
        }
        joints[j].score = 0;
        rig_point_solve(rays, count, expected ? &prior : NULL, min_parallax_rad, &joints[j]);
        if (joints[j].state != RIG_JOINT_OK)
            continue;
        joints[j].score = mean_weight(rays, weight, count, joints[j].views);
        n_ok++;
    }
    return n_ok - reject_at_overlong_bones(body, joints);
}

// The members' ray of joint j that passes nearest to p, within twice its gate; NULL where there is none.
static const rig_ray *nearest_ray(const rig_detection *const *members, int n, int j, const double p[3]) {
    const rig_ray *best = NULL;
    double least = INFINITY;
    for (int k = 0; k < n; k++) {
        double x[2], z;
        if (!rig_joint_set_has(&members[k]->has, j) || !rig_ray_residual(&members[k]->rays[j], p, x, &z))
            continue;
        double x2 = x[0] * x[0] + x[1] * x[1], gate = 2 * members[k]->rays[j].gate;
        if (x2 < least && x2 < gate * gate)
            least = x2, best = &members[k]->rays[j];
    }
    return best;
}

// Move p to the nearest point of the ray.
static void move_onto_ray(const rig_ray *ray, double p[3]) {
    // p + s with the residual M (p + s) + m = 0: the least step is M^T (M M^T)^-1 (-(M p + m)).
    const double *a = ray->M, *b = ray->M + 3;
    double e0 = rig_dot3(a, p) + ray->m[0], e1 = rig_dot3(b, p) + ray->m[1];
    double aa = rig_dot3(a, a), ab = rig_dot3(a, b), bb = rig_dot3(b, b), det = aa * bb - ab * ab;
    double u = (bb * e0 - ab * e1) / det, v = (aa * e1 - ab * e0) / det;
    for (int i = 0; i < 3; i++)
        p[i] -= u * a[i] + v * b[i];
}

// The covariance of a filled joint: the inverse of the sum of the track's information, alike in all directions, and,
// where it lies on a ray, of the ray's, which is J^T J with residual 0 (point.h).
static void filled_covariance(const rig_ray *ray, double sigma_m, rig_joint3d *joint) {
    double info[6] = {0}, x[2], z, same = 1 / (sigma_m * sigma_m);
    info[0] = info[3] = info[5] = same;
    if (ray && rig_ray_residual(ray, joint->p, x, &z))
        for (int k = 0; k < 2; k++) {
            const double *M = ray->M + 3 * k, w = 1 / (z * z);
            info[0] += w * M[0] * M[0], info[1] += w * M[0] * M[1], info[2] += w * M[0] * M[2];
            info[3] += w * M[1] * M[1], info[4] += w * M[1] * M[2], info[5] += w * M[2] * M[2];
        }
    if (!rig_sym3_invert(info, joint->cov))
        joint->cov[0] = joint->cov[3] = joint->cov[5] = sigma_m * sigma_m;
    joint->sigma_m = sqrt((joint->cov[0] + joint->cov[3] + joint->cov[5]) / 3);
}

void rig_joints_fill(const rig_body *body, const rig_detection *const *members, int n, rig_track *track, double keep_s,
                     rig_joint3d *joints) {
    for (int j = 0; j < body->n; j++) {
        rig_joint3d *joint = &joints[j];
        track->joints[j].on_ray = false;
        if (joint->state == RIG_JOINT_OK) {
            rig_track_measure(track, j, joint->p, joint->sigma_m);
            continue;
        }
        if (!rig_joint_set_has(&track->known, j) || track->joints[j].unseen_s > keep_s ||
            rig_track_sigma(track, j) > FILL_M)
            continue;
        memcpy(joint->p, track->joints[j].p, sizeof joint->p);
        joint->state = RIG_JOINT_FILLED;
        const rig_ray *ray = nearest_ray(members, n, j, joint->p);
        if (ray)
            move_onto_ray(ray, joint->p);
        filled_covariance(ray, rig_track_sigma(track, j), joint);
        if (ray) {
            joint->views = UINT64_C(1) << ray->view;
            rig_track_set_on_ray(track, j, joint->p);
        }
    }
}
