#include "triangulate/track.h"

#include "core/geom.h"

#include <string.h>

static const double ACCELERATION = 12; // m/s^2, 1 standard deviation, of a joint
static const double START_SPEED = 1.5; // m/s, 1 standard deviation, of a joint measured once
static const double ACROSS_M = 0.1;    // 1 standard deviation across the ray that a joint was moved onto, a frame later
static const double FLOOR_M = 0.015;   // no measurement is surer: a joint is not a point

// The mean velocity of the joints that were measured last time; where none was, the body goes on as it did.
static void body_velocity(rig_track *track, const rig_body *body) {
    double v[3] = {0, 0, 0};
    int n = 0;
    for (int j = 0; j < body->n; j++) {
        const rig_track_joint *joint = &track->joints[j];
        if (!rig_joint_set_has(&track->known, j) || joint->unseen_s > 0)
            continue;
        for (int i = 0; i < 3; i++)
            v[i] += joint->v[i];
        n++;
    }
    for (int i = 0; i < 3 && n > 0; i++)
        track->v[i] = v[i] / n;
}

static void joint_predict(rig_track_joint *joint, double dt, double max_speed) {
    double q = ACCELERATION * ACCELERATION, speed = rig_norm3(joint->v);
    double shrink = speed > max_speed ? max_speed / speed : 1;
    for (int i = 0; i < 3; i++) {
        joint->v[i] *= shrink;
        joint->p[i] += dt * joint->v[i];
    }
    joint->pp += 2 * dt * joint->pv + dt * dt * joint->vv + q * dt * dt * dt * dt / 4;
    joint->pv += dt * joint->vv + q * dt * dt * dt / 2;
    joint->vv = fmin(joint->vv + q * dt * dt, max_speed * max_speed);
    joint->pv = fmin(joint->pv, sqrt(joint->pp * joint->vv)); // what was capped stays a covariance
    joint->unseen_s += dt;
}

void rig_track_predict(rig_track *track, const rig_body *body, double dt_s, double max_speed_m_s) {
    body_velocity(track, body);
    for (int j = 0; j < body->n; j++) {
        rig_track_joint *joint = &track->joints[j];
        if (!rig_joint_set_has(&track->known, j))
            continue;
        if (joint->unseen_s > 0) {
            memcpy(joint->v, track->v, sizeof joint->v);
            joint->pv = 0, joint->vv = fmin(joint->vv, START_SPEED * START_SPEED);
        }
        joint_predict(joint, dt_s, max_speed_m_s);
    }
    track->unseen_s += dt_s;
}

void rig_track_measure(rig_track *track, int j, const double p[3], double sigma_m) {
    rig_track_joint *joint = &track->joints[j];
    double r = sigma_m * sigma_m + FLOOR_M * FLOOR_M;
    if (!rig_joint_set_has(&track->known, j)) {
        *joint = (rig_track_joint){.p = {p[0], p[1], p[2]}, .pp = r, .vv = START_SPEED * START_SPEED};
        rig_joint_set_add(&track->known, j);
        return;
    }
    double gain_p = joint->pp / (joint->pp + r), gain_v = joint->pv / (joint->pp + r);
    for (int i = 0; i < 3; i++) {
        double x = p[i] - joint->p[i];
        joint->p[i] += gain_p * x;
        joint->v[i] += gain_v * x;
    }
    joint->vv -= gain_v * joint->pv;
    joint->pv -= gain_p * joint->pv;
    joint->pp -= gain_p * joint->pp;
    joint->unseen_s = 0;
}

void rig_track_set_on_ray(rig_track *track, int j, const double p[3]) {
    memcpy(track->joints[j].p, p, sizeof track->joints[j].p);
    track->joints[j].on_ray = true;
}

double rig_track_sigma(const rig_track *track, int j) {
    return sqrt(track->joints[j].pp);
}

double rig_track_sigma_across(const rig_track *track, int j) {
    double sigma = rig_track_sigma(track, j);
    return track->joints[j].on_ray ? fmin(sigma, ACROSS_M) : sigma;
}

void rig_track_forget(rig_track *track, const rig_body *body, double keep_s) {
    for (int j = 0; j < body->n; j++)
        if (rig_joint_set_has(&track->known, j) && track->joints[j].unseen_s > keep_s)
            rig_joint_set_remove(&track->known, j);
}
