// check: the take's pictures against those of the calibration, as triangulation will take them.
#include "app/check.h"
#include "app/known_cameras.h"

#include <string.h>

// A camera as its calibration will have it; of no size where that is not known.
static rig_view_camera camera_of(const rig_check *check, const rig_calibration *cameras, int v) {
    const rig_config *config = &check->session->config;
    const rig_view_camera *known = rig_calibration_find(cameras, config->views[v].name);
    const int boards = config->extrinsics_from >= 0 ? config->extrinsics_from : config->intrinsics_from;
    const rig_view_source *board = rig_check_source(check, boards, v);
    rig_view_camera camera = {.has_pose = false};
    if (known)
        return *known;
    if (config->cameras || !board)
        return camera;
    memcpy(camera.view, config->views[v].name, sizeof camera.view);
    camera.camera.width = board->width, camera.camera.height = board->height;
    camera.crop = rig_crop_of(config, board);
    return camera;
}

void rig_check_sizes(rig_check *check) {
    const rig_config *config = &check->session->config;
    rig_calibration cameras = {0};
    rig_err err = {""};
    if (config->cameras && rig_session_known_cameras(check->session, &cameras, &err) != RIG_OK)
        return; // told with the other files
    for (int v = 0; v < config->n_views; v++) {
        const rig_view_source *take = rig_check_source(check, config->take, v);
        rig_view_camera camera = camera_of(check, &cameras, v);
        if (take && take->width > 0 && camera.camera.width > 0)
            (void)rig_check_try(check, rig_camera_fit(config, &camera, take, true, &err), &err);
    }
}
