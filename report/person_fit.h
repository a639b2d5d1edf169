// How people in space and in the views fit together: who of a view's people is who in space, and how far the joints of
// each view lie from where the skeletons in space put them. This is what the report draws and judges by.
#ifndef RIG_REPORT_PERSON_FIT_H
#define RIG_REPORT_PERSON_FIT_H

#include "core/people.h"
#include "core/rig.h"

// A view's joints against the reprojected skeletons.
typedef struct rig_view_fit {
    char view[RIG_NAME_MAX];
    long frames, frames_with; // of 2D people; with anybody
    long people, matched;     // 2D people; those that are somebody in space
    long expected;            // people in space, most of whose joints lie in its picture
    long joints;              // of matched people
    double sum[2], squares;   // of their residuals: found less reprojected; pixels, pixels^2
    double diagonal_px;       // of its picture
} rig_view_fit;

typedef struct rig_person_fit {
    int n_views;
    rig_view_fit *views;
    long frames, frames_with, people; // in space
    int n_ids;                        // highest id
    long states[RIG_JOINT_STATES];
    rig_reprojection reprojection;
    double reach_m; // largest coordinate
} rig_person_fit;

// Count a frame in space. Allocates nothing.
void rig_person_fit_add(rig_person_fit *fit, const rig_frame3d *frame, int n_joints);

// Who of a view's people is who in space: the nearest pairs first, by the mean distance of the joints that both have
// (3 and more), up to 5 % of the picture's diagonal; each once.
//   camera   with a pose
//   frame2d  its joints are those of the skeleton in space (app/take.h)
//   frame3d  NULL: nobody
//   who      out, frame2d->n: places in frame3d->people, or -1
//   fit      of the view; what is matched is counted
void rig_person_fit_match(const rig_view_camera *camera, const rig_frame2d *frame2d, const rig_frame3d *frame3d,
                          int n_joints, int *who, rig_view_fit *fit);

double rig_view_fit_rms_px(const rig_view_fit *fit);  // 0: no joints
double rig_view_fit_bias_px(const rig_view_fit *fit); // length of the mean residual

#endif
