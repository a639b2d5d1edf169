// Clocks of views that nobody synchronised, from people's motion: by how much each is late, and how fast it runs.
//
// Two views see a joint at one moment where its image points meet the epipolar constraint. Over all shifts of one clock
// against the other the share of joints that meet it is found, and must stand out at one shift alone; there shift,
// drift and, where the cameras are not known, the epipolar geometry are refined together. Pairs of views are joined by
// least squares, and pairs that contradict the others are left out.
// Sources: Caspi and Irani 2002, "Spatio-temporal alignment of sequences"; Elhayek et al. 2012, "Feature-based
// multi-video synchronization with subframe accuracy"; Albl et al. 2017, as in sync_step.h.
#ifndef RIG_TRIANGULATE_SYNC_H
#define RIG_TRIANGULATE_SYNC_H

#include "core/geom.h"
#include "triangulate/sync_jump.h"

// Why the clock of a view, or of a pair, is not known.
typedef enum rig_sync_refusal {
    RIG_SYNC_KNOWN,        // it is
    RIG_SYNC_NOBODY,       // the view follows nobody for a second
    RIG_SYNC_STILL,        // nobody moves enough
    RIG_SYNC_OVERLAP,      // people are not in both views for long enough
    RIG_SYNC_PERIODIC,     // another shift fits nearly as well
    RIG_SYNC_UNMATCHED,    // no shift stands out
    RIG_SYNC_CONTRADICTED, // pairs of views contradict each other
    RIG_SYNC_SILENT,       // the view has no sound
    RIG_SYNC_UNSTAMPED,    // its file does not say when it was taken
    RIG_SYNC_REFUSALS
} rig_sync_refusal;

const char *rig_sync_refusal_name(rig_sync_refusal refusal); // "periodic"; "" for known

typedef struct rig_sync_view {
    rig_sync_people people;
    double frame_s;         // between its frames
    double first_s, last_s; // when it sees people, or records sound; alike: never
    bool has_pose;          // and a lens: people's points are then rays
    rig_pose Rt_cam_world;  // valid where has_pose
    bool held;              // the clock is known
    double offset_s;        // where held
} rig_sync_view;

// A pair of views.
typedef struct rig_sync_pair {
    int a, b;
    rig_sync_refusal refusal;
    rig_sync_clocks clocks; // valid where known
    double share, chance;   // of joints that meet the epipolar constraint there, and at a shift that means nothing
    double second_s;        // the shift that fits second best
    double ratio;           // how well it does against the best, 0..1
    double overlap_s;       // for which people are seen in both
    double length_s;        // from the first of it to the last
    rig_sync_jump jump;     // of one clock against the other, within what they have in common
    bool dropped;           // contradicts other pairs
} rig_sync_pair;

// The clocks of views a and b, of which b's may be search_s ahead or late. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_sync_pair_find(const rig_sync_view *views, int a, int b, double search_s,
                                          rig_sync_pair *pair, rig_arena *scratch, rig_err *err);

// A view's clock: its moment t is offset_s + t (1 + drift) of the rig's clock.
typedef struct rig_sync_clock {
    rig_sync_refusal refusal;
    bool held;        // the rig's clock is this one's, or it was known
    bool drift_known; // from people; else it is about 0, give or take what is usual of clocks
    double offset_s, drift;
    double sigma_s;     // of the clock: the largest while it and another view see people; 0: held
    double sigma_drift; // 0: held
} rig_sync_clock;

#define RIG_SYNC_SIGMA_MOST 0.5 // frames: a clock that is less sure is no better than the nearest frame

// All pairs together, with drifts that are about 0, give or take 50 ppm, where the pairs tell less. The rig's clock is
// that of the held views, or of the first view of the largest group of views that pairs join. pairs  dropped is set.
// Fails with RIG_ERR_MEMORY.
//   sigma_most  of a clock that is known, in frames
RIG_CHECKED rig_status rig_sync_join(const rig_sync_view *views, int n_views, rig_sync_pair *pairs, int n_pairs,
                                     double sigma_most, rig_sync_clock *clocks, rig_arena *scratch, rig_err *err);

#endif
