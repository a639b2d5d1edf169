// check: recordings, views and the board against what the stages ask of them.
#include "app/check.h"

void rig_check_uses(rig_check *check) {
    const rig_config *config = &check->session->config;
    for (int r = 0; r < config->n_recordings; r++)
        if (config->n_problems == 0 && r != config->take && !rig_recording_has_boards(config, r))
            rig_check_warn(check,
                           "%s:%d: recordings.%s: nothing uses it, expected `from`, `world` or `take` to name it",
                           config->path, config->recordings[r].line, config->recordings[r].name);
}
