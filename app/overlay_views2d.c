#include "app/overlay_views2d.h"

#include <string.h>

static rig_status skeleton_find(rig_session *session, const rig_people2d *people, const char *path,
                                rig_skeleton *skeleton, rig_err *err) {
    rig_err unknown; // neither of the two need be what the people are of
    rig_model model;
    const char *descriptor;
    bool found =
        rig_session_skeleton(session, skeleton, &unknown) == RIG_OK && strcmp(skeleton->name, people->skeleton) == 0;
    if (!found && session->config.source == RIG_SOURCE_ONNX &&
        rig_session_model(session, &model, &descriptor, &unknown) == RIG_OK) {
        *skeleton = model.skeleton;
        found = strcmp(skeleton->name, people->skeleton) == 0;
    }
    if (!found)
        RIG_TRY(rig_skeleton_named(people->skeleton, skeleton, &session->arena, err));
    if (people->n_joints != 0 && people->n_joints != skeleton->n)
        return rig_fail(err, RIG_ERR_DATA, "%s: people with %d joints, expected the %d of '%s'", path, people->n_joints,
                        skeleton->n, skeleton->name);
    return RIG_OK;
}

static rig_status view_open(rig_session *session, const char *path, rig_overlay_view2d *view, rig_err *err) {
    const rig_frame2d *first;
    view->has = true;
    RIG_TRY(rig_people2d_cursor_open(&view->people, path, err));
    RIG_TRY(rig_people2d_cursor_at(&view->people, &first, err)); // which may tell how many joints there are
    return skeleton_find(session, &view->people.chunk, path, &view->skeleton, err);
}

rig_status rig_overlay_views2d_open(rig_session *session, bool needed, rig_overlay_view2d *views, rig_err *err) {
    for (int v = 0; v < session->config.n_views; v++) {
        const char *path;
        RIG_TRY(rig_session_people2d_path(session, v, &path, err));
        if (rig_view_in_take(&session->config, v) && (needed || rig_result_exists(path)))
            RIG_TRY(view_open(session, path, &views[v], err));
    }
    return RIG_OK;
}

void rig_overlay_views2d_close(rig_overlay_view2d *views, int n) {
    for (int v = 0; v < n; v++)
        rig_people2d_cursor_close(&views[v].people);
}
