#include "core/rig.h"

#include <math.h>
#include <string.h>

const rig_view_camera *rig_calibration_find(const rig_calibration *calibration, const char *view) {
    for (int i = 0; i < calibration->n; i++)
        if (strcmp(calibration->cameras[i].view, view) == 0)
            return &calibration->cameras[i];
    return NULL;
}

int rig_calibration_at(const rig_calibration *calibration, int camera) {
    int at = 0;
    for (int c = 0; c < camera; c++)
        at += 4 + rig_lens_n_dist(calibration->cameras[c].camera.lens) + 6;
    return at;
}

bool rig_stereo_is_swapped(const rig_pose *Rt_right_left) {
    double centre[3];
    rig_pose_centre(Rt_right_left, centre);
    return centre[0] < 0 && -centre[0] > fabs(centre[1]) && -centre[0] > fabs(centre[2]);
}

bool rig_calibration_measure(const rig_calibration *calibration, rig_known_length *length) {
    double at[2][3], d[3];
    for (int k = 0; k < 2; k++) {
        const rig_view_camera *camera = rig_calibration_find(calibration, length->views[k]);
        if (!camera || !camera->has_pose)
            return false;
        rig_pose_centre(&camera->Rt_cam_world, at[k]);
    }
    for (int k = 0; k < 3; k++)
        d[k] = at[1][k] - at[0][k];
    length->measured_m = rig_norm3(d);
    return true;
}

static void crop_size(const rig_crop *crop, int *width, int *height) {
    *width = crop->turns % 2 ? crop->rect.h : crop->rect.w;
    *height = crop->turns % 2 ? crop->rect.w : crop->rect.h;
}

bool rig_view_camera_recrop(rig_view_camera *camera, const rig_crop *to) {
    const rig_crop *from = &camera->crop;
    double q_src[2];
    int width, height;
    crop_size(from, &width, &height);
    const bool known = from->rect.w > 0 && to->rect.w > 0 && camera->camera.width == width &&
                       camera->camera.height == height; // else someone changed the camera alone
    if (!known || strcmp(from->feed, to->feed) != 0 || from->turns != to->turns ||
        memcmp(from->picture, to->picture, sizeof from->picture) != 0)
        return false;
    rig_crop_to_src(from->rect, from->turns, camera->camera.K + 2, q_src);
    rig_crop_from_src(to->rect, to->turns, q_src, camera->camera.K + 2);
    crop_size(to, &camera->camera.width, &camera->camera.height);
    camera->crop = *to;
    return true;
}

static const double CENTRE_OFF = 0.2; // of the picture

bool rig_view_camera_is_off_centre(const rig_view_camera *camera) {
    const rig_camera *c = &camera->camera;
    const rig_crop *crop = &camera->crop;
    const bool whole = crop->rect.w == crop->picture[0] && crop->rect.h == crop->picture[1];
    return (crop->rect.w == 0 || whole) &&
           (fabs(c->K[2] / (c->width - 1) - 0.5) > CENTRE_OFF || fabs(c->K[3] / (c->height - 1) - 0.5) > CENTRE_OFF);
}
