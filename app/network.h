// Networks as files: whether one is what its descriptor was written for.
#ifndef RIG_APP_NETWORK_H
#define RIG_APP_NETWORK_H

#include "core/model.h"

// The file's sha256 against the descriptor's, where that gives one. Fails with RIG_ERR_FORMAT, RIG_ERR_IO.
RIG_CHECKED rig_status rig_network_check(const rig_model *model, rig_err *err);

#endif
