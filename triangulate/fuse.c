#include "triangulate/fuse.h"

#include <string.h>

static const double PRIOR_FLOOR_M = 0.05; // bodies bend more than filters foresee
static const double FILL_M = 0.5;         // a place expected less surely is no place

// The rays of joint j among the members, at most one for each bit of `views`; weights beside them.
static int collect_rays(const rig_seen *const *members, int n, int j, rig_ray rays[RIG_VIEWS_MAX],
                        double weight[RIG_VIEWS_MAX]) {
    int count = 0;
    for (int k = 0; k < n && count < RIG_VIEWS_MAX; k++) {
        if (!(members[k]->has >> j & 1))
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

int rig_fuse(const rig_body *body, const rig_seen *const *members, int n, const rig_track *track,
             double min_parallax_rad, rig_joint3d *joints) {
    rig_ray rays[RIG_VIEWS_MAX];
    double weight[RIG_VIEWS_MAX];
    int n_ok = 0;
    for (int j = 0; j < body->n; j++) {
        int count = collect_rays(members, n, j, rays, weight);
        bool expected = track && (track->known >> j & 1);
        rig_point_prior prior = {{0}, 1};
        if (expected) {
            memcpy(prior.p, track->joints[j].p, sizeof prior.p);
            prior.sigma_m = fmax(rig_track_sigma(track, j), PRIOR_FLOOR_M);
        }
        rig_point_solve(rays, count, expected ? &prior : NULL, min_parallax_rad, &joints[j]);
        if (joints[j].state != RIG_JOINT_OK)
            continue;
        joints[j].score = mean_weight(rays, weight, count, joints[j].views);
        n_ok++;
    }
    return n_ok;
}

// The member's ray of joint j that passes nearest to p, within its gate; NULL where there is none.
static const rig_ray *nearest_ray(const rig_seen *const *members, int n, int j, const double p[3]) {
    const rig_ray *best = NULL;
    double least = INFINITY;
    for (int k = 0; k < n; k++) {
        double x[2], z;
        if (!(members[k]->has >> j & 1) || !rig_ray_residual(&members[k]->rays[j], p, x, &z))
            continue;
        double x2 = x[0] * x[0] + x[1] * x[1], gate = 2 * members[k]->rays[j].gate;
        if (x2 < least && x2 < gate * gate)
            least = x2, best = &members[k]->rays[j];
    }
    return best;
}

// Move p to the nearest point of the ray.
static void onto_ray(const rig_ray *ray, double p[3]) {
    // p + s with the residual M (p + s) + m = 0: the least step is M^T (M M^T)^-1 (-(M p + m)).
    const double *a = ray->M, *b = ray->M + 3;
    double e0 = rig_dot3(a, p) + ray->m[0], e1 = rig_dot3(b, p) + ray->m[1];
    double aa = rig_dot3(a, a), ab = rig_dot3(a, b), bb = rig_dot3(b, b), det = aa * bb - ab * ab;
    double u = (bb * e0 - ab * e1) / det, v = (aa * e1 - ab * e0) / det;
    for (int i = 0; i < 3; i++)
        p[i] -= u * a[i] + v * b[i];
}

void rig_fuse_fill(const rig_body *body, const rig_seen *const *members, int n, rig_track *track, double keep_s,
                   rig_joint3d *joints) {
    for (int j = 0; j < body->n; j++) {
        rig_joint3d *joint = &joints[j];
        if (joint->state == RIG_JOINT_OK) {
            rig_track_measure(track, j, joint->p, joint->sigma_m);
            continue;
        }
        if (!(track->known >> j & 1) || track->joints[j].unseen_s > keep_s || rig_track_sigma(track, j) > FILL_M)
            continue;
        memcpy(joint->p, track->joints[j].p, sizeof joint->p);
        joint->sigma_m = rig_track_sigma(track, j);
        joint->state = RIG_JOINT_FILLED;
        const rig_ray *ray = nearest_ray(members, n, j, joint->p);
        if (ray) {
            onto_ray(ray, joint->p);
            joint->views = UINT64_C(1) << ray->view;
            memcpy(track->joints[j].p, joint->p, sizeof joint->p);
        }
    }
}
