// A calibrated rig: cameras with names and, once extrinsics are known, a pose each in one world frame.
#ifndef RIG_CORE_RIG_H
#define RIG_CORE_RIG_H

#include "core/camera.h"
#include "core/image.h"

#include <stdbool.h>

// How one board (or scene point) frame fitted, or why it was left out.
typedef struct rig_frame_fit {
    int frame;
    double rms_px;        // square root of the mean of dx^2 + dy^2 over its corners
    const char *left_out; // NULL: used; else the reason, in words
} rig_frame_fit;

// One standard deviation of each of a camera's numbers.
typedef struct rig_camera_sigma {
    double K[4], dist[RIG_DIST_MAX]; // 0: held
    double rvec[3], t[3];            // of Rt_cam_world
} rig_camera_sigma;

// How much of what a lens can do the boards that were used show. Zeroed: not known.
typedef struct rig_variety {
    double coverage; // share of the picture's 8 x 6 cells that have a corner
    double tilt;     // widest angle between two boards, rad
    double depth;    // farthest over nearest board
} rig_variety;

enum { RIG_WARNINGS_MAX = 10 };

typedef struct rig_view_camera {
    char view[RIG_NAME_MAX];
    rig_camera camera;
    rig_crop crop; // where the pictures that it was calibrated with lie in their feed's
    bool has_pose;
    bool surveyed;             // the pose was measured by other means, and is held
    rig_pose Rt_cam_world;     // valid where has_pose
    double rms_px;             // over all corners used; square root of the mean of dx^2 + dy^2
    int n_frames;              // frames used
    int n_corners, n_rejected; // corners used; seen and not used, those of frames left out too
    int n_fits;
    rig_frame_fit *fits;
    double held_out_rms_px;   // over every fifth frame, of a fit to the others; 0: not known
    double edge_sigma_px;     // of where the lens puts a direction, where in the picture that is largest; 0: not known
    const char *undetermined; // names of its numbers that what was seen leaves open; NULL: none
    int n_turned;             // frames whose corners were read from their other end
    bool has_sigma;
    rig_camera_sigma sigma;
    rig_variety variety;
    int n_warnings;
    const char *warnings[RIG_WARNINGS_MAX]; // what there was too little of, by name
    double lens_rms_px[RIG_LENS_COUNT];     // where the lens was chosen: each one's held-out rms; 0: not tried
} rig_view_camera;

// A distance between two cameras that someone measured.
typedef struct rig_known_length {
    char views[2][RIG_NAME_MAX];
    double known_m, measured_m; // measured: by the calibration
} rig_known_length;

// The board as a refinement found it: its squares' edge, and by how much its middle stands out of the plane of its
// corners, along x and along y: z = warp[0] (1 - u^2) + warp[1] (1 - v^2), u and v from -1 to 1 over it.
typedef struct rig_board_shape {
    bool has_warp, has_square; // refined
    double warp_m[2], square_m;
    double sigma_warp_m[2], sigma_square_m; // one standard deviation
} rig_board_shape;

typedef struct rig_calibration {
    int n;
    rig_view_camera *cameras;
    double rms_px;          // over all corners of all cameras
    double held_out_rms_px; // so; 0: not known
    rig_board_shape shape;
    int n_lengths;
    rig_known_length *lengths;
    // Of K, dist, rvec, t of each camera, one after the other (rig_calibration_at), n_covariance squared; NULL: not
    // known. What was held has zeros.
    int n_covariance;
    double *covariance;
} rig_calibration;

// A pair of cameras as stereo programs want it. Matrices as OpenCV's stereoRectify defines them.
typedef struct rig_stereo {
    char left[RIG_NAME_MAX], right[RIG_NAME_MAX];
    rig_pose Rt_right_left;
    double baseline_m, rms_px, epipolar_rms_px;
    int width, height; // of rectified pictures, the larger view's; 0: not known
    int n_frames;
    double E[9], F[9], R1[9], R2[9], P1[12], P2[12], Q[16];
} rig_stereo;

// Whether the right camera of a pair stands to the left of the left one, in its frame, side by side rather than above.
bool rig_stereo_is_swapped(const rig_pose *Rt_right_left);

// Where a camera's numbers begin in the covariance; of n: how many there are in all.
int rig_calibration_at(const rig_calibration *calibration, int camera);
// Set the measured_m of a known length. false: a camera has no pose.
bool rig_calibration_measure(const rig_calibration *calibration, rig_known_length *length);
// Make a camera one of another window of the same feed: its principal point moves, its size becomes the window's.
// false, and nothing is changed, where its crop is not known or not of the camera's size, is of another feed or one of
// another size, or is turned otherwise.
bool rig_view_camera_recrop(rig_view_camera *camera, const rig_crop *to);
// Whether the principal point is more than a fifth of the picture from its middle: no lens is mounted so. Where the rig
// itself cuts the view out of its feed, it may lie anywhere.
bool rig_view_camera_is_off_centre(const rig_view_camera *camera);
// The camera of that name, or NULL.
const rig_view_camera *rig_calibration_find(const rig_calibration *calibration, const char *view);

#endif
