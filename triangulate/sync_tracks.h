// People's motion in one view as smooth curves: what the views' clocks are found from.
#ifndef RIG_TRIANGULATE_SYNC_TRACKS_H
#define RIG_TRIANGULATE_SYNC_TRACKS_H

#include "core/arena.h"
#include "core/people.h"
#include "core/skeleton.h"
#include "core/status.h"

#define RIG_SYNC_POINT_SIZE 0.25  // normalised: what stands for the height of a person where points have none
#define RIG_SYNC_STEP_S     0.025 // between the nodes of a curve

// A joint at a moment: a normalised image point and its velocity per second of the view's own clock.
typedef struct rig_sync_joint {
    float n[2], v[2];
    bool known;
} rig_sync_joint;

// One person for as long as the view follows them without doubt.
typedef struct rig_sync_track {
    int first, n_nodes;    // node k is at (first + k) RIG_SYNC_STEP_S of the view's clock
    rig_sync_joint *nodes; // n_nodes x joints
    double path;           // how far the joints go, normalised, mean of the joints
} rig_sync_track;

typedef struct rig_sync_people {
    int n_joints, n_tracks;
    rig_sync_track *tracks;
    double first_s, last_s; // of the tracks; valid where there are any
    int first_cell, n_cells, *cell_at,
        *cell_tracks; // the tracks of second k are cell_tracks[cell_at[k - first_cell] ..]
} rig_sync_people;

typedef struct rig_sync_builder rig_sync_builder;

// Begin with the view's first frame. Fails with RIG_ERR_MEMORY.
//   frame_s  between frames of the view, seconds
RIG_CHECKED rig_status rig_sync_builder_make(int n_joints, double frame_s, rig_sync_builder **builder, rig_arena *out,
                                             rig_err *err);
// Add a frame; frames rise. People are followed by the distance of their joints; where two tracks fit a person nearly
// as well, both end. Fails with RIG_ERR_MEMORY.
//   t_s     of the frame, on the view's clock
//   joints  n_people x n_joints: normalised points, v unused
RIG_CHECKED rig_status rig_sync_builder_add(rig_sync_builder *builder, double t_s, const rig_sync_joint *joints,
                                            int n_people, rig_err *err);
// The curves: at each node the quadratic that fits the frames around it best, by weighted least squares. Its noise does
// not depend on where between two frames the node lies, so that no fraction of a frame is preferred. Source: Cleveland
// 1979, "Robust locally weighted regression and smoothing scatterplots". Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_sync_builder_end(rig_sync_builder *builder, rig_sync_people *people, rig_arena *out,
                                            rig_err *err);

// The tracks of the second in which t_s lies, and how many.
const int *rig_sync_people_at(const rig_sync_people *people, double t_s, int *n);
// The joints of a track at a node, counted from the clock's 0, or NULL.
const rig_sync_joint *rig_sync_joints_at(const rig_sync_people *people, int track, int node);
// The joints of a track at a moment, n_joints of them, by cubic Hermite interpolation; how many are known.
int rig_sync_track_at(const rig_sync_track *track, int n_joints, double t_s, rig_sync_joint *joints);

#endif
