// The watch's state and the parts that its files share (watch.h has the method). Inside this room only.
#ifndef RIG_CHECKS_WATCH_STATE_H
#define RIG_CHECKS_WATCH_STATE_H

#include "checks/watch.h"
#include "triangulate/body.h"
#include "triangulate/detection.h"
#include "triangulate/undistorter.h"

enum { RIG_POSE_SEGMENTS_MAX = 8 };

// A person as a view saw them in one frame.
typedef struct rig_watch_detection {
    rig_joint_set has; // joints that were seen
    float px_per_m;    // of the image at the person's distance
    float q[][3];      // x, y, weight of each joint
} rig_watch_detection;

// A person of one frame, with their detections.
typedef struct rig_watch_sample {
    int id, frame;
    const rig_watch_detection **detections; // a view; NULL: it did not see them
} rig_watch_sample;

// A camera from a frame on, up to the next segment: its pose is constant between change points.
typedef struct rig_pose_segment {
    int from; // frame
    rig_view_camera camera;
} rig_pose_segment;

struct rig_watch {
    const rig_calibration *rig;
    rig_body body;
    rig_detection_params used;
    double fps;
    int n, room;
    rig_watch_sample *samples; // when solved: by id, then frame
    rig_arena detections;      // of what samples hold
    int n_frames;              // with samples
    rig_frame_runs runs;
    rig_arena arena;               // of what follows
    rig_undistorter *undistorters; // a view
    rig_pose *calibrated;          // a view: its pose by the calibration
    // The hypothesis: of each view its pose segments in the order of frames, the first from INT_MIN on, and by how many
    // frames its clock is late.
    int n_segments[RIG_VIEWS_MAX];
    rig_pose_segment *segments; // RIG_POSE_SEGMENTS_MAX a view
    double offset_frames[RIG_VIEWS_MAX];
    double repaired_frames[RIG_VIEWS_MAX]; // offsets that were taken out before the views came here
};

// The segment that a frame lies in.
const rig_pose_segment *rig_pose_segment_at(const rig_watch *watch, int view, int frame);
// Move the camera by delta (turn, shift; in its own frame) in all segments from `from` on, which begins one where there
// is none yet; INT_MIN: the whole take. false where the view has RIG_POSE_SEGMENTS_MAX already.
bool rig_pose_segments_move(rig_watch *watch, int view, int from, const double delta[6]);

// A joint triangulated from all views but one.
typedef struct rig_loo_point {
    bool ok;
    double p[3];
} rig_loo_point;

// All joints of all samples without the view, under the hypothesis. points: n samples x n_joints, out.
void rig_loo_points_triangulate(const rig_watch *watch, int view, rig_loo_point *points);

// The residual of a joint that a view saw, on the plane z = 1, and its derivatives by the camera's turn and shift (its
// own frame) and by the offset of its clock in frames.
enum { RIG_RESIDUAL_PARAMS = 7 };

typedef struct rig_residual {
    int at;    // its frame, as an index into the frames of rig_residuals
    int group; // one person for some seconds, all of whose errors may go together
    double r[2], J[2][RIG_RESIDUAL_PARAMS], sigma;
    double w; // of its square
} rig_residual;

typedef struct rig_residuals {
    int n_frames, *frames; // of the take, rising
    int n, n_groups;
    int *group_people; // whose a group is: groups are by person, then time
    rig_residual *all;
} rig_residuals;

// The view's residuals against the points of rig_loo_points_triangulate. Of more than 150,000 an even share is taken.
// From scratch. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_residuals_collect(const rig_watch *watch, int view, const rig_loo_point *points,
                                             rig_residuals *made, rig_arena *scratch, rig_err *err);

// The outcome of a view's tests under the hypothesis.
typedef struct rig_view_test {
    rig_watch_view figures;
    double misfit;                 // chi squared that a constant fit takes away, significant or not
    double chi2_move, chi2_offset; // the test statistics; 0: not significant, or too small to matter
    bool before;                   // the camera moved before the take
    int from;                      // or from this frame on
    double delta[6];               // by so much: turn, shift
    double offset_frames;          // the clock is late by so much
} rig_view_test;

// Test whether the view's camera moved and whether its clock is late.
//   points   as rig_loo_points_triangulate gives them
// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_view_test_run(const rig_watch *watch, int view, const rig_loo_point *points,
                                         rig_view_test *test, rig_arena *scratch, rig_err *err);
// The least displacement of people's joints, pixels, for a camera to have moved.
double rig_view_test_least_px(const rig_watch *watch, int view, const rig_view_test *test);
// Estimate again what is left of a move found before at frame `from` (INT_MIN: before the take; INT_MAX: none) and of
// the offset: delta and offset_frames are set, however small they are.
RIG_CHECKED rig_status rig_view_test_refine(const rig_watch *watch, int view, const rig_loo_point *points, int from,
                                            rig_view_test *test, rig_arena *scratch, rig_err *err);

#endif
