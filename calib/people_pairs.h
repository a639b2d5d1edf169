// The relative pose of two views from people whom both saw, without knowing who is who.
#ifndef RIG_CALIB_PEOPLE_PAIRS_H
#define RIG_CALIB_PEOPLE_PAIRS_H

#include "calib/people_seen.h"

typedef struct rig_people_pair {
    bool usable;
    bool open;        // a clearly different pose, or pairing of people, fits nearly as well
    rig_pose Rt_b_a;  // t of length 1
    int n_both;       // moments at which both saw somebody
    int n_moments;    // and at which somebody fits
    int n_inliers;    // joints within 3 sigmas
    double inliers;   // their share of the joints of those who were taken for one person
    double angle_rad; // median angle between the two rays of an inlier
} rig_people_pair;

// A track of one view and a track of the other that were there at the same moments may be one person: each such couple
// gives a pose by consensus over its joints. Poses are held against all people of all moments, each person of one view
// taken for the one of the other that fits best, and the pose of most joints is taken and refined.
//   pair   usable = false where fewer than 20 moments or 200 joints agree, or less than half of the joints or a
//          third of the moments
// Fails with RIG_ERR_MEMORY. Cost O(couples x samples x joints); couples <= 24.
RIG_CHECKED rig_status rig_people_pair_find(const rig_people_seen *seen, int view_a, int view_b, rig_people_pair *pair,
                                            rig_arena *scratch, rig_err *err);

// Mean over the joints that both have of min(r^2, 9) by the epipolar geometry E of their views, r in sigmas; *n:
// joints.
double rig_people_pair_misfit(const rig_people_seen *seen, const double E[9], const rig_seen_person *a,
                              const rig_seen_person *b, int *n);

// The misfit below which two may be one person.
double rig_people_pair_limit(const rig_people_seen *seen);

// Who of view b is who of view a at a moment, best fits first: other[person of the moment] = another, or -1.
enum { RIG_PAIR_PEOPLE_MOST = 64 }; // of a moment; those beyond are not asked
void rig_people_pair_match(const rig_people_seen *seen, const double E[9], int a, int b, const rig_seen_moment *now,
                           int other[RIG_PAIR_PEOPLE_MOST]);

#endif
