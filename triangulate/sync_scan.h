// Two views' clocks against each other, coarsely: how many joints meet the epipolar constraint at each shift.
#ifndef RIG_TRIANGULATE_SYNC_SCAN_H
#define RIG_TRIANGULATE_SYNC_SCAN_H

#include "triangulate/sync.h"

#define RIG_SYNC_NEAR 0.008 // distance from the epipolar constraint, normalised, at which a joint counts no more

// A person of view a at a moment.
typedef struct rig_sync_sample {
    int node, track; // of a's people
    const rig_sync_joint *joints;
} rig_sync_sample;

typedef struct rig_sync_samples {
    int n;
    rig_sync_sample *of;
    double spacing_s; // of moments of one person
} rig_sync_samples;

// Moments at which the person of a track, or of all (-1), moves; about `most` of them, in the order of time. Fails with
// RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_sync_samples_make(const rig_sync_people *people, int track, int most,
                                             rig_sync_samples *samples, rig_arena *out, rig_err *err);

// A shift that may be the right one.
typedef struct rig_sync_candidate {
    double shift_s, F[9];
    double excess; // see rig_sync_excess
    double share, seconds;
} rig_sync_candidate;

enum { RIG_SYNC_CANDIDATES = 12 };
typedef struct rig_sync_candidates {
    int n, n_lags;                              // n_lags: shifts that were tried
    rig_sync_candidate of[RIG_SYNC_CANDIDATES]; // excess falling
    double chance;                              // the share at a shift that means nothing
    double seconds;                             // the most that people are in both views, at any shift
} rig_sync_candidates;

// How far a share stands above chance, against what chance gives in so many seconds.
double rig_sync_excess(double share, double chance, double seconds);

// How well a person of a fits one of b: the mean of 1 - (distance / RIG_SYNC_NEAR)^2 over the joints of both, 0 where
// that is negative; -1: too few joints in common.
double rig_sync_fit(const double F[9], const rig_sync_joint *a, const rig_sync_joint *b, int n_joints);

// The shifts that stand out most, no two closer than RIG_SYNC_APART_S. Fails with RIG_ERR_MEMORY.
//   F  the epipolar geometry, or NULL: that which fits best at each shift, of one person of each view at a time
#define RIG_SYNC_APART_S 0.25
RIG_CHECKED rig_status rig_sync_scan(const rig_sync_view *a, const rig_sync_view *b, double search_s, const double *F,
                                     rig_sync_candidates *candidates, rig_arena *scratch, rig_err *err);

#endif
