// Networks as files: whether one is what its descriptor was written for.
#ifndef RIG_APP_NETWORK_H
#define RIG_APP_NETWORK_H

#include "core/model.h"

// Whether the network's file is there, and that of its second look. Fails with RIG_ERR_IO, saying which command gets a
// network that the set-up makes.
RIG_CHECKED rig_status rig_network_find(const rig_model *model, rig_err *err);
// That, and whether each has the sha256 that its descriptor may give, else RIG_ERR_FORMAT. Cost: a read of the files.
RIG_CHECKED rig_status rig_network_check(const rig_model *model, rig_err *err);

#endif
