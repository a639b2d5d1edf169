// One camera's view of one board: its cost, and its normal equations in the lens and in the board's pose.
#ifndef RIG_CALIB_BUNDLE_VIEW_H
#define RIG_CALIB_BUNDLE_VIEW_H

#include "calib/bundle.h"

enum { RIG_VIEW_COLUMNS = RIG_INTRINSICS_MAX + RIG_SHAPE_MAX + 6 };

// The corners of a view and how they count.
typedef struct rig_view_points {
    int n;
    const double (*p)[3];  // board frame, m
    const double (*q)[2];  // pixels
    const bool *use;       // n, or NULL: all
    const float *sigma_px; // n, or NULL: as rig_bundle_view has it
    double centre[3];      // of the points, board frame: the board turns about it
    double huber_px;       // distances beyond count linearly; 0: none does
    int n_shape;           // unknowns of the board's shape, which move each point by dp
    const double (*dp)[RIG_SHAPE_MAX][3];
} rig_view_points;

// The middle of n points.
void rig_points_centre(const double (*p)[3], int n, double centre[3]);

// 1/2 sum of rho over the corners used; infinite where one lies behind the camera, or near a pole
// of its lens.
double rig_view_cost(const rig_camera *camera, const rig_pose *Rt_cam_board, const rig_view_points *points);

// The cost, and the lower triangle of H = J^T W J (m x m) and g = J^T W x (m), overwritten. Columns: the lens's 4 +
// n_dist where wanted, n_shape of the board's shape, then a turn w about the centre and a shift v of the board, both in
// the camera frame: p = R (p_board - centre) + c becomes exp(w) R (p_board - centre) + c + v. m = n_shape + 6, and 4 +
// n_dist with the lens.
double rig_view_normal(const rig_camera *camera, const rig_pose *Rt_cam_board, const rig_view_points *points, bool lens,
                       double *H, double *g);

// The pose after such a step.
rig_pose rig_pose_stepped_about(const rig_pose *Rt_cam_board, const double centre[3], const double step[6]);

// The distance of each of n corners from where the camera puts it, px; infinite so.
void rig_view_distances(const rig_camera *camera, const rig_pose *Rt_cam_board, const double (*p)[3],
                        const double (*q)[2], int n, double *d_px);

#endif
