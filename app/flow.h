// Frames of several feeds at once on all cores: decoded, looked at view by view, handed on in order. What is done with
// a frame is the caller's; here is when, and by which thread.
#ifndef RIG_APP_FLOW_H
#define RIG_APP_FLOW_H

#include "app/talk.h"
#include "core/arena.h"
#include "core/status.h"

enum { RIG_FLOW_DECODES = -1 }; // in the place of a view

typedef struct rig_flow_feed {
    int first_view, n_views;
    long first; // its first round: frames before it are there already
} rig_flow_feed;

// A round is a frame's place among those of its feed that are processed. Each feed has n_slots slots, round r in slot r
// % n_slots, for the frames between decoding and handing on: memory is theirs, however long the recording. view counts
// from the feed's first.
typedef struct rig_flow {
    void *self;
    const rig_flow_feed *feeds;
    int n_feeds, n_slots, n_workers;
    // Decode a feed's next frame; one call at a time a feed, on any thread. *got = false at the end.
    rig_status (*decode)(void *self, int feed, long round, bool *got, rig_err *err);
    // Which earlier round of a view must have been looked at before this one is; -1: none.
    long (*needs)(void *self, int feed, int view, long round);
    // Look at one view of a decoded frame, on thread `worker`.
    rig_status (*look)(void *self, int worker, int feed, int view, long round, rig_err *err);
    // Get a view of a frame, each view's frames in their order; one call at a time. Its slot is free afterwards.
    rig_status (*take)(void *self, int feed, int view, long round, rig_err *err);
} rig_flow;

// Seconds on all threads together.
typedef struct rig_flow_use {
    double all_s; // n_workers times the whole
    double wait_s;
    double decode_s;
} rig_flow_use;

// Do all frames. Whoever is free takes the first job that is ready: a look before a decoding, an earlier frame before a
// later one. Of several failures the first in the order of frames and views is returned, whatever the threads; a
// decoding's stands before its frame's looks. progress goes on by one a look. Fails as the functions of flow;
// RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_flow_run(const rig_flow *flow, rig_progress *progress, rig_flow_use *use, rig_arena *scratch,
                                    rig_err *err);
// Say, where details are told, how much of the threads' time was work.
void rig_flow_use_say(const rig_flow_use *use, const char *what);

#endif
