// check: where people come from.
#include "app/check.h"
#include "app/inputs.h"
#include "app/network.h"
#include "app/people_import.h"
#include "io/file.h"
#include "nn/net.h"

static rig_status net_check(const rig_model *model, rig_err *err) {
    rig_net *net = NULL;
    rig_status status = rig_net_open(model->file, model->input_name, &model->runtime, &net, err);
    rig_net_close(net);
    return status;
}

// The joints that a network finds, in the rig's skeleton by name, as triangulation takes them.
static void joints_check(rig_check *check, const rig_model *model, const rig_skeleton *skeleton) {
    int source_of[RIG_JOINTS_MAX];
    const int n = rig_skeleton_map(&model->skeleton, skeleton, source_of);
    if (n == 0)
        rig_check_problem(check, "%s: skeleton: '%s' has no joint in common with those of the network ('%s')",
                          check->session->config.path, skeleton->name, model->skeleton.name);
    else if (n < skeleton->n)
        rig_check_warn(check, "%s: skeleton: the network detects %d of the %d joints of '%s'",
                       check->session->config.path, n, skeleton->n, skeleton->name);
}

//   skeleton  NULL: it could not be read
static rig_status network_check(rig_check *check, const rig_skeleton *skeleton, rig_err *err) {
    rig_model model;
    const char *path;
    RIG_TRY(rig_session_model(check->session, &model, &path, err));
    if (skeleton)
        joints_check(check, &model, skeleton);
    RIG_TRY(rig_network_check(&model, err));
    RIG_TRY(net_check(&model, err));
    return model.zoom.when == RIG_ZOOM_OFF ? RIG_OK : net_check(model.zoom.model, err);
}

// The first people of another tool, read as the stage reads them.
static rig_status import_check(rig_session *session, int view, rig_err *err) {
    const char *path;
    RIG_TRY(rig_session_import_path(session, view, &path, err));
    if (!rig_file_exists(path) && !rig_folder_exists(path))
        return rig_fail(err, RIG_ERR_CONFIG, "%s: keypoints.people: cannot find '%s' for view '%s'",
                        session->config.path, path, session->config.views[view].name);
    return rig_take_import_check(session, view, err);
}

static rig_status result_check(rig_session *session, int view, rig_err *err) {
    const char *path;
    RIG_TRY(rig_session_people2d_path(session, view, &path, err));
    return rig_result_exists(path)
               ? RIG_OK
               : rig_fail(err, RIG_ERR_DATA, "%s: keypoints.source: cannot find '%s', expected the people of view '%s'",
                          session->config.path, path, session->config.views[view].name);
}

void rig_check_people(rig_check *check) {
    rig_session *session = check->session;
    const rig_config *config = &session->config;
    rig_skeleton skeleton;
    rig_err err = {""};
    const bool sound = config->skeleton && *config->skeleton &&
                       rig_check_try(check, rig_session_skeleton(session, &skeleton, &err), &err);
    for (int v = 0; sound && v < config->n_views; v++) {
        if (rig_view_in_take(config, v) && config->people)
            (void)rig_check_try(check, import_check(session, v, &err), &err);
        if (rig_view_in_take(config, v) && config->source == RIG_SOURCE_YAML)
            (void)rig_check_try(check, result_check(session, v, &err), &err);
    }
    if (config->source == RIG_SOURCE_ONNX && config->model && *config->model)
        (void)rig_check_try(check, network_check(check, sound ? &skeleton : NULL, &err), &err);
    for (int f = 0; config->source == RIG_SOURCE_ONNX && config->take >= 0 && f < config->n_feeds; f++)
        (void)rig_check_try(check, rig_feed_pictures_check(config, f, &err), &err);
}
