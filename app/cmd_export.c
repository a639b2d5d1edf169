// export: the calibration as other tools read it.
#include "app/commands.h"
#include "app/stages.h"
#include "app/talk.h"
#include "io/exports.h"
#include "io/file.h"

#include <string.h>

// What is exported together must be of one calibration: nothing stale.
static rig_status export_to(rig_session *session, const char *format, const char *folder, rig_err *err) {
    const rig_config *config = &session->config;
    rig_calibration rig;
    rig_stereo stereo;
    const char *path;
    if (!config->cameras)
        RIG_TRY(rig_stage_need(session, "export", rig_stage_find(config->has_extrinsics ? "extrinsics" : "intrinsics"),
                               err));
    RIG_TRY(rig_session_calibration(session, &rig, err));
    if (strcmp(format, "easymocap") == 0)
        return rig_export_easymocap(folder, &rig, err);
    RIG_TRY(rig_session_path(session, "50_stereo.yaml", &path, err));
    const bool has_stereo = config->stereo_from >= 0 && rig_file_exists(path);
    if (has_stereo) {
        RIG_TRY(rig_stage_need(session, "export", rig_stage_find("stereo"), err));
        RIG_TRY(rig_stereo_read(path, &stereo, err));
    }
    return rig_export_opencv(folder, &rig, has_stereo ? &stereo : NULL, err);
}

rig_status rig_command_export(const rig_arguments *arguments, rig_err *err) {
    const char *format = rig_arguments_option(arguments, "--to"), *folder = rig_arguments_option(arguments, "--dir");
    rig_session session = {0};
    if (strcmp(format, "opencv") != 0 && strcmp(format, "easymocap") != 0)
        return rig_fail(err, RIG_ERR_USAGE, "option '--to': '%s', expected opencv or easymocap", format);
    rig_status status = rig_session_open(arguments->operands[0], &session, err);
    if (status == RIG_OK && !folder) {
        folder = rig_arena_printf(&session.arena, "%s/export/%s", session.config.out, format);
        status = folder ? RIG_OK : rig_fail_memory(err, "a path");
    }
    if (status == RIG_OK)
        status = export_to(&session, format, folder, err);
    if (status == RIG_OK)
        rig_say("export: %s in %s", format, folder);
    rig_session_release(&session);
    return status;
}
