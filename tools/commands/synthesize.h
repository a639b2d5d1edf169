// A made-up session on disk: feeds as videos, the rig YAML, and the truth itself.
#ifndef RIG_TOOLS_COMMANDS_SYNTHESIZE_H
#define RIG_TOOLS_COMMANDS_SYNTHESIZE_H

#include "core/status.h"
#include "tools/synth/synth.h"

// Write <folder>/rig.yaml, board_quad.mp4 and so on, and truth/.
// Fails as rig_synth_open and with RIG_ERR_IO.
RIG_CHECKED rig_status rig_synthesize(const char *folder, const rig_synth_params *params, rig_err *err);

#endif
