// Watch: change detection on a calibrated rig by the people that it saw. Did a camera move since it was calibrated
// (which, when, how far), and is the clock of a view late?
//
// Residuals. Each view in turn is left out: all joints are triangulated from the others (watch_segments.c). The
// residual of a joint in the view left out is linear in a small motion of its camera and a small offset of its clock
// (watch_residuals.c).
// Fit. Robust least squares gives the motion and the offset, for every frame from which on the camera might have moved;
// the frame of the best fit is the change point (changepoint.h).
// Tests. Is the motion 0, is the offset 0? Errors of detectors are alike for seconds and in many joints, and differ
// with how and where people stand: what is found has to be large against how much it depends on each person and each
// part of the take (jackknife.c). What is significant must also be large enough to matter (view_test.c). What a move
// would have to be to be found is told as well. Search. One camera that moved makes the others look as if they had: the
// view of the strongest test is corrected by what was found, all views are tested again, and so on until no test is
// significant (watch_solve.c).
#ifndef RIG_CHECKS_WATCH_H
#define RIG_CHECKS_WATCH_H

#include "core/arena.h"
#include "core/people.h"
#include "core/rig.h"

typedef enum rig_watch_kind { RIG_WATCH_MOVED, RIG_WATCH_OUT_OF_STEP } rig_watch_kind;

typedef struct rig_watch_finding {
    rig_watch_kind kind;
    int view;    // index of the camera in the rig
    double chi2; // of the test that nothing is wrong
    // moved:
    bool before;           // it moved before the take began; else
    int from;              // frame from which on it stands elsewhere
    double turn_rad;       // by how much it turned
    double shift_m;        // by how much its centre moved
    double displaced_px;   // by how much people's joints moved in its picture, rms
    rig_pose Rt_cam_world; // its pose since
    // out of step: its clock is late by so much, with the sign of offset_s in the rig YAML
    double offset_frames, offset_sigma;
} rig_watch_finding;

// The residuals of a view at the end, after all corrections.
typedef struct rig_watch_view {
    long n;                             // residuals
    bool tested;                        // false: too few people, or for too short; what follows is not known
    double rms_px;                      // of the inliers, root of the mean of dx^2 + dy^2
    double displaced_px;                // by the best constant motion: what is left of a move
    double offset_frames, offset_sigma; // what is left of an offset
    // A move half way through the take is not seen where it displaces the joints by less, rms: by what shifts the
    // camera by so much along the picture, at the people's distance. Infinite: none would be.
    double unseen_px, unseen_m;
} rig_watch_view;

typedef struct rig_watch_report {
    int n_views;
    rig_watch_view *views;
    int n;
    rig_watch_finding *findings; // by view, moves before offsets, in the order of frames
} rig_watch_report;

// A camera's pose from a frame on.
typedef struct rig_repaired_pose {
    int view; // index of the camera in the rig
    int from; // frame; INT_MIN: from the beginning
    rig_pose Rt_cam_world;
} rig_repaired_pose;

// The corrections that triangulate applies: poses and clock offsets.
typedef struct rig_repairs {
    int n_poses;
    rig_repaired_pose *poses; // by view, then frame
    int n_views;
    double *offset_frames; // a view: its clock is late by so many frames of the rig's clock
} rig_repairs;

typedef struct rig_watch rig_watch;

enum { RIG_WATCH_VIEWS_LEAST = 3 }; // two views do not tell which of them moved

struct rig_detection_params;

// A watch over a rig; rig and skeleton must outlive it. used: which joints count and the gates of their rays, as the
// people were triangulated with. fps > 0. From the heap. Fails with RIG_ERR_DATA as
// rig_tracker_open, with fewer than RIG_WATCH_VIEWS_LEAST cameras, and with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_watch_open(const rig_calibration *rig, const rig_skeleton *skeleton,
                                      const struct rig_detection_params *used, double fps, rig_watch **watch,
                                      rig_err *err);
// The repairs that the people were triangulated with, of cameras by index into the rig: what they correct is not found
// again. To be called before the first frame.
void rig_watch_set_repairs(rig_watch *watch, const rig_repairs *repairs);
// Which frames count in a take as long as this one is so far. Of more than 20,000 frames with people, runs of 50 count,
// evenly spread: every second, fourth, eighth one, so that 10,000 to 20,000 frames are left. A frame that does not
// count never will, and need not be given.
rig_frame_runs rig_watch_runs(const rig_watch *watch);
// The next frame: people as triangulated, views as given to rig_tracker_next. Frames rise. Frames may be left out, but
// a joint counts only where several frames within 0.14 s of it have the person. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_watch_next(rig_watch *watch, const rig_frame3d *people, const rig_frame2d *const *views,
                                      rig_arena *scratch, rig_err *err);
// Find what is wrong. repairs: the corrections of all findings, and those set before. Both from out. Cost: about as
// much as triangulating all frames once for each view, and as much again for each finding. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_watch_solve(rig_watch *watch, rig_watch_report *report, rig_repairs *repairs, rig_arena *out,
                                       rig_arena *scratch, rig_err *err);
void rig_watch_close(rig_watch *watch); // NULL is fine

#endif
