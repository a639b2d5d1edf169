// The clocks of the take's views: as the rig YAML states them, or as 65_sync.yaml has them where the rig asks for it.
#ifndef RIG_APP_CLOCKS_H
#define RIG_APP_CLOCKS_H

#include "app/session.h"

// rig_session_feeds of the take with those clocks; a view that 65_sync.yaml has none for is `unsynced`. Fails as it
// does, and where the rig asks for 65_sync.yaml and it cannot be read.
RIG_CHECKED rig_status rig_session_take_clocks(rig_session *session, rig_view_source **sources, rig_err *err);

#endif
