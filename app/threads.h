// How many threads a run may have.
#ifndef RIG_APP_THREADS_H
#define RIG_APP_THREADS_H

// From now on n, 1 or more.
void rig_threads_set(int n);
// Each later stage begins with as many as *shared says then: another process sets it (app/batch_run.h).
void rig_threads_follow(const volatile int *shared);
void rig_threads_renew(void); // a stage begins

#endif
