// People of all views into people in space, with ids kept through time.
//
// A frame is worked in six steps.
// 1. detection.c turns the 2D people of each view into detections: viewing rays, how exact each is, the person's size.
// 2. affinity.c rates every pair of detections, and every detection with every track, by the log-odds that they are one
//    person; cluster.c partitions them all at once. So who is with whom is consistent around every cycle of views and
//    with the past, a view has a person once, and parts of one person may be joined.
// 3. joints.c triangulates the joints of each cluster robustly (point.c) and rejects joints at overlong bones.
// 4. track_assignment.c continues, finds again or begins the tracks of clusters that the partition gave none.
// 5. left_right.c tells left joints from right ones; guided_match.c looks for the observations that a joint lacks.
// 6. track.c takes the joints into each track's Kalman filters, which fill the joints that no views agree on. A track
//    has an id once more views have supported it than chance gives (tracker.c).
// Sources: Dong et al. 2019 (MVPose: matching that is consistent over cycles), Zhang et al. 2020 (4DAssociation: past
// and present in one graph), Chen et al. 2020 (cross-view tracking), Keuper et al. 2015 (the partition).
#ifndef RIG_TRIANGULATE_TRACKER_H
#define RIG_TRIANGULATE_TRACKER_H

#include "core/arena.h"
#include "core/people.h"
#include "core/rig.h"
#include "triangulate/detection.h"

typedef struct rig_tracker rig_tracker; // what is remembered from frame to frame

typedef struct rig_tracker_params {
    rig_detection_params detection; // which joints of the views are used
    double min_parallax_rad;        // as rig_point_params
    int min_joints;                 // a 3D person with fewer is no person
    double keep_s;                  // a track not seen for longer is closed; its id is not used again
    double max_speed_m_s;           // how far a person may be from where the last frame had them
} rig_tracker_params;

rig_tracker_params rig_tracker_defaults(void); // those of the rig YAML's section `triangulate`

// A tracker for rig and skeleton; both must outlive it. fps > 0 (say 25 where it is not known). From the heap.
// Fails with RIG_ERR_DATA (a camera without a pose, fewer than 2 cameras, more than RIG_VIEWS_MAX), RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_tracker_open(const rig_calibration *rig, const rig_skeleton *skeleton, double fps,
                                        const rig_tracker_params *params, rig_tracker **tracker, rig_err *err);
// The next frame, frames rising. views[v] is what camera v saw at this moment, or NULL where the view has no such
// frame. frame3d: out, people by id; every joint of each says its state. Two cameras are enough; nobody anywhere is
// normal. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_tracker_next(rig_tracker *tracker, int frame, const rig_frame2d *const *views,
                                        rig_frame3d *frame3d, rig_arena *out, rig_arena *scratch, rig_err *err);
// To be called after the poses of the rig's cameras have changed: what the tracker derived from them is made anew.
void rig_tracker_update_poses(rig_tracker *tracker);
void rig_tracker_close(rig_tracker *tracker); // NULL is fine

#endif
