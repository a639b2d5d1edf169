// A take's people in 2D, all views on the rig's clock, and the cameras that saw them. Frames are read in chunks as
// moments go by, the next chunk of each view in the background: memory is that of three chunks a view, whatever the
// take's length.
#ifndef RIG_APP_TAKE_H
#define RIG_APP_TAKE_H

#include "app/background.h"
#include "app/session.h"
#include "checks/watch.h"

// The joints of a file's people that the skeleton has.
typedef struct rig_joint_map {
    bool same; // those of the skeleton, in its order
    int source_of[RIG_JOINTS_MAX];
} rig_joint_map;

enum { RIG_TAKE_CHUNKS = 3 }; // the one before, the one in hand, the one ahead

typedef struct rig_take_view {
    const struct rig_take *take;
    const rig_view_source *source; // NULL: the recording does not have it
    rig_people2d_reader *reader;
    rig_joint_map map;
    rig_people2d chunks[RIG_TAKE_CHUNKS];
    rig_arena arenas[RIG_TAKE_CHUNKS]; // of the chunks
    int in_hand, next;                 // the chunk in hand; its first frame after the moment
    rig_background_job reading;        // the chunk ahead; it has the reader and that chunk until it is finished
    rig_frame_runs runs;               // the take's when it began to read
    bool has_ahead;                    // it was finished, or nothing comes
    const rig_frame2d *before;         // the last frame up to the moment, or NULL
    rig_frame2d made;                  // between two frames
} rig_take_view;

typedef struct rig_take {
    rig_skeleton skeleton; // that all people have
    int n_views;
    int chunk_frames;
    rig_take_view *views; // of each camera
    rig_calibration rig;  // only cameras with people; poses as of the moment that was asked for last
    rig_pose *calibrated; // their poses, a view, before repairs
    rig_background *background;
    rig_frame_runs runs; // moments that are asked for; the others' frames need not be read
    double share;        // of the first view's people that was read
    rig_arena between;   // what the views have between frames
    double fps;          // of the rig's clock; 0: not known
    bool has_frames;     // of any view
    int first;           // moment, where it has
    int step;            // of the recording; more than 1: frames in between are of no moment
    rig_repairs repairs; // those of 75_repair.yaml
} rig_take;

// Open the people of all views that have a camera with a pose; views that have only one of them are told. Repairs in
// 75_repair.yaml hold. Fails with RIG_ERR_DATA where fewer than 2 views are left. release in any case.
RIG_CHECKED rig_status rig_take_open(rig_session *session, rig_take *take, rig_err *err);
// The same with other cameras, fitted to the take's pictures, and without repairs: 75_repair.yaml comes from poses.
RIG_CHECKED rig_status rig_take_open_with(rig_session *session, const rig_calibration *cameras, rig_take *take,
                                          rig_err *err);
// What each view saw at a moment, moments rising; NULL where it has no frame of it. Between two of a view's frames its
// people are between them too. They are the take's until the next call. *moved: take->rig has other poses than before.
RIG_CHECKED rig_status rig_take_views(rig_take *take, int moment, const rig_frame2d **views, bool *moved, rig_err *err);
// From now on only moments of these runs are asked for, runs longer than a few frames; for who knows which moments come
// next, as rig_take_step no longer does.
void rig_take_thin(rig_take *take, const rig_frame_runs *runs);
// After rig_take_views of *moment: the moment that follows, or *more = false. Where no view has a frame for more than
// RIG_GAP_FRAMES and two seconds, the moments in between are passed over; all of them where the recording has a step.
RIG_CHECKED rig_status rig_take_step(rig_take *take, int *moment, bool *more, rig_err *err);
// Begin again at the first frame, with the cameras as they were then.
RIG_CHECKED rig_status rig_take_restart(rig_session *session, rig_take *take, rig_err *err);
// How much of it was read, 0..1, about.
double rig_take_share(const rig_take *take);
void rig_take_release(rig_take *take);

#endif
