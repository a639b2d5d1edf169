// What watch.c, verdict.c, suspect.c, residual.c and stance.c share: all sights of all people of a take. Inside this
// room only.
#ifndef RIG_CHECKS_WATCH_STATE_H
#define RIG_CHECKS_WATCH_STATE_H

#include "checks/watch.h"
#include "triangulate/body.h"
#include "triangulate/undistorter.h"

enum { RIG_POSE_SEGMENTS_MAX = 8 };

// A person as a view saw them at one moment.
typedef struct rig_watch_detection {
    rig_joint_set has; // joints that were seen
    float px_per_m;    // of the image at the person's distance
    float q[][3];      // x, y, weight of each joint
} rig_watch_detection;

typedef struct rig_watch_sample {
    int id, moment;
    const rig_watch_detection **seen; // a view; NULL: it did not see them
} rig_watch_sample;

// Where a camera stands from a moment on.
typedef struct rig_pose_segment {
    int from;
    rig_view_camera camera;
} rig_pose_segment;

struct rig_watch {
    const rig_calibration *rig;
    rig_body body;
    double fps;
    int n, room;
    rig_watch_sample *rows; // when solved: by id, then moment
    rig_arena arena;        // of what rows hold, and the eyes
    rig_undistorter *eyes;  // a view
    // What is believed of each view: stances in the order of frames, the first from INT_MIN on; the clock's offset.
    int n_stances[RIG_VIEWS_MAX];
    rig_pose_segment *stances; // RIG_POSE_SEGMENTS_MAX a view
    double offset[RIG_VIEWS_MAX];
    rig_pose *thought;                  // a view: where the calibration has it
    double known_offset[RIG_VIEWS_MAX]; // taken back already, before the views came here
};

const rig_pose_segment *rig_pose_segment_at(const rig_watch *watch, int view, int moment);
// The camera moves by delta (turn, shift; its own frame) from `from` on; INT_MIN: it never stood where it was thought.
// false where the view has moved too often already.
bool rig_pose_segments_move(rig_watch *watch, int view, int from, const double delta[6]);

typedef struct rig_loo_point {
    bool ok;
    double p[3];
} rig_loo_point;

// All joints of all rows as the other views have them. points: n rows x n_joints, out.
void rig_loo_points_triangulate(const rig_watch *watch, int view, rig_loo_point *points);

// A residual of a view's sight of a joint, on the plane z = 1, and how it changes with the camera's turn and shift (its
// own frame) and with its clock's offset, frames.
enum { RIG_RESIDUAL_PARAMS = 7 };

typedef struct rig_residual {
    int at;    // its moment's place
    int group; // one joint of one person, for some seconds
    double r[2], J[2][RIG_RESIDUAL_PARAMS], sigma;
    double w; // of its square
} rig_residual;

typedef struct rig_residuals {
    int n_moments, *moments; // of the take, rising
    int n, n_groups;
    rig_residual *all;
} rig_residuals;

// The view's residuals against the people as the others have them. From scratch. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_residuals_collect(const rig_watch *watch, int view, const rig_loo_point *points,
                                             rig_residuals *made, rig_arena *scratch, rig_err *err);

// What the people say of one view, given what is believed of the others and of itself.
typedef struct rig_view_test {
    rig_watch_view figures;
    double unrest;                     // chi squared that a constant fit explains away, told or not
    double chance_move, chance_offset; // chi squared; 0: nothing that would be told
    bool before;                       // moved before the take
    int from;                          // or from this frame on
    double delta[6];
    double offset_frames;
} rig_view_test;

// points: as rig_loo_points_triangulate gives them. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_view_test_run(const rig_watch *watch, int view, const rig_loo_point *points,
                                         rig_view_test *told, rig_arena *scratch, rig_err *err);
// A move that displaces people's joints by no more, pixels, is none.
double rig_view_test_least_px(const rig_watch *watch, int view, const rig_view_test *told);
// The same of a view that is convicted: it moved at `from` (INT_MIN: before the take; INT_MAX: it did not), or its
// clock is late; what is left of that, however little, is in delta and offset_frames.
RIG_CHECKED rig_status rig_view_test_refine(const rig_watch *watch, int view, const rig_loo_point *points, int from,
                                            rig_view_test *told, rig_arena *scratch, rig_err *err);

#endif
