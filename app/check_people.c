// check: where people come from.
#include "app/check.h"
#include "app/inputs.h"
#include "app/network.h"
#include "io/file.h"

static rig_status network_check(rig_session *session, rig_err *err) {
    rig_model model;
    const char *path;
    RIG_TRY(rig_session_model(session, &model, &path, err));
    return rig_network_check(&model, err);
}

static rig_status import_check(rig_session *session, int view, rig_err *err) {
    const char *path;
    RIG_TRY(rig_session_import_path(session, view, &path, err));
    if (!rig_file_exists(path) && !rig_folder_exists(path))
        return rig_fail(err, RIG_ERR_CONFIG, "%s: keypoints.people: cannot find '%s'", session->config.path, path);
    return RIG_OK;
}

void rig_check_people(rig_check *check) {
    rig_session *session = check->session;
    const rig_config *config = &session->config;
    rig_skeleton skeleton;
    rig_err err = {""};
    if (config->skeleton && *config->skeleton)
        (void)rig_check_try(check, rig_session_skeleton(session, &skeleton, &err), &err);
    for (int v = 0; v < config->n_views && config->people; v++)
        if (rig_view_in_take(config, v))
            (void)rig_check_try(check, import_check(session, v, &err), &err);
    if (config->source == RIG_SOURCE_ONNX && config->model && *config->model)
        (void)rig_check_try(check, network_check(session, &err), &err);
}
