// One run at a time in a folder: flock on the folder for processes of one system, and beside it the file run.lock,
// which names who is at work, for systems that share the folder over a network without sharing locks (docs/adr/0030).
#ifndef RIG_IO_LOCK_H
#define RIG_IO_LOCK_H

#include "io/lock_holder.h"

#include <pthread.h>
#include <stdbool.h>

enum {
    RIG_LOCK_LEASE_S = 60, // how long a holder on another system counts as living after its last sign of life
    RIG_LOCK_BEAT_S = 10,  // between two signs of life
    RIG_LOCK_SETTLE_S = 2, // between taking over a lock and finding it still ours
};

// Held between take and release, during which it must stay where it is. A zeroed one is held by nobody.
typedef struct rig_lock {
    bool held;
    int folder;           // its handle, with the flock
    char path[1088];      // of run.lock
    rig_lock_holder self; // what is in it
    pthread_t beating;    // renews the lease
    pthread_mutex_t mutex;
    pthread_cond_t ends;
    bool ended;
    void (*lost)(const char *path);
} rig_lock;

// Take the lock of a folder, which is there. A lock whose holder is dead is taken over: at once where this system can
// tell, after its lease otherwise.
//   command  what the holder is doing, for those that it keeps out
//   lost     called from another thread when another run took the lock over, as after this system slept for longer than
//            the lease; it should end the program
//   *busy    another run has it; the error names its process and host
// Fails with RIG_ERR_IO: busy, the folder is none, or cannot be written; RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_lock_take(rig_lock *lock, const char *folder, const char *command,
                                     void (*lost)(const char *path), bool *busy, rig_err *err);
void rig_lock_release(rig_lock *lock); // fine on one that is not held
void rig_lock_stopped(void);           // remove the run.lock that this program holds; from a signal's handler

#endif
