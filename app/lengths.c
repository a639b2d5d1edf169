#include "app/lengths.h"

#include <string.h>

rig_status rig_session_lengths(rig_session *session, rig_calibration *rig, rig_err *err) {
    const rig_config *config = &session->config;
    rig->lengths = RIG_NEW(&session->arena, rig_known_length, config->n_lengths);
    rig->n_lengths = 0;
    if (!rig->lengths)
        return rig_fail_memory(err, "known lengths");
    for (int i = 0; i < config->n_lengths; i++) {
        rig_known_length *length = &rig->lengths[rig->n_lengths];
        length->known_m = config->lengths[i].m;
        for (int k = 0; k < 2; k++)
            memcpy(length->views[k], config->views[config->lengths[i].views[k]].name, sizeof length->views[k]);
        rig->n_lengths += rig_calibration_measure(rig, length);
    }
    return RIG_OK;
}
