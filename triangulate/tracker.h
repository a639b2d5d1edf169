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
    bool gate_as_is, speed_as_is;   // detection.gate_m, max_speed_m_s are in the rig's unit, not an adult's metres
} rig_tracker_params;

// What became of the people that views saw, a view in a frame each.
typedef struct rig_tracker_tally {
    long n;                          // in all
    long used;                       // are in a skeleton
    long few_2d;                     // have fewer than 3 joints that may be used
    long alone;                      // no other view saw anybody at that moment
    long unmatched;                  // pass nobody of another view
    long parallel, behind, disagree; // of these of two views and more most joints have rays that are parallel, meet
                                     // behind a camera, or agree on no place
    long few_3d;                     // fewer than min_joints of them have a place
    long unsure;                     // the track is too short, or two views of too many people
} rig_tracker_tally;

rig_tracker_params rig_tracker_defaults(void); // those of the rig YAML's section `triangulate`

// A tracker for rig and skeleton; both must outlive it. fps > 0 (say 25 where it is not known). From the heap.
// Fails with RIG_ERR_DATA (a camera without a pose, fewer than 2 cameras, more than RIG_VIEWS_MAX), RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_tracker_open(const rig_calibration *rig, const rig_skeleton *skeleton, double fps,
                                        const rig_tracker_params *params, rig_tracker **tracker, rig_err *err);
// How large people are: frames to measure them by, before the first frame. *enough: more would not tell more. Fails
// with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_tracker_measure(rig_tracker *tracker, const rig_frame2d *const *views, bool *enough,
                                           rig_arena *scratch, rig_err *err);
// After measuring: their size against an adult's of 1.75 m in the rig's unit of length; 0: not known. 1000: the rig is
// in millimetres. 0.05: these are mice. Where it is below a half or above two, lengths and speeds that the tracker
// knows of adults are so many times theirs from now on; else 1 is as good, and rig_tracker_scale is 1.
double rig_tracker_settle(rig_tracker *tracker);
// After measuring: what of a view's left and right is exchanged. Of two views both are likelier so; of more, the one
// that no other agrees with as it is.
typedef enum rig_exchange {
    RIG_EXCHANGED_NOT,
    RIG_EXCHANGED_NAMES,   // left joints are called right ones
    RIG_EXCHANGED_BOTH,    // the picture is mirrored, and a detector called joints by what it saw
    RIG_EXCHANGED_PICTURE, // the picture is mirrored, joints are called rightly
    RIG_EXCHANGES
} rig_exchange;
rig_exchange rig_tracker_exchange_of(const rig_tracker *tracker, int view);
double rig_tracker_scale(const rig_tracker *tracker);
// The next frame, frames rising. views[v] is what camera v saw at this moment, or NULL where the view has no such
// frame. frame3d: out, people by id; every joint of each says its state. Two cameras are enough; nobody anywhere is
// normal. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_tracker_next(rig_tracker *tracker, int frame, const rig_frame2d *const *views,
                                        rig_frame3d *frame3d, rig_arena *out, rig_arena *scratch, rig_err *err);
// To be called after the poses of the rig's cameras have changed: what the tracker derived from them is made anew.
void rig_tracker_update_poses(rig_tracker *tracker);
const rig_tracker_tally *rig_tracker_tally_of(const rig_tracker *tracker); // of all frames so far
void rig_tracker_close(rig_tracker *tracker);                              // NULL is fine

#endif
