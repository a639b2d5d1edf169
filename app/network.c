#include "app/network.h"

#include "io/file.h"

#include <string.h>

static const char MADE_BY_SETUP[] = "data/models/people/"; // networks that are not part of rigpose, from its own folder

static rig_status file_check(const rig_model *model, rig_err *err) {
    char hex[65];
    if (!rig_file_exists(model->file))
        return rig_fail(err, RIG_ERR_IO, "model.file: cannot find '%s'%s", model->file,
                        strstr(model->file, MADE_BY_SETUP) ? ": `./run people` downloads it" : "");
    if (!model->sha256[0])
        return RIG_OK;
    RIG_TRY(rig_file_sha256(model->file, hex, err));
    if (strcmp(hex, model->sha256) != 0)
        return rig_fail(err, RIG_ERR_FORMAT, "%s: sha256 is %s, its descriptor expects %s", model->file, hex,
                        model->sha256);
    return RIG_OK;
}

rig_status rig_network_check(const rig_model *model, rig_err *err) {
    RIG_TRY(file_check(model, err));
    return model->zoom.when == RIG_ZOOM_OFF ? RIG_OK : file_check(model->zoom.model, err);
}

rig_status rig_feed_pictures_check(const rig_config *config, int feed, rig_err *err) {
    const rig_recording_config *take = &config->recordings[config->take];
    if (!take->has[feed] || take->files[feed].kind != RIG_FILE_NONE)
        return RIG_OK;
    return rig_fail(
        err, RIG_ERR_CONFIG,
        "%s:%d: recordings.%s.%s: null leaves a network without pictures, expected a file, or the feed not to be named",
        config->path, take->line, take->name, config->feeds[feed].name);
}
