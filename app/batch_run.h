// The sessions of a batch, each in a process of its own, as many at a time as there is room for (docs/adr/0031).
#ifndef RIG_APP_BATCH_RUN_H
#define RIG_APP_BATCH_RUN_H

#include "app/report.h"

typedef enum rig_batch_state { RIG_BATCH_WAITS, RIG_BATCH_RUNS, RIG_BATCH_DONE, RIG_BATCH_FAILED } rig_batch_state;

typedef struct rig_batch_session {
    const char *path; // of the rig YAML
    rig_batch_state state;
    double seconds;
    rig_report_summary report; // path NULL: there is none
    char error[sizeof((rig_err *)NULL)->text];
} rig_batch_session;

typedef struct rig_batch {
    int n;
    rig_batch_session *sessions;
    int at_once;                                                 // sessions at a time, at most
    int threads;                                                 // of all together
    void (*ended)(struct rig_batch *batch, int i, rig_err *err); // session i is done, or failed
    void *of;
    rig_arena *out; // of paths
    int stopped;    // the signal that stopped it; 0: none
} rig_batch;

// Run them all. One that fails does not stop the others; a signal (SIGINT, SIGTERM, SIGHUP) ends those at work, and the
// others stay as they wait. Fails with RIG_ERR_IO where processes cannot be made, RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_batch_run(rig_batch *batch, rig_err *err);

#endif
