#include "app/export_cameras.h"

#include "app/stages.h"
#include "io/camera_formats.h"
#include "io/exports.h"
#include "io/file.h"

#include <string.h>

// The stereo pair of a rig that has one: NULL where it has none.
static rig_status stereo_read(rig_session *session, rig_stereo *stereo, bool *has, rig_err *err) {
    const char *path;
    RIG_TRY(rig_session_path(session, "50_stereo.yaml", &path, err));
    *has = session->config.stereo_from >= 0 && rig_file_exists(path);
    if (!*has)
        return RIG_OK;
    RIG_TRY(rig_stage_need(session, "export", rig_stage_find("stereo"), err));
    return rig_stereo_read(path, stereo, err);
}

// What is exported together must be of one calibration: nothing stale.
rig_status rig_export_cameras(rig_session *session, const char *name, const char *folder, rig_err *err) {
    const rig_config *config = &session->config;
    rig_calibration rig;
    rig_stereo stereo;
    bool has_stereo;
    if (!config->cameras)
        RIG_TRY(rig_stage_need(session, "export", rig_stage_find(config->has_extrinsics ? "extrinsics" : "intrinsics"),
                               err));
    RIG_TRY(rig_session_calibration(session, &rig, err));
    if (strcmp(name, "easymocap") == 0)
        return rig_export_easymocap(folder, &rig, err);
    RIG_TRY(stereo_read(session, &stereo, &has_stereo, err));
    return rig_export_opencv(folder, &rig, has_stereo ? &stereo : NULL, err);
}
