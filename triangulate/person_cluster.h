// A person cluster: the detections of one frame that are one person, the track that they continue, and the joints that
// are triangulated from them. Also the tracker's state, which the files that work on clusters share. Inside this room
// only.
//
// The clusters of a frame pass these files in this order: person_cluster.c makes them and triangulates their joints,
// track_assignment.c gives a track to those that have none, left_right.c tells left joints from right ones, and
// guided_match.c looks for observations that a joint lacks.
#ifndef RIG_TRIANGULATE_PERSON_CLUSTER_H
#define RIG_TRIANGULATE_PERSON_CLUSTER_H

#include "triangulate/affinity.h"
#include "triangulate/track.h"
#include "triangulate/tracker.h"

enum { RIG_SIZES_MOST = 512, RIG_EXCHANGE_MOMENTS_MOST = 300 };

// In how many moments a view's people were held against the others', and in how many an exchange was likelier.
typedef struct rig_exchanges {
    int n_moments, n[RIG_VIEWS_MAX], likelier[RIG_VIEWS_MAX][RIG_EXCHANGES];
} rig_exchanges;

struct rig_tracker {
    const rig_calibration *given; // the caller's
    const rig_calibration *rig;   // the same in units of `scale`: people are as large as adults in it
    double scale;
    int n_sizes;
    double sizes[RIG_SIZES_MOST]; // logarithms, of people against adults
    rig_exchanges exchanges;
    rig_tracker_tally tally;
    rig_body body;                        // its sigmas follow the residuals of the frames so far
    double start_sigma_m[RIG_JOINTS_MAX]; // the body's sigmas before the first frame
    rig_tracker_params params;
    double fps;
    bool started;
    int last_frame;
    int next_id;
    int n_tracks, room;
    rig_track *tracks;
    rig_arena arena;               // of what follows
    rig_undistorter *undistorters; // rig->n
    double *focal_px;              // rig->n
    rig_view_pair *pairs;          // rig->n x rig->n; [a][b] for a < b
};

typedef struct rig_person_cluster {
    int track; // index into the tracker's tracks, -1: none
    int n;
    const rig_detection **members; // room for all detections of the frame
    uint64_t views;                // bits of the members' views
    int n_ok;                      // joints triangulated
    int n_agree;                   // views that take part in a third of these joints or more
    rig_joint3d *joints;
} rig_person_cluster;

typedef struct rig_person_clusters {
    int n;
    rig_person_cluster *list;
    int n_candidates;
    rig_joint_candidate *candidates; // 2D joints of the frame that belong to no detection
} rig_person_clusters;

// Partition the frame's detections and the tracks by their affinities. Each cluster holds at most one track; a track
// without detections is a cluster too. From scratch. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_person_clusters_make(const rig_tracker *tracker, const rig_detection *detections,
                                                int n_detections, rig_person_clusters *clusters, rig_arena *scratch,
                                                rig_err *err);
// Triangulate the cluster's joints; sets n_ok and n_agree.
void rig_person_cluster_triangulate(const rig_tracker *tracker, rig_person_cluster *cluster);
// Mean distance of the joints that both clusters have, m; infinite where they have none in common.
double rig_person_cluster_distance(const rig_tracker *tracker, const rig_person_cluster *a,
                                   const rig_person_cluster *b);

// Give each cluster without a track that has enough joints and views to be a person one of three things: the cluster of
// a tracked person at the same place (its members move there), the track of a person who was lost from sight within
// reach, or a new track. Tracks gain room. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_person_clusters_assign_tracks(rig_tracker *tracker, rig_person_clusters *clusters,
                                                         rig_arena *scratch, rig_err *err);

// One moment of rig_tracker_measure, for rig_tracker_exchange_of.
RIG_CHECKED rig_status rig_tracker_look_for_exchanges(rig_tracker *tracker, const rig_frame2d *const *views,
                                                      const rig_detections *as_is, rig_arena *scratch, rig_err *err);

// Count what became of the frame's people: of all views, some of them no detection, and of all clusters.
//   in_result  a cluster, whether the frame's result has it
void rig_person_clusters_tally(const rig_tracker *tracker, const rig_detections *detections,
                               const rig_person_clusters *clusters, const bool *in_result, rig_tracker_tally *tally);

// In clusters with a track, find two places for each left and right joint where the detector gave both the same one,
// and exchange the two where the views, the bones and the track say that they are the wrong way round.
void rig_person_clusters_resolve_sides(const rig_tracker *tracker, rig_person_clusters *clusters);

// In clusters with a track, triangulate each joint again with the observations that lie near where it must be and that
// no joint uses yet: of other detections, of the mirror joint, of the joint candidates. The result is kept where more
// views agree on it than before.
void rig_person_clusters_match_guided(const rig_tracker *tracker, rig_person_clusters *clusters);

#endif
