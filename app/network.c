#include "app/network.h"

#include "io/file.h"

#include <string.h>

rig_status rig_network_check(const rig_model *model, rig_err *err) {
    char hex[65];
    if (!model->sha256[0])
        return RIG_OK;
    RIG_TRY(rig_file_sha256(model->file, hex, err));
    if (strcmp(hex, model->sha256) != 0)
        return rig_fail(err, RIG_ERR_FORMAT, "%s: sha256 is %s, its descriptor expects %s", model->file, hex,
                        model->sha256);
    return RIG_OK;
}
