// The rig watches itself: what the people of a take say of the cameras that saw them. Whether a camera moved since it
// was calibrated (which, when, how much), and whether a view is out of step in time.
//
// Each view is held against the people as all other views have them. Its residuals, linear in a small motion of the
// camera and in an offset in time, are summed up moment by moment; the best motion from a moment on is then found among
// all moments. How much residuals scatter together is measured by the take itself, so that only what stands out of it
// is told. The view that stands out most is repaired, and all are asked again.
#ifndef RIG_CHECKS_WATCH_H
#define RIG_CHECKS_WATCH_H

#include "core/arena.h"
#include "core/people.h"
#include "core/rig.h"

typedef enum rig_watch_kind { RIG_WATCH_MOVED, RIG_WATCH_OUT_OF_STEP } rig_watch_kind;

typedef struct rig_watch_finding {
    rig_watch_kind kind;
    int view;      // index of the camera in the rig
    double chance; // squared standard deviations (chi squared) that it is away from nothing
    // moved:
    bool before;           // the take began; else
    int from;              // frame from which on it stands elsewhere
    double turn_rad;       // how far, and
    double shift_m;        // how far its centre
    double displaced_px;   // rms, of the people's joints in the picture
    rig_pose Rt_cam_world; // where it stands since
    // out of step: its clock is late by so much, as offset_s of the rig YAML has it
    double offset_frames, offset_sigma;
} rig_watch_finding;

// A view as it was found at the end, after all repairs.
typedef struct rig_watch_view {
    long n;                             // joints held against the others
    double rms_px;                      // of those that belong together, root of the mean of dx^2 + dy^2; 0: too few
    double displaced_px;                // by the best constant motion: what is left
    double offset_frames, offset_sigma; // what is left
} rig_watch_view;

typedef struct rig_watch_report {
    int n_views;
    rig_watch_view *views;
    int n;
    rig_watch_finding *findings; // by view, moves before offsets, in the order of frames
} rig_watch_report;

// A camera's place from a frame on.
typedef struct rig_repaired_pose {
    int view; // index of the camera in the rig
    int from; // frame; INT_MIN: it never stood where the calibration has it
    rig_pose Rt_cam_world;
} rig_repaired_pose;

// Read by triangulate: the cameras as they really stood, the clocks as they really ran.
typedef struct rig_repairs {
    int n_poses;
    rig_repaired_pose *poses; // by view, then frame
    int n_views;
    double *offset_frames; // a view: its clock is late by so many frames of the rig's clock
} rig_repairs;

typedef struct rig_watch rig_watch;

enum { RIG_WATCH_VIEWS_LEAST = 3 }; // two views do not tell which of them moved

// rig and skeleton must outlive it. What is known already: rig_watch_know. fps > 0. From the heap. Fails with
// RIG_ERR_DATA as rig_tracker_open, with fewer than RIG_WATCH_VIEWS_LEAST cameras, and with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_watch_open(const rig_calibration *rig, const rig_skeleton *skeleton, double fps,
                                      rig_watch **watch, rig_err *err);
// What was repaired before, of cameras by index into the rig: it is not found again.
void rig_watch_know(rig_watch *watch, const rig_repairs *repairs);
// The next frame: people as triangulated, views as given to rig_tracker_next. Frames rise; some may be left out, but
// fifth of seconds around each that counts must be there. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_watch_next(rig_watch *watch, const rig_frame3d *people, const rig_frame2d *const *views,
                                      rig_arena *scratch, rig_err *err);
// What the take says. repairs: all that is known afterwards, with what was known before. Both from out. Cost: about as
// much as triangulating all once for each view, and once again for each finding. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_watch_solve(rig_watch *watch, rig_watch_report *report, rig_repairs *repairs, rig_arena *out,
                                       rig_arena *scratch, rig_err *err);
void rig_watch_close(rig_watch *watch); // NULL is fine

#endif
