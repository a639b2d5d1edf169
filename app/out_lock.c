#include "app/out_lock.h"

#include "app/events.h"
#include "app/journal.h"
#include "app/talk.h"

#include <time.h>
#include <unistd.h>

static bool waits;

void rig_out_lock_wait(bool wait) {
    waits = wait;
}

// Another system took the folder over, since this one gave no sign of life for the lease's time. What is in the making
// stays for a later run.
static void lost(const char *path) {
    rig_tell_error("'%s' was taken over by another run, since this one was suspended for more than %d s", path,
                   RIG_LOCK_LEASE_S);
    rig_event("run_end", "s:b, s:i", "ok", 0, "exit", 1);
    rig_journal_end(1);
    _exit(1);
}

rig_status rig_out_lock_take(rig_session *session, const char *folder, rig_err *err) {
    const struct timespec pause = {.tv_sec = 1};
    bool said = false;
    session->lock = RIG_NEW(&session->kept, rig_lock, 1);
    if (!session->lock)
        return rig_fail_memory(err, "a lock");
    for (;;) {
        rig_err busy_err = {""};
        bool busy;
        const rig_status status =
            rig_lock_take(session->lock, folder, rig_journal_command_line(), lost, &busy, &busy_err);
        if (status == RIG_OK)
            return RIG_OK;
        if (!busy || !waits)
            return rig_fail(err, status, busy ? "%s: wait for it to finish (`--wait`), or set another `out`" : "%s",
                            busy_err.text);
        if (!said)
            rig_say("waiting: %s", busy_err.text);
        said = true;
        nanosleep(&pause, NULL);
    }
}

bool rig_out_lock_try(rig_lock *lock, const char *folder) {
    bool busy;
    return rig_lock_take(lock, folder, rig_journal_command_line(), lost, &busy, NULL) == RIG_OK;
}
