// stereo: the pair as stereo programs want it.
#include "app/corners_for.h"
#include "app/stages.h"
#include "app/talk.h"
#include "calib/stereo.h"

#include <string.h>

static rig_status pair_find(rig_session *session, const rig_calibration *rig, const rig_view_corners *views,
                            int n_views, int side, const rig_view_camera **camera, const rig_view_corners **seen,
                            rig_err *err) {
    const char *name = session->config.views[session->config.stereo_pair[side]].name;
    *camera = rig_calibration_find(rig, name);
    *seen = NULL;
    for (int v = 0; v < n_views; v++)
        if (strcmp(views[v].view, name) == 0)
            *seen = &views[v];
    if (!*camera)
        return rig_fail(err, RIG_ERR_DATA, "camera '%s': no calibrated lens", name);
    if ((*camera)->camera.width == 0)
        return rig_fail(err, RIG_ERR_DATA,
                        "camera '%s': its calibration has no picture size, which rectification needs", name);
    if (!*seen)
        return rig_fail(err, RIG_ERR_DATA, "view '%s': no corners in recording '%s'", name,
                        session->config.recordings[session->config.stereo_from].name);
    return RIG_OK;
}

rig_status rig_stage_stereo(rig_session *session, const rig_inputs *inputs, const rig_stage_options *options,
                            rig_err *err) {
    (void)options;
    rig_corners_file file;
    rig_calibration rig;
    const rig_recording_corners *recording;
    rig_view_corners *views;
    const rig_view_camera *cameras[2];
    const rig_view_corners *seen[2];
    const char *path;
    RIG_TRY(rig_corners_for(session, session->config.stereo_from, &file, &recording, err));
    RIG_TRY(rig_corners_on_clock(session, session->config.stereo_from, recording, &views, NULL, err));
    RIG_TRY(rig_session_calibration(session, &rig, err));
    for (int side = 0; side < 2; side++)
        RIG_TRY(pair_find(session, &rig, views, recording->n_views, side, &cameras[side], &seen[side], err));

    rig_stereo stereo = {0};
    RIG_TRY(rig_stereo_solve(&file.board, seen[0], seen[1], cameras[0], cameras[1], session->config.stereo_alpha,
                             &stereo, &session->scratch, err));

    RIG_TRY(rig_session_path(session, "50_stereo.yaml", &path, err));
    RIG_TRY(rig_stereo_write(path, &stereo, inputs, err));
    rig_say("stereo: baseline %.4f m, rms %.3f px, epipolar rms %.3f px over %d frames", stereo.baseline_m,
            stereo.rms_px, stereo.epipolar_rms_px, stereo.n_frames);
    if (rig_stereo_is_swapped(&stereo.Rt_right_left))
        rig_warn(
            "stereo: '%s' is to the left of '%s': left and right are swapped (stereo.pair, or the recording's tiles)",
            stereo.right, stereo.left);
    return RIG_OK;
}
