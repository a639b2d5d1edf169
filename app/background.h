// One piece of work at a time beside what its owner does: reading what comes next, writing what came before. With one
// thread (--jobs 1) it is done at once.
#ifndef RIG_APP_BACKGROUND_H
#define RIG_APP_BACKGROUND_H

#include "core/status.h"

#include <pthread.h>
#include <stdbool.h>

typedef rig_status (*rig_background_work)(void *self, rig_err *err);

// A zeroed one is at rest.
typedef struct rig_background {
    bool runs; // in its thread
    pthread_t thread;
    rig_background_work work;
    void *self;
    rig_status status;
    rig_err err;
} rig_background;

// Begin; what was begun before must have been waited for. self is the work's until then.
void rig_background_begin(rig_background *background, rig_background_work work, void *self);
// The same, but false, and nothing done, where there is but one thread.
bool rig_background_try(rig_background *background, rig_background_work work, void *self);
// Until it is done; fails as it failed, once. One at rest has nothing to say.
RIG_CHECKED rig_status rig_background_wait(rig_background *background, rig_err *err);
void rig_background_end(rig_background *background); // wait, whatever it says

#endif
