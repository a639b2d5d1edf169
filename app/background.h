// Jobs that other threads do while their owner goes on: what is read ahead, what is written behind. Whoever waits for
// one does what has not begun yet, so that no core is idle, and one core is enough for everything.
#ifndef RIG_APP_BACKGROUND_H
#define RIG_APP_BACKGROUND_H

#include "core/status.h"

#include <stdbool.h>

typedef struct rig_background rig_background;

typedef struct rig_background_job {
    rig_status (*run)(void *self, rig_err *err);
    void *self; // touched by nobody else from start to finish
    // The background's.
    bool started, done;
    rig_status status;
    rig_err err;
    struct rig_background_job *next;
} rig_background_job;

// With as many threads as OMP_NUM_THREADS or the cores say, the caller's among them. One thread gives jobs and waits
// for them. From the heap. Fails with RIG_ERR_MEMORY; where no threads can be had, the one that waits does all.
RIG_CHECKED rig_status rig_background_open(rig_background **background, rig_err *err);
// Start a job that is not started; it must stay where it is until it is finished. Jobs begin in the order they are
// started, and several run at a time.
void rig_background_start(rig_background *background, rig_background_job *job);
// Wait for a job and return what it did; RIG_OK where it was not started. It may be started again.
RIG_CHECKED rig_status rig_background_finish(rig_background *background, rig_background_job *job, rig_err *err);
void rig_background_wait(rig_background *background, rig_background_job *job); // likewise, whatever it did
int rig_background_threads(const rig_background *background);                  // that work, the owner's among them
// What has begun is waited for, what has not never will be. NULL is fine.
void rig_background_close(rig_background *background);

#endif
