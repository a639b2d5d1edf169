// The skeleton that a session is opened with, as configs/skeletons/coco17.yaml has it; and sessions small enough to be
// quick.
#ifndef RIG_TESTS_UNIT_SYNTH_COCO_H
#define RIG_TESTS_UNIT_SYNTH_COCO_H

#include "tools/synth/avatar.h"
#include "tools/synth/synth.h"

#include <stdio.h>
#include <string.h>

static inline rig_skeleton coco17(void) {
    rig_skeleton skeleton = {"coco17", RIG_AVATAR_JOINTS, {""}, {0}, {0}, 0, {{0}}};
    for (int j = 0; j < skeleton.n; j++) {
        snprintf(skeleton.names[j], sizeof skeleton.names[j], "%s", rig_avatar_joint_names[j]);
        skeleton.flip[j] = j == 0 ? 0 : j % 2 ? j + 1 : j - 1;
        skeleton.sigma[j] = 0.05;
    }
    return skeleton;
}

static inline rig_synth_params small_params(uint64_t seed) {
    rig_synth_params params = rig_synth_defaults();
    params.seed = seed;
    params.width = 160;
    params.height = 120;
    params.n_take = 30;
    return params;
}

#endif
