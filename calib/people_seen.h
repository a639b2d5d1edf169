// What the views of a rig saw of people at the moments of a take, as far as a calibration by people needs it.
#ifndef RIG_CALIB_PEOPLE_SEEN_H
#define RIG_CALIB_PEOPLE_SEEN_H

#include "calib/essential.h"
#include "calib/people_bundle.h"
#include "core/arena.h"
#include "core/camera.h"
#include "core/people.h"

typedef struct rig_seen_joint {
    float q[2], n[2]; // pixel of the view, and the same normalised
    float sigma_px;   // one standard deviation of a coordinate, as far as it is known beforehand; 0: not seen
    float score;      // its detector's
    float dq_dt[2];   // px/s: how fast it moves, where the clock of its view is not exact
} rig_seen_joint;

typedef struct rig_seen_person {
    int view, track;        // track: of this view, from 0
    int who;                // of this moment, from 0: the same number in several views is the same person; -1: unknown
    rig_seen_joint *joints; // n_joints
} rig_seen_person;

typedef struct rig_seen_moment {
    int moment; // of the rig's clock
    int n;      // people of all views, views rising
    rig_seen_person *people;
} rig_seen_moment;

typedef struct rig_people_seen {
    int n_views, n_joints;
    rig_camera *cameras;      // n_views, with lenses as far as they are known
    rig_bundle_lens *lenses;  // n_views: how far; NULL: all are held
    const char *const *names; // n_views
    double fps;               // of the clock that moments count; 0: not known
    // A view: the sigma of its clock, 0: exact. NULL: all are. Others are refined, where fps is known.
    const double *clock_sigma_s;
    int n, room;
    rig_seen_moment *moments; // room
    int n_tracks[RIG_VIEWS_MAX];
    double sigma[RIG_VIEWS_MAX]; // of a normalised coordinate, as rig_people_seen_follow sets it
} rig_people_seen;

// How many moments are asked, where people are asked at so many:
// of points more, as they have fewer joints than a person of 17.
int rig_people_seen_moments(const rig_people_seen *seen, int of_people);

// Add a moment: joints that were found with a score of 0.3 or more, and whose pixel the lens maps to a direction before
// the camera. A joint whose sigma_px is not known gets one that grows with the person in the picture.
//   views  n_views; NULL where a view has no frame
// There is room. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_people_seen_add(rig_people_seen *seen, int moment, const rig_frame2d *const *views,
                                           rig_arena *out, rig_err *err);

// A view's lens is another one now: the directions of its joints follow. Joints that it maps to none are not seen.
void rig_people_seen_relens(rig_people_seen *seen, int view, const rig_camera *camera);

// Once all moments are there: follow people through each view, from one moment to one within `gap`, and set sigma, and
// speeds where clocks are not exact. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_people_seen_follow(rig_people_seen *seen, int gap, rig_arena *scratch, rig_err *err);

// Set dq_dt of all joints, from where the track's joint was before and after. One that was not there, or not on the
// way, moves as the person does. People were followed.
void rig_people_speeds_set(rig_people_seen *seen);

#endif
