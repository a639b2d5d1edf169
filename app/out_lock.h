// The lock of a session's output folder, and what is said while another run has it.
#ifndef RIG_APP_OUT_LOCK_H
#define RIG_APP_OUT_LOCK_H

#include "app/session.h"

// Whether to wait while another run works in an output folder, in place of failing (`--wait`). Once, before any other
// call.
void rig_out_lock_wait(bool wait);
// Take the lock of a folder that results are written to, which is there, until the session is released. Fails as
// rig_lock_take.
RIG_CHECKED rig_status rig_out_lock_take(rig_session *session, const char *folder, rig_err *err);
// Take the lock of a folder that nobody works in, for a moment: rig_lock_release ends it.
bool rig_out_lock_try(rig_lock *lock, const char *folder);

#endif
