#include "app/overlay_project.h"

static const double FOLD = 1e-3; // of a direction that projects and comes back, on the plane z = 1

bool rig_overlay_project(const rig_view_camera *camera, const double p[3], double q[2]) {
    const rig_camera *lens = &camera->camera;
    const double size[2] = {lens->width, lens->height};
    double p_cam[3], n[2];
    rig_pose_apply(&camera->Rt_cam_world, p, p_cam);
    if (p_cam[2] <= 0 || !rig_camera_project(lens, p_cam, q, NULL, NULL))
        return false;
    for (int k = 0; k < 2; k++)
        if (!(q[k] > -size[k] / 2 && q[k] < 1.5 * size[k]))
            return false;
    return rig_camera_unproject(lens, q, n) && fabs(n[0] - p_cam[0] / p_cam[2]) < FOLD &&
           fabs(n[1] - p_cam[1] / p_cam[2]) < FOLD;
}
