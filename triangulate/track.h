// A track: one person through time, where each of their joints is predicted and how surely.
//
// Each joint is a Kalman filter whose velocity is constant but for white noise of its acceleration; its three axes
// share one 2x2 covariance of position and velocity, so that a prediction over dt adds q [dt^4/4, dt^3/2; dt^3/2,
// dt^2], q being the acceleration's variance. The measurement is the triangulated joint, with its sigma_m. Source:
// Bar-Shalom, Li and Kirubarajan 2001, "Estimation with applications to tracking and navigation", 6.3.2. Two things
// differ from the textbook. A joint that was not measured in the last frame takes on the body's velocity, the mean of
// the joints that were. And speed and its variance are capped by the greatest speed that a person has.
#ifndef RIG_TRIANGULATE_TRACK_H
#define RIG_TRIANGULATE_TRACK_H

#include "core/people.h"
#include "triangulate/body.h"

#include <stdbool.h>

typedef struct rig_track_joint {
    double p[3], v[3]; // world; m, m/s
    double pp, pv, vv; // covariance of position and velocity, an axis
    double unseen_s;   // since it was last measured
    bool on_ray;       // in the last frame p was moved onto the ray of the one view that saw the joint
} rig_track_joint;

typedef struct rig_track {
    int id;              // 0: not yet sure to be somebody
    double support;      // while id is 0: views that agreed on it beyond the first, summed over its frames
    rig_joint_set known; // which of joints are in use
    double v[3];         // of the body, m/s
    double unseen_s;     // since the person was last seen by two views
    rig_track_joint joints[RIG_JOINTS_MAX];
} rig_track;

// Predict the track dt_s later.
void rig_track_predict(rig_track *track, const rig_body *body, double dt_s, double max_speed_m_s);
// Update joint j by a measured position, world; the first one starts the joint's filter.
void rig_track_measure(rig_track *track, int j, const double p[3], double sigma_m);
// Move joint j to p, the nearest point of the viewing ray of the one view that saw it. Nothing is learned along the
// ray, so the filter's covariance and velocity stay.
void rig_track_set_on_ray(rig_track *track, int j, const double p[3]);
// The standard deviation an axis of the predicted joint j, m; and that across the rays of the views that saw it last,
// which is less where it was moved onto a ray.
double rig_track_sigma(const rig_track *track, int j);
double rig_track_sigma_across(const rig_track *track, int j);
// Drop the joints that were not measured for keep_s.
void rig_track_forget(rig_track *track, const rig_body *body, double keep_s);

#endif
