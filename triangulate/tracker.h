// People of all views into people in space, with ids kept through time.
//
// The people of all views and the tracks of the frames before are one clustering with log-odds (affinity.h, cluster.h):
// so who is with whom is consistent around every cycle of views and with the past, a view has a person once, and parts
// of one person may be joined. Joints are then triangulated robustly (point.h), refused where bones would be too long
// (fuse.h), left and right told apart (sides.c), and looked for once more among what nobody uses (rechoose.c). A new
// person needs more support than chance gives (people.c). Learned from: Dong et al. 2019 (MVPose: matching consistent
// over cycles), Zhang et al. 2020 (4DAssociation: the past and the present in one graph), Chen et al. 2020 (cross-view
// tracking); the clustering is Keuper et al. 2015.
#ifndef RIG_TRIANGULATE_TRACKER_H
#define RIG_TRIANGULATE_TRACKER_H

#include "core/arena.h"
#include "core/people.h"
#include "core/rig.h"
#include "triangulate/point.h"

typedef struct rig_tracker rig_tracker; // what is remembered from frame to frame

typedef struct rig_tracker_params {
    rig_point_params point; // gate_px is the least gate: for people large in the image it is 0.15 m at their distance
    double min_score;       // 2D joints below this are not used
    int min_joints;         // a 3D person with fewer is no person
    double keep_s;          // a track not seen for longer is closed; its id is not used again
    double max_speed_m_s;   // how far a person may be from where the last frame had them
} rig_tracker_params;

rig_tracker_params rig_tracker_defaults(void);

// A tracker for rig and skeleton; both must outlive it. fps > 0 (say 25 where it is not known). From the heap.
// Fails with RIG_ERR_DATA (a camera without a pose, fewer than 2 cameras, more than RIG_VIEWS_MAX), RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_tracker_open(const rig_calibration *rig, const rig_skeleton *skeleton, double fps,
                                        const rig_tracker_params *params, rig_tracker **tracker, rig_err *err);
// The next frame, frames rising. views[v] is what camera v saw at this moment, or NULL where the view has no such
// frame. frame3d: out, people by id; every joint of each says its state. Two cameras are enough; nobody anywhere is
// normal. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_tracker_next(rig_tracker *tracker, int frame, const rig_frame2d *const *views,
                                        rig_frame3d *frame3d, rig_arena *out, rig_arena *scratch, rig_err *err);
// The poses of the rig's cameras have changed.
void rig_tracker_update_poses(rig_tracker *tracker);
void rig_tracker_close(rig_tracker *tracker); // NULL is fine

#endif
