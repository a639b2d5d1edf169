// check: recordings, views and the board against what the stages ask of them.
#include "app/check.h"

#include <stdio.h>

// Perhaps other trials: no fault, but to be seen.
static void unused_tell(const rig_config *config) {
    int n = 0;
    for (int r = 0; r < config->n_recordings; r++)
        if (config->n_problems == 0 && r != config->take && !rig_recording_has_boards(config, r))
            printf("%s%s", n++ ? ", " : "recordings that nothing uses: ", config->recordings[r].name);
    printf("%s", n ? "\n" : "");
}

void rig_check_uses(rig_check *check) {
    unused_tell(&check->session->config);
}
