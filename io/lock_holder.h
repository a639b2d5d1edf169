// Who holds a lock, as run.lock has it, and whether they live.
#ifndef RIG_IO_LOCK_HOLDER_H
#define RIG_IO_LOCK_HOLDER_H

#include "core/status.h"

#include <stdbool.h>

typedef struct rig_lock_holder {
    char number[17];                       // a random one: equal in one holding of a lock, and no other
    char host[256], command[256], utc[32]; // for people
    char boot[64];                         // of the system: equal from its start to its end, and on no other
    char space[32], process[16];           // the space of processes (a container has one of its own), the number in it
    char started[32];                      // when the process started, as the system counts it: numbers come again
    char place[64];                        // the folder as this system knows it; equal places, equal flocks
    bool flocked;                          // the system that it runs on has its flock
} rig_lock_holder;

// This process as the holder of a folder's lock; folder: its handle.
RIG_CHECKED rig_status rig_lock_holder_self(rig_lock_holder *self, int folder, const char *command, bool flocked,
                                            rig_err *err);
// Write to a handle; read from a file.
RIG_CHECKED rig_status rig_lock_holder_write(const rig_lock_holder *holder, int handle, const char *path, rig_err *err);
RIG_CHECKED rig_status rig_lock_holder_read(const char *path, rig_lock_holder *holder, rig_err *err);

typedef enum rig_lock_life { RIG_LOCK_DEAD, RIG_LOCK_LIVES, RIG_LOCK_UNKNOWN } rig_lock_life;
// Whether another holder lives, as far as self can tell, who has its flock of the same folder where self->flocked.
rig_lock_life rig_lock_holder_life(const rig_lock_holder *other, const rig_lock_holder *self);

#endif
