// What a take's people said of the rig that saw them, and what was repaired because of it.
#ifndef RIG_CHECKS_WATCH_REPORT_H
#define RIG_CHECKS_WATCH_REPORT_H

#include "core/rig.h"

#ifdef __cplusplus
extern "C" {
#endif

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

#ifdef __cplusplus
}
#endif
#endif
