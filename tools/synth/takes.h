// Training pictures without end from made-up sessions (synth.h): what each camera of a rig sees of a take.
#ifndef RIG_TOOLS_SYNTH_TAKES_H
#define RIG_TOOLS_SYNTH_TAKES_H

#include "tools/synth/studio.h"

// Pictures depend on the parameters and on how many were taken before, and on nothing else; the sessions' seeds lie
// above those that `rigpose synth` takes, so that nobody's session was trained on.
typedef struct rig_takes rig_takes;

// size, people_max (more than 4 count as 4) and seed of the parameters. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_takes_open(const rig_studio_params *params, rig_takes **takes, rig_err *err);
// The next picture (image is resized), BGR: the height of a view, and as wide. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_takes_shoot(rig_takes *takes, rig_image *image, rig_labels *labels, rig_err *err);
void rig_takes_close(rig_takes *takes); // NULL is fine

#endif
