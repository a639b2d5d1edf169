// A camera to look through: barrel distortion, off-centre, three metres from the world's origin.
#ifndef RIG_TESTS_UNIT_SYNTH_VIEWPOINT_H
#define RIG_TESTS_UNIT_SYNTH_VIEWPOINT_H

#include "tools/synth/draw.h"

static inline rig_camera barrel_camera(int width, int height) {
    rig_camera camera = {width, height, RIG_LENS_PINHOLE5, {0}, {-0.25, 0.08, 0.001, -0.0008, -0.01}};
    camera.K[0] = 0.9 * width;
    camera.K[1] = 0.902 * width;
    camera.K[2] = (width - 1) / 2.0 + 0.013 * width;
    camera.K[3] = (height - 1) / 2.0 - 0.011 * width;
    return camera;
}

static inline rig_status viewpoint_open(rig_viewpoint *viewpoint, int width, int height, rig_arena *arena,
                                        rig_err *err) {
    const double rvec[3] = {0.1, -0.05, 0.02}, t[3] = {0.05, -0.02, 3};
    viewpoint->camera = barrel_camera(width, height);
    viewpoint->Rt_cam_world = rig_pose_from_rvec(rvec, t);
    return rig_rays_make(&viewpoint->camera, &viewpoint->rays, arena, err);
}

#endif
