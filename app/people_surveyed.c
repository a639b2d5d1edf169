// Cameras that people place beside others whose poses are known.
#include "app/people_surveyed.h"

#include "app/talk.h"

static const double DEGREES = 57.29577951308232;

rig_status rig_surveyed_take(rig_session *session, rig_calibration *rig, rig_survey_view **views, rig_err *err) {
    rig_calibration known;
    *views = RIG_NEW(&session->arena, rig_survey_view, rig->n);
    if (!*views)
        return rig_fail_memory(err, "known poses");
    RIG_TRY(rig_calibration_read(session->config.surveyed, &known, &session->arena, err));
    for (int c = 0; c < rig->n; c++) {
        rig_view_camera *camera = &rig->cameras[c];
        const rig_view_camera *of = rig_calibration_find(&known, camera->view);
        if (!camera->surveyed)
            continue;
        (*views)[c] = (rig_survey_view){.is_known = true, .Rt_cam_world = camera->Rt_cam_world};
        if (of && of->has_sigma) {
            (*views)[c].sigma_turn = rig_norm3(of->sigma.rvec) / sqrt(3);
            (*views)[c].sigma_m = rig_norm3(of->sigma.t) / sqrt(3);
        }
        camera->has_pose = camera->surveyed = false;
    }
    return RIG_OK;
}

rig_status rig_surveyed_apply(rig_session *session, rig_calibration *rig, rig_survey_view *views, rig_err *err) {
    const rig_status status = rig_survey_by_people(rig, views, &session->scratch, err);
    int held = 0;
    if (status != RIG_OK)
        return rig_fail_in(err, status, "%s: ", session->config.surveyed);
    for (int c = 0; c < rig->n; c++) {
        rig_view_camera *camera = &rig->cameras[c];
        if (views[c].is_known && !camera->has_pose) { // people say nothing of it
            camera->has_pose = camera->surveyed = true;
            camera->Rt_cam_world = views[c].Rt_cam_world;
        } else if (views[c].is_known && !views[c].holds)
            rig_warn("camera '%s' stands %.3f m and %.2f degrees from where '%s' has it: it was moved, and is where "
                     "people place it (+- %.3f m)",
                     camera->view, views[c].off_m, DEGREES * views[c].off_rad, session->config.surveyed,
                     rig_norm3(camera->sigma.t));
        else if (camera->has_pose && !views[c].is_known)
            rig_say("extrinsics: %s is placed by people (+- %.3f m)", camera->view, rig_norm3(camera->sigma.t));
        held += camera->surveyed;
    }
    rig_say("extrinsics: %d cameras as '%s' has them", held, session->config.surveyed);
    return RIG_OK;
}
