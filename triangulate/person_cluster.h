// What people.c, group.c and birth.c share: the tracker, and the groups of one frame. Inside this room only.
#ifndef RIG_TRIANGULATE_PERSON_CLUSTER_H
#define RIG_TRIANGULATE_PERSON_CLUSTER_H

#include "triangulate/affinity.h"
#include "triangulate/track.h"
#include "triangulate/tracker.h"

struct rig_tracker {
    const rig_calibration *rig;
    rig_body body;                        // its sigmas follow what is seen
    double start_sigma_m[RIG_JOINTS_MAX]; // what they were at first
    rig_tracker_params params;
    double fps;
    bool started;
    int last_frame;
    int next_id;
    int n_tracks, room;
    rig_track *tracks;
    rig_arena arena;       // of what follows
    rig_undistorter *eyes; // rig->n
    double *focal_px;      // rig->n
    rig_view_pair *pairs;  // rig->n x rig->n; [a][b] for a < b
};

// One person of one frame: who it was, who in the views it is, where the joints are.
typedef struct rig_person_cluster {
    int track; // index into the tracker's tracks, -1: nobody that is known
    int n;
    const rig_detection **members; // room for all people of the frame
    uint64_t views;                // of the members
    int n_ok;                      // joints triangulated
    int n_agree;                   // views that are part of many of them
    rig_joint3d *joints;
} rig_person_cluster;

typedef struct rig_person_clusters {
    int n;
    rig_person_cluster *of;
    int n_loose;
    rig_joint_candidate *loose; // sights of joints that are of no group
} rig_person_clusters;

// Cluster the people of the views and the tracks; one group for each cluster, also of a track alone. From scratch.
// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_person_clusters_make(const rig_tracker *tracker, const rig_detection *seen, int n_seen,
                                                rig_person_clusters *groups, rig_arena *scratch, rig_err *err);
// Triangulate a group's joints.
void rig_person_cluster_triangulate(const rig_tracker *tracker, rig_person_cluster *group);
// Mean distance of the joints that both groups have, m; infinite where there are none.
double rig_person_cluster_distance(const rig_tracker *tracker, const rig_person_cluster *a,
                                   const rig_person_cluster *b);

// Groups without a track that are somebody: part of a tracked person, a person who was lost, or a new one. Afterwards
// each such group has a track; tracks have gained room.
// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_person_clusters_assign_tracks(rig_tracker *tracker, rig_person_clusters *groups,
                                                         rig_arena *scratch, rig_err *err);

// Give the joints of a pair, of groups with a track, a place each where the views show two, and tell left from right.
void rig_person_clusters_resolve_sides(const rig_tracker *tracker, rig_person_clusters *groups);
// Give joints of groups with a track the sights that nobody uses: of other people, of the mirror joint, loose ones.
void rig_person_clusters_match_guided(const rig_tracker *tracker, rig_person_clusters *groups);

#endif
