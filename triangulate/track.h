// A person through time: where each joint is expected, and how surely.
#ifndef RIG_TRIANGULATE_TRACK_H
#define RIG_TRIANGULATE_TRACK_H

#include "core/people.h"
#include "triangulate/body.h"

#include <stdbool.h>

// One joint: a constant-velocity Kalman filter whose three axes share one covariance.
typedef struct rig_track_joint {
    double p[3], v[3]; // world; m, m/s
    double pp, pv, vv; // covariance of position and velocity, an axis
    double unseen_s;   // since it was last triangulated
    bool on_ray;       // one view saw it in the last frame
} rig_track_joint;

typedef struct rig_track {
    int id;              // 0: not yet sure to be somebody
    double support;      // while id is 0: agreeing views, summed over frames, less one each
    rig_joint_set known; // which of joints are in use
    double v[3];         // of the body, m/s
    double unseen_s;     // since the person was last seen by two views
    rig_track_joint joints[RIG_JOINTS_MAX];
} rig_track;

// Move the track on by dt_s. A joint that was not measured goes with the body.
void rig_track_predict(rig_track *track, const rig_body *body, double dt_s, double max_speed_m_s);
// Take a measured position of joint j in.
void rig_track_measure(rig_track *track, int j, const double p[3], double sigma_m);
// Move joint j to p, the nearest point of the ray of the one view that saw it. Across the ray it is known, along it
// not.
void rig_track_set_on_ray(rig_track *track, int j, const double p[3]);
// The standard deviation an axis of where joint j is expected, m; and that across the rays of views that saw it last.
double rig_track_sigma(const rig_track *track, int j);
double rig_track_sigma_across(const rig_track *track, int j);
// Forget joints that were not seen for keep_s.
void rig_track_forget(rig_track *track, const rig_body *body, double keep_s);

#endif
