// A calibrated rig: cameras with names and, once extrinsics are known, a pose each in one world frame.
#ifndef RIG_CORE_RIG_H
#define RIG_CORE_RIG_H

#include "core/camera.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

// How one board (or scene point) frame fitted, or why it was left out.
typedef struct rig_frame_fit {
    int frame;
    double rms_px;        // square root of the mean of dx^2 + dy^2 over its corners
    const char *left_out; // NULL: used; else the reason, in words
} rig_frame_fit;

typedef struct rig_view_camera {
    char view[RIG_NAME_MAX];
    rig_camera camera;
    bool has_pose;
    rig_pose Rt_cam_world; // valid where has_pose
    double rms_px;         // over all corners used; square root of the mean of dx^2 + dy^2
    int n_frames;          // frames used
    int n_fits;
    rig_frame_fit *fits;
} rig_view_camera;

typedef struct rig_calibration {
    int n;
    rig_view_camera *cameras;
    double rms_px; // over all corners of all cameras
} rig_calibration;

// A pair of cameras as stereo programs want it. Matrices as OpenCV's stereoRectify defines them.
typedef struct rig_stereo {
    char left[RIG_NAME_MAX], right[RIG_NAME_MAX];
    rig_pose Rt_right_left;
    double baseline_m, rms_px, epipolar_rms_px;
    int n_frames;
    double E[9], F[9], R1[9], R2[9], P1[12], P2[12], Q[16];
} rig_stereo;

// The camera of that name, or NULL.
const rig_view_camera *rig_calibration_find(const rig_calibration *calibration, const char *view);

#ifdef __cplusplus
}
#endif
#endif
