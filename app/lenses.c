#include "app/lenses.h"

#include "app/known_cameras.h"
#include "app/talk.h"

#include <string.h>

// Of a lens of which the focal length alone is known: what lenses that are no fisheyes have.
static const double CENTRE_SIGMA = 0.01; // of the picture's width
static const double K1_SIGMA = 0.2, K2_SIGMA = 0.1;

int rig_lenses_recording(const rig_config *config) {
    return config->take >= 0              ? config->take
           : config->extrinsics_from >= 0 ? config->extrinsics_from
                                          : config->stereo_from;
}

static rig_status lenses_of_file(rig_session *session, rig_calibration *rig, rig_err *err) {
    RIG_TRY(rig_session_known_cameras(session, rig, err));
    for (int c = 0; c < rig->n; c++) {
        rig_view_camera *camera = &rig->cameras[c];
        camera->has_pose = camera->surveyed = false;
        memset(camera->sigma.rvec, 0, sizeof camera->sigma.rvec);
        memset(camera->sigma.t, 0, sizeof camera->sigma.t);
    }
    rig->covariance = NULL;
    rig->n_lengths = 0;
    return RIG_OK;
}

static rig_view_camera camera_of_focal(const rig_view_config *view, double focal_px, double sigma, const int size[2]) {
    rig_view_camera made = {
        .camera = {.width = size[0],
                   .height = size[1],
                   .lens = RIG_LENS_PINHOLE2,
                   .K = {focal_px, focal_px, (size[0] - 1) / 2.0, (size[1] - 1) / 2.0}},
        .has_sigma = true,
        .sigma = {.K = {sigma * focal_px, sigma * focal_px, CENTRE_SIGMA * size[0], CENTRE_SIGMA * size[0]},
                  .dist = {K1_SIGMA, K2_SIGMA}}};
    memcpy(made.view, view->name, sizeof made.view);
    return made;
}

static rig_status lenses_of_focal(rig_session *session, rig_calibration *rig, rig_err *err) {
    const rig_config *config = &session->config;
    const int recording = rig_lenses_recording(config);
    rig_view_source *sources;
    if (recording < 0)
        return rig_fail(err, RIG_ERR_CONFIG, "%s: intrinsics.focal_px: no recording has pictures, expected 'take'",
                        config->path);
    RIG_TRY(rig_session_feeds(session, recording, &sources, err));
    *rig = (rig_calibration){.cameras = RIG_NEW(&session->arena, rig_view_camera, config->n_views)};
    if (!rig->cameras)
        return rig_fail_memory(err, "cameras");
    for (int v = 0; v < config->n_views; v++) {
        const int size[2] = {sources[v].width, sources[v].height};
        if (!(config->views[v].focal_px > 0))
            continue;
        if (sources[v].view < 0 || size[0] <= 0)
            return rig_fail(err, RIG_ERR_CONFIG,
                            "%s: intrinsics.focal_px: the size of the pictures of view '%s' is not known: expected its "
                            "footage in recording '%s'",
                            config->path, config->views[v].name, config->recordings[recording].name);
        rig->cameras[rig->n++] =
            camera_of_focal(&config->views[v], config->views[v].focal_px, config->focal_sigma, size);
    }
    return rig_session_crops(session, recording, rig, err);
}

rig_status rig_session_lenses(rig_session *session, rig_calibration *rig, rig_err *err) {
    const rig_config *config = &session->config;
    RIG_TRY(config->lens_file ? lenses_of_file(session, rig, err) : lenses_of_focal(session, rig, err));
    rig_say("intrinsics: lenses of %d cameras %s", rig->n,
            config->lens_file ? "as the calibration has them" : "by their focal lengths alone, no distortion");
    return RIG_OK;
}
