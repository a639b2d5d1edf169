// Networks as files: whether one is what its descriptor was written for.
#ifndef RIG_APP_NETWORK_H
#define RIG_APP_NETWORK_H

#include "io/config.h"
#include "pose/model.h"

// Whether the network's file is there, and that of its second look, each with the sha256 that its descriptor may give.
// Fails with RIG_ERR_IO, saying which command gets a network that the set-up makes, and RIG_ERR_FORMAT.
RIG_CHECKED rig_status rig_network_check(const rig_model *model, rig_err *err);

// A network needs pictures: fails with RIG_ERR_CONFIG, naming line and feed, where the take names a feed without any.
RIG_CHECKED rig_status rig_feed_pictures_check(const rig_config *config, int feed, rig_err *err);

#endif
